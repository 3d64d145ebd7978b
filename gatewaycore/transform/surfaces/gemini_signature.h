// thoughtSignature on the callers' side. Google's own goes through byte for byte. Another signer's stands in our
// envelope (signature.h), in base64 once more: the field is `bytes` in Google's own types, and some of its clients
// decode and encode it again on the way. Pure; any thread.
#pragma once

#include "transform/signature.h"

namespace gateway::transform::gemini {

QByteArray sealedForGoogle(const Signature& signature);
Signature openedFromGoogle(const QByteArray& value);

} // namespace gateway::transform::gemini
