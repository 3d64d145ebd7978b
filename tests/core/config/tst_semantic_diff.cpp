// The difference between two configs by its effect: every change has its sentence in its group, a move or another
// spelling is none, and no secret is in any of it.
#include "change_samples.h"

#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

using namespace gateway;
using sample::clean;
using sample::with;

class TestSemanticDiff : public QObject
{
    Q_OBJECT

    static QString told(const api::DiffReport& report)
    {
        QString text = QStringLiteral("%1 changes, %2 cosmetic\n").arg(report.changes).arg(report.cosmetic);
        for (const api::DiffGroup& group : report.groups) {
            for (const api::DiffSentence& one : group.sentences)
                text += QStringLiteral("%1 | %2 | %3 | line %4 (%5) | %6\n")
                            .arg(one.group, one.kind, one.field)
                            .arg(one.line)
                            .arg(one.lineBefore)
                            .arg(one.text);
        }
        return text;
    }
    static const api::DiffSentence* sentence(const api::DiffReport& report, const QString& text)
    {
        for (const api::DiffGroup& group : report.groups) {
            for (const api::DiffSentence& one : group.sentences) {
                if (one.text == text)
                    return &one;
            }
        }
        return nullptr;
    }

private Q_SLOTS:
    void sameIsNothing();
    void sentences_data();
    void sentences();
    void cosmetics_data();
    void cosmetics();
    void loosening_data();
    void loosening();
    void whoIsAffected();
    void keysBehindTheSameReference();
    void everyLeafIsSeen();
    void theOtherWayRoundAsWell();
};

void TestSemanticDiff::sameIsNothing()
{
    const api::DiffReport report = sample::diff(clean(), clean());
    QVERIFY2(report.isEmpty(), qPrintable(told(report)));
    QVERIFY(report.groups.isEmpty());
    QVERIFY(report.affected.isEmpty());
    QCOMPARE(report.fromHash, report.toHash);
}

void TestSemanticDiff::sentences_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QString>("group");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("line"); // of the new text; empty: it is gone
    const auto row = [](const char* name, const char* from, const char* to, const char* group, const char* kind,
                         const char* text, const char* line) {
        QTest::newRow(name) << QByteArray(from) << QByteArray(to) << QString::fromUtf8(group) << QString::fromUtf8(kind)
                            << QString::fromUtf8(text) << QByteArray(line);
    };
    row("a share", "weight: 80", "weight: 20", "routing", "changed",
        "up/gpt-6-luna-2026-09-01@eu-west-1 gets 50 % of the calls of alias fast instead of 80 %.",
        "      - {provider: up, model: gpt-6-luna");
    row("a budget", "amount_usd: \"500\"", "amount_usd: \"900\"", "money", "changed",
        "The budget for tenant acme/month is 900 USD instead of 500 USD.", "  - {scope: {tenant: acme}");
    row("a quota", "quota: {requests_per_minute: 60}", "quota: {requests_per_minute: 90}", "money", "changed",
        "The quota of tenant acme has requests_per_minute 90 instead of 60.", "    quota");
    row("a quota that is new", "quota: {requests_per_minute: 60}", "quota: {requests_per_minute: 60, concurrency: 2}",
        "money", "added", "The quota of tenant acme has concurrency 2 instead of not limited.", "    quota");
    row("a ceiling that is gone", "    cost_ceiling_usd: \"0.05\"\n", "", "money", "removed",
        "The cost ceiling of alias fast is no USD instead of 0.05 USD.", "");
    row("a provider's address", "    kind: openai\n", "    kind: openai\n    base_url: https://elsewhere.example/v1\n",
        "security", "added",
        "Provider up is reached at https://elsewhere.example/v1 instead of its kind's own address; its key and all it "
        "is sent go there.",
        "    base_url");
    row("a reference of a key", "key: env:UP_KEY", "key: env:NEW_KEY", "security", "changed",
        "The key of provider up comes from env:NEW_KEY instead of env:UP_KEY.", "    key");
    row("another model", "provider: down, model: gpt-6-luna-2026-09-01",
        "provider: down, model: gpt-6-astra-2026-09-01", "routing", "renamed",
        "Where alias fast took down/gpt-6-luna-2026-09-01, it takes down/gpt-6-astra-2026-09-01.",
        "      - {provider: down, model: gpt-6-astra");
    row("a step that is gone", "      - {kind: smaller-model, provider: up, model: gpt-5.6-luna-2026-09-01}\n", "",
        "routing", "removed", "The chain of alias fast loses the step smaller-model/up/gpt-5.6-luna-2026-09-01.", "");
    row("a tenant that is new", "  - {name: beta, zone: eu}\n",
        "  - {name: beta, zone: eu}\n  - {name: gamma, zone: eu}\n", "privacy", "added",
        "Tenant gamma is new: {name: gamma, zone: eu}.", "  - {name: gamma");
    row("a tenant that is gone", "  - {name: beta, zone: eu}\n", "", "privacy", "removed", "Tenant beta is gone.", "");
    row("a zone that is smaller", "[eu-west-1, eu-central-1]", "[eu-west-1]", "privacy", "changed",
        "Zone eu allows [eu-west-1] instead of [eu-west-1, eu-central-1].", "  - {name: eu");
    row("an alias of another name", "  - name: fast", "  - name: quick", "routing", "renamed",
        "Alias quick was called fast before.", "  - name: quick");
    row("an owner", "owner: platform", "owner: search", "other", "changed",
        "The owner of alias fast is search instead of platform.", "    owner");
    row("a role", "budgets:\n", "roles: [{principal: alice, role: operator}]\nbudgets:\n", "security", "added",
        "Principal alice is new: {principal: alice, role: operator}.", "roles");
    row("how records are kept", "zones:\n", "audit: {acknowledge: queued}\nzones:\n", "security", "added",
        "A caller gets its last byte when its record is queued instead of committed.", "audit");
    row("steps in another order",
        "      - {kind: other-provider, provider: down, model: gpt-6-sol-2026-09-01}\n      - {kind: smaller-model, "
        "provider: up, model: gpt-5.6-luna-2026-09-01}\n",
        "      - {kind: smaller-model, provider: up, model: gpt-5.6-luna-2026-09-01}\n      - {kind: other-provider, "
        "provider: down, model: gpt-6-sol-2026-09-01}\n",
        "routing", "moved",
        "The step other-provider/down/gpt-6-sol-2026-09-01 of alias fast comes at another place of the chain.",
        "      - {kind: other-provider");
}

