// Target: where an export goes, taken apart once: for the socket, for the request line, and for people. What people see
// is the origin alone; the path of a webhook may be half of its secret. Any thread; a value.
#pragma once

#include "http/upstream.h"

namespace gateway::exports {

struct Target
{
    http::UpstreamTarget socket;
    QByteArray path; // no slash at the end; may be empty
    QString shown;   // scheme://host:port, and /... where there is more
};

// A URL that the config accepted. `owner` keeps the connections of different exports apart.
Target targetOf(const QString& url, const QString& caFile, const QString& owner);

} // namespace gateway::exports
