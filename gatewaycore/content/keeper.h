// Keeper: the thread that keeps content. It takes what calls leave in the intake, seals it into the vault, removes what
// is over, and answers questions about it. Off the path of calls: when it is behind, slow or broken, content is dropped
// and counted, and health() says so. Made and destroyed on the control thread; the rest from any thread. What waits at
// the end is kept.
#pragma once

#include "base/clock.h"
#include "content/vault.h"

#include <QDateTime>
#include <QThread>

#include <atomic>
#include <deque>
#include <functional>

namespace gateway::content {

struct KeeperOptions
{
    QString directory;
    qint64 largestBytes = 1 << 30;
    std::chrono::milliseconds purgeEvery{60'000};
    std::function<void(const QString& why)> troubled = {}; // told on the keeper's thread when it cannot keep any more
};

class Keeper final : public QThread
{
public:
    Keeper(KeeperOptions options, Intake& intake, const Clock& clock, RandomSource& random);
    ~Keeper() override;

    void begin(); // starts the thread; the vault is opened there

    // Asks the vault; `answer` is called on the keeper's thread. Unavailable while there is none, or at the end.
    template <typename T>
    using Answer = std::function<void(api::Result<T>)>;
    template <typename T>
    void ask(std::function<api::Result<T>(Vault&, qint64 nowMs)> question, Answer<T> answer)
    {
        post([question = std::move(question), answer = std::move(answer)](
                 Vault* vault, qint64 nowMs, const QString& why) {
            answer(vault ? question(*vault, nowMs)
                         : api::Result<T>(api::failure(
                               api::Failure::Unavailable, QStringLiteral("Content is not kept: %1").arg(why))));
        });
    }
    void purgeSoon(); // also when it is not time yet

    struct Health
    {
        bool isKeeping = false;
        QString trouble; // empty: none
        qint64 kept = 0;
        qint64 dropped = 0;
        qint64 purged = 0;
        qint64 bytes = 0;
        qint64 lastPurgeMs = 0; // 0: none yet
    };
    Health health() const;
    qint64 largestBytes() const { return m_options.largestBytes; }

protected:
    void run() override;

private:
    using Job = std::function<void(Vault* vault, qint64 nowMs, const QString& why)>;
    void post(Job job);
    void open();
    void runJobs();
    void keep(const std::vector<KeptCall>& calls);
    void purgeIfTime();
    void setTrouble(const QString& trouble);

    const KeeperOptions m_options;
    Intake& m_intake;
    const Clock& m_clock;
    RandomSource& m_random;
    std::unique_ptr<Vault> m_vault; // on the thread
    Monotonic m_nextPurge{0};       // on the thread
    Monotonic m_nextOpen{0};        // on the thread

    std::atomic<bool> m_stop = false;
    std::atomic<bool> m_purgeNow = false;
    mutable std::mutex m_mutex; // guards what follows
    std::deque<Job> m_jobs;
    Health m_health;
};

} // namespace gateway::content
