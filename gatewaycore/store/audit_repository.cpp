#include "store/audit_repository.h"

#include "store/database.h"
#include "store/log_entry.h"

#include <QJsonDocument>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>

#include <array>

namespace gateway::store {
namespace {

constexpr std::array kStates{"", "intent", "marked", "applied", "not_applied", "failed", "unknown", "void"};

constexpr const char* kInsert =
    "INSERT INTO admin_audit (at_ms, ended_ms, principal, role, came_by, client, peer, action, object, reason,"
    " operation, revision, outcome, status, message, asked, state_before, state_after, state, marks, holds_key, digest,"
    " reply_status, reply)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL)";

constexpr const char* kEntry = "SELECT sequence, at_ms, principal, role, came_by, client, peer, action, object, reason,"
                               " operation, revision, outcome, status, message, asked, state_before, state_after"
                               " FROM admin_audit";

QString stateName(OperationState state)
{
    return QString::fromLatin1(kStates[static_cast<std::size_t>(state)]);
}

OperationState stateFrom(const QString& name)
{
    for (std::size_t i = 0; i < kStates.size(); ++i) {
        if (name == QLatin1String(kStates[i]))
            return static_cast<OperationState>(i);
    }
    return OperationState::Unknown;
}

QString text(const QString& value)
{
    return value.isNull() ? QStringLiteral("") : value; // a null string would be NULL
}

QString text(const QJsonObject& value)
{
    return value.isEmpty() ? QStringLiteral("{}")
                           : QString::fromUtf8(QJsonDocument(value).toJson(QJsonDocument::Compact));
}

QJsonObject object(const QVariant& value)
{
    return QJsonDocument::fromJson(value.toString().toUtf8()).object();
}

bool run(QSqlDatabase& database, const char* statement, const QVariantList& values, int* rows = nullptr)
{
    QSqlQuery query(database);
    if (!query.prepare(QLatin1String(statement)))
        return false;
    for (const QVariant& value : values)
        query.addBindValue(value);
    if (!query.exec())
        return false;
    if (rows)
        *rows = query.numRowsAffected();
    return true;
}

// Every row is under the log as it is from now on.
bool logged(QSqlDatabase& database, qint64 sequence)
{
    return appendRowToLog(database, "admin_audit", sequence);
}

// A change of many rows, each of which gets its entry. How many; nothing if it cannot be written. `condition` and
// `setting` are constants.
std::optional<int> changeAll(QSqlDatabase& database, const char* setting, const char* condition,
    const QVariantList& settings, const QVariantList& conditions)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    const QString selecting = QStringLiteral("SELECT sequence FROM admin_audit WHERE ") + QLatin1String(condition);
    if (!query.prepare(selecting))
        return std::nullopt;
    for (const QVariant& value : conditions)
        query.addBindValue(value);
    if (!query.exec())
        return std::nullopt;
    std::vector<qint64> sequences;
    while (query.next())
        sequences.push_back(query.value(0).toLongLong());
    query.finish();
    const QByteArray changing = QByteArray("UPDATE admin_audit SET ") + setting + " WHERE sequence = ?";
    for (const qint64 sequence : sequences) {
        if (!run(database, changing.constData(), settings + QVariantList{sequence}) || !logged(database, sequence))
            return std::nullopt;
    }
    return int(sequences.size());
}

struct Kind
{
    OperationState state = OperationState::None;
    bool marks = false;
    QByteArray digest = {};
};

std::optional<qint64> insert(QSqlDatabase& database, const api::AuditEntry& entry, const Kind& kind)
{
    const bool isOpen = kind.state == OperationState::Intent;
    const bool holdsKey = kind.state != OperationState::None && !entry.operation.isEmpty();
    const qint64 at = entry.at.toMSecsSinceEpoch();
    QSqlQuery query(database);
    if (!query.prepare(QLatin1String(kInsert)))
        return std::nullopt;
    const QVariant values[] = {at, isOpen ? 0 : at, text(entry.principal), text(entry.role), text(entry.by),
        text(entry.client), text(entry.peer), text(entry.action), text(entry.object), text(entry.reason),
        text(entry.operation), entry.revision, text(entry.outcome), entry.status, text(entry.message),
        text(entry.asked), text(entry.before), text(entry.after), stateName(kind.state), int(kind.marks), int(holdsKey),
        kind.digest.isEmpty() ? QVariant(QMetaType::fromType<QByteArray>()) : QVariant(kind.digest)};
    for (const QVariant& value : values)
        query.addBindValue(value);
    if (!query.exec())
        return std::nullopt;
    const qint64 sequence = query.lastInsertId().toLongLong();
    query.finish();
    return logged(database, sequence) ? std::optional(sequence) : std::nullopt;
}

api::AuditEntry entryOf(const QSqlQuery& query)
{
    api::AuditEntry entry;
    int at = 0;
    entry.sequence = query.value(at++).toLongLong();
    entry.at = QDateTime::fromMSecsSinceEpoch(query.value(at++).toLongLong(), Qt::UTC);
    for (QString api::AuditEntry::*member : {&api::AuditEntry::principal, &api::AuditEntry::role, &api::AuditEntry::by,
             &api::AuditEntry::client, &api::AuditEntry::peer, &api::AuditEntry::action, &api::AuditEntry::object,
             &api::AuditEntry::reason, &api::AuditEntry::operation})
        entry.*member = query.value(at++).toString();
    entry.revision = query.value(at++).toInt();
    entry.outcome = query.value(at++).toString();
    entry.status = query.value(at++).toInt();
    entry.message = query.value(at++).toString();
    entry.asked = object(query.value(at++));
    entry.before = object(query.value(at++));
    entry.after = object(query.value(at++));
    return entry;
}

struct Verdict
{
    OperationState state;
    const char* outcome;
};

Verdict verdictOf(bool isMarked, bool marks, int status)
{
    if (isMarked || (status > 0 && status < 400))
        return {OperationState::Applied, "applied"};
    if (status >= 400 && status < 500)
        return {OperationState::NotApplied, "refused"};
    if (marks)
        return {OperationState::Failed, "failed"};
    return {OperationState::Unknown, "unknown"};
}

// Conditions with their values; the text is made of constants only.
struct Filter
{
    QStringList conditions;
    QVariantList values;

