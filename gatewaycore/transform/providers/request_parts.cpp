#include "transform/providers/request_parts.h"

#include "base/json_writer.h"
#include "transform/field_name.h"
#include "transform/json_view.h"
#include "transform/parts.h"

#include <QHash>
#include <QSet>

#include <algorithm>
#include <array>
#include <deque>

namespace gateway::transform {
namespace {

// Fields that no surface gives a place in UnifiedRequest and that change what an answer is. The last part of a
// caller's name decides ("generationConfig.responseLogprobs").
struct ShapeField
{
    const char* name;
    const char* onlyIf; // a word in its value; nullptr: anything that asks
    const char* what;
};
constexpr std::array kShapes{
    ShapeField{"logprobs", nullptr, "log probabilities"},
    ShapeField{"top_logprobs", nullptr, "log probabilities"},
    ShapeField{"responseLogprobs", nullptr, "log probabilities"},
    ShapeField{"audio", nullptr, "answers as audio"},
    ShapeField{"modalities", "audio", "answers as audio"},
    ShapeField{"responseModalities", "AUDIO", "answers as audio"},
    ShapeField{"responseModalities", "IMAGE", "answers as images"},
    ShapeField{"speechConfig", nullptr, "answers as audio"},
    ShapeField{"previous_response_id", nullptr, "conversations that the provider keeps"},
    ShapeField{"conversation", nullptr, "conversations that the provider keeps"},
    ShapeField{"background", nullptr, "answers in the background"},
    ShapeField{"cachedContent", nullptr, "content that the provider keeps"},
    ShapeField{"container", nullptr, "containers that the provider keeps"},
};

constexpr std::array kUsualTiers{"auto", "default", "standard", "standard_only", "on_demand"};

QByteArrayView lastPart(QByteArrayView name)
{
    const qsizetype dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.sliced(dot + 1);
}

// Values that ask for nothing; of modalities, what refusedShape() lets through is text.
bool asks(const OtherField& field)
{
    constexpr std::array kNothing{"", "null", "false", "0", "\"\"", "[]", "{}"};
    const QByteArray raw = field.raw.trimmed();
    const QByteArrayView name = lastPart(field.name);
    return std::none_of(kNothing.begin(), kNothing.end(), [&raw](const char* word) { return raw == word; }) &&
           name != QByteArrayView("modalities") && name != QByteArrayView("responseModalities");
}

} // namespace

std::optional<CallError> refusedShape(const UnifiedRequest& request, const QByteArray& provider)
{
    const auto cannot = [&provider](const char* what, const QByteArray& parameter) {
        return invalidRequest(QStringLiteral("%1 does not give %2, and the gateway does not pretend it does.")
                                  .arg(QString::fromUtf8(provider), QLatin1String(what)),
            parameter);
    };
    if (request.operation == Operation::Embed) {
        if (!request.embed.tokenArrays.empty())
            return cannot("embeddings of token ids, only of texts", "input");
        return std::nullopt;
    }
    if (request.choices > 1)
        return cannot("more than one choice per request", "n");
    for (const OtherField& field : request.others) {
        for (const ShapeField& shape : kShapes) {
            if (lastPart(field.name) == QByteArrayView(shape.name) &&
                (shape.onlyIf ? field.raw.contains(shape.onlyIf) : asks(field)))
                return cannot(shape.what, field.name);
        }
    }
    return std::nullopt;
}

std::optional<CallError> refusedTools(const UnifiedRequest& request, const QByteArray& provider, bool takesCustom)
{
    for (std::size_t i = 0; i < request.tools.size(); ++i) {
        const Tool& tool = request.tools[i];
        if (tool.kind == Tool::Kind::Function || (takesCustom && tool.kind == Tool::Kind::Custom))
            continue;
        const QString what = tool.kind == Tool::Kind::Hosted ? QStringLiteral("tools that another provider runs")
                                                             : QStringLiteral("tools that take free text");
        return invalidRequest(
            QStringLiteral("%1 has no %2.").arg(QString::fromUtf8(provider), what), indexed("tools", i));
    }
    return std::nullopt;
}

void dropScalars(const UnifiedRequest& request, std::span<const ScalarField> fields, Losses& losses)
{
    for (const ScalarField& field : fields) {
        if (!(request.*field.value).isEmpty())
            losses.drop(field.name);
    }
}

void dropCacheMarks(const UnifiedRequest& request, Losses& losses)
{
    constexpr char reason[] = "the provider caches prompts by itself or not at all";
    if (request.cacheAll)
        losses.drop("cache_control", reason);
    for (std::size_t i = 0; i < request.system.size(); ++i) {
        if (request.system[i].cacheMark)
            losses.drop(indexed("system", i, "cache_control"), reason);
    }
    for (std::size_t i = 0; i < request.messages.size(); ++i) {
        const std::vector<Part>& parts = request.messages[i].parts;
        for (std::size_t j = 0; j < parts.size(); ++j) {
            if (parts[j].cacheMark)
                losses.drop(partField(i, j, "cache_control"), reason);
        }
    }
    for (std::size_t i = 0; i < request.tools.size(); ++i) {
        if (request.tools[i].cacheMark)
            losses.drop(indexed("tools", i, "cache_control"), reason);
    }
}

void dropMessageExtras(const UnifiedRequest& request, Losses& losses, bool keepsDetail)
{
    for (std::size_t i = 0; i < request.messages.size(); ++i) {
        const Message& message = request.messages[i];
        if (!message.name.isEmpty())
            losses.drop(indexed("messages", i, "name"));
        for (std::size_t j = 0; j < message.parts.size(); ++j) {
            const Part& part = message.parts[j];
            if (part.kind != Part::Kind::Thinking && !part.signature.isEmpty())
                losses.drop(partField(i, j, "signature"), "another provider signed it");
            if (!keepsDetail && !part.detail.isEmpty() && part.detail != "auto")
                losses.drop(partField(i, j, "detail"));
        }
    }
}

void dropReasoning(const Reasoning& reasoning, Losses& losses, const char* reason)
{
    if (reasoning.effort)
        losses.drop("reasoning_effort", reason);
    if (reasoning.budgetTokens)
        losses.drop("thinking.budget_tokens", reason);
    if (reasoning.enabled)
        losses.drop("thinking.type", reason);
    if (reasoning.showThoughts)
        losses.drop("include_thoughts", reason);
}

const char* askedReasoning(const Reasoning& reasoning)
{
    return reasoning.effort ? "reasoning_effort" : reasoning.budgetTokens ? "thinking.budget_tokens" : "thinking.type";
}

void dropOthers(const UnifiedRequest& request, Losses& losses, QByteArrayView carried)
{
    for (const OtherField& field : request.others) {
        if (field.name != carried && asks(field))
            losses.drop(field.name);
    }
}

bool isUsualTier(QByteArrayView tier)
{
    return tier.isEmpty() || std::any_of(kUsualTiers.begin(), kUsualTiers.end(),
                                 [tier](const char* usual) { return tier == QByteArrayView(usual); });
}

std::vector<const Tool*> offeredTools(const UnifiedRequest& request, Losses& losses)
{
    QSet<QByteArray> allowed;
    if (request.toolChoice)
        allowed = {request.toolChoice->allowed.begin(), request.toolChoice->allowed.end()};
    const auto isAllowed = [&allowed](const Tool& tool) { return allowed.isEmpty() || allowed.contains(tool.name); };
    std::vector<const Tool*> offered;
    for (const Tool& tool : request.tools) {
        if (isAllowed(tool))
            offered.push_back(&tool);
    }
    if (offered.size() != request.tools.size())
        losses.change("tool_choice", "only the tools that it allows are offered to the model");
    return offered;
}

QByteArray argumentsObject(const Part& call, const QByteArray& field, Losses& losses)
{
    const QByteArray text = call.arguments.trimmed();
    if (text.isEmpty() && !call.custom)
        return "{}";
    if (!call.custom) {
        const JsonText parsed = JsonText::parse(text);
        if (!parsed.error && parsed.root.type() == JsonType::Object)
            return parsed.root.raw().toByteArray();
    }
    losses.change(field, "the provider takes a JSON object, so the text stands in one");
    QByteArray wrapped;
    JsonWriter(wrapped).beginObject().member("input", call.arguments).endObject();
    return wrapped;
}

QByteArray toolField(const UnifiedRequest& request, const Tool& tool, const char* member)
{
    return indexed("tools", std::size_t(&tool - request.tools.data()), member);
}

std::optional<QByteArray> documentAsText(const Part& document, const QByteArray& field, Losses& losses)
{
    const std::optional<QByteArray> text = documentText(document);
    if (!text)
        return std::nullopt;
    losses.change(field, "the document goes over as its text");
    return (document.fileName.isEmpty() ? QByteArray() : document.fileName + ":\n") + *text;
}

CallRefs::CallRefs(const UnifiedRequest& request)
{
    // A history may have 100,000 calls: every result finds its own without a walk over the others.
    struct Open
    {
        Ref ref;
        bool answered = false;
    };
    std::vector<Open> calls;
    QHash<QByteArray, std::size_t> byId;
    QHash<QByteArray, std::deque<std::size_t>> byName; // in their order; those answered by their id are passed over
    std::size_t firstOpen = 0;
    QSet<QByteArray> known;
    int minted = 0;
    // For a result that names no call: the first one of its function, or of any, that has no result yet.
    const auto nextOpen = [&](const QByteArray& name) -> std::optional<std::size_t> {
        if (name.isEmpty()) {
            while (firstOpen < calls.size() && calls[firstOpen].answered)
                ++firstOpen;
            return firstOpen < calls.size() ? std::optional(firstOpen) : std::nullopt;
        }
        const auto queue = byName.find(name);
        while (queue != byName.end() && !queue->empty() && calls[queue->front()].answered)
            queue->pop_front();
        return queue != byName.end() && !queue->empty() ? std::optional(queue->front()) : std::nullopt;
    };
    m_refs.resize(request.messages.size());
    for (std::size_t i = 0; i < request.messages.size(); ++i) {
        for (const Part& part : request.messages[i].parts) {
            Ref ref{part.callId, part.name};
            if (part.kind == Part::Kind::ToolCall) {
                if (ref.id.isEmpty())
                    ref.id = "call_" + QByteArray::number(++minted);
                if (!byId.contains(ref.id))
                    byId.insert(ref.id, calls.size());
                byName[ref.name].push_back(calls.size());
                calls.push_back({ref, false});
                if (!known.contains(ref.name)) {
                    known.insert(ref.name);
                    m_functions.push_back(ref.name);
                }
            } else if (part.kind == Part::Kind::ToolResult) {
                std::optional<std::size_t> call;
                if (ref.id.isEmpty())
                    call = nextOpen(ref.name);
                else if (const auto found = byId.constFind(ref.id); found != byId.constEnd())
                    call = *found;
                if (call) {
                    calls[*call].answered = true;
                    ref = calls[*call].ref;
                } else if (ref.id.isEmpty()) {
                    ref.id = "call_" + QByteArray::number(++minted); // a result without its call
                }
            }
            m_refs[i].push_back(std::move(ref));
        }
    }
}

} // namespace gateway::transform
