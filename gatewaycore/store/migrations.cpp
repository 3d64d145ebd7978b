#include "store/migrations.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>

// A resource in a static library is registered only when somebody asks; the macro wants the global namespace.
static void registerMigrations()
{
    Q_INIT_RESOURCE(store_migrations);
}

namespace gateway::store {
namespace {

constexpr qint64 kPiece = 20'000;
constexpr qint64 kSayEveryMs = 2000;

struct Step
{
    int version = 0;
    QStringList statements;
};

QStringList statementsOf(const QString& text)
{
    QStringList kept;
    for (const QString& line : text.split(u'\n')) {
        if (!line.trimmed().startsWith(QLatin1String("--")))
            kept.append(line);
    }
    QStringList statements;
    for (const QString& statement : kept.join(u'\n').split(QStringLiteral(";\n"), Qt::SkipEmptyParts)) {
        if (!statement.trimmed().isEmpty())
            statements.append(statement.trimmed());
    }
    return statements;
}

const std::vector<Step>& ladder()
{
    static const std::vector<Step> steps = [] {
        registerMigrations();
        std::vector<Step> read;
        const QDir directory(QStringLiteral(":/store/migrations"));
        for (const QString& name : directory.entryList(QDir::Files, QDir::Name)) {
            QFile file(directory.filePath(name));
            if (!file.open(QIODevice::ReadOnly))
                qFatal("A migration is missing from the program.");
            read.push_back({name.left(4).toInt(), statementsOf(QString::fromUtf8(file.readAll()))});
        }
        return read;
    }();
    return steps;
}

api::Error failed(const QString& what, const QSqlQuery& query)
{
    return api::failure(api::Failure::Unavailable, QStringLiteral("%1: %2.").arg(what, query.lastError().text()));
}

bool setVersion(QSqlQuery& query, int version)
{
    return query.exec(QStringLiteral(
               "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")) &&
           query.prepare(QStringLiteral("INSERT OR REPLACE INTO meta (key, value) VALUES ('schema', ?)")) &&
           (query.bindValue(0, QString::number(version)), query.exec());
}

// Of what is long: in pieces, so that somebody who waits sees that it goes on. Memory stays bounded by SQLite's cache.
bool runInPieces(QSqlQuery& query, int version, const QString& statement)
{
    if (!query.exec(QStringLiteral("SELECT coalesce(max(seq), 0) FROM calls")) || !query.next())
        return false;
    const qint64 last = query.value(0).toLongLong();
    query.finish();
    if (!query.prepare(statement))
        return false;
    QElapsedTimer sinceSaid;
    sinceSaid.start();
    for (qint64 from = 0; from < last; from += kPiece) {
        query.bindValue(QStringLiteral(":from"), from);
        query.bindValue(QStringLiteral(":to"), from + kPiece);
        if (!query.exec())
            return false;
        if (sinceSaid.hasExpired(kSayEveryMs)) {
            qInfo("Bringing the database to schema %d: %lld of %lld calls.", version,
                static_cast<long long>(std::min(from + kPiece, last)), static_cast<long long>(last));
            sinceSaid.restart();
        }
    }
    return true;
}

api::Outcome apply(QSqlDatabase& database, const Step& step)
{
    QSqlQuery query(database);
    const auto giveUp = [&](const QString& what) {
        const api::Error error = failed(what, query);
        database.rollback();
        return error;
    };
    const QString what = QStringLiteral("The database cannot be brought to schema %1").arg(step.version);
    if (!database.transaction())
        return giveUp(what);
    for (const QString& statement : step.statements) {
        const bool good = statement.contains(QLatin1String(":from")) ? runInPieces(query, step.version, statement)
                                                                     : query.exec(statement);
        if (!good)
            return giveUp(what);
    }
    if (!setVersion(query, step.version))
        return giveUp(what);
    query.finish();
    if (!database.commit())
        return giveUp(what);
    return api::Done{};
}

} // namespace

int latestSchema()
{
    return ladder().empty() ? 0 : ladder().back().version;
}

api::Result<int> schemaOf(QSqlDatabase& database)
{
    QSqlQuery query(database);
    if (!query.exec(QStringLiteral("SELECT name FROM sqlite_master WHERE type = 'table'")))
        return failed(QStringLiteral("The database cannot be read"), query);
    QStringList tables;
    while (query.next())
        tables.append(query.value(0).toString());
    if (tables.isEmpty())
        return 0;
    if (!tables.contains(QLatin1String("meta")))
        return api::failure(api::Failure::Unavailable, QStringLiteral("The database is not one of Signalbox."));
    if (!query.exec(QStringLiteral("SELECT value FROM meta WHERE key = 'schema'")))
        return failed(QStringLiteral("The database cannot be read"), query);
    bool ok = false;
    const int version = query.next() ? query.value(0).toString().toInt(&ok) : 0;
    if (!ok || version < 1)
        return api::failure(
            api::Failure::Unavailable, QStringLiteral("The database does not say which schema it has."));
    return version;
}

api::Outcome migrate(QSqlDatabase& database, int target)
{
    const api::Result<int> version = schemaOf(database);
    if (!version)
        return version.error();
    if (*version > latestSchema())
        return api::failure(api::Failure::Unavailable,
            QStringLiteral("The database has schema %1, and this program knows schemas up to %2.")
                .arg(*version)
                .arg(latestSchema()),
            QStringLiteral("Use the newer program, or a backup from before it ran."));
    for (const Step& step : ladder()) {
        if (step.version <= *version || step.version > target)
            continue;
        if (const api::Outcome applied = apply(database, step); !applied)
            return applied;
    }
    return api::Done{};
}

} // namespace gateway::store
