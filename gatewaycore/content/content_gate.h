// The content gate: what may be written down of a call. Nothing of a prompt or an answer reaches a record, the journal,
// a log, an event, an export or a label: the record is filled through these functions, and everything else is made from
// the record (decision 0180). What comes from the config, or is a number of ours, needs no gate. What somebody outside
// spelled is kept where it is a name, and is a digest or a common word otherwise; what an upstream says is kept where
// it is a word we know, or a name that does not stand in the request. Messages go through CallError::recordText(). Pure
// functions; any thread.
#pragma once

#include "api/call.h"

#include <QByteArrayView>
#include <QString>

namespace gateway::content {

// What a caller says of itself: feature, agent, user, zone. As it is where it is a name (letters, digits and ._:@/+=-),
// else "~" and 16 hex digits of its SHA-256: still one and the same caller, and not a text any more.
QString statedName(const QString& text);

// The alias that was asked for. "~..." likewise.
QString askedAlias(const QString& asked);

// What the upstream said of one attempt: its request id, the model it names, how it ended. `request`: the caller's
// body.
void clean(api::Attempt& attempt, QByteArrayView request);

// A class of service, as asked or as served: a word that providers have, else "other".
QString serviceTier(QByteArrayView word);

} // namespace gateway::content
