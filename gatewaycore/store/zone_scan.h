// ZoneScan: where the attempts of a time went, read from the attempts themselves for the zero-rows check: how many
// there were per tenant, zone, revision, provider and region. An attempt counts when something of the request may have
// left: skipped and refused ones do not. Two cursors walk calls and attempts in the order of their keys, once, in
// slices, so that a large record keeps no other reader waiting. What ought to be there and is not is counted too: calls
// missing in the row of numbers, attempts without a call, and, where a half hour is folded (call_fold.h), attempts that
// were there when it was. A value; advance() on a reading thread, with a connection of its own.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QStringList>

#include <chrono>
#include <map>
#include <tuple>
#include <vector>

namespace gateway::store {

struct ZoneGroup
{
    QString tenant;
    QString zone; // of the call
    int revision = 0;
    QString provider;
    QString region; // as it was recorded

    bool operator<(const ZoneGroup& other) const
    {
        return std::tie(tenant, zone, revision, provider, region) <
               std::tie(other.tenant, other.zone, other.revision, other.provider, other.region);
    }
};

struct ZoneScan
{
    qint64 sinceMs = 0;
    qint64 untilMs = 0;
    QStringList tenants; // of these alone; empty: of all

    // What was found.
    std::map<ZoneGroup, qint64> groups; // attempts
    qint64 calls = 0;                   // of the time
    qint64 attempts = 0;
    qint64 missingCalls = 0;    // numbers between the first and the last call that no call has
    qint64 attemptsAlone = 0;   // attempts there that no call has
    qint64 attemptsGone = 0;    // fewer than were folded, by endpoint
    qint64 attemptsAdded = 0;   // more than were folded, by endpoint
    qint64 countedUntilMs = -1; // of a scan that was given up: the time of the last call it read

    bool isDone() const { return m_begun && m_next > m_last; }
    qint64 left() const { return m_begun ? std::max<qint64>(0, m_last - m_next + 1) : -1; } // calls still to be read

private:
    friend api::Outcome advance(ZoneScan& scan, const QString& databaseFile, std::chrono::milliseconds slice);

    struct Endpoint
    {
        QString tenant;
        QString provider;
        QString region;
        bool operator<(const Endpoint& other) const
        {
            return std::tie(tenant, provider, region) < std::tie(other.tenant, other.provider, other.region);
        }
    };
    bool m_begun = false;
    qint64 m_next = 1; // seq of the next call to be read
    qint64 m_last = 0; // seq of the last one
    qint64 m_folded = 0;
    std::map<Endpoint, qint64> m_sums; // folded attempts of whole half hours, less those that were counted
};

// Reads on for about so long. Until isDone().
api::Outcome advance(ZoneScan& scan, const QString& databaseFile, std::chrono::milliseconds slice);

// The statement an auditor reads: what advance() answers, asked in one go.
QString zoneQueryText();

struct ZoneAttempt
{
    QString call;
    int number = 0;
    QDateTime at; // the call began
};

// Attempts of one group, newest call first.
api::Result<std::vector<ZoneAttempt>> attemptsOf(
    const QString& databaseFile, const ZoneGroup& group, qint64 sinceMs, qint64 untilMs, int most);

} // namespace gateway::store
