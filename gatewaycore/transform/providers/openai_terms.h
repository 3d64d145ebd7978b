// What OpenAI's dialects, chat and Responses, say in the same words: the model in a request that is passed on, and when
// a request of another dialect is written in them, how long a cache lives, service tiers, tool choices, an effort in
// place of a budget. What has no word here is noted. Pure; any thread.
#pragma once

#include "transform/body_edit.h"
#include "transform/losses.h"
#include "transform/provider_dialect.h"
#include "transform/unified_request.h"

#include <QSet>

namespace gateway::transform {

// The provider's name of the model in place of the caller's.
void nameModel(BodyEdit& edit, const CallRequest& request, const Target& target);

// "30m", "12h"; empty: not stated. Other lives become the next longer one, noted under `field`.
QByteArray openAiCacheLife(CacheLife life, const QByteArray& field, Losses& losses);
// Models before gpt-5.6 know no breakpoints: they find what to cache themselves.
bool takesBreakpoints(const Target& target);

// A service tier of any dialect in OpenAI's words; empty: it has none like it.
QByteArray openAiTier(QByteArrayView asked);

const char* openAiChoiceWord(ToolChoice::Mode mode); // auto, none, required
// Which names are those of free-text tools.
class OpenAiToolTypes
{
public:
    explicit OpenAiToolTypes(const UnifiedRequest& request);
    const char* of(const QByteArray& name) const { return m_custom.contains(name) ? "custom" : "function"; }

private:
    QSet<QByteArray> m_custom;
};

// The effort that is asked for, in whatever way; what is carried in another form is noted where `carries`. Empty:
// nothing is asked for.
std::optional<Effort> openAiEffort(const Reasoning& reasoning, bool carries, Losses& losses);

} // namespace gateway::transform
