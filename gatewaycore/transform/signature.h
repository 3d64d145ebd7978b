// Signatures of thinking across dialects. A provider that signs its thinking wants the signature back byte for byte,
// and nobody else takes it. A caller of another dialect carries it in the field its own dialect has for such things;
// there it stands in an envelope that says whose it is: "sbx1.<signer>.<place>.<base64url of the signature>". Without
// an envelope it is the surface's own native kind. Pure; any thread.
#pragma once

#include "transform/dialect.h"

#include <QByteArray>

namespace gateway::transform {

// Where in the provider's answer it stood: on the thinking itself, on the tool call that follows it, or it is the whole
// (redacted) thinking.
enum class SignaturePlace
{
    Thinking,
    NextPart, // Gemini: thoughtSignature of a functionCall or text part
    Redacted,
};

struct Signature
{
    QByteArray bytes;
    Signer signer = Signer::Unknown;
    SignaturePlace place = SignaturePlace::Thinking;
};

QByteArray sealed(const Signature& signature);
// What a caller sent back; `native` signs what has no envelope.
Signature opened(QByteArrayView value, Signer native);

// Formats of reasoning_details in the chat dialect (OpenRouter's, which callers hand back as they got it).
const char* reasoningFormat(Signer signer); // "unknown" where there is none
Signer signerOfFormat(QByteArrayView format);

} // namespace gateway::transform
