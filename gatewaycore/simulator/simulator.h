// Simulator: the simulated providers without a transport: a request in, a script out, and the ledger of what came in.
// All of them answer on one port, told apart by path (route.h); besides: GET and DELETE /sim/ledger, GET /healthz.
// Every POST is in the ledger, also one to a path that no provider has. Any thread; the ledger and the counters carry
// their own locks.
#pragma once

#include "base/clock.h"
#include "simulator/dialect.h"
#include "simulator/ledger.h"
#include "simulator/profile.h"
#include "simulator/script.h"

#include <QHash>
#include <QMutex>

#include <atomic>

namespace gateway::simulator {

class Simulator
{
public:
    // `clock` must outlive the simulator; it only dates answers.
    Simulator(Profile profile, const Clock& clock) : m_profile(std::move(profile)), m_clock(clock) {}

    struct Turn
    {
        Script script;
        qint64 ledgerNumber = 0; // 0: not a call, nothing to end in the ledger
    };
    Turn answer(const SimRequest& request);
    Ledger& ledger() { return m_ledger; }
    const Ledger& ledger() const { return m_ledger; }

private:
    Turn post(const SimRequest& request);
    Script callAnswer(SimCall& call, Dice& dice);
    Script listAnswer(const SimRequest& request);
    Script ledgerAnswer(const SimRequest& request);
    quint64 seedFor(const QByteArray& body);
    bool isOver(const Wishes& wishes, const SimRequest& request, qint64 callNumber); // what goes wrong, goes right now

    const Profile m_profile;
    const Clock& m_clock;
    Ledger m_ledger;
    std::atomic<qint64> m_calls = 0;
    QMutex m_mutex;
    QHash<QByteArray, int> m_tries;    // x-request-id -> requests so far
    QHash<QByteArray, quint64> m_seen; // body hash -> times seen, so that a retry may fare otherwise than the first try
};

} // namespace gateway::simulator
