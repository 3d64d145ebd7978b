// The receipt of one call: its content as columns, its entry, the path to a signed head. Made from the database;
// checked from the document alone, without engine or database. The members are described in resources/help/log.md. Any
// thread; functions.
#pragma once

#include "api/chain.h"

#include <QDateTime>
#include <QSqlDatabase>
#include <QStringList>

namespace gateway::store {

// NotFound: there is no such call, or it is of none of these tenants (empty: all); NoData: it is under no head yet.
api::Result<api::Receipt> makeReceipt(QSqlDatabase& database, const QString& callId, const QStringList& tenants);

struct ReceiptVerdict
{
    bool isGood = false;
    QString sentence; // what was shown, or the first thing that is wrong
    QString call;     // its id, as the content says
    QString engine;
    qint64 entry = 0;
    qint64 head = 0;
    qint64 headSize = 0;
    QDateTime headAt;
    QString key;             // fingerprint
    bool keyIsGiven = false; // and it is one of `keys`
};
// `keys`: fingerprints or public keys that are trusted; without them the signature is checked with the key the receipt
// itself brings, which shows that nothing in it was changed, and not who made it.
ReceiptVerdict checkReceipt(const QJsonObject& document, const QStringList& keys);

} // namespace gateway::store
