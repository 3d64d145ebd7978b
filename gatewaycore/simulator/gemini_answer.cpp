#include "simulator/gemini_answer.h"

#include "simulator/gemini_contents.h"

namespace gateway::simulator {
namespace {

QByteArray number(int n)
{
    return QByteArray::number(n);
}

class AnswerWriter
{
public:
    AnswerWriter(const SimCall& call, const ChatAnswer& answer) : m_call(call), m_answer(answer) {}

    // The parts of the answer, in order. A call's first function call carries the signature; so does the end of a text
    // that was thought about.
    QList<QByteArray> parts() const
    {
        QList<QByteArray> out;
        if (m_call.chat.showsThinking || m_call.wishes.think) {
            for (const QString& piece : m_answer.thinkingPieces)
                out.append("{\"text\":" + quoted(piece) + ",\"thought\":true}");
        }
        for (const QString& piece : m_answer.textPieces)
            out.append("{\"text\":" + quoted(piece) + "}");
        for (qsizetype i = 0; i < m_answer.toolCalls.size(); ++i) {
            const ChatToolCall& tool = m_answer.toolCalls[i];
            out.append("{\"functionCall\":{\"name\":" + quoted(tool.name) +
                       ",\"args\":" + tool.argumentPieces.join(QString()).toUtf8() + ",\"id\":\"" + tool.tag + "\"}" +
                       (i == 0 ? ",\"thoughtSignature\":\"" + signature() + "\"}" : QByteArray("}")));
        }
        if (!m_answer.thinkingPieces.isEmpty() && m_answer.toolCalls.isEmpty())
            out.append("{\"text\":\"\",\"thoughtSignature\":\"" + signature() + "\"}");
        return out;
    }

    // Neighbouring pieces of text are one part of a whole answer.
    QList<QByteArray> wholeParts() const
    {
        ChatAnswer joined = m_answer;
        if (!joined.thinkingPieces.isEmpty())
            joined.thinkingPieces = {m_answer.thinking()};
        if (!joined.textPieces.isEmpty())
            joined.textPieces = {m_answer.text()};
        return AnswerWriter(m_call, joined).parts();
    }

    QByteArray object(const QList<QByteArray>& parts, bool last) const
    {
        if (!m_answer.refusal.isEmpty())
            return "{\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"}" + tail(true);
        QByteArray candidate = "{";
        if (!parts.isEmpty())
            candidate += "\"content\":{\"parts\":[" + parts.join(',') + "],\"role\":\"model\"},";
        if (last)
            candidate += "\"finishReason\":\"" + finishReason() + "\",";
        return "{\"candidates\":[" + candidate + "\"index\":0}]" + tail(last);
    }

private:
    QByteArray signature() const { return thoughtSignature(quint64(m_call.callNumber)); }

    QByteArray finishReason() const
    {
        if (m_answer.finishReason == "length")
            return "MAX_TOKENS";
        return m_answer.finishReason == "content_filter" ? "SAFETY" : "STOP"; // also with function calls
    }

    QByteArray tail(bool last) const
    {
        QByteArray out;
        if (!m_call.wishes.noUsage)
            out += ",\"usageMetadata\":" + usage(last);
        return out + ",\"modelVersion\":" + quoted(m_call.chat.model) + ",\"responseId\":\"" + m_call.tag() + "\"}";
    }

    // The prompt includes what was cached; thoughts stand apart from the candidates, and the total has them all.
    QByteArray usage(bool last) const
    {
        const bool blocked = !m_answer.refusal.isEmpty();
        const int prompt = m_answer.promptTokens();
        const int spoken = last && !blocked ? m_answer.spokenTokens : 0;
        const int thought = last && !blocked ? m_answer.thoughtTokens : 0;
        QByteArray out = "{\"promptTokenCount\":" + number(prompt);
        if (spoken > 0)
            out += ",\"candidatesTokenCount\":" + number(spoken);
        out += ",\"totalTokenCount\":" + number(prompt + spoken + thought);
        if (m_answer.cachedTokens > 0)
            out += ",\"cachedContentTokenCount\":" + number(m_answer.cachedTokens);
        out += ",\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":" + number(prompt) + "}]";
        if (m_answer.cachedTokens > 0)
            out += ",\"cacheTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":" + number(m_answer.cachedTokens) +
                   "}]";
        if (thought > 0)
            out += ",\"thoughtsTokenCount\":" + number(thought);
        return out + "}";
    }

    const SimCall& m_call;
    const ChatAnswer& m_answer;
};

} // namespace

QByteArray geminiAnswer(const SimCall& call, const ChatAnswer& answer)
{
    const AnswerWriter writer(call, answer);
    return writer.object(writer.wholeParts(), true);
}

QList<QByteArray> geminiChunks(const SimCall& call, const ChatAnswer& answer)
{
    const AnswerWriter writer(call, answer);
    if (!answer.refusal.isEmpty())
        return {writer.object({}, true)};
    QList<QByteArray> chunks;
    const QList<QByteArray> parts = writer.parts();
    for (qsizetype i = 0; i < parts.size(); ++i) {
        const bool last = i == parts.size() - 1 && !call.wishes.noDone;
        chunks.append(writer.object({parts[i]}, last));
    }
    if (parts.isEmpty() && !call.wishes.noDone)
        chunks.append(writer.object({}, true));
    return chunks;
}

} // namespace gateway::simulator