void TestSemanticDiff::sentences()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QString, group);
    QFETCH(QString, kind);
    QFETCH(QString, text);
    QFETCH(QByteArray, line);
    const QByteArray after = with(from, to);
    const api::DiffReport report = sample::diff(clean(), after);
    const api::DiffSentence* found = sentence(report, text);
    QVERIFY2(found, qPrintable(told(report)));
    QCOMPARE(found->group, group);
    QCOMPARE(found->kind, kind);
    QVERIFY(report.changes >= 1);
    if (line.isEmpty())
        QVERIFY(found->line == 0 && found->lineBefore > 0);
    else
        QVERIFY2(found->line > 0 && after.split('\n')[found->line - 1].startsWith(line), qPrintable(told(report)));
}

void TestSemanticDiff::cosmetics_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::newRow("a comment") << QByteArray("# the company's gateway") << QByteArray("# our gateway");
    QTest::newRow("a comment behind a value") << QByteArray("# the first") << QByteArray("# the best");
    QTest::newRow("an empty line") << QByteArray("    owner: platform\n\n") << QByteArray("    owner: platform\n");
    QTest::newRow("quotes") << QByteArray("owner: platform") << QByteArray("owner: \"platform\"");
    QTest::newRow("money") << QByteArray("cost_ceiling_usd: \"0.05\"") << QByteArray("cost_ceiling_usd: \"0.050\"");
    QTest::newRow("flow as block") << QByteArray("    quota: {requests_per_minute: 60}\n")
                                   << QByteArray("    quota:\n      requests_per_minute: 60\n");
    QTest::newRow("the same shares")
        << QByteArray("weight: 80}\n      - {provider: down, model: gpt-6-luna-2026-09-01, weight: 20}")
        << QByteArray("weight: 8}\n      - {provider: down, model: gpt-6-luna-2026-09-01, weight: 2}");
    QTest::newRow("what is so anyway") << QByteArray("    owner: platform\n")
                                       << QByteArray("    owner: platform\n    degrade: serve\n");
    QTest::newRow("candidates in another order")
        << QByteArray("      - {provider: up, model: gpt-6-luna-2026-09-01, weight: 80}\n      - {provider: down, "
                      "model: gpt-6-luna-2026-09-01, weight: 20}\n")
        << QByteArray("      - {provider: down, model: gpt-6-luna-2026-09-01, weight: 20}\n      - {provider: up, "
                      "model: gpt-6-luna-2026-09-01, weight: 80}\n");
    QTest::newRow("regions in another order")
        << QByteArray("[eu-west-1, eu-central-1]") << QByteArray("[eu-central-1, eu-west-1]");
    QTest::newRow("sections in another order")
        << QByteArray("signalbox: 1\n") << QByteArray("prices: {book: builtin}\nsignalbox: 1\n");
}

