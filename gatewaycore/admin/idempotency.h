// Idempotency: a mutation sent twice with the same Idempotency-Key happens once; the second time it gets the first
// reply. The same key with another request, or while the first is still under way, is a conflict. Remembers 1,000 keys
// for ten minutes, in memory: long enough for a client that did not hear the answer, not a record (that is the
// audit's). Thread: control.
#pragma once

#include "api/admin_transport.h"
#include "base/clock.h"

#include <QByteArray>
#include <QHash>

#include <deque>
#include <functional>
#include <memory>

namespace gateway::admin {

class Idempotency
{
public:
    static constexpr int kKept = 1000;
    static constexpr std::chrono::minutes kTime{10};

    explicit Idempotency(const Clock& clock);

    using Reply = std::function<void(api::AdminReply)>;
    // Answers a repetition itself (true), or lets the request begin; then `reply` is replaced by one that also
    // remembers.
    bool answer(const QString& principal, const api::AdminRequest& request, Reply& reply);

private:
    struct Entry
    {
        QByteArray request; // digest of what was asked
        Monotonic began{0};
        bool finished = false;
        api::AdminReply reply;
    };
    struct Table
    {
        QHash<QString, Entry> entries;
        std::deque<std::pair<Monotonic, QString>> order;
    };
    void forgetOld();

    const Clock& m_clock;
    std::shared_ptr<Table> m_table = std::make_shared<Table>(); // shared with the replies still to come
};

} // namespace gateway::admin
