// What the audit log may hold of what was sent and answered. Secrets become "[redacted]": members that are one by their
// name, and whatever looks like one inside a text (our own keys, tokens and pairing codes, sk- keys, bearer tokens,
// keys in URLs). Long texts (bills, config files) become their SHA-256 and length, so that it can be shown later which
// one it was. Any thread; pure functions.
#pragma once

#include "api/audit_entry.h"

namespace gateway::admin {

QString redactedText(const QString& text);
QJsonObject redactedObject(const QJsonObject& object); // bounded too: 16 KiB, else its SHA-256 and length
api::AuditEntry redacted(api::AuditEntry entry);       // every text of it, bounded

// An answer as it may be kept: without the secrets in it. `hadSecrets` tells that there were some; the answer says so
// itself then, in the member "not_kept".
QJsonObject keptReply(const QJsonObject& reply, bool& hadSecrets);

} // namespace gateway::admin
