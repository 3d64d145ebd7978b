// Edits by field change the field and nothing else: every other byte stays, comments and order among them.
#include "change_samples.h"

#include "config/edit/field_edit.h"
#include "config/edit/text_places.h"

#include <QRandomGenerator>
#include <QTest>

using namespace gateway;

class TestConfigEdit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sets_data();
    void sets();
    void refuses_data();
    void refuses();
    void manyAtOnceOrNone();
    void everyScalarCanBeSet();
    void aFileOfAnotherSystem();
    void findsByName();
};

// What stands in the sample, the edit, and what has to stand there afterwards; the rest is compared byte by byte.
void TestConfigEdit::sets_data()
{
    QTest::addColumn<QString>("op");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    const auto row = [](const char* name, const char* op, const char* path, const char* value, const char* from,
                         const char* to) {
        QTest::newRow(name) << op << path << value << QByteArray(from) << QByteArray(to);
    };
    row("a plain word before a comment", "set", "providers[up].name", "upper", "name: up            # the first",
        "name: upper            # the first");
    row("a number in a flow map", "set", "aliases[fast].candidates[0].weight", "70", "weight: 80}", "weight: 70}");
    row("quoted money", "set", "aliases[0].cost_ceiling_usd", "\"0.02\"", "cost_ceiling_usd: \"0.05\"",
        "cost_ceiling_usd: \"0.02\"");
    row("a list in a flow map, comment behind", "set", "zones[eu].regions", "[eu-west-1]",
        "regions: [eu-west-1, eu-central-1], retention: zero}   # as", "regions: [eu-west-1], retention: zero}   # as");
    row("a whole flow map", "set", "tenants[acme].quota", "{requests_per_minute: 5}",
        "quota: {requests_per_minute: 60}", "quota: {requests_per_minute: 5}");
    row("a member that is new in a flow map", "set", "tenants[acme].quota.concurrency", "7",
        "{requests_per_minute: 60}", "{requests_per_minute: 60, concurrency: 7}");
    row("a member that is new in a block map", "set", "tenants[acme].content", "{retain: none}",
        "quota: {requests_per_minute: 60}\n", "quota: {requests_per_minute: 60}\n    content: {retain: none}\n");
    row("with the maps that lead to it", "set", "aliases[fast].cache.exact.ttl", "1h", "cost_ceiling_usd: \"0.05\"\n",
        "cost_ceiling_usd: \"0.05\"\n    cache: {exact: {ttl: 1h}}\n");
    row("at the root", "set", "prices.book", "builtin", "at_limit: refuse}\n",
        "at_limit: refuse}\nprices: {book: builtin}\n");
    row("an entry of a block list", "add", "tenants", "{name: gamma, zone: eu}", "  - {name: beta, zone: eu}\n",
        "  - {name: beta, zone: eu}\n  - {name: gamma, zone: eu}\n");
    row("an entry of a nested block list", "add", "aliases[fast].candidates",
        "{provider: up, model: gpt-6-sol-2026-09-01, weight: 0}",
        "- {provider: down, model: gpt-6-luna-2026-09-01, weight: 20}\n",
        "- {provider: down, model: gpt-6-luna-2026-09-01, weight: 20}\n"
        "      - {provider: up, model: gpt-6-sol-2026-09-01, weight: 0}\n");
    row("an entry of a flow list", "add", "zones[0].regions", "eu-north-1", "eu-central-1], retention",
        "eu-central-1, eu-north-1], retention");
    row("a list that is new", "add", "quotas", "{scope: {tenant: beta}, concurrency: 3}", "at_limit: refuse}\n",
        "at_limit: refuse}\nquotas: [{scope: {tenant: beta}, concurrency: 3}]\n");
    row("a member into a map", "add", "tenants[1]", "content: {retain: none}", "{name: beta, zone: eu}",
        "{name: beta, zone: eu, content: {retain: none}}");
    row("an entry goes with its line", "remove", "tenants[beta]", "", "  - {name: beta, zone: eu}\n", "");
    row("an entry of a flow list goes", "remove", "zones[eu].regions[1]", "", "[eu-west-1, eu-central-1]",
        "[eu-west-1]");
    row("the first of a flow list goes", "remove", "zones[eu].regions[0]", "", "[eu-west-1, eu-central-1]",
        "[eu-central-1]");
    row("a member goes, the comment above the next stays", "remove", "aliases[fast].owner", "", "    owner: platform\n",
        "");
    row("a member of a flow map goes", "remove", "providers[up].limits.headroom", "", ", headroom: 10}", "}");
    row("an entry of several lines goes", "remove", "aliases[fast].candidates[1]", "",
        "      - {provider: down, model: gpt-6-luna-2026-09-01, weight: 20}\n", "");
    row("a block of several lines becomes one", "set", "aliases[fast].fallback", "[{kind: refuse}]",
        "fallback:\n      - {kind: other-provider, provider: down, model: gpt-6-sol-2026-09-01}\n      - {kind: "
        "smaller-model, provider: up, model: gpt-5.6-luna-2026-09-01}\n      - {kind: refuse}\n",
        "fallback: [{kind: refuse}]\n");
}