    void add(const char* condition, const QVariant& value)
    {
        conditions.append(QLatin1String(condition));
        values.append(value);
    }
    QString where() const
    {
        return conditions.isEmpty() ? QString() : QStringLiteral(" WHERE ") + conditions.join(QStringLiteral(" AND "));
    }
};

Filter filterOf(const api::AuditQuery& asked)
{
    Filter filter;
    if (asked.since)
        filter.add("at_ms >= ?", asked.since->toMSecsSinceEpoch());
    if (asked.until)
        filter.add("at_ms < ?", asked.until->toMSecsSinceEpoch());
    if (!asked.principal.isEmpty())
        filter.add("principal = ?", asked.principal);
    if (!asked.action.isEmpty())
        filter.add("instr(action, ?) > 0", asked.action);
    if (!asked.object.isEmpty())
        filter.add("object = ?", asked.object);
    if (!asked.outcome.isEmpty())
        filter.add("outcome = ?", asked.outcome);
    return filter;
}

api::Error unreadable(const QSqlQuery& query)
{
    return api::failure(
        api::Failure::Unavailable, QStringLiteral("The audit log cannot be read: %1.").arg(query.lastError().text()));
}

bool execute(QSqlQuery& query, const QString& statement, const QVariantList& values)
{
    query.setForwardOnly(true);
    if (!query.prepare(statement))
        return false;
    for (const QVariant& value : values)
        query.addBindValue(value);
    return query.exec();
}

} // namespace

std::optional<StoredOperation> findOperation(QSqlDatabase& database, const QString& principal, const QString& key)
{
    QSqlQuery query(database);
    const QString statement =
        QStringLiteral("SELECT sequence, state, digest, reply_status, reply, at_ms FROM admin_audit"
                       " WHERE principal = ? AND operation = ? AND holds_key = 1");
    if (!execute(query, statement, {text(principal), text(key)}))
        return std::nullopt;
    StoredOperation found;
    if (!query.next())
        return found;
    found.sequence = query.value(0).toLongLong();
    found.state = stateFrom(query.value(1).toString());
    found.digest = query.value(2).toByteArray();
    found.status = query.value(3).toInt();
    found.reply = object(query.value(4));
    found.atMs = query.value(5).toLongLong();
    return found;
}

// Until its end is known its outcome is not.
std::optional<qint64> insertIntent(
    QSqlDatabase& database, const api::AuditEntry& entry, const QByteArray& digest, bool marksItsEffect)
{
    api::AuditEntry begun = entry;
    begun.outcome = QStringLiteral("unknown");
    begun.status = 0;
    return insert(database, begun, {OperationState::Intent, marksItsEffect, digest});
}

std::optional<qint64> insertVoid(QSqlDatabase& database, const api::AuditEntry& entry)
{
    api::AuditEntry given = entry;
    given.outcome = QStringLiteral("void");
    return insert(database, given, {OperationState::Void, false, {}});
}

std::optional<qint64> insertEntry(QSqlDatabase& database, const api::AuditEntry& entry)
{
    return insert(database, entry, {});
}

