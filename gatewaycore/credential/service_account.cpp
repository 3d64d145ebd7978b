#include "credential/service_account.h"

#include <QHostAddress>
#include <QJsonDocument>
#include <QJsonObject>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

namespace gateway::credential {
namespace {

using api::Failure;

constexpr qsizetype kLargestFile = 64 * 1024;
constexpr auto kBase64 = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

struct Free
{
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

api::Error invalid(QString message)
{
    return api::failure(Failure::Invalid, std::move(message));
}

QJsonObject readObject(const Secret& key)
{
    const QByteArray& bytes = key.reveal();
    if (bytes.size() > kLargestFile || !bytes.trimmed().startsWith('{'))
        return {};
    return QJsonDocument::fromJson(bytes).object();
}

// A key goes to the token server it names, so that server must be one nobody can listen in on.
bool isSafe(const QUrl& uri)
{
    if (!uri.isValid() || uri.host().isEmpty() || !uri.userInfo().isEmpty())
        return false;
    const bool loopback = QHostAddress(uri.host()).isLoopback() || uri.host() == QLatin1String("localhost");
    return uri.scheme() == QLatin1String("https") || (uri.scheme() == QLatin1String("http") && loopback);
}

// Never asks a terminal for a password: an encrypted key is refused.
int noPassword(char*, int, int, void*)
{
    return -1;
}

std::unique_ptr<EVP_PKEY, Free> readKey(const QByteArray& pem)
{
    const std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(pem.constData(), int(pem.size())));
    if (!bio)
        return nullptr;
    return std::unique_ptr<EVP_PKEY, Free>(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassword, nullptr));
}

QByteArray sign(EVP_PKEY* key, const QByteArray& text)
{
    const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
    if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1)
        return {};
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.constData());
    std::size_t size = 0;
    if (EVP_DigestSign(context.get(), nullptr, &size, bytes, std::size_t(text.size())) != 1)
        return {};
    QByteArray signature(qsizetype(size), '\0');
    auto* out = reinterpret_cast<unsigned char*>(signature.data());
    if (EVP_DigestSign(context.get(), out, &size, bytes, std::size_t(text.size())) != 1)
        return {};
    signature.resize(qsizetype(size));
    return signature;
}

QByteArray encoded(const QJsonObject& object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact).toBase64(kBase64);
}

} // namespace

bool isServiceAccount(const Secret& key)
{
    return readObject(key).value(QLatin1String("type")) == QLatin1String("service_account");
}

QByteArray projectOf(const Secret& key)
{
    return readObject(key).value(QLatin1String("project_id")).toString().toUtf8();
}

api::Result<ServiceAccount> parseServiceAccount(const Secret& key)
{
    const QJsonObject object = readObject(key);
    if (object.value(QLatin1String("type")) != QLatin1String("service_account"))
        return invalid(QStringLiteral("The provider key is not the JSON of a service account."));
    ServiceAccount account;
    account.clientEmail = object.value(QLatin1String("client_email")).toString().toUtf8();
    account.privateKeyId = object.value(QLatin1String("private_key_id")).toString().toUtf8();
    account.privateKey = Secret(object.value(QLatin1String("private_key")).toString().toUtf8());
    account.projectId = object.value(QLatin1String("project_id")).toString().toUtf8();
    account.tokenUri =
        QUrl(object.value(QLatin1String("token_uri")).toString(QStringLiteral("https://oauth2.googleapis.com/token")),
            QUrl::StrictMode);
    if (account.clientEmail.isEmpty())
        return invalid(QStringLiteral("The service account's key file has no \"client_email\"."));
    if (account.privateKey.isEmpty())
        return invalid(QStringLiteral("The service account's key file has no \"private_key\"."));
    if (!isSafe(account.tokenUri))
        return invalid(QStringLiteral("The service account's \"token_uri\" is not an https address."));
    return account;
}

api::Result<QByteArray> signedAssertion(const ServiceAccount& account, const QByteArray& scope, qint64 nowSeconds)
{
    const auto key = readKey(account.privateKey.reveal());
    if (!key || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA)
        return invalid(QStringLiteral("The service account's private key is not an RSA key in PEM that can be read."));
    QJsonObject header{
        {QStringLiteral("alg"), QStringLiteral("RS256")}, {QStringLiteral("typ"), QStringLiteral("JWT")}};
    if (!account.privateKeyId.isEmpty())
        header.insert(QStringLiteral("kid"), QString::fromUtf8(account.privateKeyId));
    const QJsonObject claims{
        {QStringLiteral("iss"), QString::fromUtf8(account.clientEmail)},
        {QStringLiteral("scope"), QString::fromUtf8(scope)},
        {QStringLiteral("aud"), account.tokenUri.toString(QUrl::FullyEncoded)},
        {QStringLiteral("iat"), nowSeconds},
        {QStringLiteral("exp"), nowSeconds + kAssertionSeconds},
    };
    const QByteArray text = encoded(header) + '.' + encoded(claims);
    const QByteArray signature = sign(key.get(), text);
    if (signature.isEmpty())
        return api::failure(Failure::Internal, QStringLiteral("The service account's assertion could not be signed."));
    return text + '.' + signature.toBase64(kBase64);
}

} // namespace gateway::credential
