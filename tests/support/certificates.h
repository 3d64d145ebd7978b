// Certificates for tests, made by the openssl command in a directory of the test: a CA, certificates it signed, ones
// that sign themselves, and ones whose time is over. One thread.
#pragma once

#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QString>
#include <QTemporaryDir>

namespace gateway::test {

struct TestCertificate
{
    QString certificateFile;
    QString keyFile;
    QSslCertificate certificate;
    QSslKey key;

    QString pin() const; // SHA-256, hex
    // Of a listener that shows it.
    QSslConfiguration forServer(QSsl::SslProtocol protocol = QSsl::TlsV1_3OrLater) const;
};

class CertificateMaker
{
public:
    enum class Time
    {
        Now,
        Past,
        Future
    };
    // `names` as openssl takes them: "IP:127.0.0.1,DNS:localhost". Null certificate: openssl failed.
    TestCertificate selfSigned(const QString& name, const QByteArray& names = "IP:127.0.0.1,DNS:localhost");
    TestCertificate signedBy(const TestCertificate& ca, const QString& name,
        const QByteArray& names = "IP:127.0.0.1,DNS:localhost", Time time = Time::Now);
    QString directory() const { return m_directory.path(); }

private:
    bool request(const QString& name, const QByteArray& names, bool isCa);
    TestCertificate load(const QString& name) const;
    QTemporaryDir m_directory;
    int m_serial = 1;
};

} // namespace gateway::test
