// Requests that say the same marker wherever a caller can put text, one for each surface and shape. For
// tst_canary_prompts.
#pragma once

#include <QByteArray>

namespace gateway::test {

struct Asking
{
    QByteArray path;
    QByteArray body;
};

// The surfaces, whole and streamed: chat, responses, embeddings, messages, count_tokens, generateContent, embedContent,
// an Azure path.
constexpr int kSurfaces = 12;

// The alias stands in the body or in the path. `full`: also fields that not every dialect has, and some that none has.
Asking asking(int surface, const QByteArray& alias, const QByteArray& marker, bool full);

QByteArray chatBody(const QByteArray& model, const QByteArray& marker, bool stream, bool full);

} // namespace gateway::test
