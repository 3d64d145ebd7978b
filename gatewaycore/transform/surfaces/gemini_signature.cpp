#include "transform/surfaces/gemini_signature.h"

namespace gateway::transform::gemini {

QByteArray sealedForGoogle(const Signature& signature)
{
    return signature.signer == Signer::Google ? signature.bytes : sealed(signature).toBase64();
}

Signature openedFromGoogle(const QByteArray& value)
{
    QByteArray plain = value;
    plain.replace('-', '+').replace('_', '/'); // either alphabet comes back
    const QByteArray inside = QByteArray::fromBase64(plain);
    const QByteArray& envelope = inside.startsWith("sbx1.") ? inside : value;
    return opened(envelope, Signer::Google);
}

} // namespace gateway::transform::gemini
