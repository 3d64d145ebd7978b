// The door of the admin API: who may come in, and the listener's TLS, at the start and when the config is read again.
#include "admin/local_access.h"
#include "credential/pepper.h"
#include "engine/gateway.h"
#include "engine/listen_address.h"
#include "http/self_signed.h"
#include "observability/log.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QSslCertificate>
#include <QSysInfo>

namespace gateway::engine {

using observability::log;
using observability::LogLevel;

std::optional<api::Error> Gateway::startPrincipals()
{
    auto pepper = credential::loadPepper(m_parts.options.dataDirectory, false, m_parts.random);
    if (!pepper)
        return part("admin", pepper.error());
    m_principals = std::make_unique<admin::PrincipalBook>(m_parts.store.get(), *pepper, m_parts.clock, m_parts.random);
    if (const api::Outcome loaded = m_principals->load(); !loaded)
        return part("admin", loaded.error());
    m_principals->setGrants(m_parts.config.current()->roles);
    return std::nullopt;
}

// Where the admin listener listens and with which certificate; made first if the config asks for one of our own.
api::Result<http::ServerOptions> Gateway::adminAddress() const
{
    config::Listener configured = m_parts.config.current()->admin;
    if (configured.tls && configured.tls->selfSigned) {
        QStringList names{configured.host, QSysInfo::machineHostName(), QStringLiteral("localhost"),
            QStringLiteral("127.0.0.1"), QStringLiteral("::1")};
        names.removeAll(QStringLiteral("0.0.0.0"));
        names.removeAll(QStringLiteral("::"));
        const auto file = http::selfSigned(m_parts.options.dataDirectory, configured.hosts + names);
        if (!file)
            return file.error();
        configured.tls->certificate = configured.tls->key = file->path;
        if (file->isNew)
            log(LogLevel::Info, "admin.certificate.made", {{"file", file->path}});
    }
    return listenOptions(configured, m_parts.options.adminAddress, true);
}

void Gateway::rememberCertificate(const std::optional<QSslConfiguration>& tls)
{
    m_parts.adminCertificate.reset();
    if (!tls)
        return;
    m_parts.adminCertificate = api::factsOf(tls->localCertificate());
    log(LogLevel::Info, "admin.certificate",
        {{"id", m_parts.adminCertificate->sha256},
            {"message",
                QStringLiteral("It is good until %1.").arg(m_parts.adminCertificate->notAfter.toString(Qt::ISODate))}});
}

api::Outcome Gateway::writeRuntime() const
{
    const QString pin = m_parts.adminCertificate ? m_parts.adminCertificate->sha256 : QString();
    const api::RuntimeFacts facts{QCoreApplication::applicationPid(), QStringLiteral(SIGNALBOX_VERSION),
        m_parts.startedAt, m_parts.gatewayUrl, m_parts.adminUrl, pin};
    return admin::writeRuntime(m_parts.options.dataDirectory, facts);
}

// New grants are in force at once; connections that come from now on get the certificate as it is on the disk now. A
// certificate that cannot be read leaves the old one in use.
void Gateway::refreshAdmin()
{
    m_principals->setGrants(m_parts.config.current()->roles);
    if (!m_admin)
        return;
    const config::Listener& configured = m_parts.config.current()->admin;
    m_admin->setNames(configured.hosts, configured.origins);
    const api::Result<http::ServerOptions> now = adminAddress();
    if (!now) {
        log(LogLevel::Error, "admin.certificate.kept", {{"reason", now.error().message}});
        return;
    }
    if (now->tls.has_value() != m_parts.adminCertificate.has_value()) {
        log(LogLevel::Warning, "admin.restart_needed",
            {{"reason", QStringLiteral("TLS of the admin listener is switched on or off at a start only.")}});
        return;
    }
    if (!now->tls)
        return;
    m_admin->setTls(*now->tls);
    const QString before = m_parts.adminCertificate->sha256;
    if (QString::fromLatin1(now->tls->localCertificate().digest(QCryptographicHash::Sha256).toHex()) != before) {
        rememberCertificate(now->tls);
        if (const api::Outcome written = writeRuntime(); !written)
            log(LogLevel::Error, "admin.runtime.kept", {{"reason", written.error().message}});
    }
}

} // namespace gateway::engine
