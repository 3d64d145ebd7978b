// Streams for Gemini's callers: server-sent events without names, or one JSON array in the old manner. Either way there
// is no end mark: the last chunk has the reason to stop. Private to the Gemini surface; one stream, one thread.
#pragma once

#include "transform/surface.h"

#include <functional>

namespace gateway::transform::gemini {

// Puts chunks one after another as the caller wants them. An array is valid JSON as a whole, also after an error.
class ChunkFraming
{
public:
    explicit ChunkFraming(bool array) : m_array(array) {}
    void append(QByteArray& out, QByteArrayView json);
    void end(QByteArray& out); // once

private:
    bool m_array;
    bool m_begun = false;
};

using ErrorBody = std::function<QByteArray(const CallError&)>;

std::unique_ptr<StreamWriter> streamWriter(const CallRequest& request, const AnswerContext& context, ErrorBody error);
std::unique_ptr<StreamRelay> streamRelay(const CallRequest& request, ErrorBody error);

} // namespace gateway::transform::gemini
