#include "engine/incident_keeper.h"

#include "store/incident_repository.h"

namespace gateway::engine {
namespace {

using api::Failure;
using observability::Incidents;

api::Error unknown(const QString& id)
{
    return api::failure(Failure::NotFound, QStringLiteral("There is no incident %1.").arg(id.left(64)),
        QStringLiteral("GET /api/v1/incidents lists them; `signalboxctl incident list` does too."));
}

api::Error notWritten()
{
    return api::failure(Failure::Unavailable, QStringLiteral("The change could not be recorded, so it was not made."));
}

bool put(QSqlDatabase& database, const Incidents::Saved& one)
{
    return store::putIncident(database, {one.incident, one.lastReason});
}

} // namespace

IncidentKeeper::IncidentKeeper(store::Store& store, Incidents& incidents, const Clock& clock, QObject& context)
    : m_store(store), m_incidents(incidents), m_clock(clock), m_context(context)
{
}

IncidentKeeper::~IncidentKeeper()
{
    m_alive.reset();
    write(m_incidents.takeUnsaved(true));
}

api::Outcome IncidentKeeper::load()
{
    std::optional<std::vector<store::IncidentRow>> rows;
    m_store.submitAndWait([&](QSqlDatabase& database) {
        rows = store::lastIncidents(database, Incidents::kKept);
        return true;
    });
    if (!rows)
        return api::failure(Failure::Unavailable, QStringLiteral("the incidents cannot be read"));
    std::vector<Incidents::Saved> saved;
    for (store::IncidentRow& row : *rows)
        saved.push_back({std::move(row.incident), std::move(row.lastReason)});
    m_incidents.load(saved);
    return api::Done{};
}

template <typename Then>
void IncidentKeeper::submit(store::Store::Work work, Then then)
{
    m_store.submit(std::move(work),
        [context = &m_context, alive = std::weak_ptr<bool>(m_alive), then = std::move(then)](bool committed) {
            if (alive.expired()) // going down; what is left of it is only written
                return;
            QMetaObject::invokeMethod(
                context,
                [alive, then, committed] {
                    if (!alive.expired())
                        then(committed);
                },
                Qt::QueuedConnection);
        });
}

void IncidentKeeper::save(bool all)
{
    write(m_incidents.takeUnsaved(all));
}

void IncidentKeeper::write(std::vector<Incidents::Saved> changed)
{
    if (changed.empty())
        return;
    const auto rows = std::make_shared<const std::vector<Incidents::Saved>>(std::move(changed));
    const auto work = [rows](QSqlDatabase& database) {
        return std::all_of(rows->begin(), rows->end(), [&](const Incidents::Saved& one) { return put(database, one); });
    };
    submit(work, [this, rows](bool committed) {
        for (const Incidents::Saved& one : *rows) {
            if (!committed)
                m_incidents.saveAgain(one.incident.id);
        }
    });
}

void IncidentKeeper::acknowledge(
    const QString& id, const QString& owner, const QString& by, store::Store::Work alongside, Done done)
{
    auto one = m_incidents.find(id);
    if (!one)
        return done(unknown(id));
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
    one->incident.owner = owner;
    if (!one->incident.acknowledgedAt) {
        one->incident.acknowledgedBy = by;
        one->incident.acknowledgedAt = at;
    }
    const auto work = [one = *one](QSqlDatabase& database) {
        return put(database, one) && store::putAcknowledgement(database, one.incident);
    };
    submit(store::Store::together(work, std::move(alongside)),
        [this, id, owner, by, at, done = std::move(done)](bool committed) {
            if (!committed)
                return done(notWritten());
            if (!m_incidents.acknowledge(id, owner, by, at))
                return done(unknown(id));
            done(m_incidents.find(id)->incident);
        });
}

void IncidentKeeper::note(
    const QString& id, const QString& text, const QString& by, store::Store::Work alongside, Done done)
{
    const auto one = m_incidents.find(id);
    if (!one)
        return done(unknown(id));
    const api::IncidentNote note{QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC), by, text};
    const auto isFull = std::make_shared<bool>(false);
    const auto work = [one = *one, note, isFull](QSqlDatabase& database) {
        const auto added = put(database, one) ? store::addIncidentNote(database, one.incident.id, note) : std::nullopt;
        *isFull = added && !*added;
        return added.value_or(false);
    };
    submit(store::Store::together(work, std::move(alongside)),
        [this, id, note, isFull, done = std::move(done)](bool committed) {
            if (*isFull)
                return done(api::failure(Failure::Conflict,
                    QStringLiteral("The incident has %1 notes, which is all it can have.").arg(api::Incident::kNotes)));
            if (!committed)
                return done(notWritten());
            if (!m_incidents.addNote(id, note))
                return done(unknown(id));
            done(m_incidents.find(id)->incident);
        });
}

} // namespace gateway::engine
