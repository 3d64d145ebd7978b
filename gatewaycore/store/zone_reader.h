// Where the attempts of a time went, counted by SQL for the zone check: per tenant, provider and region. An attempt
// counts when something of the request may have left: skipped and refused ones do not. Counted in pieces, so that a
// question about too much ends with an error after `patience`. Belongs to the thread that opened it.
#pragma once

#include "api/result.h"
#include "store/database.h"

#include <QStringList>

#include <chrono>
#include <memory>
#include <vector>

namespace gateway::store {

struct EndpointCount
{
    QString tenant;
    QString provider;
    QString region; // as it was recorded
    qint64 attempts = 0;
};

class ZoneReader
{
public:
    static constexpr std::chrono::milliseconds kPatience{10'000};

    static api::Result<std::unique_ptr<ZoneReader>> open(const QString& databaseFile);

    // What count() answers, asked of the calls themselves; it takes whole half hours from endpoint_sums (call_fold.h).
    static QString queryText();
    api::Result<std::vector<EndpointCount>> count(
        qint64 sinceMs, qint64 untilMs, const QStringList& tenants, std::chrono::milliseconds patience = kPatience);
    // The newest calls of the tenant with such an attempt.
    api::Result<QStringList> calls(const EndpointCount& endpoint, qint64 sinceMs, qint64 untilMs, int most);

    void useSums(bool use) { m_useSums = use; } // false: count every call, to compare

private:
    explicit ZoneReader(Connection connection) : m_connection(std::move(connection)) {}

    Connection m_connection;
    bool m_useSums = true;
};

} // namespace gateway::store
