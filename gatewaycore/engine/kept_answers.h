// KeptAnswers: answers that may be given a second time, in memory only (content is never written to disk without being
// asked to). Two uses: a request repeated with its idempotency-key gets the stored outcome and costs nothing, and a
// fallback step of kind `cached` may give an earlier answer to the same request. Bounded by bytes, entries and age; the
// oldest go first. Shared by all workers; a mutex, held for a lookup. A key is a digest over length-prefixed parts, so
// one tenant can never reach another's entry.
#pragma once

#include "base/clock.h"
#include "http/message.h"

#include <QByteArray>
#include <QHash>
#include <QString>

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

namespace gateway::engine {

struct KeptAnswer
{
    QByteArray body; // of a stream: its events, end mark included
    QString callId;
    QString servedBy;
    QString finishReason;
};

class KeptAnswers
{
public:
    static constexpr qsizetype kLargest = 1 << 20; // of one body
    static constexpr qsizetype kBytes = 64 << 20;  // of all
    static constexpr int kEntries = 20'000;
    static constexpr std::chrono::hours kAge{24};

    explicit KeptAnswers(const Clock& clock) : m_clock(clock) {}

    enum class Found
    {
        Nothing, // the caller of begin() now owns the key and must finish() or forget() it
        Answer,
        InFlight, // somebody else owns it
        Conflict, // the key was used with another request
        Gone,     // it was answered, but the answer is not kept (too large, or before a restart): `callId` says which
    };
    struct Result
    {
        Found found = Found::Nothing;
        std::shared_ptr<const KeptAnswer> answer; // with Answer and Gone
    };
    Result begin(const QByteArray& key, const QByteArray& request);
    void finish(const QByteArray& key, KeptAnswer answer); // a body above kLargest is not kept, only that there was one
    void forget(const QByteArray& key);                    // the call failed: a repetition is a new call
    void remember(const QByteArray& key, const QString& callId); // from the record, at start

    // For `cached`: the answer if it is younger than `ttl`; and keeping one.
    std::shared_ptr<const KeptAnswer> find(const QByteArray& key, std::chrono::milliseconds ttl) const;
    void keep(const QByteArray& key, KeptAnswer answer);

    static QByteArray digest(std::initializer_list<QByteArrayView> parts); // 32 bytes

private:
    struct Entry
    {
        QByteArray request;
        std::shared_ptr<const KeptAnswer> answer; // nullptr: in flight
        std::list<QByteArray>::iterator order;
        Monotonic at{0};
    };
    void insert(const QByteArray& key, Entry entry);
    void erase(QHash<QByteArray, Entry>::iterator entry);
    void trim();

    const Clock& m_clock;
    mutable std::mutex m_mutex; // guards what follows
    QHash<QByteArray, Entry> m_entries;
    std::list<QByteArray> m_order; // oldest first
    qsizetype m_bytes = 0;
};

// What an answer is kept under for the step `cached`: only the same tenant in the same zone, asking the same alias the
// same thing under the same revision, finds it again.
struct ExactKey
{
    QByteArray tenant;
    QByteArray zone;
    QByteArray alias;
    QByteArray surface;
    QByteArray shape; // whole stream array
    QByteArray body;
    int revision = 0;
};
QByteArray exactKey(const ExactKey& key);

} // namespace gateway::engine
