// BreakGlass: who may read kept content, until when. A grant is asked for by one person and approved by another, holds
// for hours, ends by itself, and serves the one who asked alone. The local token and the console of this process are
// one person: both are whoever has the data directory. Grants are durable before they count. Control thread; the store
// must outlive it.
#pragma once

#include "admin/change.h"
#include "api/content.h"
#include "base/clock.h"
#include "base/random.h"
#include "store/store.h"

#include <QObject>

#include <functional>

namespace gateway::engine {

class BreakGlass : public QObject
{
    Q_OBJECT
public:
    static constexpr int kShown = 200;

    BreakGlass(store::Store& store, const Clock& clock, RandomSource& random);
    ~BreakGlass() override;

    template <typename T>
    using Done = std::function<void(api::Result<T>)>;

    api::Outcome load();

    QVector<api::ContentGrant> grants() const; // newest first, with their states as of now
    api::Result<api::ContentGrant> grant(const QString& id) const;

    void ask(const api::ContentGrantRequest& request, const admin::Change& change, Done<api::ContentGrant> done);
    void approve(const QString& id, const admin::Change& change, Done<api::ContentGrant> done);
    void end(const QString& id, const admin::Change& change, Done<api::ContentGrant> done);

    // The grant in force by which `reader` may read a call of this tenant that began then; nullptr: there is none.
    const api::ContentGrant* covering(
        const QString& reader, const QString& call, const QString& tenant, qint64 startedMs) const;
    // Counts a read, durably. Told the grant as it is then; an error if it ended meanwhile or cannot be written.
    void countRead(const QString& id, Done<api::ContentGrant> done);

    static bool areOnePerson(const QString& one, const QString& other);

private:
    QString stateOf(const api::ContentGrant& grant) const;
    api::ContentGrant* find(const QString& id);
    void write(api::ContentGrant grant, store::Store::Work alongside, Done<api::ContentGrant> done);

    store::Store& m_store;
    const Clock& m_clock;
    RandomSource& m_random;
    QVector<api::ContentGrant> m_grants; // newest first
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace gateway::engine
