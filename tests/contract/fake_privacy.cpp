#include "fake_privacy.h"

#include "fake_engine.h"

namespace gateway::test {

using admin::Change;
using admin::Done;
using api::Failure;

namespace {

const QString kAcme = QStringLiteral("acme");
const QString kOther = QStringLiteral("other");
const QString kEu = QStringLiteral("eu-only");

QDateTime now()
{
    return QDateTime::fromMSecsSinceEpoch(kNowMs, Qt::UTC);
}

template <typename Values>
Values only(Values values, const QStringList& tenants)
{
    values.removeIf([&](const auto& one) { return !tenants.isEmpty() && !tenants.contains(one.tenant); });
    return values;
}

api::ZoneAudit openAudit()
{
    api::ZoneAudit audit;
    audit.quarter = QStringLiteral("2026-Q4");
    audit.from = QDateTime(QDate(2026, 10, 1), QTime(0, 0), Qt::UTC);
    audit.dueAt = QDateTime(QDate(2027, 1, 1), QTime(0, 0), Qt::UTC).addMSecs(-1);
    audit.state = QStringLiteral("open");
    audit.sentence = QStringLiteral("The zone audit of 2026-Q4 can be signed.");
    return audit;
}

} // namespace

api::ZoneProof FakePrivacyDesk::proof(const QStringList& tenants) const
{
    api::ZoneProof proof;
    proof.verdict = QStringLiteral("VIOLATION");
    proof.sentence = QStringLiteral("1 of 2 tenants can be led outside what was promised.");
    proof.asOf = now();
    proof.revision = 7;
    proof.uses = {{QStringLiteral("candidate"), QStringLiteral("walked"), QStringLiteral("Every candidate.")}};
    api::TenantProof acme;
    acme.tenant = kAcme;
    acme.contractReference = QStringLiteral("MSA-17");
    acme.contractZone = acme.configuredZone = acme.effectiveZone = kEu;
    acme.verdict = QStringLiteral("PROVED");
    acme.sentence = QStringLiteral("1 endpoint on 4 paths, all inside eu-only and contract MSA-17.");
    acme.paths = 4;
    acme.endpoints = {{QStringLiteral("openai-eu/gpt-1@eu-west-1"), QStringLiteral("openai-eu"),
        QStringLiteral("eu-west-1"), QStringLiteral("zero"), {QStringLiteral("fast")}, {QStringLiteral("candidate")}}};
    api::TenantProof other = acme;
    other.tenant = kOther;
    other.contractReference = QStringLiteral("MSA-18");
    other.configuredZone = other.effectiveZone = QStringLiteral("world");
    other.verdict = QStringLiteral("VIOLATION");
    other.violations = 1;
    other.counterexamples = {{QStringLiteral("fast"), QStringLiteral("fallback other-region"), QStringLiteral("world"),
        QStringLiteral("openai-us/gpt-1@us-east-1"),
        QStringLiteral("region us-east-1 not in eu-only (contract MSA-18)"),
        QStringLiteral("other -> alias fast -> fallback other-region -> openai-us@us-east-1: region us-east-1 not in "
                       "eu-only (contract MSA-18)")}};
    other.sentence = other.counterexamples.first().sentence;
    proof.tenants = only(QVector<api::TenantProof>{acme, other}, tenants);
    if (!tenants.isEmpty() && !tenants.contains(kOther))
        proof.verdict = QStringLiteral("PROVED");
    return proof;
}

api::StandingCheck FakePrivacyDesk::checkOf(const api::ZoneCheckQuery& query, const QStringList& tenants) const
{
    api::StandingCheck standing;
    api::ZoneCheck& check = standing.check;
    check.asOf = now();
    check.until = query.until.value_or(now());
    check.since = query.since.value_or(now().addDays(-1));
    check.revision = 7;
    check.query = QStringLiteral("SELECT count(*) FROM attempts");
    check.tenants =
        only(QVector<api::TenantZoneCheck>{{kAcme, kEu, QStringLiteral("MSA-17"), kEu, QStringLiteral("PASS"),
                                               QStringLiteral("0 of 2 went outside."),
                                               {{QStringLiteral("fast"), QStringLiteral("openai-eu/gpt-1@eu-west-1"),
                                                   QStringLiteral("candidate"), true, {}}},
                                               2, 0, 0, {}},
                 {kOther, kEu, QStringLiteral("MSA-18"), QStringLiteral("world"), QStringLiteral("FAIL"),
                     QStringLiteral("1 of 1 attempt went outside the zone that was in force."), {}, 1, 1, 0,
                     {QStringLiteral("req_3")}}},
            tenants);
    check.verdict = QStringLiteral("NO_DATA");
    standing.sentence = QStringLiteral("Nothing was looked at.");
    for (const api::TenantZoneCheck& one : check.tenants) {
        standing.scanned += one.attempts;
        standing.outside += one.outside;
        if (check.verdict != QLatin1String("FAIL"))
            check.verdict = one.verdict;
        if (one.outside > 0)
            standing.rows.append({QStringLiteral("req_3"), 1, now(), kOther, kEu, QStringLiteral("openai-us"),
                QStringLiteral("us-east-1"), QStringLiteral("zero"), 7,
                QStringLiteral("region us-east-1 not in eu-only")});
        standing.sentence = one.sentence;
    }
    standing.trigger = QStringLiteral("asked");
    standing.chain = QStringLiteral("unchecked");
    return standing;
}

void FakePrivacyDesk::check(const api::ZoneCheckQuery& query, const QStringList& tenants, Done<api::StandingCheck> done)
{
    later<api::StandingCheck>(std::move(done), checkOf(query, tenants));
}

void FakePrivacyDesk::runCheck(const api::ZoneCheckQuery& query, const Change& change, Done<api::StandingCheck> done)
{
    api::StandingCheck check = checkOf(query, query.tenant.isEmpty() ? QStringList() : QStringList{query.tenant});
    check.number = 3;
    check.trigger = QStringLiteral("run");
    check.by = change.by.name;
    check.incident = check.outside > 0 ? QStringLiteral("inc_zone") : QString();
    later<api::StandingCheck>(std::move(done), check);
}

void FakePrivacyDesk::checks(Done<QVector<api::ZoneCheckRun>> done)
{
    api::ZoneCheckRun run;
    run.number = 2;
    run.at = run.until = now();
    run.since = now().addDays(-1);
    run.trigger = QStringLiteral("scheduled");
    run.revision = 7;
    run.verdict = QStringLiteral("FAIL");
    run.sentence = QStringLiteral("1 of 3 attempts outside the zone in force, coverage 100 %.");
    run.scanned = 3;
    run.outside = 1;
    run.incident = QStringLiteral("inc_zone");
    later<QVector<api::ZoneCheckRun>>(std::move(done), QVector<api::ZoneCheckRun>{run});
}

void FakePrivacyDesk::keptCheck(qint64 number, Done<api::StandingCheck> done)
{
    if (number != 2)
        return later<api::StandingCheck>(
            std::move(done), api::failure(Failure::NotFound, QStringLiteral("There is no zone check %1.").arg(number)));
    api::StandingCheck check = checkOf({}, {});
    check.number = number;
    later<api::StandingCheck>(std::move(done), check);
}

void FakePrivacyDesk::records(const QStringList& tenants, Done<QVector<api::ZoneRecord>> done)
{
    api::ZoneRecord record;
    record.tenant = kAcme;
    record.zone = record.contractZone = kEu;
    record.regions = {QStringLiteral("eu-west-1")};
    record.retention = QStringLiteral("zero");
    record.contractReference = QStringLiteral("MSA-17");
    record.contractDated = QStringLiteral("2026-01-10");
    record.approvers = {QStringLiteral("jana")};
    record.firstRevision = 1;
    record.lastRevision = 7;
    record.from = now().addDays(-30);
    api::ZoneRecord other = record;
    other.tenant = kOther;
    other.loosened = QStringList{QStringLiteral("Zone world allows region us-east-1.")};
    later<QVector<api::ZoneRecord>>(std::move(done), only(QVector<api::ZoneRecord>{record, other}, tenants));
}

void FakePrivacyDesk::audits(Done<QVector<api::ZoneAudit>> done)
{
    later<QVector<api::ZoneAudit>>(std::move(done), QVector<api::ZoneAudit>{openAudit()});
}

void FakePrivacyDesk::signAudit(const api::AuditSignature& signature, const Change& change, Done<api::ZoneAudit> done)
{
    api::ZoneAudit audit = openAudit();
    if (!signature.quarter.isEmpty() && signature.quarter != audit.quarter)
        return later<api::ZoneAudit>(std::move(done),
            api::failure(Failure::Conflict, QStringLiteral("There is no audit of that quarter to sign.")));
    audit.state = QStringLiteral("signed");
    audit.signedBy = change.by.name;
    audit.signedAt = now();
    audit.comment = signature.comment;
    later<api::ZoneAudit>(std::move(done), audit);
}

void FakePrivacyDesk::exceptions(Done<QVector<api::ZoneException>> done)
{
    later<QVector<api::ZoneException>>(std::move(done),
        QVector<api::ZoneException>{{QStringLiteral("zx_1"), kOther, QStringLiteral("until the move is done"),
            QStringLiteral("jana"), now().addDays(-1), now().addDays(20)}});
}

void FakePrivacyDesk::makeException(
    const api::ExceptionRequest& request, const Change& change, Done<api::ZoneException> done)
{
    if (!request.expiresAt)
        return later<api::ZoneException>(
            std::move(done), api::failure(Failure::Invalid, QStringLiteral("An exception ends.")));
    later<api::ZoneException>(std::move(done), api::ZoneException{QStringLiteral("zx_2"), request.tenant, request.text,
                                                   change.by.name, now(), *request.expiresAt});
}

void FakePrivacyDesk::credentialReach(
    const QString& id, const QDateTime& since, const QDateTime& until, Done<api::KeyReach> done)
{
    if (id != QLatin1String("c1"))
        return later<api::KeyReach>(
            std::move(done), api::failure(Failure::NotFound, QStringLiteral("There is no credential %1.").arg(id)));
    api::KeyReach reach;
    reach.kind = QStringLiteral("credential");
    reach.name = id;
    reach.since = since;
    reach.until = until;
    reach.sentence = QStringLiteral("2 calls and 2 attempts, to openai-eu in eu-only, for 0.002 USD.");
    reach.calls = reach.attempts = 2;
    reach.spent = api::Money::fromNano(2'000'000);
    reach.tenants = {kAcme};
    reach.zones = {kEu};
    reach.providers = {QStringLiteral("openai-eu")};
    reach.rows = {{kAcme, id, QStringLiteral("fast"), QStringLiteral("openai-eu"), QStringLiteral("eu-west-1"), kEu, 2,
        2, reach.spent, 0, now(), now()}};
    later<api::KeyReach>(std::move(done), reach);
}

void FakePrivacyDesk::providerReach(
    const QString& name, const QDateTime& since, const QDateTime& until, Done<api::KeyReach> done)
{
    if (name != QLatin1String("openai-eu"))
        return later<api::KeyReach>(
            std::move(done), api::failure(Failure::NotFound, QStringLiteral("There is no provider %1.").arg(name)));
    credentialReach(QStringLiteral("c1"), since, until, [done, name](api::Result<api::KeyReach> reach) {
        reach->kind = QStringLiteral("provider");
        reach->name = name;
        done(std::move(reach));
    });
}

} // namespace gateway::test
