#include "store/config_repository.h"

#include "store/log_entry.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {
namespace {

QString compact(const QJsonObject& json)
{
    return QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

std::optional<QJsonObject> objectOf(const QString& text)
{
    const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8());
    return document.isObject() ? std::optional(document.object()) : std::nullopt;
}

QString notNull(const QString& text)
{
    return text.isNull() ? QStringLiteral("") : text;
}

QByteArray notNull(const QByteArray& bytes)
{
    return bytes.isNull() ? QByteArray("") : bytes;
}

QVariant orNull(qint64 ms)
{
    return ms == 0 ? QVariant() : QVariant(ms);
}

bool run(QSqlDatabase& database, const char* sql, const QVariantList& values, bool mustChange = false)
{
    QSqlQuery query(database);
    if (!query.prepare(QString::fromLatin1(sql)))
        return false;
    int at = 0;
    for (const QVariant& value : values)
        query.bindValue(at++, value);
    return query.exec() && (!mustChange || query.numRowsAffected() == 1);
}

QStringList wordsOf(const QJsonValue& value)
{
    QStringList words;
    for (const QJsonValue& item : value.toArray())
        words.append(item.toString());
    return words;
}

// What nobody asks for by SQL.
QString detailOf(const RevisionRow& row)
{
    QJsonObject detail{{QStringLiteral("editors"), QJsonArray::fromStringList(row.editors)},
        {QStringLiteral("canary"), api::toJson(row.canary)}};
    if (row.reviewedAfter)
        detail.insert(QStringLiteral("reviewed_after"), api::toJson(*row.reviewedAfter));
    return compact(detail);
}

bool readDetail(const QString& text, RevisionRow& row)
{
    const auto detail = objectOf(text);
    if (!detail)
        return false;
    row.editors = wordsOf(detail->value(QLatin1String("editors")));
    const auto canary = api::canaryResultFromJson(detail->value(QLatin1String("canary")).toObject());
    if (!canary)
        return false;
    row.canary = *canary;
    if (const QJsonValue review = detail->value(QLatin1String("reviewed_after")); review.isObject()) {
        const auto read = api::configReviewFromJson(review.toObject());
        if (!read)
            return false;
        row.reviewedAfter = *read;
    }
    return true;
}

QString detailOf(const DraftRow& row)
{
    QJsonArray reviews;
    for (const api::ConfigReview& review : row.reviews)
        reviews.append(api::toJson(review));
    return compact({{QStringLiteral("editors"), QJsonArray::fromStringList(row.editors)},
        {QStringLiteral("canary"), api::toJson(row.canary)}, {QStringLiteral("reviews"), reviews}});
}

bool readDetail(const QString& text, DraftRow& row)
{
    const auto detail = objectOf(text);
    if (!detail)
        return false;
    row.editors = wordsOf(detail->value(QLatin1String("editors")));
    const auto canary = api::canaryResultFromJson(detail->value(QLatin1String("canary")).toObject());
    if (!canary)
        return false;
    row.canary = *canary;
    for (const QJsonValue& value : detail->value(QLatin1String("reviews")).toArray()) {
        const auto review = api::configReviewFromJson(value.toObject());
        if (!review)
            return false;
        row.reviews.append(*review);
    }
    return true;
}

} // namespace

bool DraftRow::isOpen() const
{
    return state == QLatin1String("draft") || state == QLatin1String("validated") ||
           state == QLatin1String("reviewed") || state == QLatin1String("canary");
}

bool putRevision(QSqlDatabase& database, const RevisionRow& row)
{
    return run(database,
               "INSERT OR REPLACE INTO config_revisions (number, hash, text, kind, draft, restores, author, approver, "
               "by, "
               "reason, file_hash, created_ms, from_ms, until_ms, in_force, review_due_ms, rolled_back_ms, "
               "rolled_back_by, "
               "rolled_back_reason, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
               {row.number, QString::fromLatin1(row.hash), notNull(row.text), notNull(row.kind), notNull(row.draft),
                   row.restores, notNull(row.author), notNull(row.approver), notNull(row.by), notNull(row.reason),
                   QString::fromLatin1(notNull(row.fileHash)), row.createdMs, orNull(row.fromMs), orNull(row.untilMs),
                   row.inForce ? QVariant(1) : QVariant(), row.reviewDueMs, row.rolledBackMs, notNull(row.rolledBackBy),
                   notNull(row.rolledBackReason), detailOf(row)}) &&
           appendRowToLog(database, "config_revisions", row.number);
}

bool bringIntoForce(QSqlDatabase& database, const RevisionRow& row)
{
    QSqlQuery query(database);
    if (!query.exec(QStringLiteral("SELECT number FROM config_revisions WHERE in_force = 1")))
        return false;
    const std::optional<int> before = query.next() ? std::optional(query.value(0).toInt()) : std::nullopt;
    query.finish();
    if (before &&
        (!run(database, "UPDATE config_revisions SET in_force = NULL, until_ms = ? WHERE in_force = 1", {row.fromMs}) ||
            !appendRowToLog(database, "config_revisions", *before)))
        return false;
    RevisionRow now = row;
    now.inForce = true;
    now.untilMs = 0;
    return putRevision(database, now);
}