void TestSemanticDiff::cosmetics()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    const api::DiffReport report = sample::diff(clean(), with(from, to));
    QVERIFY2(report.changes == 0, qPrintable(told(report)));
    QVERIFY2(report.cosmetic >= 1, qPrintable(told(report)));
    QVERIFY(!report.loosens);
    QVERIFY(report.affected.isEmpty());
}

void TestSemanticDiff::loosening_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<bool>("loosens");
    QTest::newRow("a region more") << QByteArray("[eu-west-1, eu-central-1]")
                                   << QByteArray("[eu-west-1, eu-central-1, us-east-1]") << true;
    QTest::newRow("a region less") << QByteArray("[eu-west-1, eu-central-1]") << QByteArray("[eu-west-1]") << false;
    QTest::newRow("more is kept") << QByteArray("eu-central-1], retention: zero")
                                  << QByteArray("eu-central-1], retention: any") << true;
    QTest::newRow("no zone at all") << QByteArray("  - {name: beta, zone: eu}") << QByteArray("  - {name: beta}")
                                    << true;
    QTest::newRow("a tenant that is new") << QByteArray("  - {name: beta, zone: eu}\n")
                                          << QByteArray("  - {name: beta, zone: eu}\n  - {name: gamma}\n") << false;
    QTest::newRow("content is kept") << QByteArray("zones:\n")
                                     << QByteArray("content: {retain: all, ttl: 7d}\nzones:\n") << true;
    QTest::newRow("a weight") << QByteArray("weight: 80") << QByteArray("weight: 70") << false;
    QTest::newRow("a provider leaves") << QByteArray("region: eu-central-1, retention: zero}\naliases")
                                       << QByteArray("region: us-east-1, retention: zero}\naliases") << false;
}

void TestSemanticDiff::loosening()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(bool, loosens);
    const api::DiffReport report = sample::diff(clean(), with(from, to));
    QVERIFY2(report.loosens == loosens, qPrintable(told(report)));
    // a provider that is said to lie inside from now on lets more through, although no zone changed
    if (QByteArray(QTest::currentDataTag()) == "a provider leaves")
        QVERIFY(sample::diff(with(from, to), clean()).loosens);
}

