// export: what leaves the engine for other systems (export_policy.h).
#include "config/base_url.h"
#include "config/compile_parts.h"
#include "config/word_tables.h"

#include <QFileInfo>

#include <algorithm>

namespace gateway::config {
namespace {

constexpr std::array kFlags{std::pair{"true", true}, std::pair{"false", false}};
constexpr std::size_t kMostHeaders = 16;
constexpr std::size_t kMostWebhooks = 32;

const QStringList& knownEvents()
{
    static const QStringList events{QStringLiteral("incident.opened"), QStringLiteral("incident.closed"),
        QStringLiteral("incident.acknowledged"), QStringLiteral("incident.noted"), QStringLiteral("invariant.failed"),
        QStringLiteral("export.failing"), QStringLiteral("export.recovered"), QStringLiteral("zone.violation"),
        QStringLiteral("zone.audit_overdue"), QStringLiteral("canary.failed"), QStringLiteral("canary.passed"),
        QStringLiteral("canary.interrupted")};
    return events;
}

bool isReference(const QString& text)
{
    return (text.startsWith(QLatin1String("env:")) && text.size() > 4) ||
           (text.startsWith(QLatin1String("file:")) && text.size() > 5);
}

// A reference to a secret. What stands there instead is not repeated: it is most likely the secret.
QString reference(Section& section, const char* field)
{
    const std::optional<QString> text = section.text(field);
    if (!text)
        return {};
    if (!isReference(*text))
        section.refuse(field, QStringLiteral("A secret must not stand in the config file."),
            QStringLiteral("Use env:NAME or file:PATH."));
    return *text;
}

QString authorities(Section& section)
{
    const std::optional<QString> path = section.text("ca_file");
    if (!path)
        return {};
    const QFileInfo file(*path);
    if (!file.isFile() || !file.isReadable())
        section.refuse("ca_file", QStringLiteral("The file %1 cannot be read.").arg(*path));
    return *path;
}

// An address that is sent to; its path may be part of the secret, so no sentence repeats it.
QString address(Section& section, const char* field, const QString& what, QStringList& warnings)
{
    const std::optional<QString> text = section.text(field);
    if (!text)
        return {};
    const auto parsed = parseBaseUrl(*text);
    if (const auto* wrong = std::get_if<QString>(&parsed)) {
        section.refuse(field, *wrong);
        return {};
    }
    const Origin& origin = std::get<BaseUrl>(parsed).origin;
    if (!origin.tls && !isLoopback(origin.host))
        warnings.append(QStringLiteral("%1 is sent to %2 without TLS; others on the way can read and change it.")
                            .arg(what, origin.host));
    return *text;
}

bool canBeHeader(const QString& name)
{
    static const QStringList ours{QStringLiteral("host"), QStringLiteral("content-type"),
        QStringLiteral("content-length"), QStringLiteral("transfer-encoding"), QStringLiteral("connection"),
        QStringLiteral("user-agent"), QStringLiteral("content-encoding")};
    const auto allowed = [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'-' ||
               c == u'_' || c == u'.';
    };
    return !name.isEmpty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), allowed) &&
           !ours.contains(name, Qt::CaseInsensitive);
}

// headers: {NAME: REFERENCE}, names as the receiver wants them.
void readHeaders(Section& otlp, OtlpPolicy& policy)
{
    const Value* headers = otlp.find("headers");
    if (!headers)
        return;
    if (headers->type != Value::Type::Map) {
        otlp.refuse("headers", QStringLiteral("Expected names with values here."));
        return;
    }
    if (headers->children.size() > kMostHeaders)
        otlp.refuse("headers", QStringLiteral("At most %1 headers are sent.").arg(kMostHeaders));
    for (const Value& member : headers->children) {
        if (!canBeHeader(member.key)) {
            otlp.refuse("headers", QStringLiteral("%1 is not a header that can be set here.").arg(member.key.left(80)));
        } else if (member.type != Value::Type::Text || !isReference(member.text)) {
            otlp.refuse("headers",
                QStringLiteral("The value of %1 must be a reference, for it may be a secret.").arg(member.key),
                QStringLiteral("Use env:NAME or file:PATH."));
        } else {
            policy.headers.emplace_back(member.key, member.text);
        }
    }
}

void flag(Section& section, const char* field, bool& into)
{
    if (const auto value = section.choice<bool>(field, kFlags))
        into = *value;
}

OtlpPolicy otlpPolicy(Section& otlp, QStringList& warnings)
{
    OtlpPolicy policy;
    if (otlp.require("endpoint"))
        policy.endpoint = address(otlp, "endpoint", QStringLiteral("Telemetry"), warnings);
    readHeaders(otlp, policy);
    policy.caFile = authorities(otlp);
    flag(otlp, "traces", policy.traces);
    flag(otlp, "metrics", policy.metrics);
    flag(otlp, "content", policy.content);
    if (const auto interval = otlp.duration("interval")) {
        policy.interval = *interval;
        if (policy.interval < std::chrono::seconds(1) || policy.interval > std::chrono::hours(1))
            otlp.refuse("interval", QStringLiteral("The interval must be from 1s to 1h."));
    }
    return policy;
}

WebhookPolicy webhookPolicy(Section& section, const ExportPolicy& before, QStringList& warnings)
{
    WebhookPolicy hook;
    if (section.require("name"))
        hook.name = section.name("name").value_or(QString());
    const auto hasName = [&hook](const WebhookPolicy& other) { return other.name == hook.name; };
    if (!hook.name.isEmpty() && std::any_of(before.webhooks.begin(), before.webhooks.end(), hasName))
        section.refuse("name", QStringLiteral("The name %1 is taken by an earlier entry.").arg(hook.name));
    if (hook.name == QLatin1String("prometheus") || hook.name.startsWith(QLatin1String("otlp-")))
        section.refuse("name", QStringLiteral("The name %1 is that of another export.").arg(hook.name));
    if (section.require("url"))
        hook.url = address(section, "url", QStringLiteral("What webhook %1 tells").arg(hook.name), warnings);
    // nobody could tell our deliveries from somebody else's
    if (section.has("secret"))
        hook.secret = reference(section, "secret");
    else
        section.refuse("secret",
            QStringLiteral("A webhook without a secret is not sent: its receiver could not know "
                           "who speaks."),
            QStringLiteral("Add secret: env:NAME or file:PATH, with at least 16 characters behind it."));
    hook.caFile = authorities(section);
    if (section.require("events")) {
        hook.events = section.texts("events");
        if (hook.events.isEmpty())
            section.refuse("events", QStringLiteral("At least one event must be named."));
        for (const QString& event : std::as_const(hook.events)) {
            if (!knownEvents().contains(event))
                section.refuseWord("events", event, knownEvents());
        }
    }
    return hook;
}

} // namespace

void compileExports(Section& root, PolicySnapshot& snapshot)
{
    auto section = root.section("export", {"otlp", "webhooks"});
    if (!section)
        return;
    if (auto otlp =
            section->section("otlp", {"endpoint", "headers", "ca_file", "traces", "metrics", "content", "interval"}))
        snapshot.exports.otlp = otlpPolicy(*otlp, snapshot.warnings);
    for (Section& hook : section->sections("webhooks", {"name", "url", "secret", "ca_file", "events"})) {
        snapshot.exports.webhooks.push_back(webhookPolicy(hook, snapshot.exports, snapshot.warnings));
        if (snapshot.exports.webhooks.size() == kMostWebhooks + 1)
            section->refuse("webhooks", QStringLiteral("At most %1 webhooks are served.").arg(kMostWebhooks));
    }
}

} // namespace gateway::config
