// Reasoning effort in every dialect's words (wire.md 0.5). OpenAI has seven steps, Anthropic low to max, Gemini four;
// older models take a budget of thinking tokens instead. Where a ladder has no such step the nearest one is taken and
// the caller is told. Pure; any thread.
#pragma once

#include "transform/unified_request.h"

namespace gateway::transform {

std::optional<Effort> effortOf(QByteArrayView word);   // none minimal low medium high xhigh max, in any case
QByteArray effortWord(Dialect dialect, Effort effort); // empty: this dialect cannot say it (and none is near)
bool isExact(Dialect dialect, Effort effort);          // false: effortWord() is only the nearest

// Thinking tokens for a model that wants a number, and the step nearest to a number.
qint64 thinkingBudget(Effort effort);
Effort effortForBudget(qint64 tokens);

} // namespace gateway::transform
