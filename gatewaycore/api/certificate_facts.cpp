#include "api/certificate_facts.h"

#include "json_fields.h"

#include <QCryptographicHash>
#include <QSslCertificate>

#include <algorithm>

namespace gateway::api {
namespace {

constexpr qsizetype kHexDigits = 64;
constexpr qsizetype kMostNames = 100;   // a certificate is the peer's: its lists and names have no bound of their own
constexpr qsizetype kLongestName = 253; // of DNS

QString shortened(const QString& name)
{
    QString plain = name.left(kLongestName);
    std::replace_if(
        plain.begin(), plain.end(), [](QChar letter) { return !letter.isPrint(); }, QChar(u'?'));
    return plain;
}

bool isHex(QChar letter)
{
    return (letter >= u'0' && letter <= u'9') || (letter >= u'a' && letter <= u'f');
}

} // namespace

template <>
struct Members<CertificateFacts>
{
    static constexpr auto fields = std::tuple{
        field("sha256", &CertificateFacts::sha256),
        field("subject", &CertificateFacts::subject),
        field("issuer", &CertificateFacts::issuer),
        field("names", &CertificateFacts::names),
        field("not_before", &CertificateFacts::notBefore),
        field("not_after", &CertificateFacts::notAfter),
        field("self_signed", &CertificateFacts::selfSigned),
    };
};

CertificateFacts factsOf(const QSslCertificate& certificate)
{
    CertificateFacts facts;
    if (certificate.isNull())
        return facts;
    facts.sha256 = QString::fromLatin1(certificate.digest(QCryptographicHash::Sha256).toHex());
    facts.subject = shortened(certificate.subjectDisplayName());
    facts.issuer = shortened(certificate.issuerDisplayName());
    const auto names = certificate.subjectAlternativeNames();
    for (const QString& name : names) {
        if (facts.names.size() < kMostNames)
            facts.names.append(shortened(name));
    }
    facts.names.sort();
    facts.notBefore = certificate.effectiveDate().toUTC();
    facts.notAfter = certificate.expiryDate().toUTC();
    facts.selfSigned = certificate.isSelfSigned();
    return facts;
}

QString pinFromText(const QString& text)
{
    QString rest = text.trimmed().toLower();
    // "sha256:", and what `openssl x509 -fingerprint -sha256` prints before the equals sign
    for (const QLatin1String before : {QLatin1String("sha256 fingerprint="), QLatin1String("sha256:")}) {
        if (rest.startsWith(before)) {
            rest = rest.mid(before.size());
            break;
        }
    }
    QString digits;
    for (const QChar letter : std::as_const(rest)) {
        if (letter == u':' || letter.isSpace())
            continue;
        if (!isHex(letter) || digits.size() == kHexDigits)
            return {};
        digits.append(letter);
    }
    return digits.size() == kHexDigits ? digits : QString();
}

QString groupedPin(const QString& sha256)
{
    QStringList groups;
    for (qsizetype at = 0; at < sha256.size(); at += 4)
        groups.append(sha256.mid(at, 4).toUpper());
    return groups.join(u' ');
}

QJsonObject toJson(const CertificateFacts& facts)
{
    return writeMembers(facts);
}

Result<CertificateFacts> certificateFactsFromJson(const QJsonObject& json)
{
    return parseMembers<CertificateFacts>(json);
}

} // namespace gateway::api
