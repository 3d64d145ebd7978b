// Poster: one POST at a time to one receiver, at most once on the wire, and what came of it. The answer is read up to
// ExportLimits::answerBytes, everything together takes at most ExportLimits::answer; a receiver that has said its
// status and then dawdles has answered. Redirects are an answer like any other, and never followed. Thread: the export
// thread.
#pragma once

#include "exports/export_limits.h"
#include "exports/target.h"
#include "http/timer_wheel.h"

#include <functional>
#include <memory>
#include <optional>

namespace gateway::exports {

struct Posted
{
    int status = 0; // 0: no answer
    QByteArray body;
    QByteArray retryAfter; // the field as it came
    QString problem;       // without an answer: why, in words

    bool isSuccess() const { return status >= 200 && status < 300; }
};

// "It answered 503.", "It could not be reached: connection refused."
QString describe(const Posted& posted);

class Poster
{
public:
    Poster(http::UpstreamClient& client, http::TimerWheel& wheel, Target target, const ExportLimits& limits);
    ~Poster(); // what is under way is given up without a word

    using Done = std::function<void(const Posted&)>;
    // From the event loop, exactly once. Only when idle.
    void post(const QByteArray& path, http::Fields fields, QByteArray body, Done done);
    bool isIdle() const { return !m_under; }
    const Target& target() const { return m_target; }

private:
    class Underway;
    void finish(Posted posted);

    http::UpstreamClient& m_client;
    http::TimerWheel& m_wheel;
    const Target m_target;
    const ExportLimits m_limits;
    std::unique_ptr<Underway> m_under;
};

} // namespace gateway::exports
