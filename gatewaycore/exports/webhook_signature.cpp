#include "exports/webhook_signature.h"

#include <QMessageAuthenticationCode>

namespace gateway::exports {

QByteArray webhookSignature(const Secret& secret, qint64 unixSeconds, const QByteArray& body)
{
    QMessageAuthenticationCode code(QCryptographicHash::Sha256, secret.reveal());
    code.addData(QByteArray::number(unixSeconds));
    code.addData(".", 1);
    code.addData(body);
    return "v1=" + code.result().toHex();
}

http::Fields webhookFields(const Secret& secret, const QString& delivery, qint64 unixSeconds, const QByteArray& body)
{
    http::Fields fields;
    fields.append({QByteArrayLiteral("x-signalbox-delivery"), delivery.toLatin1()});
    fields.append({QByteArrayLiteral("x-signalbox-timestamp"), QByteArray::number(unixSeconds)});
    fields.append({QByteArrayLiteral("x-signalbox-signature"), webhookSignature(secret, unixSeconds, body)});
    return fields;
}

} // namespace gateway::exports
