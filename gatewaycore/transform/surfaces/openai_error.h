// Errors in OpenAI's words, for every surface of theirs: {"error": {message, type, param, code, signalbox}}. SDKs
// branch on the status; people read the code. Pure; any thread.
#pragma once

#include "transform/call_error.h"

namespace gateway::transform {

struct OpenAiErrorWords
{
    QByteArray type;
    QByteArray code;
};
OpenAiErrorWords openAiErrorWords(const CallError& error);

// `signalbox`: the gateway's own object (Surface::signalboxObject)
QByteArray openAiErrorBody(const CallError& error, QByteArrayView signalbox);

} // namespace gateway::transform
