#include "fake_content.h"

namespace gateway::test {

using namespace gateway::api;

namespace {

QDateTime now()
{
    return QDateTime::fromMSecsSinceEpoch(1'795'305'600'000, Qt::UTC);
}

ContentGrant grantOf(const char* id, const char* tenant, const char* state)
{
    ContentGrant grant;
    grant.id = QString::fromLatin1(id);
    grant.tenant = QString::fromLatin1(tenant);
    grant.state = QString::fromLatin1(state);
    grant.call = QStringLiteral("req_1");
    grant.askedBy = QStringLiteral("rita");
    grant.askedAt = now();
    grant.reason = QStringLiteral("ticket");
    return grant;
}

} // namespace

FakeContentDesk::FakeContentDesk() : m_grants{grantOf("cgr_2", "other", "asked"), grantOf("cgr_1", "acme", "asked")} {}

void FakeContentDesk::status(Done<ContentStatus> done)
{
    ContentStatus status;
    for (const char* tenant : {"acme", "other"}) {
        TenantContent row;
        row.tenant = QString::fromLatin1(tenant);
        row.retain = QStringLiteral("all");
        row.ttlSeconds = 3600;
        row.items = 2;
        row.bytes = 100;
        status.tenants.append(row);
    }
    status.bytes = 200;
    status.kept = 4;
    status.sentence = QStringLiteral("Content is kept sealed.");
    done(status);
}

Result<ContentGrant> FakeContentDesk::grant(const QString& id) const
{
    for (const ContentGrant& grant : m_grants) {
        if (grant.id == id)
            return grant;
    }
    return failure(Failure::NotFound, QStringLiteral("There is no grant %1.").arg(id));
}

void FakeContentDesk::ask(const ContentGrantRequest& request, const admin::Change& change, Done<ContentGrant> done)
{
    ContentGrant grant = grantOf("cgr_3", "", "asked");
    grant.tenant = request.tenant;
    grant.call = request.call;
    grant.hours = request.hours;
    grant.askedBy = change.by.name;
    grant.reason = change.reason;
    done(grant);
}

void FakeContentDesk::approve(const QString& id, const admin::Change& change, Done<ContentGrant> done)
{
    auto known = grant(id);
    if (known) {
        known->state = QStringLiteral("in-force");
        known->approvedBy = change.by.name;
    }
    done(known);
}

void FakeContentDesk::end(const QString& id, const admin::Change& change, Done<ContentGrant> done)
{
    auto known = grant(id);
    if (known) {
        known->state = QStringLiteral("ended");
        known->endedBy = change.by.name;
    }
    done(known);
}

void FakeContentDesk::read(const QString& call, const admin::Principal& reader, Done<KeptContent> done)
{
    if (call != QLatin1String("req_1") || !reader.mayTouch(QStringLiteral("acme")))
        return done(failure(Failure::NotFound, QStringLiteral("Nothing is kept of the call %1.").arg(call)));
    KeptContent content;
    content.call = call;
    content.tenant = QStringLiteral("acme");
    content.encoding = QStringLiteral("utf-8");
    content.request = QStringLiteral("what was asked");
    content.answer = QStringLiteral("what was answered");
    content.keptAt = now();
    content.expiresAt = now().addSecs(3600);
    content.grant = QStringLiteral("cgr_1");
    done(content);
}

void FakeContentDesk::shred(const QString&, const admin::Change&, Done<ContentStatus> done)
{
    status(std::move(done));
}

void FakeContentDesk::recordRetention(Done<RecordRetention> done)
{
    RecordRetention retention;
    retention.hours = 9600;
    retention.oldest = now();
    retention.sentence = QStringLiteral("Records are kept for ever.");
    done(retention);
}

} // namespace gateway::test
