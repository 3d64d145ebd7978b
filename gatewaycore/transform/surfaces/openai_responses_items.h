// ResponsesItems: reads the "input" of a Responses request into the messages of a UnifiedRequest. What the model said
// in one turn (reasoning, texts, calls) are several items there and one assistant message here; the results of parallel
// calls become one user message. Lives while one request is unified; one thread.
#pragma once

#include "transform/call_error.h"
#include "transform/json_view.h"
#include "transform/unified_request.h"

#include <QHash>

namespace gateway::transform {

class ResponsesItems
{
public:
    explicit ResponsesItems(UnifiedRequest& out) : m_out(out) {}

    std::optional<CallError> read(JsonView input); // a text or a list; nothing if it is missing

private:
    std::optional<CallError> readItem(JsonView item, const QByteArray& place);
    std::optional<CallError> readMessage(JsonView item, const QByteArray& place);
    std::optional<CallError> readCall(JsonView item, const QByteArray& place, bool custom);
    std::optional<CallError> readResult(JsonView item, const QByteArray& place, bool custom);
    void readReasoning(JsonView item);
    void note(JsonView item, const QByteArray& place, const char* field);
    std::vector<Part>& assistant();

    UnifiedRequest& m_out;
    QHash<QByteArray, QByteArray> m_names; // call id -> function
    // Google's signature stands on the part after the thinking; it waits here for it
    QByteArray m_nextSignature;
    Signer m_nextSigner = Signer::Unknown;
    bool m_results = false; // the last message holds tool results: the next one joins it
};

} // namespace gateway::transform