bool markEffect(QSqlDatabase& database, qint64 sequence)
{
    int rows = 0;
    return run(database, "UPDATE admin_audit SET state = 'marked' WHERE sequence = ? AND state IN ('intent', 'marked')",
               {sequence}, &rows) &&
           rows == 1 && logged(database, sequence);
}

std::optional<QString> endOperation(QSqlDatabase& database, const OperationEnd& end)
{
    QSqlQuery query(database);
    if (!execute(query, QStringLiteral("SELECT state, marks, outcome FROM admin_audit WHERE sequence = ?"),
            {end.sequence}) ||
        !query.next())
        return std::nullopt;
    const OperationState state = stateFrom(query.value(0).toString());
    if (state != OperationState::Intent && state != OperationState::Marked)
        return query.value(2).toString();
    const bool marks = query.value(1).toInt() != 0;
    query.finish();
    const Verdict verdict = verdictOf(state == OperationState::Marked, marks, end.status);
    const QString outcome = QLatin1String(verdict.outcome);
    // an error is no answer to a change that was applied, and a failure is none to one that may come again
    const bool isAnswer =
        verdict.state == OperationState::NotApplied || (verdict.state == OperationState::Applied && end.status < 400);
    const bool written = run(database,
        "UPDATE admin_audit SET state = ?, outcome = ?, status = ?, message = ?, ended_ms = ?, state_before = ?,"
        " state_after = ?, reply_status = ?, reply = ? WHERE sequence = ?",
        {stateName(verdict.state), outcome, end.status, text(end.message), end.atMs, text(end.before), text(end.after),
            isAnswer ? end.status : 0, isAnswer ? QVariant(text(end.reply)) : QVariant(QMetaType::fromType<QString>()),
            end.sequence});
    return written && logged(database, end.sequence) ? std::optional(outcome) : std::nullopt;
}

bool releaseKey(QSqlDatabase& database, qint64 sequence)
{
    return changeAll(database, "holds_key = 0", "sequence = ? AND state = 'failed'", {}, {sequence}).has_value();
}

bool closeFailed(QSqlDatabase& database, qint64 sequence)
{
    return changeAll(database, "state = 'not_applied'", "sequence = ? AND state = 'failed'", {}, {sequence})
        .has_value();
}

std::optional<int> endInterrupted(QSqlDatabase& database, qint64 nowMs)
{
    struct End
    {
        const char* setting;
        const char* condition;
        QString message;
    };
    const End ends[] = {
        {"state = 'applied', outcome = 'applied', ended_ms = ?, message = ?", "state = 'marked'",
            QStringLiteral("The engine ended before the answer was kept.")},
        {"state = 'failed', outcome = 'failed', ended_ms = ?, message = ?", "state = 'intent' AND marks = 1",
            QStringLiteral("The engine ended before the change was made.")},
        {"state = 'unknown', outcome = 'unknown', ended_ms = ?, message = ?", "state = 'intent' AND marks = 0",
            QStringLiteral("The engine ended in the middle; whether it happened cannot be looked up.")},
    };
    int all = 0;
    for (const End& end : ends) {
        const auto rows = changeAll(database, end.setting, end.condition, {nowMs, end.message}, {});
        if (!rows)
            return std::nullopt;
        all += *rows;
    }
    return all;
}

bool forgetReplies(QSqlDatabase& database, qint64 endedBeforeMs)
{
    return changeAll(
        database, "reply = NULL, reply_status = 0", "reply IS NOT NULL AND ended_ms < ?", {}, {endedBeforeMs})
        .has_value();
}

api::Result<api::AuditPage> readAudit(const QString& databaseFile, const api::AuditQuery& asked)
{
    auto connection = openReader(databaseFile);
    if (!connection)
        return connection.error();
    Filter filter = filterOf(asked);
    api::AuditPage page;
    QSqlQuery count(**connection);
    if (!execute(count, QStringLiteral("SELECT count(*) FROM admin_audit") + filter.where(), filter.values) ||
        !count.next())
        return unreadable(count);
    page.total = count.value(0).toLongLong();
    count.finish();

    if (asked.before > 0)
        filter.add("sequence < ?", asked.before);
    filter.values.append(asked.limit + 1); // one more tells whether there is a next page
    QSqlQuery query(**connection);
    if (!execute(query, QLatin1String(kEntry) + filter.where() + QStringLiteral(" ORDER BY sequence DESC LIMIT ?"),
            filter.values))
        return unreadable(query);
    while (query.next()) {
        if (page.entries.size() == asked.limit) {
            page.next = page.entries.last().sequence;
            break;
        }
        page.entries.append(entryOf(query));
    }
    return page;
}

} // namespace gateway::store
