// The table of the admin API's audit log and of operations. Functions for Store::submit, which run on the store thread
// inside its transaction, and one reading that opens a connection of its own. An operation is a change that was asked
// for: intent, then marked in the transaction of its effect, then ended with the answer. Nothing is ever deleted.
// Who calls has taken the secrets out (admin/audit_redaction.h).
#pragma once

#include "api/audit_entry.h"
#include "api/operation.h"

#include <QByteArray>

#include <optional>

class QSqlDatabase;

namespace gateway::store {

enum class OperationState
{
    None, // no operation
    Intent,
    Marked,
    Applied,
    NotApplied,
    Failed, // it did not happen, and its key may be used again
    Unknown,
    Void
};

struct StoredOperation
{
    qint64 sequence = 0; // 0: there is none
    OperationState state = OperationState::None;
    QByteArray digest;
    int status = 0; // of the answer; 0: there was none, or it is no true one
    QJsonObject reply;
    qint64 atMs = 0;
};

// Of this principal's key; nothing if it cannot be read.
std::optional<StoredOperation> findOperation(QSqlDatabase& database, const QString& principal, const QString& key);

// Each adds an entry, with entry.at as its time, and returns its sequence. A void one answers for its key.
std::optional<qint64> insertIntent(
    QSqlDatabase& database, const api::AuditEntry& entry, const QByteArray& digest, bool marksItsEffect);
std::optional<qint64> insertVoid(QSqlDatabase& database, const api::AuditEntry& entry);
std::optional<qint64> insertEntry(QSqlDatabase& database, const api::AuditEntry& entry); // a read, a refusal

// The effect is written in this transaction. False if the change is not under way (any more).
bool markEffect(QSqlDatabase& database, qint64 sequence);

struct OperationEnd
{
    qint64 sequence = 0;
    qint64 atMs = 0;
    int status = 0; // of the answer
    QString message;
    QJsonObject reply; // without secrets
    QJsonObject before;
    QJsonObject after;
};
// What became of it, by mark and answer: below 400 applied; below 500 refused; else failed; whatever the answer says, a
// marked effect is applied. The outcome; nothing if it cannot be written. An operation that has ended stays as it is.
std::optional<QString> endOperation(QSqlDatabase& database, const OperationEnd& end);

// A failed one: its key is used again by another row, or never again.
bool releaseKey(QSqlDatabase& database, qint64 sequence);
bool closeFailed(QSqlDatabase& database, qint64 sequence);

// At start: what the run before left open gets the end that its mark tells. How many; nothing if it cannot be written.
std::optional<int> endInterrupted(QSqlDatabase& database, qint64 nowMs);
bool forgetReplies(QSqlDatabase& database, qint64 endedBeforeMs);

api::Result<api::AuditPage> readAudit(const QString& databaseFile, const api::AuditQuery& query);

} // namespace gateway::store