void TestConfigEdit::sets()
{
    QFETCH(QString, op);
    QFETCH(QString, path);
    QFETCH(QString, value);
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QCOMPARE(sample::clean().count(from), 1);
    const auto after = config::edited(sample::clean(), api::FieldEdit{op, path, value});
    QVERIFY2(after, after ? "" : qPrintable(after.error().message));
    QCOMPARE(*after, sample::with(from, to));
}

void TestConfigEdit::refuses_data()
{
    QTest::addColumn<QString>("op");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("value");
    QTest::newRow("no such entry") << "set"
                                   << "aliases[slow].owner"
                                   << "x";
    QTest::newRow("no such entry to remove") << "remove"
                                             << "tenants[gamma]"
                                             << "";
    QTest::newRow("no such member to remove") << "remove"
                                              << "tenants[acme].content"
                                              << "";
    QTest::newRow("a path that is none") << "set"
                                         << "aliases["
                                         << "x";
    QTest::newRow("a value of two lines") << "set"
                                          << "aliases[fast].owner"
                                          << "a\nb: c";
    QTest::newRow("a value that closes what is around it") << "set"
                                                           << "zones[eu].retention"
                                                           << "zero}, {name: x";
    QTest::newRow("a value that is a comment") << "set"
                                               << "aliases[fast].owner"
                                               << "# nobody";
    QTest::newRow("a value that is two members") << "set"
                                                 << "zones[eu].retention"
                                                 << "zero, regions: [us]";
    QTest::newRow("another word") << "put"
                                  << "aliases[fast].owner"
                                  << "x";
    QTest::newRow("an entry into a map") << "add"
                                         << "tenants[acme]"
                                         << "justaword";
}

void TestConfigEdit::refuses()
{
    QFETCH(QString, op);
    QFETCH(QString, path);
    QFETCH(QString, value);
    const auto after = config::edited(sample::clean(), api::FieldEdit{op, path, value});
    QVERIFY2(!after, after ? after->constData() : "");
    QVERIFY(!after.error().message.isEmpty());
}

void TestConfigEdit::manyAtOnceOrNone()
{
    using Edits = QVector<api::FieldEdit>;
    const auto set = [](const char* path, const char* value) {
        return api::FieldEdit{QStringLiteral("set"), QLatin1String(path), QLatin1String(value)};
    };
    const auto both = config::edited(sample::clean(),
        Edits{set("aliases[fast].candidates[0].weight", "60"), set("aliases[fast].candidates[1].weight", "40")});
    QVERIFY(both);
    QCOMPARE(*both, sample::with("weight: 20", "weight: 40", sample::with("weight: 80", "weight: 60")));
    QVERIFY(!config::edited(sample::clean(), Edits{set("aliases[fast].owner", "x"), set("aliases[slow].owner", "x")}));
}

// Whatever scalar of the text is set: only its own bytes differ.
void TestConfigEdit::everyScalarCanBeSet()
{
    const QByteArray text = sample::clean();
    int seen = 0;
    const std::function<void(const config::Place&, const QString&)> visit = [&](const config::Place& place,
                                                                                const QString& path) {
        if (place.type == config::Value::Type::Text) {
            const auto after = config::edited(
                text, api::FieldEdit{QStringLiteral("set"), path, QStringLiteral("changed-by-the-test")});
            QVERIFY2(after, qPrintable(path));
            QByteArray expected = text;
            expected.replace(place.begin, place.end - place.begin, "changed-by-the-test");
            QCOMPARE(*after, expected);
            ++seen;
        }
        for (std::size_t i = 0; i < place.children.size(); ++i) {
            const config::Place& child = place.children[i];
            visit(child, place.type == config::Value::Type::List ? path + QStringLiteral("[%1]").arg(i)
                         : path.isEmpty()                        ? child.key
                                                                 : path + u'.' + child.key);
        }
    };
    const auto places = config::placesOf(text);
    QVERIFY(places);
    visit(*places, {});
    QVERIFY(seen > 40);
}

void TestConfigEdit::aFileOfAnotherSystem()
{
    QByteArray text = sample::clean();
    text.replace("\n", "\r\n");
    text.replace("short answers", "kurze Sätze, größer"); // bytes are not characters
    const auto after = config::edited(
        text, api::FieldEdit{QStringLiteral("set"), QStringLiteral("aliases[fast].owner"), QStringLiteral("x")});
    QVERIFY2(after, after ? "" : qPrintable(after.error().message));
    QByteArray expected = text;
    QCOMPARE(*after, expected.replace("owner: platform", "owner: x"));
    const auto added = config::edited(
        text, api::FieldEdit{QStringLiteral("add"), QStringLiteral("tenants"), QStringLiteral("{name: gamma}")});
    QVERIFY(added);
    QVERIFY(added->contains("  - {name: beta, zone: eu}\r\n  - {name: gamma}\r\n"));
}

void TestConfigEdit::findsByName()
{
    const config::CheckedText checked = sample::check(sample::clean());
    QVERIFY(checked.file);
    const config::Value* weight =
        config::find(checked.file->root, QStringLiteral("aliases[fast].candidates[1].weight"));
    QVERIFY(weight);
    QCOMPARE(weight->text, QStringLiteral("20"));
    QVERIFY(!config::find(checked.file->root, QStringLiteral("aliases[fast].candidates[2]")));
}

QTEST_GUILESS_MAIN(TestConfigEdit)
#include "tst_config_edit.moc"
