#include "observability/log.h"

#include "observability/log_rate.h"
#include "observability/redactor.h"

#include <QDateTime>

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <unistd.h>

namespace gateway::observability {
namespace {

// What a line may carry. No field here holds a request's text, a header or a target with its query.
constexpr std::array kFields{"address", "admin", "alias", "aliases", "attempt", "breaker", "budget", "bytes", "calls",
    "candidate", "certificate", "code", "config", "count", "credential", "data_directory", "detail", "duration_ms",
    "error", "failure", "field", "file", "gateway", "hint", "host", "http_status", "id", "kind", "limit", "line",
    "listener", "message", "method", "model", "name", "outcome", "overhead_us", "part", "path", "peer", "pid", "port",
    "principal", "problems", "provider", "queue", "reason", "recovered", "region", "request_id", "retry_after_ms",
    "revision", "role", "seconds", "sequence", "signal", "state", "surface", "tenant", "total_ms", "url", "version",
    "waiting", "worker", "workers"};

const char* nameOf(LogLevel level)
{
    static constexpr std::array names{"trace", "debug", "info", "warning", "error"};
    return names[std::size_t(level)];
}

void appendText(QByteArray& out, const QByteArray& utf8)
{
    out.append('"');
    for (const char c : utf8) {
        switch (c) {
        case '"':
            out.append("\\\"");
            break;
        case '\\':
            out.append("\\\\");
            break;
        case '\n':
            out.append("\\n");
            break;
        case '\r':
            out.append("\\r");
            break;
        case '\t':
            out.append("\\t");
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
                out.append("\\u00").append(QByteArray(1, c).toHex());
            else
                out.append(c);
        }
    }
    out.append('"');
}

void appendField(QByteArray& out, const char* name, const std::variant<QString, qint64, double, bool>& value)
{
    out.append(",\"").append(name).append("\":");
    if (const auto* text = std::get_if<QString>(&value))
        appendText(out, text->left(4096).toUtf8());
    else if (const auto* whole = std::get_if<qint64>(&value))
        out.append(QByteArray::number(*whole));
    else if (const auto* real = std::get_if<double>(&value))
        out.append(std::isfinite(*real) ? QByteArray::number(*real, 'g', 12) : QByteArray("null"));
    else
        out.append(std::get<bool>(value) ? "true" : "false");
}

QByteArray lineOf(LogLevel level, const char* event, std::initializer_list<LogField> fields, qint64 heldBack)
{
    QByteArray line;
    line.reserve(256);
    line.append("{\"time\":\"").append(QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toLatin1());
    line.append("\",\"level\":\"").append(nameOf(level)).append("\",\"event\":\"").append(event).append('"');
    qint64 refused = 0;
    for (const LogField& field : fields) {
        const auto isThis = [&field](const char* allowed) { return qstrcmp(allowed, field.name) == 0; };
        if (std::any_of(kFields.begin(), kFields.end(), isThis))
            appendField(line, field.name, field.value);
        else
            ++refused;
    }
    if (refused > 0)
        appendField(line, "fields_refused", refused);
    if (heldBack > 0)
        appendField(line, "held_back", heldBack);
    line.append('}');
    return line;
}

void writeToStderr(QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t count = ::write(STDERR_FILENO, bytes.data(), std::size_t(bytes.size()));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return; // nobody reads stderr: logging fails open
        bytes = bytes.sliced(count);
    }
}

class RedactingSink final : public spdlog::sinks::base_sink<std::mutex>
{
public:
    RedactingSink(const Redactor& redactor, std::function<void(QByteArrayView)> writer)
        : m_redactor(redactor), m_writer(std::move(writer))
    {
    }

protected:
    void sink_it_(const spdlog::details::log_msg& message) override
    {
        QByteArray line = m_redactor.apply(QByteArrayView(message.payload.data(), qsizetype(message.payload.size())));
        line.append('\n');
        m_writer(line);
    }
    void flush_() override {}

private:
    const Redactor& m_redactor;
    const std::function<void(QByteArrayView)> m_writer;
};

// The process has one stderr, so it has one log. Everything else in the core is handed in; this is handed to everybody.
struct LogState
{
    Redactor redactor;
    LogRate rate;
    SystemClock clock;
    std::mutex mutex; // guards the next three
    std::shared_ptr<spdlog::details::thread_pool> pool;
    std::shared_ptr<spdlog::async_logger> logger;
    qint64 droppedBefore = 0;
    std::atomic<LogLevel> level = LogLevel::Info;
};

LogState& state()
{
    static auto* held = new LogState; // never destroyed: threads may log while the program ends
    return *held;
}

} // namespace

void startLog(LogOptions options)
{
    stopLog();
    LogState& log = state();
    if (!options.writer)
        options.writer = &writeToStderr;
    const auto sink = std::make_shared<RedactingSink>(log.redactor, std::move(options.writer));
    const std::lock_guard lock(log.mutex);
    log.level = options.level;
    log.pool = std::make_shared<spdlog::details::thread_pool>(options.queueLines, 1);
    log.logger = std::make_shared<spdlog::async_logger>(
        "signalbox", sink, log.pool, spdlog::async_overflow_policy::overrun_oldest);
    log.logger->set_level(spdlog::level::trace);
}

void stopLog()
{
    LogState& log = state();
    std::shared_ptr<spdlog::details::thread_pool> pool;
    std::shared_ptr<spdlog::async_logger> logger;
    {
        const std::lock_guard lock(log.mutex);
        if (log.pool)
            log.droppedBefore += qint64(log.pool->overrun_counter());
        pool = std::exchange(log.pool, nullptr);
        logger = std::exchange(log.logger, nullptr);
    }
    pool.reset(); // joins the thread after it has written what waits
}

void log(LogLevel level, const char* event, std::initializer_list<LogField> fields)
{
    LogState& log = state();
    if (level < log.level.load(std::memory_order_relaxed))
        return;
    const LogRate::Verdict verdict = log.rate.admit(event, log.clock.monotonic());
    if (!verdict.admitted)
        return;
    const QByteArray line = lineOf(level, event, fields, verdict.heldBack);
    std::shared_ptr<spdlog::async_logger> logger;
    {
        const std::lock_guard lock(log.mutex);
        logger = log.logger;
    }
    if (logger)
        logger->log(spdlog::level::info, spdlog::string_view_t(line.constData(), std::size_t(line.size())));
    else
        writeToStderr(log.redactor.apply(line) + '\n');
}

void keepOutOfLog(const Secret& secret)
{
    state().redactor.learn(secret);
}

qint64 logLinesSuppressed()
{
    return state().rate.heldBackInAll();
}

qint64 logLinesDropped()
{
    LogState& log = state();
    const std::lock_guard lock(log.mutex);
    return log.droppedBefore + (log.pool ? qint64(log.pool->overrun_counter()) : 0);
}

} // namespace gateway::observability
