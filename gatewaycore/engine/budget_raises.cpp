#include "engine/budget_raises.h"

#include "store/override_repository.h"

#include <QJsonObject>

namespace gateway::engine {
namespace {

const QString kKind = QStringLiteral("budget_raise");

} // namespace

BudgetRaises::BudgetRaises(store::Store& store, LiveState& live, const Clock& clock)
    : m_store(store), m_live(live), m_clock(clock)
{
}

api::Outcome BudgetRaises::load()
{
    std::optional<std::vector<store::OverrideRow>> rows;
    m_store.submitAndWait([&](QSqlDatabase& database) {
        rows = store::overridesInForce(database, m_clock.wallMs());
        return true;
    });
    if (!rows)
        return api::failure(api::Failure::Unavailable, QStringLiteral("the raised budgets cannot be read"));
    for (const store::OverrideRow& row : *rows) {
        const auto limit = api::Money::fromDecimal(row.body.value(QStringLiteral("limit")).toString());
        if (limit && row.kind == kKind)
            m_live.ledger.raise(row.id, *limit, row.endsMs);
    }
    return api::Done{};
}

// One row per account: a later raise takes the place of an earlier one.
void BudgetRaises::apply(const Raise& raise, store::Store::Work alongside, std::function<void(api::Outcome)> done)
{
    const qint64 now = m_clock.wallMs();
    const QJsonObject body{{QStringLiteral("limit"), raise.limit.toDecimal()}, {QStringLiteral("by"), raise.by},
        {QStringLiteral("reason"), raise.reason}};
    const store::OverrideRow row{raise.account, kKind, body, now, raise.untilMs, raise.untilMs == 0 ? now : 0};
    const auto put = [row](QSqlDatabase& database) { return store::putOverride(database, row); };
    m_store.submit(
        store::Store::together(put, std::move(alongside)), [this, raise, done = std::move(done)](bool committed) {
            QMetaObject::invokeMethod(
                this,
                [this, raise, done, committed] {
                    if (!committed) {
                        done(api::failure(api::Failure::Unavailable,
                            QStringLiteral("The change could not be recorded, so it was not made.")));
                        return;
                    }
                    if (!m_live.ledger.raise(raise.account, raise.limit, raise.untilMs)) {
                        done(api::failure(
                            api::Failure::NotFound, QStringLiteral("There is no budget %1.").arg(raise.account)));
                        return;
                    }
                    done(api::Done{});
                },
                Qt::QueuedConnection);
        });
}

} // namespace gateway::engine
