#include "engine/lever_control.h"

#include "base/ids.h"
#include "fallback/fail_back.h"
#include "fallback/lever_json.h"
#include "store/override_repository.h"

#include <algorithm>

namespace gateway::engine {
namespace {

constexpr int kTickMs = 1000;
const QString kKind = QStringLiteral("lever");

QString newId(RandomSource& random)
{
    std::array<unsigned char, 10> bytes{};
    random.fill(bytes);
    return QStringLiteral("lev_") + QString::fromLatin1(base32Lower(bytes));
}

bool isOver(const fallback::Lever& lever)
{
    return lever.endedAtMs > 0 && (lever.kind != fallback::LeverKind::Drain || lever.stagePercent >= 100);
}

store::OverrideRow asRow(const fallback::Lever& lever)
{
    return {lever.id, kKind, fallback::toJson(lever), lever.setAtMs, lever.endsAtMs, lever.endedAtMs};
}

} // namespace

LeverControl::LeverControl(store::Store& store, LiveState& live, const Clock& clock, RandomSource& random)
    : m_store(store), m_live(live), m_clock(clock), m_random(random)
{
    connect(&m_timer, &QTimer::timeout, this, &LeverControl::tick);
    m_timer.start(kTickMs);
}

api::Outcome LeverControl::load()
{
    std::optional<std::vector<store::OverrideRow>> rows;
    m_store.submitAndWait([&](QSqlDatabase& database) {
        rows = store::allOverrides(database);
        return true;
    });
    if (!rows)
        return api::failure(api::Failure::Unavailable, QStringLiteral("the levers in force cannot be read"));
    for (const store::OverrideRow& row : *rows) {
        if (row.kind != kKind)
            continue;
        if (auto lever = fallback::leverFromJson(row.body))
            m_levers.push_back(std::move(*lever));
    }
    if (m_levers.size() > std::size_t(kRemembered)) // oldest first
        m_levers.erase(m_levers.begin(), m_levers.end() - kRemembered);
    std::sort(m_levers.begin(), m_levers.end(), [](const auto& a, const auto& b) { return a.setAtMs < b.setAtMs; });
    reapply();
    advance(); // what expired while nobody was there
    publish();
    return api::Done{};
}

void LeverControl::reapply()
{
    for (const fallback::Lever& lever : m_levers) {
        if (lever.endedAtMs == 0)
            force(lever);
    }
}

std::vector<fallback::Lever> LeverControl::all() const
{
    return {m_levers.rbegin(), m_levers.rend()};
}

void LeverControl::publish()
{
    std::vector<fallback::Lever> inForce;
    std::copy_if(m_levers.begin(), m_levers.end(), std::back_inserter(inForce),
        [](const fallback::Lever& lever) { return !isOver(lever); });
    m_inForce = std::make_shared<fallback::LeverSet>(std::move(inForce));
    Q_EMIT changed();
}

void LeverControl::save(const fallback::Lever& lever, store::Store::Work alongside, std::function<void(bool)> done)
{
    const auto put = [row = asRow(lever)](QSqlDatabase& database) { return store::putOverride(database, row); };
    m_store.submit(store::Store::together(put, std::move(alongside)), [this, done = std::move(done)](bool committed) {
        QMetaObject::invokeMethod(
            this, [done, committed] { done(committed); }, Qt::QueuedConnection);
    });
}

void LeverControl::force(const fallback::Lever& lever)
{
    if (lever.kind != fallback::LeverKind::Breaker)
        return;
    if (const auto health = m_live.candidates.find(lever.candidate)) {
        const bool inForce = lever.endedAtMs == 0;
        health->force(inForce ? std::optional(lever.breaker) : std::nullopt, lever.reason, lever.endsAtMs);
    }
}

void LeverControl::apply(fallback::Lever lever, store::Store::Work alongside, Done done)
{
    lever.id = newId(m_random);
    lever.setAtMs = m_clock.wallMs();
    save(lever, std::move(alongside), [this, lever, done = std::move(done)](bool committed) {
        if (!committed) {
            done(api::failure(
                api::Failure::Unavailable, QStringLiteral("The change could not be recorded, so it was not made.")));
            return;
        }
        m_levers.push_back(lever);
        if (const auto oldest = std::find_if(m_levers.begin(), m_levers.end(), isOver);
            m_levers.size() > std::size_t(kRemembered) && oldest != m_levers.end())
            m_levers.erase(oldest);
        force(lever);
        publish();
        done(lever);
    });
}

void LeverControl::end(const QString& id, store::Store::Work alongside, Done done)
{
    const auto found =
        std::find_if(m_levers.begin(), m_levers.end(), [&](const auto& lever) { return lever.id == id; });
    if (found == m_levers.end()) {
        done(api::failure(api::Failure::NotFound, QStringLiteral("There is no lever %1.").arg(id)));
        return;
    }
    if (found->endedAtMs > 0) {
        done(*found);
        return;
    }
    fallback::Lever ended = *found;
    ended.endedAtMs = m_clock.wallMs();
    save(ended, std::move(alongside), [this, ended, done = std::move(done)](bool committed) {
        if (!committed) {
            done(api::failure(
                api::Failure::Unavailable, QStringLiteral("The change could not be recorded, so it was not made.")));
            return;
        }
        for (fallback::Lever& lever : m_levers) {
            if (lever.id == ended.id)
                lever = ended;
        }
        force(ended);
        advance(); // a drain begins its first stage
        publish();
        done(ended);
    });
}

// What ran out has ended, and drained providers come back a stage at a time. A restart finds the same: both follow from
// the times recorded, and only an end is recorded anew.
bool LeverControl::advance()
{
    const qint64 now = m_clock.wallMs();
    bool any = false;
    for (fallback::Lever& lever : m_levers) {
        if (lever.endedAtMs == 0 && lever.endsAtMs <= now) {
            lever.endedAtMs = lever.endsAtMs;
            force(lever);
            save(lever, {}, [](bool) {});
            any = true;
        }
        if (lever.kind != fallback::LeverKind::Drain || isOver(lever) || lever.endedAtMs == 0)
            continue;
        fallback::StageEvidence evidence;
        if (m_attempts && lever.stageSinceMs > 0) {
            const auto [made, failed] = m_attempts(lever.provider, lever.stageSinceMs);
            evidence = {made, failed};
        }
        const auto before = std::pair(lever.stagePercent, lever.stageSinceMs);
        fallback::advance(lever, evidence, now);
        if (std::pair(lever.stagePercent, lever.stageSinceMs) != before) {
            save(lever, {}, [](bool) {});
            any = true;
        }
    }
    return any;
}

void LeverControl::tick()
{
    if (advance())
        publish();
}

} // namespace gateway::engine
