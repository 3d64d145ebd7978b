#include "store/log_receipt.h"

#include "api/call.h"
#include "audit/chain/entry.h"
#include "audit/chain/head.h"
#include "audit/chain/merkle.h"
#include "store/columns.h"
#include "store/log_rows.h"
#include "store/read_snapshot.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSqlQuery>

namespace gateway::store {
namespace {

using api::Failure;
using audit::LogEntry;
using audit::LogHead;
using audit::LogKind;

constexpr char kFormat[] = "signalbox-receipt-1";

api::Error unreadable()
{
    return api::failure(Failure::Unavailable, QStringLiteral("The record cannot be read for a receipt."));
}

// A row's columns by their names, each as it is stored.
QJsonObject columnsOf(const Statement& row, const QStringList& columns)
{
    QJsonObject json;
    for (int i = 0; i < columns.size(); ++i) {
        QJsonValue value = QJsonValue::Null;
        if (row.isInteger(i))
            value = row.number(i);
        else if (!row.isNull(i))
            value = QString::fromUtf8(row.text(i));
        json.insert(columns[i], value);
    }
    return json;
}

// And back, as the bytes that are hashed; false if it has other members or types.
bool addCanonical(const QJsonObject& json, const QStringList& columns, quint8 mark, audit::CanonicalBytes& to)
{
    if (json.size() != columns.size())
        return false;
    to.mark(mark);
    for (const QString& column : columns) {
        const QJsonValue value = json.value(column);
        if (value.isString())
            to.text(value.toString().toUtf8());
        else if (value.isNull())
            to.null();
        else if (value.isDouble() && QJsonValue(value.toInteger()) == value)
            to.integer(value.toInteger());
        else
            return false;
    }
    return true;
}

std::optional<QByteArray> canonicalOf(const QJsonObject& content)
{
    audit::CanonicalBytes bytes;
    if (!addCanonical(content.value(QLatin1String("call")).toObject(), callContentColumns(), kCallMark, bytes))
        return std::nullopt;
    for (const QJsonValue& attempt : content.value(QLatin1String("attempts")).toArray()) {
        if (!addCanonical(attempt.toObject(), attemptContentColumns(), kAttemptMark, bytes))
            return std::nullopt;
    }
    return bytes.view().toByteArray();
}

QVariant variantOf(const QJsonValue& value)
{
    return value.isString() ? QVariant(value.toString()) : value.isNull() ? QVariant() : QVariant(value.toInteger());
}

// The call as people know it from `call show`.
QJsonObject callOf(const QJsonObject& content)
{
    api::Call call;
    const QJsonObject row = content.value(QLatin1String("call")).toObject();
    for (const auto& column : callColumns())
        column.set(call, variantOf(row.value(QLatin1String(column.name))));
    for (const QJsonValue& one : content.value(QLatin1String("attempts")).toArray()) {
        const QJsonObject columns = one.toObject();
        api::Attempt attempt;
        attempt.number = int(columns.value(QLatin1String("number")).toInteger());
        for (const auto& column : attemptColumns())
            column.set(attempt, variantOf(columns.value(QLatin1String(column.name))));
        call.attempts.append(attempt);
    }
    QJsonObject json = api::toJson(call);
    json.remove(QStringLiteral("commit_ms")); // of the batch, not of the call
    return json;
}

struct Source
{
    sqlite3* database;
    Statement call;
    Statement attempts;
    Statement nextOfKind;
    Statement entry;
    Statement head;
    Statement leaf;
    Statement tile;

    bool prepare()
    {
        const auto prepared = [this](Statement& statement, const QByteArray& sql) {
            return statement.prepare(database, sql);
        };
        const auto list = [](const QStringList& columns) { return columns.join(QStringLiteral(", ")).toUtf8(); };
        return prepared(call, "SELECT " + list(callContentColumns()) + " FROM calls WHERE id = ?") &&
               prepared(attempts,
                   "SELECT " + list(attemptContentColumns()) + " FROM attempts WHERE call = ? ORDER BY number") &&
               prepared(nextOfKind, "SELECT seq, ref FROM log WHERE seq >= ? AND kind = ? ORDER BY seq LIMIT 1") &&
               prepared(entry, "SELECT l.kind, l.ref, l.id, l.at_ms, l.content_hash, l.entry_hash, p.entry_hash"
                               " FROM log l LEFT JOIN log p ON p.seq = l.seq - 1 WHERE l.seq = ?") &&
               prepared(head, "SELECT number, size, root, last_entry, at_ms, previous, public_key, signature,"
                              " (SELECT value FROM meta WHERE key = 'engine_id')"
                              " FROM log_heads WHERE size >= ? ORDER BY number LIMIT 1") &&
               prepared(leaf, "SELECT entry_hash FROM log WHERE seq = ?") &&
               prepared(tile, "SELECT root FROM log_tiles WHERE number = ?");
    }

