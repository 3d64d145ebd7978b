// What every request of the HTTP transport has in common. Private to the api library.
#pragma once

#include "api/http_transport.h"

#include <QNetworkReply>
#include <QNetworkRequest>

namespace gateway::api {

QNetworkRequest networkRequest(const HttpTransportOptions& options, const QString& path, const QUrlQuery& query);
// Why there is no answer, for people.
Error unreachable(const HttpTransportOptions& options, const QNetworkReply& reply);
// The error of an answer that is one ({"error": {...}}), else a sentence about its status.
QString messageOf(const QByteArray& body, int status);

} // namespace gateway::api
