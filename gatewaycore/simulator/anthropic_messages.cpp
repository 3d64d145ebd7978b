#include "simulator/anthropic_messages.h"

#include "simulator/signer.h"

namespace gateway::simulator {
namespace {

using MaybeFault = std::optional<Fault>;

struct BlockRow
{
    const char* type;
    bool user;      // may stand in a user message
    bool assistant; // may stand in an assistant message
};

constexpr BlockRow kBlocks[] = {
    {"text", true, true},
    {"image", true, false},
    {"document", true, true}, // in an assistant message under 2023-06-01 only
    {"search_result", true, false},
    {"tool_use", false, true},
    {"tool_result", true, false},
    {"thinking", false, true},
    {"redacted_thinking", false, true},
    {"server_tool_use", false, true},
    {"web_search_tool_result", true, true},
    {"web_fetch_tool_result", true, true},
    {"code_execution_tool_result", true, true},
    {"bash_code_execution_tool_result", true, true},
    {"text_editor_code_execution_tool_result", true, true},
    {"tool_search_tool_result", true, true},
    {"container_upload", true, false},
};

QString where(int message, int block)
{
    return QStringLiteral("messages.%1.content.%2").arg(message).arg(block);
}

// Reads one conversation, message by message.
class Turns
{
public:
    Turns(AnthropicTurns& counts, ChatRequest& request) : m_counts(counts), m_request(request) {}

    MaybeFault read(const QJsonArray& messages)
    {
        for (const QJsonValue& message : messages) {
            if (auto fault = readMessage(message.toObject()))
                return fault;
            ++m_index;
        }
        if (!m_open.isEmpty())
            return unanswered(m_index - 1);
        return std::nullopt;
    }

private:
    MaybeFault readMessage(const QJsonObject& message)
    {
        const QString role = message[u"role"].toString();
        if (role != QLatin1String("user") && role != QLatin1String("assistant") && role != QLatin1String("system"))
            return anthropicFault(
                QStringLiteral("messages.%1.role: Input should be 'user', 'assistant' or 'system'").arg(m_index));
        if (!m_spoken && role == QLatin1String("assistant"))
            return anthropicFault(QStringLiteral("messages: first message must use the \"user\" role"));
        m_spoken = m_spoken || role == QLatin1String("user");
        for (auto it = message.begin(); it != message.end(); ++it) {
            if (it.key() != QLatin1String("role") && it.key() != QLatin1String("content"))
                return anthropicFault(QStringLiteral("messages.%1.%2: Extra inputs are not permitted")
                                          .arg(QString::number(m_index), it.key()));
        }
        const QJsonValue content = message[u"content"];
        if (!content.isString() && !content.isArray())
            return anthropicFault(QStringLiteral("messages.%1.content: Field required").arg(m_index));
        m_user = role != QLatin1String("assistant");
        m_calls.clear();
        m_text.clear();
        m_request.toolResult.clear();
        if (content.isString())
            m_text = content.toString();
        else if (auto fault = readBlocks(content.toArray()))
            return fault;
        if ((content.isString() && m_text.isEmpty()) || (content.isArray() && content.toArray().isEmpty()))
            return anthropicFault(
                QStringLiteral("messages.%1: all messages must have non-empty content except for the optional final "
                               "assistant message")
                    .arg(m_index));
        m_counts.bytes += m_text.toUtf8().size();
        if (role == QLatin1String("user") && !m_text.isEmpty())
            m_request.prompt = m_text;
        if (!m_open.isEmpty())
            return unanswered(m_index - 1);
        m_open = m_calls;
        m_known = m_calls;
        return std::nullopt;
    }

    MaybeFault readBlocks(const QJsonArray& blocks)
    {
        int at = 0;
        for (const QJsonValue& value : blocks) {
            const QJsonObject block = value.toObject();
            const QString type = block[u"type"].toString();
            if (auto fault = checkType(type, at))
                return fault;
            if (block.contains(u"cache_control") && !block[u"cache_control"].isNull())
                ++m_counts.breakpoints;
            if (auto fault = readBlock(type, block, at, blocks.size()))
                return fault;
            ++at;
        }
        return std::nullopt;
    }

    MaybeFault checkType(const QString& type, int at) const
    {
        for (const BlockRow& row : kBlocks) {
            if (type != QLatin1String(row.type))
                continue;
            if (type == QLatin1String("document") && !m_user && m_counts.newVersion)
                return anthropicFault(QStringLiteral("%1: `document` blocks are not permitted in assistant messages")
                                          .arg(where(m_index, at)));
            if (m_user ? row.user : row.assistant)
                return std::nullopt;
            return anthropicFault(
                QStringLiteral("%1: `%2` blocks can only be in `%3` messages")
                    .arg(where(m_index, at), type, m_user ? QStringLiteral("assistant") : QStringLiteral("user")));
        }
        return anthropicFault(
            QStringLiteral("%1: Input tag '%2' found using 'type' does not match any of the expected tags")
                .arg(where(m_index, at), type));
    }