    std::optional<Hash> one(Statement& statement, qint64 number)
    {
        Hash hash{};
        statement.bind(number);
        const bool found = statement.next() && hashFrom(statement.blob(0), hash);
        statement.finish();
        return found ? std::optional(hash) : std::nullopt;
    }

    // The entry of a kind for a call: entries of one kind come in the order of the calls.
    qint64 entryOf(LogKind kind, qint64 ref, qint64 last)
    {
        qint64 found = 0;
        for (qint64 low = 1, high = last + 1; low < high;) {
            const qint64 middle = low + (high - low) / 2;
            nextOfKind.bind(middle);
            nextOfKind.bind(qint64(kind));
            const bool there = nextOfKind.next();
            const qint64 seq = there ? nextOfKind.number(0) : 0;
            const qint64 its = there ? nextOfKind.number(1) : 0;
            nextOfKind.finish();
            if (there && its == ref)
                return seq;
            if (!there || its > ref)
                high = middle;
            else
                low = seq + 1;
        }
        return found;
    }
};

template <std::size_t N>
bool take(QByteArrayView bytes, std::array<unsigned char, N>& to)
{
    if (bytes.size() != qsizetype(N))
        return false;
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(to.data()));
    return true;
}

bool readHead(const Statement& row, LogHead& head)
{
    head.engine = QString::fromUtf8(row.text(8));
    head.number = row.number(0);
    head.size = row.number(1);
    head.atMs = row.number(4);
    return take(row.blob(2), head.root) && take(row.blob(3), head.lastEntry) && take(row.blob(5), head.previous) &&
           take(row.blob(6), head.publicKey) && take(row.blob(7), head.signature);
}

QJsonObject jsonOf(const LogEntry& entry)
{
    return {
        {QStringLiteral("seq"), entry.seq},
        {QStringLiteral("kind"), QLatin1String(audit::nameOf(entry.kind))},
        {QStringLiteral("ref"), entry.ref},
        {QStringLiteral("at_ms"), entry.atMs},
        {QStringLiteral("content_hash"), hexOf(entry.content)},
        {QStringLiteral("previous"), hexOf(entry.previous)},
        {QStringLiteral("hash"), hexOf(audit::entryHash(entry))},
    };
}

bool entryFrom(const QJsonObject& json, LogEntry& entry)
{
    const QString kind = json.value(QLatin1String("kind")).toString();
    entry.kind = kind == QLatin1String(audit::nameOf(LogKind::Call)) ? LogKind::Call : LogKind::SealedCall;
    entry.seq = json.value(QLatin1String("seq")).toInteger();
    entry.ref = json.value(QLatin1String("ref")).toInteger();
    entry.atMs = json.value(QLatin1String("at_ms")).toInteger();
    return kind == QLatin1String(audit::nameOf(entry.kind)) &&
           hashFromHex(json.value(QLatin1String("content_hash")).toString(), entry.content) &&
           hashFromHex(json.value(QLatin1String("previous")).toString(), entry.previous);
}

} // namespace

api::Result<api::Receipt> makeReceipt(QSqlDatabase& database, const QString& callId, const QStringList& tenants)
{
    const api::Error none =
        api::failure(Failure::NotFound, QStringLiteral("There is no call %1 in the record.").arg(callId.left(80)));
    const ReadSnapshot snapshot(database);
    Source source{handleOf(database), {}, {}, {}, {}, {}, {}, {}};
    if (!source.database || !source.prepare())
        return unreadable();

    source.call.bind(callId);
    if (!source.call.next())
        return none;
    const QJsonObject call = columnsOf(source.call, callContentColumns());
    source.call.finish();
    if (!tenants.isEmpty() && !tenants.contains(call.value(QLatin1String("tenant")).toString()))
        return none;
    const qint64 ref = call.value(QLatin1String("seq")).toInteger();
    QJsonArray attempts;
    source.attempts.bind(ref);
    while (source.attempts.next())
        attempts.append(columnsOf(source.attempts, attemptContentColumns()));

    Statement last;
    if (!last.prepare(source.database, "SELECT coalesce(max(seq), 0) FROM log") || !last.next())
        return unreadable();
    const qint64 size = last.number(0);
    last.finish();
    qint64 seq = source.entryOf(LogKind::Call, ref, size);
    if (seq == 0)
        seq = source.entryOf(LogKind::SealedCall, ref, size);
    if (seq == 0)
        return api::failure(Failure::NoData,
            QStringLiteral("The call %1 is from before the log and has no entry in it yet.").arg(callId.left(80)));
    source.entry.bind(seq);
    LogEntry entry;
    if (!source.entry.next())
        return unreadable();
    entry.seq = seq;
    entry.kind = LogKind(source.entry.number(0));
    entry.ref = source.entry.number(1);
    entry.atMs = source.entry.number(3);
    if (!hashFrom(source.entry.blob(4), entry.content) || (seq > 1 && !hashFrom(source.entry.blob(6), entry.previous)))
        return unreadable();
    source.entry.finish();

    LogHead head;
    source.head.bind(seq);
    if (!source.head.next())
        return api::failure(Failure::NoData,
            QStringLiteral("The call %1 is under no signed head yet.").arg(callId.left(80)),
            QStringLiteral("A head is signed at least every minute; ask again then."));
    if (!readHead(source.head, head))
        return unreadable();
    source.head.finish();
    const audit::TreeSource tree{[&](qint64 place) { return source.one(source.leaf, place + 1); },
        [&](qint64 tile) { return source.one(source.tile, tile); }};
    const auto path = audit::inclusionPath(tree, seq - 1, head.size);
    if (!path)
        return unreadable();
    QJsonArray steps;
    for (const Hash& step : *path)
        steps.append(hexOf(step));

    const QJsonObject content{{QStringLiteral("call"), call}, {QStringLiteral("attempts"), attempts}};
    return api::Receipt{{
        {QStringLiteral("format"), QLatin1String(kFormat)},
        {QStringLiteral("engine"), head.engine},
        {QStringLiteral("call"), callOf(content)},
        {QStringLiteral("content"), content},
        {QStringLiteral("entry"), jsonOf(entry)},
        {QStringLiteral("path"), steps},
        {QStringLiteral("head"), audit::toJson(head)},
        {QStringLiteral("fingerprint"), audit::fingerprintOf(head.publicKey)},
    }};
}

