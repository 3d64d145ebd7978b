// signalboxctl as a program against a real listener: exit codes, data on stdout, talk on stderr, JSON that parses.
#include "fake_engine.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace gateway;

class TestCtl : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void exitCodes_data();
    void exitCodes();
    void issuePrintsIdAndKey();
    void explainReadsARequest();
    void leversAreMadeAndUndone();
    void dryRunChangesNothing();
    void billsAreCompared();
    void everyListIsJson();
    void incidentsAreListed();
    void theMatrixIsATable();
    void listsAreJson();
    void tablesAreCalm();

private:
    struct Run
    {
        int code = -1;
        QByteArray out;
        QByteArray err;
    };
    Run run(const QStringList& arguments, const QByteArray& token = test::kToken, const QByteArray& input = {});
    Run line(const QString& text) { return run(text.split(u' ')); }
    test::ControlRoom m_room;
};

TestCtl::Run TestCtl::run(const QStringList& arguments, const QByteArray& token, const QByteArray& input)
{
    QTemporaryDir directory;
    const QString file = directory.filePath(QStringLiteral("token"));
    QFile tokenFile(file);
    if (!tokenFile.open(QIODevice::WriteOnly) || tokenFile.write(token) != token.size())
        return {};
    tokenFile.close();
    QStringList all = arguments;
    if (!arguments.contains(QStringLiteral("--data-dir")) && !arguments.contains(QStringLiteral("--url")))
        all += {QStringLiteral("--url"), QStringLiteral("http://127.0.0.1:%1").arg(m_room.port()),
            QStringLiteral("--token-file"), file};
    QProcess process;
    process.start(qEnvironmentVariable("SIGNALBOX_BIN") + QStringLiteral("/signalboxctl"), all);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(20'000) || process.exitStatus() != QProcess::NormalExit)
        return {};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

void TestCtl::exitCodes_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<int>("code");
    const auto row = [](const char* line, int code) { QTest::newRow(line) << QString::fromLatin1(line) << code; };
    row("status", 0);
    row("--help", 0);
    row("call show req_1", 0);
    row("call show req_9", 3);
    row("provider show nope", 3);
    row("credential revoke c9", 3);
    row("frobnicate", 2);
    row("call list --limit 0", 2);
    row("call list --outcome great", 2);
    row("call list --since yesterday", 2);
    row("call list --unknown", 2);
    row("credential issue --tenant acme", 2);
    row("credential issue --tenant nobody --aliases *", 2);
    row("status --url http://127.0.0.1:1 --token-file /dev/null", 2);
    row("status --data-dir /nonexistent", 8);
    row("config check /nonexistent.yaml", 6);
    row("provider show openai-eu", 0);
    row("provider drain openai-eu --dry-run", 0);
    row("provider drain nope", 3);
    row("provider drain openai-eu --expires 8d", 2);
    row("provider drain openai-eu --expires soon", 2);
    row("provider resume anthropic", 5);
    row("provider breaker openai-eu", 2);
    row("provider breaker openai-eu --state ajar", 2);
    row("provider breaker openai-eu --state auto", 5);
    row("provider breaker anthropic --state open", 2);
    row("provider probe openai-eu", 0);
    row("provider probe anthropic", 6);
    row("failover plan openai-eu", 0);
    row("failover plan nope", 2);
    row("failover plan", 2);
    row("failover plan openai-eu --weight 3", 2);
    row("failover status", 0);
    row("failover revert lev_9", 3);
    row("route explain --alias fast", 0);
    row("route explain --alias fast --zone local", 6);
    row("route explain --alias nope", 3);
    row("route explain /nonexistent.json", 2);
    row("route explain", 2);
    row("route explain --alias fast --ceiling much", 2);
    row("route matrix", 0);
    row("route matrix --alias fast --surface anthropic", 0);
    row("route matrix --alias nope", 3);
    row("route matrix --surface cobol", 2);
    row("budget list", 0);
    row("budget raise b1 --to 600 --dry-run", 0);
    row("budget raise b9 --to 600", 3);
    row("budget raise b9 --to 600 --dry-run", 3);
    row("budget raise b1", 2);
    row("budget raise b1 --to 600 --end", 2);
    row("budget raise b1 --to 6e2", 2);
    row("quota list", 0);
    row("drill report", 0);
    row("drill report lev_1", 0);
    row("drill report lev_9", 3);
    row("drill run openai-eu --percent 0", 2);
    row("drill run openai-eu --tenant nobody", 2);
    row("incident list", 0);
    row("ledger report", 0);
    row("ledger report --since 7d", 0);
    row("ledger report --since monday", 2);
    row("ledger reconcile /nonexistent.csv", 2);
}

void TestCtl::exitCodes()
{
    QFETCH(QString, line);
    QFETCH(int, code);
    const Run ran = run(line.split(u' '));
    QVERIFY2(ran.code == code, ran.err.constData());
    if (code == 0 || code == 6)
        QVERIFY(!ran.out.isEmpty() || line.startsWith(QStringLiteral("config check")));
    else {
        QVERIFY(ran.out.isEmpty());
        QVERIFY(!ran.err.isEmpty());
    }
}

void TestCtl::issuePrintsIdAndKey()
{
    const Run ran = run({QStringLiteral("credential"), QStringLiteral("issue"), QStringLiteral("--tenant"),
        QStringLiteral("acme"), QStringLiteral("--aliases"), QStringLiteral("fast"), QStringLiteral("--reason"),
        QStringLiteral("a \u00fcser asked"), QStringLiteral("--json")});
    QCOMPARE(ran.code, 0);
    const QJsonObject json = QJsonDocument::fromJson(ran.out).object();
    QCOMPARE(json.keys(), (QStringList{QStringLiteral("id"), QStringLiteral("key")}));
    QVERIFY(json.value(QStringLiteral("key")).toString().startsWith(QStringLiteral("sbx_")));
    QString reason;
    m_room.run([&] { reason = m_room.parts().engine.lastReason; });
    QCOMPARE(reason, QStringLiteral("a \u00fcser asked"));
}

void TestCtl::explainReadsARequest()
{
    const QByteArray request = R"({"model":"fast","messages":[{"role":"user","content":"hello"}]})";
    const Run table =
        run({QStringLiteral("route"), QStringLiteral("explain"), QStringLiteral("-")}, test::kToken, request);
    QCOMPARE(table.code, 0);
    QVERIFY(table.out.contains("drawn by weight 80"));
    QVERIFY(table.out.contains("no time is left after the first step"));
    QVERIFY(table.out.contains("WITHOUT THE FILTER"));
    const Run refused = run({QStringLiteral("route"), QStringLiteral("explain"), QStringLiteral("-"),
                                QStringLiteral("--zone"), QStringLiteral("local"), QStringLiteral("--json")},
        test::kToken, request);
    QCOMPARE(refused.code, 6);
    const QJsonObject json = QJsonDocument::fromJson(refused.out).object();
    QCOMPARE(json.value(QStringLiteral("refusal_code")).toString(), QStringLiteral("no_route_in_zone"));
    QVERIFY(refused.err.contains("no_route_in_zone"));
    const Run broken =
        run({QStringLiteral("route"), QStringLiteral("explain"), QStringLiteral("-")}, test::kToken, "{\"model\":");
    QCOMPARE(broken.code, 2);
    QVERIFY(broken.out.isEmpty());
}

void TestCtl::leversAreMadeAndUndone()
{
    const Run drained = run({QStringLiteral("provider"), QStringLiteral("drain"), QStringLiteral("anthropic"),
        QStringLiteral("--expires"), QStringLiteral("2h"), QStringLiteral("--reason"), QStringLiteral("a notice")});
    QCOMPARE(drained.code, 0);
    const QString id = QString::fromUtf8(drained.out.trimmed());
    QVERIFY(id.startsWith(QStringLiteral("lev_")));
    QVERIFY(drained.err.contains("2026-11-22T02:00:00Z"));
    QVERIFY(line(QStringLiteral("provider list")).out.contains("drained"));
    QCOMPARE(line(QStringLiteral("provider drain anthropic")).code, 5);
    QVERIFY(line(QStringLiteral("failover status")).out.contains("a notice"));
    const Run reverted = line(QStringLiteral("failover revert ") + id);
    QCOMPARE(reverted.code, 0);
    QVERIFY(line(QStringLiteral("failover status")).out.contains("coming back"));
    QString reason;
    m_room.run([&] { reason = m_room.parts().engine.lastReason; });
    QVERIFY(reason.startsWith(QStringLiteral("reverted with signalboxctl")));
    const Run weight =
        line(QStringLiteral("failover apply --alias fast --candidate openai-eu/gpt-1@eu-west-1 --weight 0 "
                            "--expires 2026-11-22T00:10:00Z --json"));
    QCOMPARE(weight.code, 0);
    const QJsonObject json = QJsonDocument::fromJson(weight.out).object();
    QCOMPARE(json.value(QStringLiteral("weight")).toInt(-1), 0);
    QCOMPARE(json.value(QStringLiteral("ends_at")).toString(), QStringLiteral("2026-11-22T00:10:00.000Z"));
    const Run drill = line(QStringLiteral("drill run openai-eu --percent 5 --alias fast --expires 90s"));
    QCOMPARE(drill.code, 0);
    const Run card = line(QStringLiteral("drill report ") + QString::fromUtf8(drill.out.trimmed()));
    QCOMPARE(card.code, 0);
    QVERIFY(card.out.contains("running"));
    QVERIFY(card.out.contains("5 %"));
}

void TestCtl::dryRunChangesNothing()
{
    const auto state = [this] {
        return line(QStringLiteral("failover status --json")).out + line(QStringLiteral("budget list --json")).out;
    };
    const QByteArray before = state();
    const Run drain = line(QStringLiteral("provider drain openai-eu --dry-run --json"));
    QCOMPARE(drain.code, 0);
    QVERIFY(QJsonDocument::fromJson(drain.out).object().contains(QStringLiteral("without_target")));
    const Run raise = line(QStringLiteral("budget raise b1 --to 600 --dry-run"));
    QVERIFY(raise.err.contains("Nothing was changed"));
    QVERIFY(raise.out.startsWith("600"));
    QCOMPARE(line(QStringLiteral("drill run openai-eu --dry-run")).code, 0);
    QCOMPARE(state(), before);
    QCOMPARE(line(QStringLiteral("budget raise b1 --to 600")).code, 0);
    QVERIFY(line(QStringLiteral("budget list")).out.contains("600 (raised)"));
    QCOMPARE(line(QStringLiteral("budget raise b1 --end")).code, 0);
    QCOMPARE(state(), before);
}

void TestCtl::billsAreCompared()
{
    QTemporaryDir directory;
    const auto bill = [&](const char* amount) {
        QFile file(directory.filePath(QStringLiteral("bill.csv")));
        if (file.open(QIODevice::WriteOnly))
            file.write(QByteArray("provider,model,month,amount_usd\n") + amount);
        return file.fileName();
    };
    const QStringList reconcile{QStringLiteral("ledger"), QStringLiteral("reconcile")};
    QCOMPARE(run(reconcile + QStringList{bill("openai-eu,gpt-1,2026-11,412.5\n")}).code, 0);
    const Run differs = run(reconcile + QStringList{bill("openai-eu,gpt-1,2026-11,500\n")});
    QCOMPARE(differs.code, 6);
    QVERIFY(differs.out.contains("unpriced 87.5"));
    QCOMPARE(run(reconcile + QStringList{bill("")}).code, 7);
}

void TestCtl::everyListIsJson()
{
    for (const char* command : {"provider list", "failover status", "budget list", "drill report", "route matrix"}) {
        const Run ran = line(QLatin1String(command) + QStringLiteral(" --json"));
        QVERIFY2(QJsonDocument::fromJson(ran.out).isArray(), command);
    }
    for (const char* command : {"quota list", "ledger report", "failover plan openai-eu", "route explain --alias fast",
             "provider show openai-eu", "provider probe openai-eu", "drill report lev_1", "incident list"}) {
        const Run ran = line(QLatin1String(command) + QStringLiteral(" --json"));
        QVERIFY2(QJsonDocument::fromJson(ran.out).isObject(), command);
        QVERIFY2(line(QLatin1String(command)).out.size() > 20, command);
    }
}

void TestCtl::incidentsAreListed()
{
    const Run json = line(QStringLiteral("incident list --json"));
    const QJsonArray items = QJsonDocument::fromJson(json.out).object().value(QStringLiteral("items")).toArray();
    QCOMPARE(items.size(), 2);
    QCOMPARE(items[0].toObject().value(QStringLiteral("id")).toString(), QStringLiteral("inc_2"));
    QCOMPARE(line(QStringLiteral("incident list --jsonl")).out.count('\n'), 2);
    const Run table = line(QStringLiteral("incident list"));
    QCOMPARE(table.code, 0);
    QCOMPARE(table.out.count('\n'), 3);
    QVERIFY(table.out.contains("12 of 20 attempts failed"));
}

void TestCtl::theMatrixIsATable()
{
    const Run all = line(QStringLiteral("route matrix"));
    QCOMPARE(all.code, 0);
    const QList<QByteArray> rows = all.out.trimmed().split('\n');
    QVERIFY(rows[0].startsWith("FEATURE"));
    QVERIFY(rows[0].contains("openai-eu/gpt-1@eu-west-1"));
    QVERIFY(rows[0].contains("anthropic/claude-1@eu-west-1"));
    QVERIFY(all.out.contains("tools"));
    QCOMPARE(rows[1].simplified(), QByteArray("asked in openai.chat anthropic"));
    QCOMPARE(rows[2].simplified(), QByteArray("tools same carried"));
    QCOMPARE(rows[3].simplified(), QByteArray("images by address same no"));
    const Run one = line(QStringLiteral("route matrix --alias fast --surface anthropic"));
    QVERIFY(!one.out.contains("claude-1"));
    QVERIFY(one.out.contains("lossy"));
    const QByteArray json = line(QStringLiteral("route matrix --alias careful --json")).out;
    QCOMPARE(QJsonDocument::fromJson(json).array().size(), 1);
}

void TestCtl::listsAreJson()
{
    const Run array = run({QStringLiteral("call"), QStringLiteral("list"), QStringLiteral("--tenant"),
        QStringLiteral("acme"), QStringLiteral("--json")});
    QCOMPARE(array.code, 0);
    QCOMPARE(QJsonDocument::fromJson(array.out).array().size(), 2);
    const Run lines = run({QStringLiteral("--jsonl"), QStringLiteral("call"), QStringLiteral("list"),
        QStringLiteral("--limit"), QStringLiteral("1")});
    QCOMPARE(lines.out.count('\n'), 1);
    QCOMPARE(
        QJsonDocument::fromJson(lines.out).object().value(QStringLiteral("id")).toString(), QStringLiteral("req_1"));
    QVERIFY(lines.err.contains("--before req_1"));
    const Run wrong = run({QStringLiteral("status")}, QByteArray(64, 'b'));
    QCOMPARE(wrong.code, 4);
}

void TestCtl::tablesAreCalm()
{
    const Run ran = run({QStringLiteral("call"), QStringLiteral("list")});
    QCOMPARE(ran.code, 0);
    QVERIFY(!ran.out.contains('\x1b'));
    const QList<QByteArray> lines = ran.out.trimmed().split('\n');
    QCOMPARE(lines.size(), 4);
    const qsizetype column = lines[0].indexOf("ID");
    for (const QByteArray& line : lines.mid(1)) {
        QCOMPARE(line.mid(column, 4), QByteArray("req_"));
        QVERIFY(!line.endsWith(' '));
    }
}

QTEST_GUILESS_MAIN(TestCtl)
#include "tst_ctl.moc"