    MaybeFault readBlock(const QString& type, const QJsonObject& block, int at, qsizetype count)
    {
        if (type == QLatin1String("tool_result"))
            return readToolResult(block, at);
        if (m_user && !m_open.isEmpty())
            return unanswered(m_index - 1); // results come first
        if (type == QLatin1String("text"))
            return readText(block, at);
        if (type == QLatin1String("tool_use"))
            return readToolUse(block, at);
        if (type == QLatin1String("thinking")) {
            const QByteArray signature = block[u"signature"].toString().toUtf8();
            if (!isSignatureOf(signature, block[u"thinking"].toString().toUtf8()))
                return anthropicFault(
                    QStringLiteral("%1: Invalid `signature` in `thinking` block").arg(where(m_index, at)));
            if (at == int(count) - 1)
                return anthropicFault(QStringLiteral("messages.%1: The final block in an assistant message cannot be "
                                                     "`thinking`.")
                                          .arg(m_index));
        }
        if (type == QLatin1String("redacted_thinking") && !isSeal("redacted", block[u"data"].toString().toUtf8()))
            return anthropicFault(
                QStringLiteral("%1: Invalid `data` in `redacted_thinking` block").arg(where(m_index, at)));
        return std::nullopt;
    }

    MaybeFault readText(const QJsonObject& block, int at)
    {
        const QString text = block[u"text"].toString();
        if (text.isEmpty())
            return anthropicFault(QStringLiteral("messages: text content blocks must be non-empty"));
        if (m_user && m_counts.newVersion && !block[u"citations"].toArray().isEmpty())
            return anthropicFault(QStringLiteral("%1.text.citations: citations are not permitted in `user` messages")
                                      .arg(where(m_index, at)));
        m_text += text;
        return std::nullopt;
    }

    MaybeFault readToolResult(const QJsonObject& block, int at)
    {
        const QString id = block[u"tool_use_id"].toString();
        if (!m_known.contains(id))
            return anthropicFault(
                QStringLiteral("%1: unexpected `tool_use_id` found in `tool_result` blocks: %2. Each `tool_result` "
                               "block must have a corresponding `tool_use` block in the previous message.")
                    .arg(where(m_index, at), id));
        if (!m_open.removeOne(id))
            return anthropicFault(QStringLiteral("%1: each tool_use must have a single result. Found multiple "
                                                 "`tool_result` blocks with id: %2")
                                      .arg(where(m_index, at), id));
        const QJsonValue content = block[u"content"];
        if (content.isString())
            m_request.toolResult = content.toString();
        for (const QJsonValue& part : content.toArray()) {
            const QString type = part[u"type"].toString();
            if (type == QLatin1String("text"))
                m_request.toolResult += part[u"text"].toString();
            if (part.toObject().contains(u"cache_control"))
                ++m_counts.breakpoints;
        }
        m_counts.bytes += m_request.toolResult.toUtf8().size();
        return std::nullopt;
    }

    MaybeFault readToolUse(const QJsonObject& block, int at)
    {
        const QString id = block[u"id"].toString();
        if (id.isEmpty() || block[u"name"].toString().isEmpty())
            return anthropicFault(QStringLiteral("%1.tool_use.id: Field required").arg(where(m_index, at)));
        for (const QChar c : id) {
            const bool fits = c.unicode() < 128 && (c.isLetterOrNumber() || c == u'_' || c == u'-');
            if (!fits)
                return anthropicFault(QStringLiteral("%1.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'")
                                          .arg(where(m_index, at)));
        }
        if (!block[u"input"].isObject())
            return anthropicFault(
                QStringLiteral("%1.tool_use.input: Input should be a valid dictionary").arg(where(m_index, at)));
        if (m_calls.contains(id))
            return anthropicFault(QStringLiteral("messages: `tool_use` ids must be unique"));
        m_calls.append(id);
        return std::nullopt;
    }

    Fault unanswered(int message) const
    {
        return anthropicFault(
            QStringLiteral("messages.%1: `tool_use` ids were found without `tool_result` blocks immediately after: %2. "
                           "Each `tool_use` block must have a corresponding `tool_result` block in the next message.")
                .arg(QString::number(message), m_open.join(QLatin1String(", "))));
    }

    AnthropicTurns& m_counts;
    ChatRequest& m_request;
    QStringList m_open;  // calls of the message before that wait for their result
    QStringList m_known; // all calls of the message before
    QStringList m_calls; // of this message
    QString m_text;      // of this message
    int m_index = 0;
    bool m_user = false;
    bool m_spoken = false;
};

// With thinking of type enabled, the last assistant message starts with its thinking if it calls tools.
MaybeFault checkThinkingFirst(const QJsonArray& messages)
{
    for (qsizetype i = messages.size() - 1; i >= 0; --i) {
        if (messages[i][u"role"].toString() != QLatin1String("assistant"))
            continue;
        const QJsonArray blocks = messages[i][u"content"].toArray();
        const QString first = blocks.isEmpty() ? QString() : blocks[0][u"type"].toString();
        const bool calls = std::any_of(blocks.begin(), blocks.end(),
            [](const QJsonValue& block) { return block[u"type"].toString() == QLatin1String("tool_use"); });
        if (calls && first != QLatin1String("thinking") && first != QLatin1String("redacted_thinking"))
            return anthropicFault(
                QStringLiteral("messages.%1.content.0.type: Expected `thinking` or `redacted_thinking`, but found "
                               "`%2`. When `thinking` is enabled, a final `assistant` message must start with a "
                               "thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks).")
                    .arg(i)
                    .arg(first));
        return std::nullopt;
    }
    return std::nullopt;
}

} // namespace

Fault anthropicFault(const QString& message)
{
    return {400, message, {}, {}};
}

std::optional<Fault> readAnthropicMessages(const QJsonArray& messages, AnthropicTurns& turns, ChatRequest& request)
{
    if (messages.isEmpty())
        return anthropicFault(QStringLiteral("messages: at least one message is required"));
    if (auto fault = Turns(turns, request).read(messages))
        return fault;
    return turns.mustThink ? checkThinkingFirst(messages) : std::nullopt;
}

} // namespace gateway::simulator