ReceiptVerdict checkReceipt(const QJsonObject& document, const QStringList& keys)
{
    ReceiptVerdict verdict;
    const auto wrong = [&verdict](const QString& sentence) {
        verdict.sentence = sentence;
        return verdict;
    };
    if (document.value(QLatin1String("format")).toString() != QLatin1String(kFormat))
        return wrong(QStringLiteral("This is not a receipt that this program knows."));
    const QJsonObject content = document.value(QLatin1String("content")).toObject();
    verdict.call = content.value(QLatin1String("call")).toObject().value(QLatin1String("id")).toString();
    const auto canonical = canonicalOf(content);
    if (!canonical)
        return wrong(QStringLiteral("The content is not that of a call."));
    LogEntry entry;
    if (!entryFrom(document.value(QLatin1String("entry")).toObject(), entry))
        return wrong(QStringLiteral("The entry is not whole."));
    verdict.entry = entry.seq;
    if (jsonOf(entry) != document.value(QLatin1String("entry")).toObject())
        return wrong(QStringLiteral("The entry is not what its hash says."));
    if (entry.ref != content.value(QLatin1String("call")).toObject().value(QLatin1String("seq")).toInteger() ||
        audit::contentHash(entry.kind, *canonical) != entry.content)
        return wrong(QStringLiteral("The content is not that of the entry: something in it was changed."));
    if (callOf(content) != document.value(QLatin1String("call")).toObject())
        return wrong(QStringLiteral("The call as it is shown is not the one of the content."));
    const auto head = audit::headFromJson(document.value(QLatin1String("head")).toObject());
    if (!head)
        return wrong(QStringLiteral("The head is not whole."));
    verdict.engine = head->engine;
    verdict.head = head->number;
    verdict.headSize = head->size;
    verdict.headAt = QDateTime::fromMSecsSinceEpoch(head->atMs, Qt::UTC);
    verdict.key = audit::fingerprintOf(head->publicKey);
    if (document.value(QLatin1String("engine")).toString() != head->engine ||
        document.value(QLatin1String("fingerprint")).toString() != verdict.key)
        return wrong(QStringLiteral("Engine and key are not those of the head."));
    std::vector<Hash> path;
    for (const QJsonValue& step : document.value(QLatin1String("path")).toArray()) {
        if (!hashFromHex(step.toString(), path.emplace_back()))
            return wrong(QStringLiteral("The path to the head is not whole."));
    }
    const auto root = audit::rootOf(audit::entryHash(entry), entry.seq - 1, head->size, path);
    if (!root || *root != head->root)
        return wrong(QStringLiteral("The path does not lead from the entry to the head."));
    if (!audit::isSigned(*head))
        return wrong(QStringLiteral("The signature of the head is not good."));
    verdict.keyIsGiven =
        std::any_of(keys.begin(), keys.end(), [&](const QString& key) { return audit::names(key, head->publicKey); });
    if (!keys.isEmpty() && !verdict.keyIsGiven)
        return wrong(QStringLiteral("The head is signed with another key (%1).").arg(verdict.key));
    verdict.isGood = true;
    verdict.sentence = QStringLiteral("The call %1 is entry %2 of the log of %3, under head %4 over %5 entries.")
                           .arg(verdict.call)
                           .arg(verdict.entry)
                           .arg(verdict.engine)
                           .arg(verdict.head)
                           .arg(verdict.headSize);
    return verdict;
}

} // namespace gateway::store
