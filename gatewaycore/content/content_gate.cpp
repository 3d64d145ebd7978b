#include "content/content_gate.h"

#include <QCryptographicHash>

#include <algorithm>
#include <array>
#include <string_view>

namespace gateway::content {
namespace {

constexpr qsizetype kLongestName = 128;
constexpr qsizetype kLongestAlias = 64;
constexpr qsizetype kLongestReason = 40;

// How an answer ends, in all dialects (transform/stop_reason.cpp), in order.
constexpr std::string_view kFinishReasons[] = {"BLOCKLIST", "COMPLETE", "CONTINUATION", "ERROR",
    "FINISH_REASON_UNSPECIFIED", "IMAGE_OTHER", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "IMAGE_SAFETY",
    "LANGUAGE", "MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "MAX_TOKENS", "NO_IMAGE", "OTHER",
    "PROHIBITED_CONTENT", "RECITATION", "SAFETY", "SPII", "STOP", "STOP_SEQUENCE", "TIMEOUT", "TOOL_CALL",
    "TOO_MANY_TOOL_CALLS", "UNEXPECTED_TOOL_CALL", "abort", "api_error", "completed", "content_filter",
    "content_filtered", "end_turn", "eos", "eos_token", "error", "failed", "function_call", "guardrail_intervened",
    "incomplete", "insufficient_system_resource", "length", "load", "malformed_model_output", "malformed_tool_use",
    "max_messages", "max_output_tokens", "max_tokens", "model_context_window_exceeded", "model_length", "pause_turn",
    "refusal", "steered", "stop", "stop_sequence", "tool_calls", "tool_use"};
static_assert(std::is_sorted(std::begin(kFinishReasons), std::end(kFinishReasons)));

constexpr std::string_view kTiers[] = {"FLEX", "ON_DEMAND", "ON_DEMAND_FLEX", "ON_DEMAND_PRIORITY", "PRIORITY",
    "PROVISIONED_THROUGHPUT", "STANDARD", "TRAFFIC_TYPE_UNSPECIFIED", "auto", "batch", "default", "fast", "flex",
    "on_demand", "performance", "priority", "reserved", "scale", "service_tier_flex", "service_tier_priority",
    "service_tier_standard", "standard", "standard_only"};
static_assert(std::is_sorted(std::begin(kTiers), std::end(kTiers)));

constexpr bool isLetterOrDigit(char16_t c)
{
    return (c >= u'0' && c <= u'9') || (c >= u'A' && c <= u'Z') || (c >= u'a' && c <= u'z');
}

bool isName(QStringView text, qsizetype longest)
{
    constexpr std::u16string_view marks = u"._:@/+=-";
    return !text.isEmpty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [marks](QChar c) {
        return isLetterOrDigit(c.unicode()) || marks.find(c.unicode()) != marks.npos;
    });
}

QString digest(const QString& text)
{
    const QByteArray hash = QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256);
    return u'~' + QString::fromLatin1(hash.first(8).toHex());
}

template <typename Words>
bool isOneOf(const Words& words, std::string_view word)
{
    return std::binary_search(std::begin(words), std::end(words), word);
}

// Whether the request holds this text: then it is a piece of it that came back. Also as JSON would spell it there; of
// the characters of a name only the slash has a second spelling.
// Fewer than kTelling characters stand in every request by chance and tell nothing of it.
constexpr qsizetype kTelling = 4;
bool isIn(QByteArrayView request, QByteArray text)
{
    if (text.size() < kTelling)
        return false;
    if (request.contains(text))
        return true;
    return text.contains('/') && request.contains(text.replace("/", "\\/"));
}

// A name that the upstream made up itself.
bool isTheirs(const QString& text, QByteArrayView request)
{
    return isName(text, kLongestName) && !isIn(request, text.toLatin1());
}

} // namespace

QString statedName(const QString& text)
{
    return text.isEmpty() || isName(text, kLongestName) ? text : digest(text);
}

QString askedAlias(const QString& asked)
{
    return asked.isEmpty() || isName(asked, kLongestAlias) ? asked : digest(asked);
}

void clean(api::Attempt& attempt, QByteArrayView request)
{
    if (!attempt.upstreamRequestId.isEmpty() && !isTheirs(attempt.upstreamRequestId, request))
        attempt.upstreamRequestId.clear();
    // a part of the model's own name is the config's word, wherever else it stands
    if (!attempt.modelReported.isEmpty() && !attempt.model.contains(attempt.modelReported) &&
        !isTheirs(attempt.modelReported, request))
        attempt.modelReported = QStringLiteral("other");
    if (attempt.finishReason.isEmpty())
        return;
    const QByteArray reason = attempt.finishReason.toUtf8();
    if (isOneOf(kFinishReasons, {reason.constData(), std::size_t(reason.size())}))
        return;
    const bool isWord = reason.size() <= kLongestReason && std::all_of(reason.begin(), reason.end(), [](char c) {
        return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
    if (!isWord || isIn(request, reason))
        attempt.finishReason = QStringLiteral("other");
}

QString serviceTier(QByteArrayView word)
{
    const std::string_view view(word.data(), std::size_t(word.size()));
    return isOneOf(kTiers, view) ? QString::fromLatin1(word) : QStringLiteral("other");
}

} // namespace gateway::content
