// What all answers of OpenAI's dialect share, Azure's among them: headers, and errors in the words of the
// documentation (wire.md 5). Pure functions; any thread.
#pragma once

#include "simulator/delivery.h"

namespace gateway::simulator {

HeaderList openAiHeaders(const SimCall& call, const char* contentType);
Script openAiError(const SimCall& call, const Fault& fault);
QByteArray openAiKeyOf(const SimCall& call);

// {"error":{...}}
QByteArray openAiErrorBody(
    const QString& message, const QByteArray& type, const QString& param, const QByteArray& code);

} // namespace gateway::simulator
