// An RSA key made for one test run, as a service account's key file would have it.
#pragma once

#include <QByteArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>

namespace keytest {

struct FreeKey
{
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

inline const Key& rsaKey()
{
    static const Key key(EVP_RSA_gen(2048));
    return key;
}

inline QByteArray pemOf(EVP_PKEY* key)
{
    BIO* const bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    const QByteArray pem(data, size);
    BIO_free(bio);
    return pem;
}

inline QJsonObject accountObject(const QString& tokenUri = QStringLiteral("https://oauth2.googleapis.com/token"))
{
    return {
        {QStringLiteral("type"), QStringLiteral("service_account")},
        {QStringLiteral("project_id"), QStringLiteral("acme-prod")},
        {QStringLiteral("private_key_id"), QStringLiteral("k-17")},
        {QStringLiteral("private_key"), QString::fromLatin1(pemOf(rsaKey().get()))},
        {QStringLiteral("client_email"), QStringLiteral("gateway@acme-prod.iam.gserviceaccount.com")},
        {QStringLiteral("token_uri"), tokenUri},
    };
}

inline QByteArray bytesOf(const QJsonObject& object)
{
    return QJsonDocument(object).toJson();
}

// Whether the public key confirms the signature of "header.claims.signature".
inline bool isSigned(const QByteArray& assertion, EVP_PKEY* key)
{
    const qsizetype dot = assertion.lastIndexOf('.');
    const QByteArray text = assertion.left(dot);
    const QByteArray signature = QByteArray::fromBase64(assertion.mid(dot + 1), QByteArray::Base64UrlEncoding);
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    const bool ok = EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key) == 1 &&
                    EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.constData()),
                        std::size_t(signature.size()), reinterpret_cast<const unsigned char*>(text.constData()),
                        std::size_t(text.size())) == 1;
    EVP_MD_CTX_free(context);
    return ok;
}

inline QJsonObject pieceOf(const QByteArray& assertion, int index)
{
    return QJsonDocument::fromJson(
        QByteArray::fromBase64(assertion.split('.').value(index), QByteArray::Base64UrlEncoding))
        .object();
}

} // namespace keytest
