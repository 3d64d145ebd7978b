#include "http/self_signed.h"

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QHostAddress>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway::http {
namespace {

using api::Failure;

constexpr long kSeconds = 10L * 365 * 24 * 3600;
constexpr long kBackdated = 24 * 3600; // for clients whose clock is behind
constexpr long kVersion3 = 2;          // as X.509 counts
constexpr mode_t kOwnerOnly = 0600;

template <auto Free>
struct Deleter
{
    template <typename T>
    void operator()(T* object) const
    {
        Free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

// "DNS:localhost,IP:127.0.0.1": letters, digits and -.: only, because commas and colons mean something there.
QByteArray alternativeNames(const QStringList& names)
{
    QStringList entries;
    for (const QString& name : names) {
        const QHostAddress address(name);
        const bool isPlain = std::all_of(name.begin(), name.end(),
            [](QChar c) { return c.unicode() < 128 && (c.isLetterOrNumber() || c == u'-' || c == u'.' || c == u'_'); });
        const QString entry = !address.isNull() ? QStringLiteral("IP:") + address.toString()
                              : isPlain         ? QStringLiteral("DNS:") + name.toLower()
                                                : QString();
        if (!name.isEmpty() && !entry.isEmpty() && !entries.contains(entry))
            entries.append(entry);
    }
    return entries.join(u',').toLatin1();
}

bool addExtension(X509* certificate, int id, const QByteArray& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.constData()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool setSerial(X509* certificate)
{
    std::array<unsigned char, 16> bits{};
    if (RAND_bytes(bits.data(), int(bits.size())) != 1)
        return false;
    bits[0] &= 0x7f; // positive
    bits[0] |= 0x01;
    std::unique_ptr<BIGNUM, Deleter<BN_free>> number(BN_bin2bn(bits.data(), int(bits.size()), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

// Key first, then certificate, as PEM; empty if OpenSSL cannot.
QByteArray makePem(const QStringList& names)
{
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    if (!key || !certificate)
        return {};
    X509* x509 = certificate.get();
    X509_NAME* subject = X509_get_subject_name(x509);
    const auto* name = reinterpret_cast<const unsigned char*>("Signalbox");
    const QByteArray alternatives = alternativeNames(names);
    const bool filled = X509_set_version(x509, kVersion3) == 1 && setSerial(x509) &&
                        X509_gmtime_adj(X509_getm_notBefore(x509), -kBackdated) &&
                        X509_gmtime_adj(X509_getm_notAfter(x509), kSeconds) &&
                        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) == 1 &&
                        X509_set_issuer_name(x509, subject) == 1 && X509_set_pubkey(x509, key.get()) == 1 &&
                        addExtension(x509, NID_basic_constraints, "critical,CA:FALSE") &&
                        addExtension(x509, NID_ext_key_usage, "serverAuth") &&
                        (alternatives.isEmpty() || addExtension(x509, NID_subject_alt_name, alternatives)) &&
                        X509_sign(x509, key.get(), EVP_sha256()) != 0;
    const Bio out(BIO_new(BIO_s_secmem()));
    if (!filled || !out || PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
        PEM_write_bio_X509(out.get(), x509) != 1)
        return {};
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return QByteArray(text, qsizetype(size));
}

api::Error cannot(const QString& what, const QString& file)
{
    return api::failure(Failure::Unavailable,
        QStringLiteral("The certificate %1 cannot be %2: %3").arg(file, what, qt_error_string(errno)));
}

// Whole under another name first, then linked to its own: a crash leaves no half of it, and of two engines starting at
// once one makes it.
api::Outcome place(const QString& file, QByteArray pem)
{
    const QByteArray path = QFile::encodeName(file);
    const QByteArray draft = path + ".new-" + QByteArray::number(::getpid());
    ::unlink(draft.constData());
    const int fd = ::open(draft.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly);
    bool good = fd >= 0 && ::write(fd, pem.constData(), std::size_t(pem.size())) == pem.size() && ::fsync(fd) == 0;
    if (fd >= 0)
        ::close(fd);
    good = good && (::link(draft.constData(), path.constData()) == 0 || errno == EEXIST);
    const int error = errno;
    ::unlink(draft.constData());
    OPENSSL_cleanse(pem.data(), std::size_t(pem.size()));
    errno = error;
    return good ? api::Outcome(api::Done{}) : api::Outcome(cannot(QStringLiteral("written"), file));
}

} // namespace

api::Result<SelfSignedFile> selfSigned(const QString& directory, const QStringList& names)
{
    SelfSignedFile made{QDir(directory).filePath(QStringLiteral("admin-tls.pem"))};
    struct stat facts
    {
    };
    if (::lstat(QFile::encodeName(made.path).constData(), &facts) != 0) {
        if (errno != ENOENT)
            return cannot(QStringLiteral("read"), made.path);
        QByteArray pem = makePem(names);
        if (pem.isEmpty())
            return api::failure(Failure::Internal, QStringLiteral("A certificate could not be made."));
        if (const api::Outcome placed = place(made.path, std::move(pem)); !placed)
            return placed.error();
        made.isNew = true;
        if (::lstat(QFile::encodeName(made.path).constData(), &facts) != 0)
            return cannot(QStringLiteral("read"), made.path);
    }
    if (!S_ISREG(facts.st_mode) || facts.st_uid != ::geteuid() || (facts.st_mode & 077) != 0)
        return api::failure(Failure::NotPermitted,
            QStringLiteral("%1 holds a private key and is not a file that only its owner can read, so it is not used.")
                .arg(made.path),
            QStringLiteral("Delete it; the engine makes a new one at its next start, and whoever attaches is asked to "
                           "compare the new certificate."));
    return made;
}

} // namespace gateway::http
