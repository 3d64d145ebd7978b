// What a zone means, over plain values: is an endpoint inside it, is one zone within another, does a contract hold on a
// day. It is deliberately not routing's filter (routing::zoneObjection): what judges the filter, in the proof over the
// configuration and in the zero-rows check over the record, is written a second time, and tst_zone_rule walks every
// combination of words to show that the two agree (decision 0166). Pure; any thread.
#pragma once

#include "config/policy_snapshot.h"

#include <QStringList>

namespace gateway::privacy {

struct ZoneTerms
{
    QString name;
    QStringList regions;
    QString retention; // zero any
};

struct Endpoint
{
    QString region;    // empty: not stated
    QString retention; // zero provider-default none-stated; empty: not stated
};

// Why the endpoint is not inside, as the end of a sentence ("region us-east-1 not in eu-only"); empty: it is inside.
// What is not known is not inside.
QString outside(const ZoneTerms& zone, const Endpoint& endpoint);

// Does `inner` allow nothing that `outer` does not?
bool isWithin(const ZoneTerms& inner, const ZoneTerms& outer);

// What it allows beyond the other: "region us-east-1", "keeping of data"; empty: nothing.
QStringList beyond(const ZoneTerms& zone, const ZoneTerms& other);

ZoneTerms termsOf(const config::Zone& zone);
Endpoint endpointOf(const config::Provider& provider);

enum class ContractState
{
    None,
    NotYet, // it begins later
    Holds,
    Ended
};
ContractState stateOn(const config::Tenant& tenant, const QDate& day);

} // namespace gateway::privacy
