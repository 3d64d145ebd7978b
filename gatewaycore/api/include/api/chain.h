// The tamper-evident log: how it stands, what a verification found, the key that signs its heads, the receipt of one
// call, an evidence pack. Values of GET audit/chain, POST audit/verify, GET audit/key, GET calls/{id}/receipt, POST
// evidence. Any thread. Hashes, keys and signatures are lower case hex.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QVector>

#include <optional>

namespace gateway::api {

struct ChainHead
{
    qint64 number = 0;
    qint64 size = 0; // entries under it
    QString root;
    QDateTime at;
};

// One thing that is not as the log says.
struct ChainFinding
{
    QString what;   // changed missing inserted order chain head signature key anchor rollback unreadable
    QString where;  // calls attempts admin_audit log log_heads anchor ..., the table or the file
    qint64 seq = 0; // of the log's entry; 0: of none
    QString id;     // of the call, row, head it is about
    QString sentence;
};

struct ChainVerification
{
    QString verdict;  // PASS FAIL NO_DATA INCOMPLETE
    QString sentence; // the verdict in words
    QDateTime startedAt;
    QDateTime endedAt;
    qint64 entries = 0;      // of the log that were looked at
    qint64 rows = 0;         // of other tables, each compared with its entry
    qint64 heads = 0;        // with a good signature
    qint64 anchored = 0;     // of them found in the anchor as well
    qint64 tail = 0;         // entries after the last head: not signed yet
    qint64 unsealed = 0;     // rows from before the log that have no entry yet
    qint64 purged = 0;       // calls whose rows were removed with an entry that says so
    QString key;             // fingerprint it was checked with
    bool keyIsGiven = false; // by who asked; else the key is the one the log begins with
    QString anchor;          // the file; empty: there was none
    qint64 findingCount = 0; // findings holds the first of them
    QVector<ChainFinding> findings;
};

struct ChainStanding
{
    QString engine;
    qint64 size = 0;               // entries in the log
    qint64 unsealed = 0;           // rows from before the log that wait for their entry
    std::optional<ChainHead> head; // the newest
    QString anchor;                // the file
    bool anchorIsOutside = false;  // not in the data directory
    QString anchorState;           // ok behind failing
    QString anchorDetail;          // why it fails; empty otherwise
    QString key;                   // fingerprint
    bool isVerifying = false;
    std::optional<ChainVerification> last; // of this run of the engine
};

struct ChainKey
{
    QString publicKey;   // Ed25519
    QString fingerprint; // "ed25519:" and the first 32 digits of the SHA-256 of the public key, by fours
    QString reference;   // audit.signing_key, or the file in the data directory
    QDateTime since;     // of its first head; invalid: it has signed none
};

// What proves one call: its content, its entry, the way to a signed head. Checked without the engine by
// `signalboxctl audit verify FILE`; its members are described in resources/help/log.md.
struct Receipt
{
    QJsonObject document;
};

// What goes into an evidence pack. `tenant` empty: every tenant the asker may see.
struct EvidenceRequest
{
    QDateTime since;
    QDateTime until;
    QString tenant;
};

struct EvidenceFile
{
    QString name;
    qint64 bytes = 0;
    QString sha256;
};

// A pack as the engine made it, in its data directory under evidence/.
struct EvidencePack
{
    QString name; // of the file
    QString path; // on the engine's machine
    qint64 bytes = 0;
    QString sha256;
    QString verdict; // of the zone check in it
    QString chain;   // of the log's verification in it
    qint64 calls = 0;
    qint64 attempts = 0;
    QVector<EvidenceFile> files;
};

QJsonObject toJson(const ChainFinding& finding);
QJsonObject toJson(const ChainVerification& verification);
QJsonObject toJson(const ChainStanding& standing);
QJsonObject toJson(const ChainKey& key);
QJsonObject toJson(const Receipt& receipt);
QJsonObject toJson(const EvidenceRequest& request);
QJsonObject toJson(const EvidencePack& pack);
Result<ChainVerification> chainVerificationFromJson(const QJsonObject& json);
Result<ChainStanding> chainStandingFromJson(const QJsonObject& json);
Result<ChainKey> chainKeyFromJson(const QJsonObject& json);
Result<Receipt> receiptFromJson(const QJsonObject& json); // any object; what it proves is for the verifier to say
Result<EvidenceRequest> evidenceRequestFromJson(const QJsonObject& json);
Result<EvidencePack> evidencePackFromJson(const QJsonObject& json);

} // namespace gateway::api
