#include "transform/surfaces/openai_chat_relay.h"

#include "base/json_writer.h"
#include "http/sse.h"
#include "transform/body_edit.h"
#include "transform/json_view.h"
#include "transform/surfaces/openai_usage.h"

namespace gateway::transform {
namespace {

// We asked for usage; a caller who did not is not shown that it is null until the end. The bytes stand for nothing
// else: within a text the quotes would have backslashes.
constexpr QByteArrayView kNullUsage(",\"usage\":null");

// "reasoning" of vLLM, Ollama and OpenRouter under the name that SDKs read.
void renameReasoning(BodyEdit& edit, JsonView message)
{
    const JsonView reasoning = message.member("reasoning");
    if (reasoning.type() != JsonType::String || message.member("reasoning_content").type() == JsonType::String)
        return;
    if (!message.member("reasoning_content").isMissing())
        edit.removeMember(message, "reasoning_content");
    edit.addMember(message, "reasoning_content", reasoning.raw());
    edit.removeMember(message, "reasoning");
}

// Mistral writes what was thought and what was said into one list of pieces: SDKs read a text.
void splitPieces(BodyEdit& edit, JsonView message)
{
    const JsonView content = message.member("content");
    if (content.type() != JsonType::Array)
        return;
    QByteArray text;
    QByteArray thinking;
    const auto append = [](QByteArray& to, JsonView piece) {
        to += piece.member("text").text().value_or(QByteArray());
    };
    content.eachElement([&](JsonView piece) {
        if (piece.member("type").text() != QByteArray("thinking")) {
            append(text, piece);
            return true;
        }
        piece.member("thinking").eachElement([&](JsonView inner) {
            append(thinking, inner);
            return true;
        });
        return true;
    });
    edit.replace(content, jsonString(text));
    if (!thinking.isEmpty())
        edit.addMember(message, "reasoning_content", jsonString(thinking));
}

void repairReason(BodyEdit& edit, JsonView choice, bool toolCalled)
{
    const JsonView reason = choice.member("finish_reason");
    const QByteArray word = reason.text().value_or(QByteArray());
    if (word.isEmpty())
        return;
    const StopReason stop = promoted(stopReasonOf(Dialect::OpenAiChat, word).reason, toolCalled);
    const QByteArrayView right = wordFor(Dialect::OpenAiChat, stop);
    if (!right.isEmpty() && right != word && word != "function_call")
        edit.replace(reason, jsonString(right));
}

class ChatRelay final : public StreamRelay
{
public:
    ChatRelay(const CallRequest& request, std::function<QByteArray(const CallError&)> errorBody)
        : m_wantsUsageChunk(request.wantsUsageChunk), m_errorBody(std::move(errorBody))
    {
    }

    void relay(const Frame& frame, const StreamReader::Read& read, const AnswerFacts& soFar, QByteArray& out,
        QByteArray& tail) override
    {
        if (read.ended) {
            addUsage(soFar, tail);
            http::appendSseEvent(tail, {}, frame.data);
            return;
        }
        if (read.shape) {
            forward(frame, m_nullUsage < 0 ? -1 : read.shape->placeNow(m_nullUsage), out);
            return;
        }
        m_usageSeen = m_usageSeen || read.hasUsage;
        if (read.usageOnly && !m_wantsUsageChunk)
            return;
        const QByteArray repaired = read.repair || m_toolCalled ? repair(frame.data, read.json) : QByteArray();
        const Frame sent = repaired.isEmpty() ? frame : Frame{{}, repaired};
        const qsizetype nullUsage = m_wantsUsageChunk ? -1 : sent.data.lastIndexOf(kNullUsage);
        if (read.learned)
            m_nullUsage = nullUsage;
        forward(sent, nullUsage, out);
    }

    void fail(const CallError& error, QByteArray& tail) override { http::appendSseEvent(tail, {}, m_errorBody(error)); }

