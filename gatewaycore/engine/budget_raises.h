// BudgetRaises: limits that an admin changed for a time. Durable before they count, taken up again at start, undone by
// their end (the ledger looks at the time itself). Control thread; store and live state must outlive it.
#pragma once

#include "api/result.h"
#include "engine/live_state.h"
#include "store/store.h"

#include <QObject>

#include <functional>

namespace gateway::engine {

class BudgetRaises : public QObject
{
    Q_OBJECT
public:
    BudgetRaises(store::Store& store, LiveState& live, const Clock& clock);

    struct Raise
    {
        QString account;
        api::Money limit;
        qint64 untilMs = 0; // 0: back to the configured limit
        QString by;
        QString reason;
    };
    api::Outcome load(); // after the ledger was configured
    // NotFound for an account the ledger does not know. `alongside` (may be empty) is written in the same transaction.
    void apply(const Raise& raise, store::Store::Work alongside, std::function<void(api::Outcome)> done);

private:
    store::Store& m_store;
    LiveState& m_live;
    const Clock& m_clock;
};

} // namespace gateway::engine