void TestSemanticDiff::whoIsAffected()
{
    config::Traffic traffic;
    traffic.isKnown = true;
    traffic.calls[QStringLiteral("acme")][QStringLiteral("fast")] = 86'400;
    traffic.calls[QStringLiteral("beta")][QStringLiteral("fast")] = 864;
    traffic.calls[QStringLiteral("beta")][QStringLiteral("other")] = 5;
    const auto names = [](const api::DiffReport& report) {
        QStringList all;
        for (const api::AffectedTenant& one : report.affected)
            all.append(one.tenant);
        return all;
    };
    // through the alias
    api::DiffReport report = sample::diff(clean(), with("weight: 80", "weight: 20"), traffic);
    QCOMPARE(names(report), (QStringList{QStringLiteral("acme"), QStringLiteral("beta")}));
    QVERIFY(report.trafficKnown);
    QCOMPARE(report.affected[0].calls, 86'400);
    QCOMPARE(report.affected[0].callsPerSecond, 1.0);
    QCOMPARE(report.affected[1].calls, 864);
    QCOMPARE(report.affected[1].aliases, QStringList{QStringLiteral("fast")});
    // through a provider of the alias
    report = sample::diff(clean(), with("headroom: 10", "headroom: 20"), traffic);
    QCOMPARE(names(report).size(), 2);
    // itself, with all its calls
    report = sample::diff(
        clean(), with("  - {name: beta, zone: eu}", "  - {name: beta, zone: eu, quota: {concurrency: 1}}"), traffic);
    QCOMPARE(names(report), QStringList{QStringLiteral("beta")});
    QCOMPARE(report.affected[0].calls, 869);
    // by a budget of its own
    report = sample::diff(clean(), with("amount_usd: \"500\"", "amount_usd: \"600\""), traffic);
    QCOMPARE(names(report), QStringList{QStringLiteral("acme")});
    // an owner's name serves nobody differently
    report = sample::diff(clean(), with("owner: platform", "owner: search"), traffic);
    QVERIFY(names(report).isEmpty());
    // without a record nothing is claimed
    report = sample::diff(clean(), with("weight: 80", "weight: 20"));
    QVERIFY(!report.trafficKnown);
}

void TestSemanticDiff::keysBehindTheSameReference()
{
    const auto compiled = [](const QByteArray& secret) {
        const config::KeySource keys([secret](const QByteArray&) { return std::optional(secret); });
        return config::checkText(QStringLiteral("t"), clean(), {keys, QDate(2026, 11, 22), sample::inZone});
    };
    const QByteArray before = "sk-canary-before-000000";
    const QByteArray after = "sk-canary-after-0000000";
    const config::CheckedText was = compiled(before);
    const config::CheckedText now = compiled(after);
    const auto report = [&](const QByteArray& key) {
        return config::semanticDiff({QStringLiteral("a"), *was.file, *was.snapshot},
            {QStringLiteral("b"), *now.file, *now.snapshot}, {sample::inZone, key, QDate(2026, 11, 22)});
    };
    const api::DiffReport one = report("one engine");
    QCOMPARE(one.changes, 2); // a provider each
    const api::DiffSentence& said = one.groups[0].sentences[0];
    QCOMPARE(one.groups[0].name, QStringLiteral("security"));
    QVERIFY(said.before != said.after);
    QVERIFY(said.before.startsWith(QLatin1String("changed (")));
    // the fingerprint tells two secrets apart and not what they are, nor whether another engine has the same
    QVERIFY(report("another engine").groups[0].sentences[0].before != said.before);
    const QByteArray all = QJsonDocument(api::toJson(one)).toJson();
    QVERIFY(!all.contains("canary"));
}

// Whatever leaf is changed: there is a sentence, a cosmetic line, or the text does not compile. Nothing is dropped.
void TestSemanticDiff::everyLeafIsSeen()
{
    const QByteArray text = clean();
    const config::CheckedText before = sample::check(text);
    int seen = 0;
    for (qsizetype at = text.indexOf(": "); at >= 0; at = text.indexOf(": ", at + 1)) {
        const qsizetype end =
            std::min(text.indexOf('\n', at), text.indexOf(',', at) < 0 ? text.size() : text.indexOf(',', at));
        const QByteArray value = text.mid(at + 2, end - at - 2);
        if (value.isEmpty() || !QByteArray("0123456789").contains(value.trimmed().back()))
            continue;
        QByteArray changed = text;
        changed.insert(end, '1');
        const config::CheckedText after = sample::check(changed);
        if (!after.snapshot)
            continue;
        const api::DiffReport report = sample::diff(text, changed);
        QVERIFY2(report.changes > 0, changed.mid(at - 20, 60).constData());
        ++seen;
    }
    QVERIFY(seen >= 4);
}

void TestSemanticDiff::theOtherWayRoundAsWell()
{
    // back again there are as many changes, and added is removed
    const QByteArray after =
        with("  - {name: beta, zone: eu}\n", "  - {name: beta, zone: eu}\n  - {name: gamma, zone: eu}\n");
    const api::DiffReport there = sample::diff(clean(), after);
    const api::DiffReport back = sample::diff(after, clean());
    QCOMPARE(there.changes, back.changes);
    QVERIFY(sentence(back, QStringLiteral("Tenant gamma is gone.")));
}

QTEST_GUILESS_MAIN(TestSemanticDiff)
#include "tst_semantic_diff.moc"
