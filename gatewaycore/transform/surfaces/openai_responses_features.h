// ResponsesFeatures: notes in a CallRequest what a Responses request needs of whoever answers it (tools, images, files,
// state that the provider keeps ...). It only looks; what is malformed is for unify() or the provider to refuse. Lives
// while one request is parsed; one thread.
#pragma once

#include "transform/call_request.h"

namespace gateway::transform {

class ResponsesFeatures
{
public:
    explicit ResponsesFeatures(CallRequest& request) : m_request(request) {}

    void readField(QByteArrayView key, JsonView value); // a member of the request that is not null
    void readInput(JsonView input);

private:
    void readTools(JsonView tools);
    void readItem(JsonView item);
    void readPart(JsonView part);

    CallRequest& m_request;
};

// Items that only the provider who made them can read: a kept item named by its id, a compacted conversation.
bool isKeptItem(JsonView item, QByteArrayView type);

// A reference to reasoning that this gateway wrote: nobody keeps it, and the conversation can go on without it (clients
// refer to items by default).
bool isOwnReasoningReference(JsonView item, QByteArrayView type);

} // namespace gateway::transform
