// server, audit, content, roles: the parts that stand for themselves.
#include "api/certificate_facts.h"
#include "config/base_url.h"
#include "config/compile_parts.h"
#include "config/word_tables.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QUrl>

namespace gateway::config {
namespace {

void readableFile(Section& section, const char* field, QString& into)
{
    if (const auto path = section.text(field)) {
        into = *path;
        const QFileInfo file(*path);
        if (!file.isFile() || !file.isReadable())
            section.refuse(field, QStringLiteral("The file %1 cannot be read.").arg(*path));
    }
}

void listen(Section& section, const char* field, Listener& listener)
{
    const std::optional<QString> text = section.text(field);
    if (!text)
        return;
    if (const auto parsed = parseListen(*text)) {
        listener.host = parsed->host;
        listener.port = parsed->port;
    } else {
        section.refuse(field, QStringLiteral("Expected HOST:PORT here."),
            QStringLiteral("Write \"127.0.0.1:4180\"; port 0 is any free one."));
    }
}

// 64 hex digits, small letters; what people paste has colons, spaces and capitals.
void pin(Section& section, const char* field, QString& into)
{
    const std::optional<QString> text = section.text(field);
    if (!text)
        return;
    into = api::pinFromText(*text);
    if (into.isEmpty())
        section.refuse(field, QStringLiteral("Expected the whole SHA-256 of a certificate: 64 hex digits."),
            QStringLiteral("openssl x509 -in FILE -noout -fingerprint -sha256 prints it."));
}

constexpr QLatin1String kSelfSigned("self-signed");

std::optional<TlsFiles> adminTls(Section& listener)
{
    const Value* value = listener.find("tls");
    if (!value)
        return std::nullopt;
    TlsFiles files;
    if (value->type == Value::Type::Text) {
        files.selfSigned = value->text == kSelfSigned;
        if (!files.selfSigned)
            listener.refuse("tls", QStringLiteral("Expected self-signed here, or a map."),
                QStringLiteral("Write tls: self-signed, or tls: {certificate: FILE, key: FILE}."));
        return files;
    }
    auto tls = listener.section("tls", {"certificate", "key", "client_ca", "next_pin"});
    if (!tls)
        return std::nullopt;
    const Value* certificate = tls->find("certificate");
    files.selfSigned =
        certificate && certificate->type == Value::Type::Text && certificate->text == kSelfSigned && !tls->has("key");
    if (!files.selfSigned) {
        for (const char* each : {"certificate", "key"})
            tls->require(each);
        readableFile(*tls, "certificate", files.certificate);
        readableFile(*tls, "key", files.key);
    }
    readableFile(*tls, "client_ca", files.clientCa);
    pin(*tls, "next_pin", files.nextPin);
    return files;
}

std::optional<TlsFiles> gatewayTls(Section& listener)
{
    auto tls = listener.section("tls", {"certificate", "key"});
    if (!tls)
        return std::nullopt;
    TlsFiles files;
    for (const char* each : {"certificate", "key"})
        tls->require(each);
    readableFile(*tls, "certificate", files.certificate);
    readableFile(*tls, "key", files.key);
    return files;
}

// Names as a Host header states them: a host name or an address, without a port.
QStringList hostNames(Section& section)
{
    QStringList names = section.texts("hosts");
    for (const QString& name : std::as_const(names)) {
        const auto parsed = parseListen((name.contains(u':') ? u'[' + name + u']' : name) + QStringLiteral(":0"));
        if (!parsed)
            section.refuse("hosts", QStringLiteral("\"%1\" is not a host name or an address.").arg(name.left(80)),
                QStringLiteral("Write it without scheme and port, such as gateway.example."));
    }
    return names;
}

// Origins as a browser states them: scheme and host, a port if it is not the usual one, nothing behind it.
QStringList originNames(Section& section)
{
    QStringList origins = section.texts("origins");
    for (const QString& origin : std::as_const(origins)) {
        const QUrl url(origin, QUrl::StrictMode);
        const bool isWeb = url.scheme() == QLatin1String("https") || url.scheme() == QLatin1String("http");
        const bool isPlain = url.path().isEmpty() && !url.hasQuery() && !url.hasFragment() && url.userInfo().isEmpty();
        if (!url.isValid() || !isWeb || url.host().isEmpty() || !isPlain)
            section.refuse("origins", QStringLiteral("\"%1\" is not an origin.").arg(origin.left(80)),
                QStringLiteral("Write scheme and host, such as https://console.example."));
    }
    return origins;
}

void warnIfOpen(const Listener& listener, const char* what, QStringList& warnings)
{
    if (!listener.tls && !isLoopback(listener.host))
        warnings.append(
            QStringLiteral("The %1 listener on %2 is reachable from other machines without TLS; keys travel in clear.")
                .arg(QLatin1String(what), listener.host));
}

void gatewayListener(Section& server, PolicySnapshot& snapshot)
{
    const Value* value = server.find("gateway");
    if (value && value->type != Value::Type::Map) {
        listen(server, "gateway", snapshot.gateway);
    } else if (auto map = server.section("gateway", {"listen", "tls"})) {
        listen(*map, "listen", snapshot.gateway);
        snapshot.gateway.tls = gatewayTls(*map);
    }
    warnIfOpen(snapshot.gateway, "gateway", snapshot.warnings);
}

void adminListener(Section& server, PolicySnapshot& snapshot)
{
    const Value* value = server.find("admin");
    if (value && value->type != Value::Type::Map) {
        listen(server, "admin", snapshot.admin);
    } else if (auto map = server.section("admin", {"listen", "tls", "hosts", "origins"})) {
        listen(*map, "listen", snapshot.admin);
        snapshot.admin.tls = adminTls(*map);
        snapshot.admin.hosts = hostNames(*map);
        snapshot.admin.origins = originNames(*map);
    }
    warnIfOpen(snapshot.admin, "admin", snapshot.warnings);
}

// What the engine calls itself stands in title bars and lists beside other names.
void engineName(Section& server, EngineName& into)
{
    into.name = server.name("name").value_or(QString());
    if (const auto environment = server.choice<int>("environment", kEnvironments))
        into.environment = QString::fromLatin1(kEnvironments[std::size_t(*environment)].first);
}

} // namespace

void compileServer(Section& root, PolicySnapshot& snapshot)
{
    auto server = root.section("server", {"name", "environment", "gateway", "admin"});
    if (!server)
        return;
    engineName(*server, snapshot.engineName);
    gatewayListener(*server, snapshot);
    adminListener(*server, snapshot);
    if (snapshot.gateway.port != 0 && snapshot.gateway.port == snapshot.admin.port &&
        snapshot.gateway.host == snapshot.admin.host)
        server->refuse("admin", QStringLiteral("The gateway and the admin listener cannot share one address."));
}

void compileAudit(Section& root, PolicySnapshot& snapshot)
{
    auto audit = root.section("audit", {"acknowledge", "when_unavailable", "retention", "anchor", "signing_key"});
    if (!audit)
        return;
    if (const auto acknowledge = audit->choice<Acknowledge>("acknowledge", kAcknowledge))
        snapshot.audit.acknowledge = *acknowledge;
    if (const auto unavailable = audit->choice<WhenUnavailable>("when_unavailable", kWhenUnavailable))
        snapshot.audit.whenUnavailable = *unavailable;
    if (const auto anchor = audit->text("anchor")) {
        snapshot.audit.anchor = *anchor;
        if (!QDir::isAbsolutePath(*anchor))
            audit->refuse(
                "anchor", QStringLiteral("The anchor is a file with its whole path, outside the data directory."));
    }
    if (const auto key = audit->text("signing_key")) {
        snapshot.audit.signingKey = *key;
        static const QRegularExpression reference(QStringLiteral("^(env|file|vault):.+$"));
        if (!reference.match(*key).hasMatch())
            audit->refuse("signing_key", QStringLiteral("The key of the log is named, not written here."),
                QStringLiteral("env:NAME, file:PATH or vault:NAME, with a seed of 64 hexadecimal digits behind it."));
    }
    if (const auto retention = audit->duration("retention")) {
        snapshot.audit.retention = std::chrono::duration_cast<std::chrono::hours>(*retention);
        snapshot.audit.retentionStated = true;
        if (snapshot.audit.retention < std::chrono::hours(24))
            audit->refuse("retention", QStringLiteral("Records are kept for at least 1d."));
    }
}

std::optional<ContentPolicy> contentPolicy(Section& section)
{
    ContentPolicy policy;
    if (const auto retain = section.choice<Retain>("retain", kRetain))
        policy.retain = *retain;
    if (const auto ttl = section.duration("ttl"))
        policy.ttl = *ttl;
    if (const auto percent = section.integer("sample_percent", 1, 100))
        policy.samplePercent = int(*percent);
    if (policy.retain != Retain::None && policy.ttl.count() == 0)
        section.refuse(
            "ttl", QStringLiteral("Content is kept only for a stated time."), QStringLiteral("Add ttl, such as 7d."));
    if (policy.retain == Retain::Sampled && policy.samplePercent == 0)
        section.require("sample_percent");
    return policy;
}

void compileContent(Section& root, PolicySnapshot& snapshot)
{
    if (auto content = root.section("content", {"retain", "ttl", "sample_percent"}))
        snapshot.content = contentPolicy(*content).value_or(ContentPolicy());
}

// Names that stand for somebody already: the local token and the embedded console.
static bool isTaken(const QString& principal)
{
    return principal == QLatin1String("local-token") || principal == QLatin1String("console");
}

void compileRoles(Section& root, PolicySnapshot& snapshot)
{
    for (Section& section : root.sections("roles", {"principal", "role", "tenants", "certificate"})) {
        RoleGrant grant;
        if (section.require("principal"))
            grant.principal = section.name("principal").value_or(QString());
        if (isTaken(grant.principal))
            section.refuse("principal", QStringLiteral("The name %1 stands for another.").arg(grant.principal));
        if (section.require("role")) {
            if (const auto role = section.choice<Role>("role", kRoles))
                grant.role = *role;
        }
        grant.tenants = section.texts("tenants");
        if (section.has("tenants") && grant.tenants.isEmpty())
            section.refuse("tenants", QStringLiteral("An empty list binds to nothing."),
                QStringLiteral("Leave the field out for all tenants."));
        for (const QString& tenant : std::as_const(grant.tenants)) {
            if (!snapshot.tenantByName.contains(tenant))
                section.refuseWord("tenants", tenant, snapshot.tenantByName.keys());
        }
        pin(section, "certificate", grant.certificate);
        if (section.has("certificate") && (!snapshot.admin.tls || snapshot.admin.tls->clientCa.isEmpty()))
            section.refuse("certificate", QStringLiteral("The admin listener asks for no client certificates."),
                QStringLiteral("Add client_ca: FILE under server: admin: tls:."));
        for (const RoleGrant& other : snapshot.roles) {
            if (!grant.principal.isEmpty() && other.principal == grant.principal)
                section.refuse("principal", QStringLiteral("%1 has a role already.").arg(grant.principal));
            if (!grant.certificate.isEmpty() && other.certificate == grant.certificate)
                section.refuse(
                    "certificate", QStringLiteral("%1 comes with this certificate already.").arg(other.principal));
        }
        snapshot.roles.push_back(std::move(grant));
    }
}

} // namespace gateway::config
