// The callers' surfaces POST /v1/messages and /v1/messages/count_tokens (Anthropic, wire.md 1.4), for both versions of
// that API; and its lists of models. Stateless; any thread.
#pragma once

#include "transform/surface.h"

namespace gateway::transform {

const Surface& anthropicMessages();
const Surface& anthropicCountTokens();

// {"data": [...], "has_more": false, "first_id", "last_id"}: everything on one page.
QByteArray anthropicModelList(const QStringList& aliases);
QByteArray anthropicModel(const QString& alias);

} // namespace gateway::transform