    void finish(QByteArray& tail) override { http::appendSseEvent(tail, {}, "[DONE]"); }

private:
    static void forward(const Frame& frame, qsizetype nullUsage, QByteArray& out)
    {
        const Frame unnamed{{}, frame.data, false, frame.name.isEmpty() ? frame.wire : QByteArrayView()};
        if (nullUsage < 0)
            return passOn(unnamed, out);
        const QByteArrayView rest = frame.data.sliced(nullUsage + kNullUsage.size());
        if (!unnamed.wire.isEmpty()) { // one line
            out.append(frame.wire.data(), frame.data.data() - frame.wire.data() + nullUsage);
            out.append(rest.data(), frame.wire.data() + frame.wire.size() - rest.data());
            return;
        }
        QByteArray without = frame.data.first(nullUsage).toByteArray();
        without.append(rest.data(), rest.size());
        http::appendSseEvent(out, {}, without);
    }

    // Groq tells the usage in a field of its own: the chunk that the caller asked for is made from it.
    void addUsage(const AnswerFacts& facts, QByteArray& tail) const
    {
        if (!m_wantsUsageChunk || m_usageSeen || facts.tokens.source != api::TokenSource::Reported)
            return;
        QByteArray chunk;
        JsonWriter json(chunk);
        json.beginObject().member("id", facts.id).member("object", "chat.completion.chunk").member("created", 0);
        json.member("model", facts.model.toUtf8()).memberRaw("choices", "[]").key("usage");
        writeOpenAiUsage(json, facts.tokens);
        json.endObject();
        http::appendSseEvent(tail, {}, chunk);
    }

    // From the first tool call on every chunk is looked at: their numbers depend on each other.
    QByteArray repair(QByteArrayView data, JsonView event)
    {
        BodyEdit edit(data);
        event.member("choices").eachElement([&](JsonView choice) {
            const JsonView delta = choice.member("delta");
            renameReasoning(edit, delta);
            splitPieces(edit, delta);
            if (choice.member("index").integer().value_or(0) == 0)
                repairTools(edit, delta.member("tool_calls"));
            repairReason(edit, choice, m_toolCalled);
            return true;
        });
        return edit.isEmpty() ? QByteArray() : edit.apply();
    }

    void repairTools(BodyEdit& edit, JsonView calls)
    {
        calls.eachElement([&](JsonView call) {
            m_toolCalled = true;
            const JsonView index = call.member("index");
            const qint64 right =
                numberOf(index.integer().value_or(-1), call.member("id").text().value_or(QByteArray()));
            if (index.isMissing())
                edit.addMember(call, "index", QByteArray::number(right));
            else if (index.integer() != right)
                edit.replace(index, QByteArray::number(right));
            return true;
        });
    }

    // A call is known by its id where a fragment has one, else by the number its provider gave it last.
    qint64 numberOf(qint64 sent, const QByteArray& id)
    {
        for (ToolCall& call : m_calls) {
            if (!id.isEmpty() && call.id == id) {
                call.sent = sent;
                return call.number;
            }
        }
        if (id.isEmpty()) {
            for (auto call = m_calls.crbegin(); call != m_calls.crend(); ++call) {
                if (sent < 0 || call->sent == sent)
                    return call->number;
            }
        }
        m_calls.push_back({id, sent, qint64(m_calls.size())});
        return m_calls.back().number;
    }

    struct ToolCall
    {
        QByteArray id;
        qint64 sent;
        qint64 number; // as the caller reads it
    };

    const bool m_wantsUsageChunk;
    const std::function<QByteArray(const CallError&)> m_errorBody;
    bool m_toolCalled = false;
    bool m_usageSeen = false;
    qsizetype m_nullUsage = -1; // where it stands in the event whose shape was learned
    std::vector<ToolCall> m_calls;
};

} // namespace

std::unique_ptr<StreamRelay> openAiChatRelay(
    const CallRequest& request, std::function<QByteArray(const CallError&)> errorBody)
{
    return std::make_unique<ChatRelay>(request, std::move(errorBody));
}

QByteArray repairedChatAnswer(QByteArrayView body, const AnswerFacts& facts)
{
    if (!facts.isLax)
        return {};
    const JsonText text = JsonText::parse(body);
    BodyEdit edit(body);
    text.root.member("choices").eachElement([&](JsonView choice) {
        const JsonView message = choice.member("message");
        renameReasoning(edit, message);
        splitPieces(edit, message);
        repairReason(edit, choice, !message.member("tool_calls").at(0).isMissing());
        return true;
    });
    return edit.isEmpty() ? QByteArray() : edit.apply();
}

} // namespace gateway::transform
