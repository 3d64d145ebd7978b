#include "api/config_client.h"

#include "reply_codecs.h"

namespace gateway::api {
namespace {

QString draftPath(const QString& id, const char* verb = "")
{
    return QStringLiteral("/api/v1/config/drafts/") + part(id) + QLatin1String(verb);
}

QJsonObject sideOf(const DiffSide& side)
{
    QJsonObject json;
    if (side.revision != 0)
        json.insert(QStringLiteral("revision"), side.revision);
    if (!side.draft.isEmpty())
        json.insert(QStringLiteral("draft"), side.draft);
    if (side.text)
        json.insert(QStringLiteral("yaml"), *side.text);
    if (side.file)
        json.insert(QStringLiteral("file"), true);
    return json;
}

} // namespace

ConfigClient::Reply<ConfigStanding> ConfigClient::standing() const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/config/standing"))), &configStandingFromJson);
}

ConfigClient::Reply<QVector<Revision>> ConfigClient::revisions(int limit) const
{
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("limit"), QString::number(limit));
    return decode(m_client.send(get(QStringLiteral("/api/v1/config/revisions"), query)), listOf(&revisionFromJson));
}

ConfigClient::Reply<Revision> ConfigClient::revision(int number) const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/config/revisions/%1").arg(number))), &revisionFromJson);
}

ConfigClient::Reply<QVector<Draft>> ConfigClient::drafts() const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/config/drafts"))), listOf(&draftFromJson));
}

ConfigClient::Reply<Draft> ConfigClient::draft(const QString& id) const
{
    return decode(m_client.send(get(draftPath(id))), &draftFromJson);
}

ConfigClient::Reply<Draft> ConfigClient::createDraft(const DraftRequest& request, const QString& reason) const
{
    return decode(
        m_client.send(post(QStringLiteral("/api/v1/config/drafts"), toJson(request), reason)), &draftFromJson);
}

ConfigClient::Reply<Draft> ConfigClient::saveDraft(
    const QString& id, const DraftSave& save, const QString& reason) const
{
    QJsonObject body{{QStringLiteral("version"), save.version}, {QStringLiteral("yaml"), save.text}};
    if (save.note)
        body.insert(QStringLiteral("note"), *save.note);
    return decode(m_client.send(post(draftPath(id, "/save"), body, reason)), &draftFromJson);
}

ConfigClient::Reply<Draft> ConfigClient::editDraft(
    const QString& id, const DraftSave& save, const QString& reason) const
{
    const QJsonObject body{{QStringLiteral("version"), save.version},
        {QStringLiteral("edits"), toJson(save).value(QStringLiteral("edits"))}};
    return decode(m_client.send(post(draftPath(id, "/edit"), body, reason)), &draftFromJson);
}

ConfigClient::Reply<Draft> ConfigClient::mergeDraft(const QString& id, const QString& reason) const
{
    return decode(m_client.send(post(draftPath(id, "/merge"), {}, reason)), &draftFromJson);
}

ConfigClient::Reply<Draft> ConfigClient::reviewDraft(
    const QString& id, bool approves, const QString& hash, const QString& note, const QString& reason) const
{
    const QJsonObject body{
        {QStringLiteral("approves"), approves}, {QStringLiteral("hash"), hash}, {QStringLiteral("note"), note}};
    return decode(m_client.send(post(draftPath(id, "/review"), body, reason)), &draftFromJson);
}

ConfigClient::Reply<Draft> ConfigClient::abandonDraft(const QString& id, const QString& reason) const
{
    return decode(m_client.send(post(draftPath(id, "/abandon"), {}, reason)), &draftFromJson);
}

ConfigClient::Reply<Findings> ConfigClient::validate(const QString& text) const
{
    return decode(m_client.send(post(QStringLiteral("/api/v1/config/findings"), {{QStringLiteral("yaml"), text}})),
        &findingsFromJson);
}

ConfigClient::Reply<DiffReport> ConfigClient::diff(const DiffSide& from, const DiffSide& to) const
{
    const QJsonObject body{{QStringLiteral("from"), sideOf(from)}, {QStringLiteral("to"), sideOf(to)}};
    return decode(m_client.send(post(QStringLiteral("/api/v1/config/diff"), body)), &diffReportFromJson);
}

ConfigClient::Reply<Promotion> ConfigClient::promote(const PromoteRequest& request, const QString& reason) const
{
    return decode(
        m_client.send(post(QStringLiteral("/api/v1/config/promote"), toJson(request), reason)), &promotionFromJson);
}

ConfigClient::Reply<Promotion> ConfigClient::rollBack(int revision, const QString& reason) const
{
    QJsonObject body;
    if (revision != 0)
        body.insert(QStringLiteral("revision"), revision);
    return decode(m_client.send(post(QStringLiteral("/api/v1/config/rollback"), body, reason)), &promotionFromJson);
}

ConfigClient::Reply<Revision> ConfigClient::reviewRevision(
    int number, bool approves, const QString& note, const QString& reason) const
{
    const QJsonObject body{{QStringLiteral("approves"), approves}, {QStringLiteral("note"), note}};
    return decode(m_client.send(post(QStringLiteral("/api/v1/config/revisions/%1/review").arg(number), body, reason)),
        &revisionFromJson);
}

ConfigClient::Reply<Promotion> ConfigClient::adoptFile(const QString& reason) const
{
    return decode(m_client.send(post(QStringLiteral("/api/v1/config/adopt"), {}, reason)), &promotionFromJson);
}

ConfigClient::Reply<ConfigStanding> ConfigClient::revertFile(const QString& reason) const
{
    return decode(m_client.send(post(QStringLiteral("/api/v1/config/revert"), {}, reason)), &configStandingFromJson);
}

} // namespace gateway::api
