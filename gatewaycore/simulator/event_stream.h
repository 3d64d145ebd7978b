// The frames of AWS's eventstream (wire.md 2), written, not read: lengths and checksums around headers and a payload.
// Pure; any thread.
#pragma once

#include "simulator/script.h"

namespace gateway::simulator {

// Header values are strings (type 7).
QByteArray eventStreamFrame(const HeaderList& headers, const QByteArray& payload);

QByteArray eventFrame(const QByteArray& type, const QByteArray& json);     // :message-type event
QByteArray exceptionFrame(const QByteArray& type, const QByteArray& json); // :message-type exception

} // namespace gateway::simulator
