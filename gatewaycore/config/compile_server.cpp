// server, audit, content, roles: the parts that stand for themselves.
#include "config/base_url.h"
#include "config/compile_parts.h"
#include "config/word_tables.h"

#include <QFileInfo>

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

void listener(Section& server, const char* field, const char* what, Listener& listener, QStringList& warnings)
{
    const Value* value = server.find(field);
    if (!value)
        return;
    if (value->type != Value::Type::Map) {
        listen(server, field, listener);
    } else if (auto map = server.section(field, {"listen", "tls"})) {
        listen(*map, "listen", listener);
        if (auto tls = map->section("tls", {"certificate", "key"})) {
            TlsFiles files;
            for (const char* each : {"certificate", "key"})
                tls->require(each);
            readableFile(*tls, "certificate", files.certificate);
            readableFile(*tls, "key", files.key);
            listener.tls = files;
        }
    }
    if (!listener.tls && !isLoopback(listener.host))
        warnings.append(
            QStringLiteral("The %1 listener on %2 is reachable from other machines without TLS; keys travel in clear.")
                .arg(QLatin1String(what), listener.host));
}

} // namespace

void compileServer(Section& root, PolicySnapshot& snapshot)
{
    auto server = root.section("server", {"gateway", "admin"});
    if (!server)
        return;
    listener(*server, "gateway", "gateway", snapshot.gateway, snapshot.warnings);
    listener(*server, "admin", "admin", snapshot.admin, snapshot.warnings);
    if (snapshot.gateway.port != 0 && snapshot.gateway.port == snapshot.admin.port &&
        snapshot.gateway.host == snapshot.admin.host)
        server->refuse("admin", QStringLiteral("The gateway and the admin listener cannot share one address."));
}

void compileAudit(Section& root, PolicySnapshot& snapshot)
{
    auto audit = root.section("audit", {"acknowledge", "when_unavailable", "retention"});
    if (!audit)
        return;
    if (const auto acknowledge = audit->choice<Acknowledge>("acknowledge", kAcknowledge))
        snapshot.audit.acknowledge = *acknowledge;
    if (const auto unavailable = audit->choice<WhenUnavailable>("when_unavailable", kWhenUnavailable))
        snapshot.audit.whenUnavailable = *unavailable;
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

void compileRoles(Section& root, PolicySnapshot& snapshot)
{
    for (Section& section : root.sections("roles", {"principal", "role"})) {
        RoleGrant grant;
        if (section.require("principal"))
            grant.principal = section.name("principal").value_or(QString());
        if (section.require("role")) {
            if (const auto role = section.choice<Role>("role", kRoles))
                grant.role = *role;
        }
        for (const RoleGrant& other : snapshot.roles) {
            if (!grant.principal.isEmpty() && other.principal == grant.principal)
                section.refuse("principal", QStringLiteral("%1 has a role already.").arg(grant.principal));
        }
        snapshot.roles.push_back(std::move(grant));
    }
}

} // namespace gateway::config
