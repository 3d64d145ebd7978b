// What a person compares of a certificate: the whole SHA-256 of its DER form, names, issuer, dates. Used by status (the
// admin listener's own), by pins and by the sheet that shows an old and a new one side by side. Any thread; values.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QStringList>

class QSslCertificate;

namespace gateway::api {

struct CertificateFacts
{
    QString sha256; // 64 hex digits, lower case
    QString subject;
    QString issuer;
    QStringList names; // DNS names and addresses it is for
    QDateTime notBefore;
    QDateTime notAfter;
    bool selfSigned = false;
};

CertificateFacts factsOf(const QSslCertificate& certificate);
// "ab:cd:.." in upper or lower case, with colons, spaces or neither, with or without "sha256:" -> 64 hex digits; empty
// if it is not a whole SHA-256. Short forms are refused: part of a fingerprint proves nothing.
QString pinFromText(const QString& text);
QString groupedPin(const QString& sha256); // "AB12 CD34 ..." in 16 groups of 4, for people

QJsonObject toJson(const CertificateFacts& facts);
Result<CertificateFacts> certificateFactsFromJson(const QJsonObject& json);

} // namespace gateway::api
