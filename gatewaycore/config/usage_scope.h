// UsageScope: whose use a budget or a quota counts. Empty members are not restricted; all empty is the whole gateway.
// Any thread; a value.
#pragma once

#include <QString>

namespace gateway::config {

struct UsageScope
{
    QString tenant;
    QString feature;
    QString agent;
    QString alias;
    QString provider;

    friend bool operator==(const UsageScope&, const UsageScope&) = default;
};

// "tenant acme, alias fast-summariser", "the whole gateway"
QString describe(const UsageScope& scope);

} // namespace gateway::config
