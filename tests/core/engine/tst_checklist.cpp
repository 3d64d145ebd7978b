// The checklist on values: twenty items, each with a sentence that holds its numbers, none met without being measured.
#include "engine/checklist.h"

#include <QSet>
#include <QTest>

using namespace gateway;
using engine::ChecklistFacts;

namespace {

const QDateTime kNow = QDateTime::fromMSecsSinceEpoch(1'795'305'600'000, Qt::UTC);

std::shared_ptr<config::PolicySnapshot> snapshotWith(const char* model)
{
    auto snapshot = std::make_shared<config::PolicySnapshot>();
    snapshot->revision = 4;
    auto provider = std::make_unique<config::Provider>();
    provider->name = QStringLiteral("openai-eu");
    provider->keyReference = QStringLiteral("env:KEY");
    provider->limits.requestsPerMinute = 500;
    auto alias = std::make_unique<config::Alias>();
    alias->name = QStringLiteral("fast");
    alias->purpose = QStringLiteral("summaries");
    alias->owner = QStringLiteral("platform");
    config::Candidate candidate;
    candidate.provider = provider.get();
    candidate.model = QString::fromLatin1(model);
    candidate.label = QStringLiteral("openai-eu/") + candidate.model;
    alias->candidates.push_back(candidate);
    snapshot->providers.push_back(std::move(provider));
    snapshot->aliases.push_back(std::move(alias));
    return snapshot;
}

ChecklistFacts factsWith(std::shared_ptr<config::PolicySnapshot> snapshot)
{
    ChecklistFacts facts;
    facts.snapshot = std::move(snapshot);
    facts.now = kNow;
    facts.store.health = api::Health::Ok;
    return facts;
}

api::ChecklistItem item(const ChecklistFacts& facts, const char* id)
{
    for (const api::ChecklistItem& one : checklistOf(facts)) {
        if (one.id == QLatin1String(id))
            return one;
    }
    return {};
}

} // namespace

class TestChecklist : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void twentyItems();
    void anEmptyEngineHasMetNothing();
    void pinnedModels_data();
    void pinnedModels();
    void drillsAge();
    void credentials();
    void theRecord();
    void retiredModels();
};

void TestChecklist::twentyItems()
{
    const QVector<api::ChecklistItem> items = checklistOf(factsWith(snapshotWith("gpt-6-luna-2026-09-01")));
    QCOMPARE(items.size(), 20);
    QSet<QString> ids;
    for (int i = 0; i < items.size(); ++i) {
        QCOMPARE(items[i].number, i + 1);
        ids.insert(items[i].id);
        QVERIFY2(items[i].evidence.endsWith(QLatin1Char('.')), qPrintable(items[i].evidence));
        QVERIFY2(!items[i].evidence.contains(QLatin1Char('%')), qPrintable(items[i].evidence)); // every number is in
        QVERIFY(QStringList(
            {QStringLiteral("met"), QStringLiteral("partly"), QStringLiteral("not_met"), QStringLiteral("unknown")})
                    .contains(items[i].state));
        QCOMPARE(items[i].asOf, kNow);
    }
    QCOMPARE(ids.size(), 20);
}

void TestChecklist::anEmptyEngineHasMetNothing()
{
    for (const api::ChecklistItem& one : checklistOf(factsWith(std::make_shared<config::PolicySnapshot>()))) {
        // an engine without calls and config keeps a whole record of none; nothing else can be met
        if (one.id != QLatin1String("audit-completeness"))
            QVERIFY2(one.state != QLatin1String("met"), qPrintable(one.id));
    }
}

void TestChecklist::pinnedModels_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<bool>("pinned");
    for (const char* model : {"gpt-6-luna-2026-09-01", "claude-haiku-4-5-20251001", "gpt-4-0613",
             "gemini-2.0-flash-001", "anthropic.claude-3-5-sonnet-20241022-v2:0", "mistral-large-2407"})
        QTest::newRow(model) << QString::fromLatin1(model) << true;
    for (const char* model : {"gpt-5", "claude-sonnet-latest", "gemini-2.0-flash", "llama3", "sim-model"})
        QTest::newRow(model) << QString::fromLatin1(model) << false;
}

