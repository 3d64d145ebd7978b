// Intake: where a call leaves its content to be kept, on its way past. A bounded queue between the workers and the
// keeper's thread: when it is full, or nobody takes, the content is dropped and counted, never the call. Any thread may
// offer; one thread takes.
#pragma once

#include <QByteArray>
#include <QString>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace gateway::content {

struct KeptCall
{
    QString call;
    QString tenant;
    qint64 startedMs = 0;
    qint64 keptMs = 0;
    qint64 expiresMs = 0;
    QByteArray request;
    QByteArray answer;
    bool requestCut = false;
    bool answerCut = false;
};

class Intake
{
public:
    static constexpr qsizetype kBytes = 64 << 20;  // waiting
    static constexpr std::size_t kCalls = 4096;    // waiting
    static constexpr qsizetype kLongest = 4 << 20; // of one request; what is longer is cut

    Intake() = default;
    Q_DISABLE_COPY_MOVE(Intake)

    bool offer(KeptCall call); // false: dropped, and counted
    void setOpen(bool open);   // somebody takes; closed from the beginning
    void drop(qint64 calls);   // what was taken and could not be kept after all
    qint64 dropped() const;

    // What waits, when something does, wake() was called or the time is over.
    std::vector<KeptCall> take(std::chrono::milliseconds most);
    void wake();

private:
    mutable std::mutex m_mutex; // guards what follows
    std::condition_variable m_wake;
    std::vector<KeptCall> m_calls;
    qsizetype m_bytes = 0;
    qint64 m_dropped = 0;
    bool m_open = false;
    bool m_woken = false;
};

} // namespace gateway::content
