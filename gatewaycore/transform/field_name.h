// Names of a request's fields, as losses and errors say them, and the error that a request is. Every dialect names the
// same field in the same way: "messages[2].content[0].cache_control", "system[0]", "tools[1].strict", whatever its own
// word for it. Pure; any thread.
#pragma once

#include "transform/call_error.h"

#include <QByteArray>
#include <QString>

namespace gateway::transform {

// "tools[1].strict"
QByteArray indexed(const QByteArray& list, std::size_t index, const char* member = nullptr);
// "messages[2].content[0].detail"
QByteArray partField(std::size_t message, std::size_t part, const char* member = nullptr);

// InvalidRequest, with the field that is wrong where it is one.
CallError invalidRequest(QString message, const QByteArray& field = {});

} // namespace gateway::transform
