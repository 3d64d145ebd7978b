#include "transform/providers/anthropic_models.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

using T = ClaudeThinking;
using E = ClaudeEffort;

// Reviewed 2026-11-22.
// clang-format off
constexpr std::array kModels{
    //          model                    thinking         effort      sampling prefill forced schemas system
    ClaudeFacts{"claude-2*",             T::None,         E::None,    true,    true,   true,  false,  false},
    ClaudeFacts{"claude-instant*",       T::None,         E::None,    true,    true,   true,  false,  false},
    ClaudeFacts{"claude-3*",             T::None,         E::None,    true,    true,   true,  false,  false},
    ClaudeFacts{"claude-3-7*",           T::Budget,       E::None,    true,    true,   true,  false,  false},
    ClaudeFacts{"claude-opus-4",         T::Budget,       E::None,    true,    true,   true,  false,  false},
    ClaudeFacts{"claude-opus-4-0",       T::Budget,       E::None,    true,    true,   true,  false,  false},
    ClaudeFacts{"claude-sonnet-4",       T::Budget,       E::None,    true,    true,   true,  false,  false},
    ClaudeFacts{"claude-sonnet-4-0",     T::Budget,       E::None,    true,    true,   true,  false,  false},
    ClaudeFacts{"claude-opus-4-1",       T::Budget,       E::None,    true,    true,   true,  true,   false},
    ClaudeFacts{"claude-sonnet-4-5",     T::Budget,       E::None,    true,    true,   true,  true,   false},
    ClaudeFacts{"claude-haiku-4-5",      T::Budget,       E::None,    true,    true,   true,  true,   false},
    ClaudeFacts{"claude-opus-4-5",       T::Budget,       E::ToHigh,  true,    true,   true,  true,   false},
    ClaudeFacts{"claude-opus-4-6",       T::OptIn,        E::NoXHigh, true,    false,  true,  true,   false},
    ClaudeFacts{"claude-sonnet-4-6",     T::OptIn,        E::NoXHigh, true,    false,  true,  true,   false},
    ClaudeFacts{"claude-mythos-preview", T::Always,       E::NoXHigh, false,   false,  true,  true,   false},
    ClaudeFacts{"claude-opus-4-7",       T::OptIn,        E::All,     false,   false,  true,  true,   false},
    ClaudeFacts{"claude-opus-4-8",       T::OptIn,        E::All,     false,   false,  true,  true,   true},
    ClaudeFacts{"claude-sonnet-5",       T::ByDefault,    E::All,     false,   false,  true,  true,   false},
    ClaudeFacts{"claude-opus-5",         T::ByDefault,    E::All,     false,   false,  true,  true,   true},
    ClaudeFacts{"claude-fable-5",        T::Always,       E::All,     false,   false,  true,  true,   true},
    ClaudeFacts{"claude-mythos-5",       T::Always,       E::All,     false,   false,  true,  true,   true},
    ClaudeFacts{"claude-fable-5-1",      T::Always,       E::All,     false,   false,  false, true,   true},
    ClaudeFacts{"claude-mythos-5-1",     T::Always,       E::All,     false,   false,  false, true,   true},
    ClaudeFacts{"claude-fable-5-2",      T::Always,       E::All,     false,   false,  false, true,   true},
    ClaudeFacts{"claude-mythos-5-2",     T::Always,       E::All,     false,   false,  false, true,   true},
    ClaudeFacts{"claude-opus-5-5",       T::Always,       E::All,     false,   false,  false, true,   true},
    ClaudeFacts{"claude-sonnet-5-5",     T::BetweenTools, E::All,     false,   false,  false, true,   true},
    ClaudeFacts{"claude-haiku-5-5",      T::ByDefault,    E::All,     false,   false,  true,  true,   true},
};
// clang-format on
constexpr ClaudeFacts kNewer{"claude*", T::Always, E::All, false, false, false, true, true};
constexpr ClaudeFacts kForeign{"*", T::Budget, E::None, true, true, true, false, false};

// Behind a model's name there may be a date or an alias's end, but no further number: 4-9 is another model than 4.
bool isVariant(QByteArrayView rest)
{
    if (rest.isEmpty() || rest.startsWith('@') || rest.startsWith(':') || rest.startsWith("-latest"))
        return true;
    if (!rest.startsWith('-') || rest.size() < 9)
        return false;
    return std::all_of(rest.begin() + 1, rest.begin() + 9, [](char c) { return c >= '0' && c <= '9'; });
}

bool isOf(QByteArrayView row, QByteArrayView model)
{
    if (row.endsWith('*'))
        return model.startsWith(row.chopped(1));
    return model.startsWith(row) && isVariant(model.sliced(row.size()));
}

} // namespace

const ClaudeFacts& claudeFacts(QByteArrayView model)
{
    if (model.startsWith("anthropic."))
        model = model.sliced(10);
    const ClaudeFacts* found = nullptr;
    qsizetype length = 0;
    for (const ClaudeFacts& row : kModels) {
        const QByteArrayView name(row.model);
        if (isOf(name, model) && name.size() > length) {
            found = &row;
            length = name.size();
        }
    }
    if (found)
        return *found;
    return model.startsWith("claude") ? kNewer : kForeign;
}

} // namespace gateway::transform
