#include "simulator/signer.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>

namespace gateway::simulator {
namespace {

QByteArray proof(QByteArrayView kind, const QByteArray& of)
{
    QMessageAuthenticationCode code(QCryptographicHash::Sha256, "signalbox-sim " + kind.toByteArray());
    code.addData(of);
    return code.result();
}

} // namespace

QByteArray signText(const QByteArray& text)
{
    // the padding makes it as long as such signatures are; the signs + / = occur on purpose
    const QByteArray mark = proof("thinking", text);
    return ("\x12\xfb\xff\xbf" + mark + proof("padding", mark) + proof("padding", text)).toBase64();
}

bool isSignatureOf(const QByteArray& signature, const QByteArray& text)
{
    return signature == signText(text);
}

QByteArray sealOf(QByteArrayView kind, quint64 number)
{
    const QByteArray digits = QByteArray::number(number, 16).rightJustified(16, '0');
    return (digits + proof(kind, digits)).toBase64();
}

bool isSeal(QByteArrayView kind, const QByteArray& seal)
{
    const QByteArray plain = QByteArray::fromBase64(seal);
    return plain.size() == 48 && plain.mid(16) == proof(kind, plain.left(16)) && plain.toBase64() == seal;
}

} // namespace gateway::simulator
