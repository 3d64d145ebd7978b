#include "certificates.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QSslSocket>

namespace gateway::test {
namespace {

bool openssl(const QString& directory, const QStringList& arguments)
{
    QProcess process;
    process.setWorkingDirectory(directory);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral("openssl"), arguments);
    if (!process.waitForFinished(60'000))
        process.kill();
    const bool good = process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
    if (!good)
        qWarning("openssl: %s", process.readAll().constData());
    return good;
}

void write(const QString& path, const QByteArray& text)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qWarning("%s cannot be written", qPrintable(path));
}

} // namespace

QString TestCertificate::pin() const
{
    return QString::fromLatin1(certificate.digest(QCryptographicHash::Sha256).toHex());
}

QSslConfiguration TestCertificate::forServer(QSsl::SslProtocol protocol) const
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificate(certificate);
    configuration.setPrivateKey(key);
    configuration.setProtocol(protocol);
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    return configuration;
}

bool CertificateMaker::request(const QString& name, const QByteArray& names, bool isCa)
{
    const QDir here(m_directory.path());
    write(here.filePath(QStringLiteral("ext.cnf")), QByteArray("[v3]\nbasicConstraints=critical,CA:") +
                                                        (isCa ? "TRUE" : "FALSE") + "\nsubjectAltName=" + names + "\n");
    return openssl(m_directory.path(),
        {QStringLiteral("req"), QStringLiteral("-newkey"), QStringLiteral("ec"), QStringLiteral("-pkeyopt"),
            QStringLiteral("ec_paramgen_curve:P-256"), QStringLiteral("-nodes"), QStringLiteral("-keyout"),
            name + QStringLiteral(".key"), QStringLiteral("-out"), name + QStringLiteral(".csr"),
            QStringLiteral("-subj"), QStringLiteral("/CN=signalbox test ") + name});
}

TestCertificate CertificateMaker::load(const QString& name) const
{
    TestCertificate made;
    const QDir here(m_directory.path());
    made.certificateFile = here.filePath(name + QStringLiteral(".pem"));
    made.keyFile = here.filePath(name + QStringLiteral(".key"));
    const auto chain = QSslCertificate::fromPath(made.certificateFile);
    QFile key(made.keyFile);
    if (chain.isEmpty() || !key.open(QIODevice::ReadOnly))
        return made;
    made.certificate = chain.first();
    made.key = QSslKey(key.readAll(), QSsl::Ec);
    return made;
}

TestCertificate CertificateMaker::selfSigned(const QString& name, const QByteArray& names)
{
    if (!request(name, names, true) ||
        !openssl(m_directory.path(),
            {QStringLiteral("x509"), QStringLiteral("-req"), QStringLiteral("-in"), name + QStringLiteral(".csr"),
                QStringLiteral("-signkey"), name + QStringLiteral(".key"), QStringLiteral("-days"),
                QStringLiteral("30"), QStringLiteral("-extfile"), QStringLiteral("ext.cnf"),
                QStringLiteral("-extensions"), QStringLiteral("v3"), QStringLiteral("-out"),
                name + QStringLiteral(".pem")}))
        return {};
    return load(name);
}

TestCertificate CertificateMaker::signedBy(
    const TestCertificate& ca, const QString& name, const QByteArray& names, Time time)
{
    QStringList dates{QStringLiteral("-days"), QStringLiteral("30")};
    if (time == Time::Past)
        dates = {QStringLiteral("-startdate"), QStringLiteral("20200101000000Z"), QStringLiteral("-enddate"),
            QStringLiteral("20200201000000Z")};
    else if (time == Time::Future)
        dates = {QStringLiteral("-startdate"), QStringLiteral("20900101000000Z"), QStringLiteral("-enddate"),
            QStringLiteral("20910101000000Z")};
    if (!request(name, names, false))
        return {};
    // `ca` and not `x509 -req`: only it takes a validity that is over
    const QDir here(m_directory.path());
    write(here.filePath(QStringLiteral("index.txt")), {});
    write(here.filePath(QStringLiteral("index.txt.attr")), "unique_subject = no\n");
    write(here.filePath(QStringLiteral("serial")), QByteArray::number(0x1000 + m_serial++, 16) + "\n");
    write(here.filePath(QStringLiteral("ca.cnf")),
        "[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=index.txt\nserial=serial\ndefault_md=sha256\npolicy=p\n"
        "[p]\ncommonName=supplied\n");
    if (!openssl(m_directory.path(),
            QStringList{QStringLiteral("ca"), QStringLiteral("-batch"), QStringLiteral("-notext"),
                QStringLiteral("-config"), QStringLiteral("ca.cnf"), QStringLiteral("-cert"), ca.certificateFile,
                QStringLiteral("-keyfile"), ca.keyFile, QStringLiteral("-in"), name + QStringLiteral(".csr"),
                QStringLiteral("-out"), name + QStringLiteral(".pem"), QStringLiteral("-extfile"),
                QStringLiteral("ext.cnf"), QStringLiteral("-extensions"), QStringLiteral("v3")} +
                dates))
        return {};
    return load(name);
}

} // namespace gateway::test