bool updateRevision(QSqlDatabase& database, const RevisionRow& row)
{
    return run(database,
               "UPDATE config_revisions SET kind = ?, approver = ?, review_due_ms = ?, rolled_back_ms = ?, "
               "rolled_back_by = ?, rolled_back_reason = ?, detail = ? WHERE number = ?",
               {notNull(row.kind), notNull(row.approver), row.reviewDueMs, row.rolledBackMs, notNull(row.rolledBackBy),
                   notNull(row.rolledBackReason), detailOf(row), row.number},
               true) &&
           appendRowToLog(database, "config_revisions", row.number);
}

std::optional<std::vector<RevisionRow>> allRevisions(QSqlDatabase& database)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.exec(QStringLiteral(
            "SELECT number, hash, kind, draft, restores, author, approver, by, reason, file_hash, created_ms, from_ms, "
            "until_ms, in_force, review_due_ms, rolled_back_ms, rolled_back_by, rolled_back_reason, detail "
            "FROM config_revisions ORDER BY number")))
        return std::nullopt;
    std::vector<RevisionRow> rows;
    while (query.next()) {
        RevisionRow row;
        int at = 0;
        row.number = query.value(at++).toInt();
        row.hash = query.value(at++).toString().toLatin1();
        for (QString* text : {&row.kind, &row.draft})
            *text = query.value(at++).toString();
        row.restores = query.value(at++).toInt();
        for (QString* text : {&row.author, &row.approver, &row.by, &row.reason})
            *text = query.value(at++).toString();
        row.fileHash = query.value(at++).toString().toLatin1();
        for (qint64* ms : {&row.createdMs, &row.fromMs, &row.untilMs})
            *ms = query.value(at++).toLongLong();
        row.inForce = query.value(at++).toInt() == 1;
        for (qint64* ms : {&row.reviewDueMs, &row.rolledBackMs})
            *ms = query.value(at++).toLongLong();
        for (QString* text : {&row.rolledBackBy, &row.rolledBackReason})
            *text = query.value(at++).toString();
        if (!readDetail(query.value(at).toString(), row))
            return std::nullopt;
        rows.push_back(std::move(row));
    }
    return rows;
}

std::optional<QByteArray> revisionText(QSqlDatabase& database, int number)
{
    QSqlQuery query(database);
    if (!query.prepare(QStringLiteral("SELECT text FROM config_revisions WHERE number = ?")))
        return std::nullopt;
    query.bindValue(0, number);
    if (!query.exec() || !query.next())
        return std::nullopt;
    return query.value(0).toByteArray();
}

bool putDraft(QSqlDatabase& database, const DraftRow& row)
{
    return run(database,
               "INSERT OR REPLACE INTO config_drafts (id, base, version, state, author, note, hash, text, revision, "
               "created_ms, updated_ms, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
               {notNull(row.id), row.base, row.version, notNull(row.state), notNull(row.author), notNull(row.note),
                   QString::fromLatin1(row.hash), notNull(row.text), row.revision, row.createdMs, row.updatedMs,
                   detailOf(row)}) &&
           appendRowToLog(database, "config_drafts", row.id);
}

std::optional<std::vector<DraftRow>> keptDrafts(QSqlDatabase& database, int most)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.prepare(QStringLiteral(
            "SELECT id, base, version, state, author, note, hash, text, revision, created_ms, updated_ms, detail "
            "FROM config_drafts WHERE state IN ('draft', 'validated', 'reviewed', 'canary') OR id IN (SELECT id FROM "
            "config_drafts WHERE state NOT IN ('draft', 'validated', 'reviewed', 'canary') "
            "ORDER BY updated_ms DESC LIMIT ?)")))
        return std::nullopt;
    query.bindValue(0, most);
    if (!query.exec())
        return std::nullopt;
    std::vector<DraftRow> rows;
    while (query.next()) {
        DraftRow row;
        row.id = query.value(0).toString();
        row.base = query.value(1).toInt();
        row.version = query.value(2).toInt();
        row.state = query.value(3).toString();
        row.author = query.value(4).toString();
        row.note = query.value(5).toString();
        row.hash = query.value(6).toString().toLatin1();
        row.text = query.value(7).toByteArray();
        row.revision = query.value(8).toInt();
        row.createdMs = query.value(9).toLongLong();
        row.updatedMs = query.value(10).toLongLong();
        if (!readDetail(query.value(11).toString(), row))
            return std::nullopt;
        rows.push_back(std::move(row));
    }
    return rows;
}

std::optional<int> highestDraft(QSqlDatabase& database)
{
    QSqlQuery query(database);
    if (!query.exec(QStringLiteral("SELECT coalesce(max(CAST(substr(id, 2) AS INTEGER)), 0) FROM config_drafts")) ||
        !query.next())
        return std::nullopt;
    return query.value(0).toInt();
}

} // namespace gateway::store
