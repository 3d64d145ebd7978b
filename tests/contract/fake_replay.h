// FakeReplayDesk: two replays that are over, one of tenant acme alone and one of all calls, the same in every run. Its
// answers to changes come at once. Control thread.
#pragma once

#include "admin/replay_desk.h"

namespace gateway::test {

class FakeReplayDesk final : public admin::ReplayDesk
{
public:
    FakeReplayDesk()
    {
        add(QStringLiteral("rpl_2"), {});
        add(QStringLiteral("rpl_1"), QStringLiteral("acme"));
    }

    void start(const api::ReplayRequest& request, const Asker& asker, admin::Done<api::ReplayReport> done) override
    {
        if (request.yaml.contains(QLatin1String("bad")))
            return done(api::failure(api::Failure::Invalid, QStringLiteral("The config has 1 problems.")));
        api::ReplayReport report;
        report.id = QStringLiteral("rpl_3");
        report.by = asker.name;
        report.tenant = request.tenant;
        done(report);
    }
    QVector<api::ReplayReport> list(const QStringList& tenants) const override
    {
        QVector<api::ReplayReport> seen;
        for (const api::ReplayReport& report : m_reports) {
            if (tenants.isEmpty() || tenants.contains(report.tenant))
                seen.append(report);
        }
        return seen;
    }
    api::Result<api::ReplayReport> report(const QString& id, const QStringList& tenants) const override
    {
        for (const api::ReplayReport& report : list(tenants)) {
            if (report.id == id)
                return report;
        }
        return api::failure(api::Failure::NotFound, QStringLiteral("There is no replay %1.").arg(id));
    }
    api::Result<api::ReplayChangePage> changes(
        const QString& id, const api::ReplayChangeQuery&, const QStringList& tenants) const override
    {
        const api::Result<api::ReplayReport> found = report(id, tenants);
        if (!found)
            return found.error();
        api::ReplayChange change;
        change.call = QStringLiteral("req_1");
        change.tenant = found->tenant.isEmpty() ? QStringLiteral("other") : found->tenant;
        change.effect = QStringLiteral("newly-refused");
        change.before = QStringLiteral("openai-eu/gpt-1@eu-west-1");
        change.after = QStringLiteral("cost_ceiling");
        return api::ReplayChangePage{{change}, {}, 1};
    }
    api::Result<api::ReplayReport> cancel(const QString& id, const QStringList& tenants) override
    {
        return report(id, tenants);
    }

private:
    void add(const QString& id, const QString& tenant)
    {
        api::ReplayReport report;
        report.id = id;
        report.state = QStringLiteral("done");
        report.tenant = tenant;
        report.calls = report.sampled = report.replayable = 10;
        report.changed = report.listed = 1;
        report.sentence = QStringLiteral("1 of 10 calls would be decided otherwise.");
        if (tenant.isEmpty())
            report.tenants = {{QStringLiteral("other"), 10, 1}};
        m_reports.append(report);
    }
    QVector<api::ReplayReport> m_reports; // newest first
};

} // namespace gateway::test
