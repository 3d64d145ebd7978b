#include "audit/chain/signing_key.h"

#include "base/sha256.h"

#include <QFile>

#include <cerrno>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway::audit {
namespace {

using api::Failure;

constexpr int kSeedBytes = crypto_sign_SEEDBYTES;
constexpr qsizetype kFingerprintBytes = 16;
constexpr mode_t kOwnerOnly = 0600;

api::Error cannot(const QString& what, const QString& file)
{
    return api::failure(Failure::Unavailable,
        QStringLiteral("The key of the log, %1, cannot be %2: %3.").arg(file, what, qt_error_string(errno)));
}

// Made whole under another name, then linked into place: nobody ever sees half a key, and the first of two wins.
api::Outcome make(const QString& file, RandomSource& random)
{
    std::array<unsigned char, kSeedBytes> seed{};
    random.fill(seed);
    QByteArray text = QByteArray(reinterpret_cast<const char*>(seed.data()), kSeedBytes).toHex() + '\n';
    const QByteArray path = QFile::encodeName(file);
    const QByteArray part = path + ".new";
    ::unlink(part.constData());
    const int fd = ::open(part.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly);
    if (fd < 0)
        return cannot(QStringLiteral("made"), file);
    const bool written = ::write(fd, text.constData(), std::size_t(text.size())) == text.size() && ::fsync(fd) == 0;
    ::close(fd);
    sodium_memzero(seed.data(), seed.size());
    sodium_memzero(text.data(), std::size_t(text.size()));
    const bool placed = written && (::link(part.constData(), path.constData()) == 0 || errno == EEXIST);
    const int error = errno;
    ::unlink(part.constData());
    errno = error;
    if (!placed)
        return cannot(QStringLiteral("written"), file);
    return api::Done{};
}

api::Result<Secret> readSeed(const QString& file)
{
    const int fd = ::open(QFile::encodeName(file).constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return cannot(QStringLiteral("read"), file);
    struct stat facts
    {
    };
    std::array<char, 256> buffer{};
    const bool known = ::fstat(fd, &facts) == 0;
    const ssize_t count = known ? ::read(fd, buffer.data(), buffer.size()) : -1;
    ::close(fd);
    if (count < 0)
        return cannot(QStringLiteral("read"), file);
    if (!S_ISREG(facts.st_mode) || facts.st_uid != ::geteuid() || (facts.st_mode & 077) != 0)
        return api::failure(Failure::NotPermitted,
            QStringLiteral("The key of the log, %1, is not a file that only its owner can read, so it is not used.")
                .arg(file),
            QStringLiteral("Make it private again (chmod 600) once it is known who could have read it."));
    Secret seed(QByteArray(buffer.data(), count).trimmed());
    sodium_memzero(buffer.data(), buffer.size());
    return seed;
}

} // namespace

api::Result<SigningKey> SigningKey::fromSeed(const Secret& hex)
{
    if (sodium_init() < 0)
        return api::failure(Failure::Internal, QStringLiteral("libsodium cannot be initialised."));
    QByteArray seed = QByteArray::fromHex(hex.reveal());
    if (seed.size() != kSeedBytes || hex.reveal().size() != qsizetype(2) * kSeedBytes || seed.toHex() != hex.reveal())
        return api::failure(Failure::Invalid,
            QStringLiteral("The key of the log is not a seed of 64 hexadecimal digits (0-9, a-f)."),
            QStringLiteral("Restore the one that was used before: with another key the log looks rewritten."));
    SigningKey key;
    QByteArray secret(crypto_sign_SECRETKEYBYTES, '\0');
    crypto_sign_seed_keypair(key.m_public.data(), reinterpret_cast<unsigned char*>(secret.data()),
        reinterpret_cast<const unsigned char*>(seed.constData()));
    sodium_memzero(seed.data(), std::size_t(seed.size()));
    key.m_secret = Secret(std::move(secret));
    return key;
}

api::Result<SigningKey> SigningKey::fromFile(const QString& file, RandomSource& random)
{
    struct stat facts
    {
    };
    if (::lstat(QFile::encodeName(file).constData(), &facts) != 0) {
        if (errno != ENOENT)
            return cannot(QStringLiteral("read"), file);
        if (const api::Outcome made = make(file, random); !made)
            return made.error();
    }
    const auto seed = readSeed(file);
    if (!seed)
        return seed.error();
    return fromSeed(*seed);
}

Signature SigningKey::sign(QByteArrayView message) const
{
    Signature signature{};
    crypto_sign_detached(signature.data(), nullptr, reinterpret_cast<const unsigned char*>(message.data()),
        static_cast<unsigned long long>(message.size()),
        reinterpret_cast<const unsigned char*>(m_secret.reveal().constData()));
    return signature;
}

bool isSignedBy(const PublicKey& key, QByteArrayView message, const Signature& signature)
{
    return crypto_sign_verify_detached(signature.data(), reinterpret_cast<const unsigned char*>(message.data()),
               static_cast<unsigned long long>(message.size()), key.data()) == 0;
}

QString fingerprintOf(const PublicKey& key)
{
    const Hash hash = sha256({reinterpret_cast<const char*>(key.data()), qsizetype(key.size())});
    const QString digits = hexOf(hash).left(2 * kFingerprintBytes);
    QStringList groups;
    for (qsizetype i = 0; i < digits.size(); i += 4)
        groups.append(digits.mid(i, 4));
    return QStringLiteral("ed25519:") + groups.join(u'-');
}

bool names(const QString& text, const PublicKey& key)
{
    QString plain = text.toLower();
    plain.remove(u' ');
    plain.remove(u'-');
    if (plain.startsWith(QLatin1String("ed25519:")))
        plain.remove(0, 8);
    QString fingerprint = fingerprintOf(key).mid(8);
    fingerprint.remove(u'-');
    return plain == fingerprint ||
           plain == QString::fromLatin1(
                        QByteArray(reinterpret_cast<const char*>(key.data()), qsizetype(key.size())).toHex());
}

QString signingKeyFile(const QString& dataDirectory)
{
    return dataDirectory + QStringLiteral("/audit-key");
}

} // namespace gateway::audit