void TestChecklist::pinnedModels()
{
    QFETCH(QString, model);
    QFETCH(bool, pinned);
    const auto one = item(factsWith(snapshotWith(model.toLatin1().constData())), "aliases-pinned");
    QCOMPARE(one.state, pinned ? QStringLiteral("met") : QStringLiteral("not_met"));
    QCOMPARE(one.evidence.contains(model), !pinned); // those that are not are named
}

void TestChecklist::drillsAge()
{
    ChecklistFacts facts = factsWith(snapshotWith("m-001"));
    QCOMPARE(item(facts, "dated-drill").state, QStringLiteral("not_met"));
    api::DrillCard card;
    card.provider = QStringLiteral("openai-eu");
    card.verdict = QStringLiteral("running");
    facts.drills = {card}; // has not ended: proves nothing yet
    QCOMPARE(item(facts, "dated-drill").state, QStringLiteral("not_met"));
    card.endedAt = kNow.addDays(-89);
    card.verdict = QStringLiteral("pass");
    facts.drills = {card};
    QCOMPARE(item(facts, "dated-drill").state, QStringLiteral("met"));
    QVERIFY(item(facts, "dated-drill").evidence.contains(QStringLiteral("89 days ago")));
    facts.drills[0].endedAt = kNow.addDays(-91);
    QCOMPARE(item(facts, "dated-drill").state, QStringLiteral("partly"));
    facts.drills[0].endedAt = kNow.addDays(-1);
    facts.drills[0].verdict = QStringLiteral("fail");
    QCOMPARE(item(facts, "dated-drill").state, QStringLiteral("partly"));
}

void TestChecklist::credentials()
{
    ChecklistFacts facts = factsWith(snapshotWith("m-001"));
    QCOMPARE(item(facts, "credential-isolation").state, QStringLiteral("unknown"));
    api::CredentialInfo narrow;
    narrow.aliases = QStringList{QStringLiteral("fast")};
    narrow.expiresAt = kNow.addDays(1);
    facts.credentials = {narrow};
    QCOMPARE(item(facts, "credential-isolation").state, QStringLiteral("met"));
    api::CredentialInfo wide;
    wide.aliases = QStringList{QStringLiteral("*")};
    facts.credentials.append(wide);
    QCOMPARE(item(facts, "credential-isolation").state, QStringLiteral("partly"));
    facts.credentials[1].revokedAt = kNow.addDays(-1); // gone: it does not count
    QCOMPARE(item(facts, "credential-isolation").state, QStringLiteral("met"));
}

void TestChecklist::theRecord()
{
    ChecklistFacts facts = factsWith(snapshotWith("m-001"));
    QCOMPARE(item(facts, "cost-attribution").state, QStringLiteral("unknown"));
    facts.day.total = 10;
    facts.day.rows = {{kNow, QStringLiteral("answered"), 9, 9, {}, 0, 0, 0},
        {kNow, QStringLiteral("indeterminate"), 1, 0, {}, 1, 0, 0}};
    QCOMPARE(item(facts, "cost-attribution").state, QStringLiteral("partly"));
    QCOMPARE(item(facts, "audit-completeness").state, QStringLiteral("partly"));
    facts.day.rows.removeLast();
    QCOMPARE(item(facts, "cost-attribution").state, QStringLiteral("met"));
    QCOMPARE(item(facts, "audit-completeness").state, QStringLiteral("met"));
    facts.store.health = api::Health::Degraded;
    QCOMPARE(item(facts, "audit-completeness").state, QStringLiteral("partly"));
}

void TestChecklist::retiredModels()
{
    auto snapshot = snapshotWith("m-001");
    config::ModelFacts model;
    model.retires = kNow.date().addDays(10);
    snapshot->aliases[0]->candidates[0].facts = &model;
    QCOMPARE(item(factsWith(snapshot), "deprecations").state, QStringLiteral("unknown"));
    model.retires = kNow.date();
    QCOMPARE(item(factsWith(snapshot), "deprecations").state, QStringLiteral("not_met"));
}

QTEST_GUILESS_MAIN(TestChecklist)
#include "tst_checklist.moc"
