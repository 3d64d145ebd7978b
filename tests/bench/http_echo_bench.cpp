// http_echo_bench: one worker of ours that answers every request with 300 bytes, for wrk to measure the HTTP room alone
// (qt-notes.md section 8 has the figures to compare with). Prints its port as JSON, serves for SECONDS, then prints
// requests, CPU time per request and epoll_ctl calls per request. Not a test: ctest does not run it.
//   http_echo_bench [SECONDS] [CERTIFICATE KEY]
#include "http/epoll_dispatcher.h"
#include "http/server.h"
#include "http/timer_wheel.h"

#include <QCoreApplication>
#include <QThread>
#include <QTimer>

#include <cstdio>
#include <ctime>

using namespace gateway;
using namespace gateway::http;

namespace {

class EchoHandler final : public RequestHandler
{
public:
    EchoHandler()
    {
        m_response.fields.append({QByteArrayLiteral("content-type"), QByteArrayLiteral("application/json")});
        m_response.body = QByteArray(300, 'x');
    }
    void handle(std::unique_ptr<Exchange> exchange) override
    {
        ++m_count;
        exchange->respond(m_response);
    }
    quint64 count() const { return m_count; }

private:
    Response m_response;
    quint64 m_count = 0;
};

double threadCpuMicroseconds()
{
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return double(used.tv_sec) * 1e6 + double(used.tv_nsec) / 1e3;
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    const int seconds = arguments.size() > 1 ? arguments[1].toInt() : 10;
    ServerOptions options;
    if (arguments.size() > 3) {
        auto tls = Server::tlsConfiguration(arguments[2], arguments[3], false);
        if (!tls) {
            std::fprintf(stderr, "%s\n", qPrintable(tls.error().message));
            return 1;
        }
        options.tls = *tls;
    }

    QThread worker;
    auto* dispatcher = new EpollDispatcher;
    worker.setEventDispatcher(dispatcher);
    worker.start();
    auto* context = new QObject;
    context->moveToThread(&worker);
    QMetaObject::invokeMethod(context, [&] {
        auto* wheel = new TimerWheel(context);
        static SystemClock clock;
        static EchoHandler handler;
        auto* server = new Server(options, handler, *wheel, clock, context);
        if (const auto started = server->start(); !started) {
            std::fprintf(stderr, "%s\n", qPrintable(started.error().message));
            app.exit(1);
            return;
        }
        std::printf("{\"port\":%d}\n", server->serverPort());
        std::fflush(stdout);
        QTimer::singleShot(seconds * 1000, context, [&, dispatcher] {
            const double requests = double(std::max<quint64>(handler.count(), 1));
            std::printf("{\"requests\":%llu,\"cpu_us_per_request\":%.2f,\"epoll_ctl_per_request\":%.4f}\n",
                static_cast<unsigned long long>(handler.count()), threadCpuMicroseconds() / requests,
                double(dispatcher->epollCtlCalls()) / requests);
            std::fflush(stdout);
            app.quit();
        });
    });
    const int code = app.exec();
    QMetaObject::invokeMethod(
        context, [context] { delete context; }, Qt::BlockingQueuedConnection);
    worker.quit();
    worker.wait();
    return code;
}
