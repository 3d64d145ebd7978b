#include "transform/providers/anthropic_cache_marks.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

constexpr int kMostMarks = 4;

// How long a breakpoint lives: the caller's word, and the provider's for it.
struct Life
{
    CacheLife life;
    const char* ttl; // nullptr: not stated
    bool exact;
};
constexpr std::array kLives{
    Life{CacheLife::Default, nullptr, true},
    Life{CacheLife::Minutes5, "5m", true},
    Life{CacheLife::Minutes30, "1h", false},
    Life{CacheLife::Hour1, "1h", true},
    Life{CacheLife::Hours12, "1h", false},
};

} // namespace

CacheMarks::CacheMarks(const UnifiedRequest& request, Losses& losses) : m_losses(losses)
{
    int marks = request.cacheAll ? 1 : 0;
    for (const Tool& tool : request.tools)
        marks += tool.cacheMark && tool.kind == Tool::Kind::Function;
    for (const Part& part : request.system)
        marks += part.cacheMark.has_value();
    for (const Message& message : request.messages) {
        for (const Part& part : message.parts)
            marks += markOf(part) && part.kind != Part::Kind::Thinking;
    }
    m_toSkip = std::max(0, marks - kMostMarks);
}

std::optional<CacheLife> CacheMarks::markOf(const Part& part)
{
    std::optional<CacheLife> mark = part.cacheMark;
    for (const Part& piece : part.content) {
        if (!part.cacheMark && piece.cacheMark)
            mark = piece.cacheMark;
    }
    return mark;
}

void CacheMarks::writeControl(JsonWriter& json, CacheLife life, const QByteArray& field, Losses& losses)
{
    const Life& row = kLives[std::size_t(life)];
    json.key("cache_control").beginObject().member("type", "ephemeral");
    if (row.ttl)
        json.member("ttl", row.ttl);
    json.endObject();
    if (!row.exact)
        losses.change(field, "the provider keeps a prompt for five minutes or one hour: one hour is asked for");
}

void CacheMarks::write(JsonWriter& json, std::optional<CacheLife> life, const QByteArray& field)
{
    if (!life)
        return;
    if (m_toSkip > 0) {
        --m_toSkip;
        m_losses.drop(field + ".cache_control", "the provider takes four cache breakpoints: the last four are kept");
        return;
    }
    writeControl(json, *life, field + ".cache_control", m_losses);
}

} // namespace gateway::transform
