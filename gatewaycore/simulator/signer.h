// Signer: the opaque proofs a provider puts beside its model's thinking and wants back unchanged. Deterministic, and
// verifiable without a memory: a proof of one simulator is good at every other, and anything else is foreign. No
// security lies in them. Pure functions; any thread.
#pragma once

#include <QByteArray>

namespace gateway::simulator {

// Of one text (Anthropic, Bedrock): a changed text or a changed proof is seen.
QByteArray signText(const QByteArray& text);
bool isSignatureOf(const QByteArray& signature, const QByteArray& text);

// Of nothing but its own number (Gemini's thoughtSignature, OpenAI's encrypted_content). `kind` keeps them apart.
QByteArray sealOf(QByteArrayView kind, quint64 number);
bool isSeal(QByteArrayView kind, const QByteArray& seal);

} // namespace gateway::simulator
