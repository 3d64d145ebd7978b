// Vault: kept content on disk, in a database of its own (content.db) that holds no readable byte of it. Each tenant has
// a key per UTC day; the keys lie beside the content, sealed with the master key (file content.key, 0600), and a key
// goes with the last content it was used for. Who deletes a tenant's keys has deleted its content. What is deleted is
// overwritten (secure_delete) and leaves the WAL with the next checkpoint. One thread: the keeper's.
#pragma once

#include "api/result.h"
#include "base/random.h"
#include "base/secret.h"
#include "content/intake.h"
#include "store/database.h"

#include <QHash>
#include <QSqlQuery>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace gateway::content {

class Vault
{
public:
    // Makes what is not there. Refuses a master key that is missing while content is there.
    static api::Result<std::unique_ptr<Vault>> open(const QString& directory, RandomSource& random, qint64 nowMs);
    ~Vault();
    Q_DISABLE_COPY_MOVE(Vault)

    bool keep(std::span<const KeptCall> calls);   // all or none, in one transaction
    QString trouble() const { return m_trouble; } // after false

    // Where it would be found; nothing: not kept, or its time is over.
    struct Place
    {
        QString tenant;
        qint64 startedMs = 0;
    };
    api::Result<std::optional<Place>> find(const QString& call, qint64 nowMs);
    api::Result<KeptCall> read(const QString& call, qint64 nowMs); // NotFound; CheckFailed for what was changed

    // What is over, or the oldest where there is more than `largestBytes`; at most `most` calls. How many went.
    std::optional<qint64> purge(qint64 nowMs, qint64 largestBytes, int most);
    void settle(bool emptied); // after writing: the WAL goes into the database; `emptied`: and is overwritten

    // The policy keeps a tenant's content for a shorter time now: also what is there.
    bool shorten(const QString& tenant, qint64 ttlMs);
    bool shred(const QString& tenant);

    struct Sum
    {
        QString tenant;
        qint64 items = 0;
        qint64 bytes = 0;
        qint64 oldestMs = 0;
    };
    api::Result<std::vector<Sum>> sums();
    qint64 bytes() const { return m_bytes; }

private:
    struct DataKey
    {
        qint64 id = 0;
        Secret key;
    };
    Vault(store::Connection connection, Secret master, RandomSource& random);
    bool insert(const KeptCall& call);
    std::optional<DataKey> keyOf(const QString& tenant, qint64 day);
    std::optional<Secret> keyWithId(qint64 id, const QString& tenant);
    std::optional<std::vector<qint64>> expired(qint64 nowMs, int most);
    std::optional<std::vector<qint64>> oldest(qint64 bytesTooMany, int most);
    bool removeRows(const std::vector<qint64>& rows);
    bool removeUnusedKeys(qint64 today);
    bool countBytes();
    bool transact(const std::function<bool()>& work);
    bool failed(const QSqlQuery& query);

    store::Connection m_connection;
    const Secret m_master;
    RandomSource& m_random;
    QHash<QString, std::pair<qint64, DataKey>> m_today; // of each tenant: the day and its key
    qint64 m_bytes = 0;
    QString m_trouble;
};

} // namespace gateway::content
