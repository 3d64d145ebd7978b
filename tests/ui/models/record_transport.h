// A record of calls behind the admin contract, for tests of models: answers GET /api/v1/calls with cursors as an engine
// does, at the next turn of the event loop or when the test says so. Thread: the test's.
#pragma once

#include "api/gateway_client.h"

#include <QJsonArray>
#include <QPromise>
#include <QTimer>

#include <algorithm>
#include <deque>
#include <memory>

namespace testing {

inline gateway::api::Call callAt(int number, const QDateTime& start, const QString& tenant = QStringLiteral("acme"))
{
    gateway::api::Call call;
    call.id = QStringLiteral("req_%1").arg(number, 8, 10, QLatin1Char('0'));
    call.startedAt = start;
    call.tenant = tenant;
    call.alias = QStringLiteral("fast-summariser");
    call.outcome = gateway::api::CallOutcome::Answered;
    call.endUs = 1'000 * number;
    return call;
}

inline QDateTime testNow()
{
    return QDateTime(QDate(2026, 11, 22), QTime(3, 22, 24), Qt::UTC);
}

class RecordTransport : public gateway::api::AdminTransport
{
public:
    // `calls` are kept newest first.
    explicit RecordTransport(int count)
    {
        for (int i = 0; i < count; ++i)
            calls.push_back(callAt(count - i, testNow().addSecs(-i)));
    }

    QFuture<gateway::api::Result<gateway::api::AdminReply>> send(const gateway::api::AdminRequest& request) override
    {
        using Reply = gateway::api::Result<gateway::api::AdminReply>;
        ++questions;
        auto promise = std::make_shared<QPromise<Reply>>();
        promise->start();
        auto answer = [this, promise, request] {
            promise->addResult(failing ? Reply(*failing) : Reply(page(request.query)));
            promise->finish();
        };
        if (held)
            waiting.push_back(answer);
        else
            QTimer::singleShot(0, this, answer);
        return promise->future();
    }

    std::unique_ptr<gateway::api::EventStream> subscribe(qint64) override
    {
        return std::make_unique<gateway::api::EventStream>();
    }
    QString description() const override { return QStringLiteral("record"); }

    void letGo()
    {
        held = false;
        for (auto& answer : std::exchange(waiting, {}))
            answer();
    }

    gateway::api::AdminReply page(const QUrlQuery& items) const
    {
        using namespace gateway::api;
        const auto query = callQueryFromQuery(items);
        if (!query)
            return errorReply(query.error());
        QJsonArray found;
        qint64 total = 0;
        bool after = query->before.isEmpty();
        QString last;
        bool more = false;
        for (const Call& call : calls) {
            const bool fits = (query->tenant.isEmpty() || query->tenant == call.tenant) &&
                              (!query->since || call.startedAt >= *query->since) &&
                              (!query->until || call.startedAt < *query->until) &&
                              (!query->outcome || *query->outcome == call.outcome);
            if (!fits)
                continue;
            ++total;
            if (after && found.size() < query->limit) {
                found.append(toJson(call));
                last = call.id;
            } else if (after) {
                more = true;
            }
            if (call.id == query->before)
                after = true;
        }
        return {200, {{QStringLiteral("items"), found}, {QStringLiteral("total"), total},
                         {QStringLiteral("next"), more ? QJsonValue(last) : QJsonValue()}}};
    }

    std::deque<gateway::api::Call> calls;
    std::optional<gateway::api::Error> failing;
    bool held = false;
    int questions = 0;
    std::vector<std::function<void()>> waiting;
};

inline gateway::api::Event finished(const gateway::api::Call& call)
{
    return {1, QStringLiteral("call.finished"), gateway::api::toJson(call)};
}

} // namespace testing
