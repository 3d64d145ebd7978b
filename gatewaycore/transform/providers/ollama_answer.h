// What Ollama's native API says: whole answers and lines of a stream have one form, so one reader makes parts of both.
// Tool calls come whole, with their arguments as an object; older servers give them no id, then one is made from the
// answer's time and the call's number, the same for the same bytes. Its done_reason is "stop" although tools were
// called. One stream, one thread.
#pragma once

#include "transform/part_sequencer.h"
#include "transform/provider_dialect.h"

namespace gateway::transform {

api::Tokens ollamaTokens(JsonView root); // prompt_eval_count, eval_count

CallError ollamaError(int status, const QByteArray& message, QByteArrayView providerKey);

std::variant<Answer, CallError> ollamaAnswer(JsonView root);
std::variant<Answer, CallError> ollamaEmbeddings(JsonView root);

class OllamaStream final : public StreamReader
{
public:
    explicit OllamaStream(QByteArrayView providerKey) : m_providerKey(providerKey.toByteArray()) {}

    Read read(const Frame& frame, std::vector<StreamEvent>* events) override;
    bool mayEndHere(std::vector<StreamEvent>* events) override;

private:
    const QByteArray m_providerKey;
    PartSequencer m_parts;
    QByteArray m_created; // of the first line
    int m_calls = 0;
    bool m_done = false;
};

} // namespace gateway::transform
