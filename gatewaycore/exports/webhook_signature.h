// How a webhook's receiver knows that we speak: HMAC-SHA256 with the shared secret over the time, a dot and the body as
// it is sent. The time is that of the attempt, so a receiver can refuse what is old (a copy sent later by somebody
// else); the delivery's id stays the same however often it is tried. resources/help/exports.md shows how to check it.
// Pure functions; any thread.
#pragma once

#include "base/secret.h"
#include "http/message.h"

namespace gateway::exports {

constexpr int kShortestSecret = 16; // characters

// "v1=" and 64 hex digits.
QByteArray webhookSignature(const Secret& secret, qint64 unixSeconds, const QByteArray& body);
// x-signalbox-delivery, -timestamp, -signature
http::Fields webhookFields(const Secret& secret, const QString& delivery, qint64 unixSeconds, const QByteArray& body);

} // namespace gateway::exports
