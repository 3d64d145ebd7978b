// Reads a request of Anthropic's messages API (wire.md 1.4) into the unified form. What has no place there is kept by
// its path in `others`, so that the provider dialect reports it. Signatures in our envelope (signature.h) are opened.
// Belongs to one call; the request outlives it.
#pragma once

#include "transform/call_error.h"
#include "transform/call_request.h"
#include "transform/unified_request.h"

#include <QHash>

#include <variant>

namespace gateway::transform {

class AnthropicRequestReader
{
public:
    explicit AnthropicRequestReader(const CallRequest& request) : m_call(request) {}

    std::variant<UnifiedRequest, CallError> read();

private:
    void readMember(QByteArrayView key, JsonView value);
    void readSystem(JsonView value);
    void readMessages(JsonView value);
    void readMessage(JsonView message, const QByteArray& path);
    void readContent(JsonView content, std::vector<Part>& parts, const QByteArray& path);
    void readBlock(JsonView block, std::vector<Part>& parts, const QByteArray& path);
    void readThinking(JsonView block, bool redacted, std::vector<Part>& parts);
    bool readMedia(JsonView block, Part& part, std::vector<Part>& parts, const QByteArray& path);
    void readToolResult(JsonView block, Part& part, const QByteArray& path);
    void readSearchResult(JsonView block, Part& part, const QByteArray& path);
    void readTools(JsonView value);
    void readTool(JsonView tool, const QByteArray& path);
    void readToolChoice(JsonView value);
    void readThinkingMode(JsonView value);
    void readOutputConfig(JsonView value);
    void readStops(JsonView value);

    // Members of `object` that are not in `known` go into `others`.
    void keepUnknown(JsonView object, const QByteArray& path, std::initializer_list<const char*> known);
    void keep(QByteArray name, JsonView value);
    std::optional<CacheLife> cacheLife(JsonView control, const QByteArray& path);
    QByteArray needText(JsonView object, const char* member, const QByteArray& path);
    void refuse(const QByteArray& path, const char* what);

    const CallRequest& m_call;
    UnifiedRequest m_request;
    std::optional<CallError> m_error;
    QHash<QByteArray, QByteArray> m_toolNames; // of the calls so far, by id
    std::optional<Part> m_carried;             // a signature that belongs to the part after it
};

} // namespace gateway::transform
