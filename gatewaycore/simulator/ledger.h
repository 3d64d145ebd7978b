// Ledger: what the simulator really received, counted on its side of the wire. Tests hold the gateway's record against
// it: it is the independent witness of "one attempt, one POST". Of the newest calls it also keeps what came, byte for
// byte, so that a test can assert what a provider got; keys are reduced to their last four characters. Any thread (a
// mutex; this is no hot path).
#pragma once

#include "simulator/script.h"

#include <QHash>
#include <QJsonObject>
#include <QMutex>

namespace gateway::simulator {

// How a received request ended, seen from the simulator.
enum class Ended
{
    Open,
    Answered,
    CutByUs,
    Stalled,
    PeerLeft
};

class Ledger
{
public:
    // Counts a request whose body was read whole; returns its number.
    qint64 received(const SimRequest& request, const Script& script, const QByteArray& model, bool stream);
    void ended(qint64 number, Ended how, qint64 bytesSent);

    void malformed(); // bytes that were no HTTP request

    qint64 posts() const;
    // {"posts", "malformed", "by_request_id": {id: n}, "by_idempotency_key": {key: n}, "entries": [...newest last]}
    // An entry has "method", "path", "query", "headers": [[name, value], ...] in the order they came, and "body" (or
    // "body_base64" if it is no UTF-8); the last three are missing from calls that are too old.
    QJsonObject toJson(int limit = 10'000) const;
    void clear();

private:
    struct Entry
    {
        qint64 number = 0;
        QByteArray method;
        QByteArray path;
        QByteArray model;
        QByteArray requestId; // the caller's, not ours
        QByteArray idempotencyKey;
        QByteArray authorizationSha256; // a key itself is never kept
        QByteArray bodySha256;
        QByteArray answerId;
        qint64 bodyBytes = 0;
        qint64 bytesSent = 0;
        int status = 0;
        bool stream = false;
        Ended ended = Ended::Open;
    };
    struct Received // of the newest entries only
    {
        QByteArray query;
        HeaderList headers;
        QByteArray body;
    };
    void keep(const SimRequest& request);

    mutable QMutex m_mutex;
    QList<Entry> m_entries;
    QList<Received> m_received; // of the last m_received.size() entries
    qint64 m_receivedBytes = 0;
    QHash<QByteArray, qint64> m_byRequestId;
    QHash<QByteArray, qint64> m_byIdempotencyKey;
    qint64 m_firstNumber = 1;
    qint64 m_malformed = 0;
};

} // namespace gateway::simulator
