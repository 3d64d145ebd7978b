// The standing zero-rows check: attempts whose endpoint lay outside the zone that was in force for them then. It is
// api::ZoneCheck (what each tenant's contract, config and attempts say) and, beside it, what the question was, what it
// was asked of, and each row that it found. Values of GET zones/check, POST zones/check and GET zones/checks. Any
// thread. PASS: no row among N > 0, nothing missing. FAIL: rows (an endpoint whose region or retention is not known
// counts as one). NO_DATA: no attempt. INCOMPLETE: something of the record could not be judged; it is in `gaps`.
#pragma once

#include "api/zone_check.h"

namespace gateway::api {

// A row of the zero-rows query.
struct ZoneRow
{
    QString call;
    int number = 0; // of the attempt
    QDateTime at;   // the call began
    QString tenant;
    QString zone; // in force for it
    QString provider;
    QString region;    // as recorded
    QString retention; // of the provider in that revision
    int revision = 0;
    QString why;
};

struct ZoneGap
{
    QString code; // revision_unknown calls_missing attempts_without_call not_counted chain_broken
    qint64 count = 0;
    QString sentence;
};

struct StandingCheck
{
    static constexpr int kRows = 100;

    qint64 number = 0; // of the kept runs; 0: it was only asked
    QString trigger;   // asked scheduled run
    QString by;        // the principal; empty: the engine's schedule
    QString sentence;
    ZoneCheck check;
    qint64 scanned = 0;        // attempts
    qint64 outside = 0;        // rows of the query
    QVector<ZoneRow> rows;     // at most kRows, newest first
    int coveragePercent = 100; // judged of scanned
    QVector<ZoneGap> gaps;
    QString chain;    // verified broken unchecked: what the tamper-evident log says of the record
    QString incident; // that pages for it; empty: none
};

// A kept run, without its tenants and rows.
struct ZoneCheckRun
{
    qint64 number = 0;
    QDateTime at;
    QString trigger;
    QString by;
    QDateTime since;
    QDateTime until;
    QString tenant; // empty: all
    int revision = 0;
    QString verdict;
    QString sentence;
    qint64 scanned = 0;
    qint64 outside = 0;
    int coveragePercent = 100;
    QString incident;
};

struct ZoneCheckQuery
{
    std::optional<QDateTime> since; // without: 24 hours
    std::optional<QDateTime> until; // without: now
    QString tenant;                 // empty: all
};

// As ZoneCheck with more members, so that who knows only that can read it.
QJsonObject toJson(const StandingCheck& check);
QJsonObject toJson(const ZoneCheckRun& run);
Result<StandingCheck> standingCheckFromJson(const QJsonObject& json);
Result<ZoneCheckRun> zoneCheckRunFromJson(const QJsonObject& json);

} // namespace gateway::api
