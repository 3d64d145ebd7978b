// The upstream client on a worker, and one call over it as a test sees it.
#pragma once

#include "http/upstream.h"
#include "http_fixture.h"

namespace httptest {

// One call: what its listener was told. Made anywhere, told on the worker.
struct UpstreamCall final : UpstreamListener
{
    std::unique_ptr<UpstreamExchange> exchange;
    std::atomic<int> heads = 0;
    std::atomic<int> completes = 0;
    std::atomic<int> failures = 0;
    std::atomic<int> status = 0;
    std::atomic<qint64> received = 0;
    std::atomic<bool> insideStart = false;
    std::atomic<int> toldInsideStart = 0;
    std::atomic<int> wrongOrder = 0;
    UpstreamFailure failure{};
    QString text;
    QByteArray body;
    bool keepBody = true;
    std::function<void()> onHead;
    std::function<void()> onBody;
    std::function<void()> onEnd;

    bool ended() const { return completes + failures > 0; }
    void upstreamHead(const ResponseHead& head) override
    {
        toldInsideStart += insideStart;
        wrongOrder += heads > 0 || ended();
        status = head.status;
        ++heads;
        if (onHead)
            onHead();
    }
    void upstreamBody(QByteArrayView piece) override
    {
        toldInsideStart += insideStart;
        wrongOrder += heads != 1 || ended();
        received += piece.size();
        if (keepBody)
            body.append(piece.data(), piece.size());
        if (onBody)
            onBody();
    }
    void upstreamComplete() override
    {
        toldInsideStart += insideStart;
        wrongOrder += heads != 1 || ended();
        if (onEnd)
            onEnd();
        ++completes;
    }
    void upstreamFailed(UpstreamFailure kind, const QString& why) override
    {
        toldInsideStart += insideStart;
        wrongOrder += ended();
        failure = kind;
        text = why;
        if (onEnd)
            onEnd();
        ++failures;
    }
};

class UpstreamHost
{
public:
    explicit UpstreamHost(MessageLimits limits = {})
    {
        worker.run([&] {
            m_wheel = new TimerWheel;
            m_client = new UpstreamClient(*m_wheel, m_clock, limits);
        });
    }
    ~UpstreamHost()
    {
        worker.run([this] {
            delete m_client;
            delete m_wheel;
        });
        worker.stop();
    }

    static UpstreamTarget plainTarget(quint16 port)
    {
        UpstreamTarget target;
        target.host = QStringLiteral("127.0.0.1");
        target.port = port;
        target.tls = false;
        target.hostField = "127.0.0.1:" + QByteArray::number(port);
        target.poolKey = "http://" + target.hostField;
        return target;
    }
    static UpstreamRequest simplePost(QByteArray body = QByteArrayLiteral("{\"model\":\"m\"}"))
    {
        UpstreamRequest request;
        request.path = QByteArrayLiteral("/v1/chat/completions");
        request.fields.append({QByteArrayLiteral("authorization"), QByteArrayLiteral("Bearer key-in-clear")});
        request.body = std::move(body);
        return request;
    }

    void start(UpstreamCall& call, const UpstreamTarget& target, UpstreamTimeouts timeouts = {},
        UpstreamRequest request = simplePost())
    {
        worker.run([&] {
            call.insideStart = true;
            call.exchange = m_client->start(target, timeouts, std::move(request), call);
            call.insideStart = false;
        });
    }
    // Starts, waits for the end and lets the exchange go.
    bool finish(UpstreamCall& call, const UpstreamTarget& target, UpstreamTimeouts timeouts = {},
        UpstreamRequest request = simplePost())
    {
        start(call, target, timeouts, std::move(request));
        const bool ended = eventually([&] { return call.ended(); });
        drop(call);
        return ended;
    }
    void drop(UpstreamCall& call)
    {
        worker.run([&] { call.exchange.reset(); });
    }
    int open(const UpstreamTarget& target)
    {
        return worker.ask([&] { return m_client->openConnections(target.poolKey); });
    }
    UpstreamClient& client() { return *m_client; }

    Worker worker;

private:
    gateway::SystemClock m_clock;
    TimerWheel* m_wheel = nullptr;
    UpstreamClient* m_client = nullptr;
};

} // namespace httptest
