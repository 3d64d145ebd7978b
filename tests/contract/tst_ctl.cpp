// signalboxctl as a program against a real listener: exit codes, data on stdout, talk on stderr, JSON that parses.
#include "fake_engine.h"

#include "api/local_engine.h"

#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSet>
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
    void everyWriteHasADryRun_data();
    void everyWriteHasADryRun();
    void wideChangesAskFirst();
    void aWordOnTheTerminalIsAnAnswer();
    void revisionsAreExpected();
    void addressesAreChecked_data();
    void addressesAreChecked();
    void environmentNamesTheEngine();
    void exportsAreWholeOrNotThere();
    void callsAreTailed();
    void eventsAreFiltered();
    void outputThatEndsIsNotSuccess();
    void rotationPrintsTheSuccessor();
    void auditIsReadWhole();
    void doctorNamesWhatIsWrong();
    void doctorSeesALocalEngine();
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
    QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(m_room.port()); }
    QString tokenFile(const QByteArray& token = test::kToken); // one that lives as long as the test
    QTemporaryDir m_folder;
    test::ControlRoom m_room;
};

QString TestCtl::tokenFile(const QByteArray& token)
{
    QFile file(m_folder.filePath(QStringLiteral("token-") + QString::fromLatin1(token.left(1))));
    return file.open(QIODevice::WriteOnly) && file.write(token) == token.size() ? file.fileName() : QString();
}

QString program()
{
    return qEnvironmentVariable("SIGNALBOX_BIN") + QStringLiteral("/signalboxctl");
}

TestCtl::Run TestCtl::run(const QStringList& arguments, const QByteArray& token, const QByteArray& input)
{
    QStringList all = arguments;
    if (!arguments.contains(QStringLiteral("--data-dir")) && !arguments.contains(QStringLiteral("--url")))
        all += {QStringLiteral("--url"), url(), QStringLiteral("--token-file"), tokenFile(token)};
    QProcess process;
    process.start(program(), all);
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
    row("config canary status", 7);              // it runs, and the data do not say
    row("config canary start d1 --reason r", 5); // one at a time
    row("config canary resume --reason r", 5);
    row("config canary start d1 --steps 5,x", 2);
    row("config canary start d1 --sticky-by user", 2);
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
    row("incident show inc_1", 0);
    row("incident show inc_9", 3);
    row("incident ack inc_9", 3);
    row("incident note inc_1", 2);
    row("incident handover inc_1", 0);
    row("incident handover inc_9", 3);
    row("zone check", 6);
    row("zone check --since 30d", 6);
    row("zone check --since yesterday", 2);
    row("zone check --until yesterday", 2);
    row("zone check --tenant acme", 0);
    row("zone check --keep --reason weekly", 6);
    row("zone prove", 6);
    row("zone prove --tenant acme", 0);
    row("zone history", 0);
    row("zone history 2", 6);
    row("zone history 9", 3);
    row("zone record --tenant acme", 0);
    row("zone audit list", 0);
    row("zone audit exceptions", 0);
    row("zone audit sign", 2);
    row("zone audit sign --comment read --reason Q4", 0);
    row("zone audit sign --quarter 2020-Q1 --comment read --reason Q4", 5);
    row("zone audit except --tenant acme --what moves --expires 30d --reason x", 0);
    row("zone audit except --tenant acme --what moves --reason x", 2);
    row("credential reach c1", 0);
    row("credential reach c9", 3);
    row("credential reach c1 --since soon", 2);
    row("provider reach openai-eu --since 7d", 0);
    row("provider reach p9", 3);
    row("checklist", 0);
    row("call summary", 0);
    row("call summary --by tenant --since 7d --step 1d", 0);
    row("call summary --by weather", 2);
    row("call summary --step now", 2);
    row("call export --format xml", 2);
    row("call export --since 1h --until 2h", 2);
    row("call export --out /nonexistent/calls.csv", 1);
    row("audit list --outcome fine", 2);
    row("audit export --until soon", 2);
    row("credential rotate c9", 3);
    row("credential rotate c1 --grace 8d", 2);
    row("credential rotate c1 --grace soon", 2);
    row("server status", 0);
    row("server fingerprint", 7);
    row("whoami", 0);
    row("principal list", 0);
    row("principal issue anna --role emperor", 2);
    row("principal revoke nobody", 3);
    row("pair start", 2);
    row("pair start laptop --holds ever", 2);
    row("export list", 0);
    row("export test nope", 3);
    row("connect test http://gateway.example", 2);
    row("connect test ftp://127.0.0.1", 2);
    row("completion tcsh", 2);
    row("completion bash", 0);
    row("man", 0);
    row("man provider", 0);
    row("man nope", 3);
    row("help", 0);
    row("help provider drain", 0);
    row("help provider frobnicate", 2);
    row("config diff", 3); // no revisions are kept here
    row("drift list", 2);
    row("evidence build", 2);
    row("deprecation list", 2);
    row("audit verify", 0);
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
    else if (line.startsWith(QStringLiteral("config canary status")))
        QVERIFY(!ran.out.isEmpty()); // there is something to show, and it does not say yet
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
    const Run drained = run(
        {QStringLiteral("provider"), QStringLiteral("drain"), QStringLiteral("anthropic"), QStringLiteral("--expires"),
            QStringLiteral("2h"), QStringLiteral("--reason"), QStringLiteral("a notice"), QStringLiteral("--yes")});
    QCOMPARE(drained.code, 0);
    const QString id = QString::fromUtf8(drained.out.trimmed());
    QVERIFY(id.startsWith(QStringLiteral("lev_")));
    QVERIFY(drained.err.contains("2026-11-22T02:00:00Z"));
    QVERIFY(line(QStringLiteral("provider list")).out.contains("drained"));
    QCOMPARE(line(QStringLiteral("provider drain anthropic --yes")).code, 5);
    QVERIFY(line(QStringLiteral("failover status")).out.contains("a notice"));
    const Run reverted = line(QStringLiteral("failover revert ") + id);
    QCOMPARE(reverted.code, 0);
    QVERIFY(line(QStringLiteral("failover status")).out.contains("coming back"));
    QString reason;
    m_room.run([&] { reason = m_room.parts().engine.lastReason; });
    QVERIFY(reason.startsWith(QStringLiteral("reverted with signalboxctl")));
    const Run weight =
        line(QStringLiteral("failover apply --alias fast --candidate openai-eu/gpt-1@eu-west-1 --weight 0 "
                            "--expires 2026-11-22T00:10:00Z --json --yes"));
    QCOMPARE(weight.code, 0);
    const QJsonObject json = QJsonDocument::fromJson(weight.out).object();
    QCOMPARE(json.value(QStringLiteral("weight")).toInt(-1), 0);
    QCOMPARE(json.value(QStringLiteral("ends_at")).toString(), QStringLiteral("2026-11-22T00:10:00.000Z"));
    const Run drill = line(QStringLiteral("drill run openai-eu --percent 5 --alias fast --expires 90s --yes"));
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
    for (const char* command :
        {"provider list", "alias list", "tenant list", "call list", "credential list", "failover status", "budget list",
            "drill report", "route matrix", "incident list", "checklist", "audit list", "principal list", "export list",
            "zone history", "zone record", "zone audit list", "zone audit exceptions"}) {
        const Run ran = line(QLatin1String(command) + QStringLiteral(" --json"));
        QVERIFY2(QJsonDocument::fromJson(ran.out).isArray(), command);
    }
    for (const char* command : {"quota list", "ledger report", "failover plan openai-eu", "route explain --alias fast",
             "provider show openai-eu", "provider probe openai-eu", "drill report lev_1", "incident show inc_1",
             "incident handover inc_1", "zone check", "zone prove", "credential reach c1", "provider reach openai-eu",
             "call summary", "status", "config show", "whoami"}) {
        const Run ran = line(QLatin1String(command) + QStringLiteral(" --json"));
        QVERIFY2(QJsonDocument::fromJson(ran.out).isObject(), command);
        QVERIFY2(line(QLatin1String(command)).out.size() > 20, command);
    }
}

void TestCtl::incidentsAreListed()
{
    const Run json = line(QStringLiteral("incident list --json"));
    const QJsonArray items = QJsonDocument::fromJson(json.out).array();
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

void TestCtl::everyWriteHasADryRun_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("path");
    const auto row = [](const char* line, const char* path) {
        QTest::newRow(line) << QString::fromLatin1(line) << QStringLiteral("/api/v1/") + QString::fromLatin1(path);
    };
    row("provider drain openai-eu --expires 1h", "providers/openai-eu/drain");
    row("provider resume openai-eu", "providers/openai-eu/resume");
    row("provider breaker openai-eu --state open", "providers/openai-eu/breaker");
    row("provider probe openai-eu", "providers/openai-eu/probe");
    row("failover apply openai-eu", "failovers");
    row("failover revert lev_1", "failovers/lev_1/revert");
    row("drill run openai-eu --percent 5", "failovers");
    row("budget raise b1 --to 600", "budgets/b1/raise");
    row("credential issue --tenant acme --aliases fast", "credentials");
    row("credential revoke c1", "credentials/c1/revoke");
    row("credential rotate c1", "credentials/c1/rotate");
    row("config canary start d1 --sticky-by credential --steps 5,100", "config/canary");
    row("config canary pause", "config/canary/pause");
    row("config canary advance", "config/canary/advance");
    row("config canary abort", "config/canary/abort");
    row("incident ack inc_1", "incidents/inc_1/ack");
    row("incident note inc_1 seen", "incidents/inc_1/note");
    row("principal issue anna --role operator", "principals");
    row("pair start laptop", "pairings");
}

void TestCtl::everyWriteHasADryRun()
{
    QFETCH(QString, line);
    QFETCH(QString, path);
    const auto changes = [this] { return this->line(QStringLiteral("audit export")).out; };
    const QByteArray before = changes();
    const Run ran = this->line(line + QStringLiteral(" --dry-run --json --reason why --if-revision 7"));
    QVERIFY2(ran.code == 0, ran.err.constData());
    const QJsonObject sent = QJsonDocument::fromJson(ran.out).object().value(QStringLiteral("would_send")).toObject();
    QCOMPARE(sent.value(QStringLiteral("method")).toString(), QStringLiteral("POST"));
    QCOMPARE(sent.value(QStringLiteral("path")).toString(), path);
    QCOMPARE(sent.value(QStringLiteral("reason")).toString(), QStringLiteral("why"));
    QCOMPARE(sent.value(QStringLiteral("if_revision")).toInt(), 7);
    QVERIFY(ran.err.contains("Nothing was changed."));
    const Run people = this->line(line + QStringLiteral(" --dry-run"));
    QCOMPARE(people.code, 0);
    QVERIFY(!people.out.isEmpty());
    QCOMPARE(changes(), before);
}

// The fake's plan says that a drain leaves tenant acme without a target.
void TestCtl::wideChangesAskFirst()
{
    const QByteArray before = line(QStringLiteral("failover status --json")).out;
    const Run asked = line(QStringLiteral("provider drain openai-eu"));
    QCOMPARE(asked.code, 2);
    QVERIFY(asked.err.contains("tenant acme"));
    QVERIFY(asked.err.contains("--yes"));
    QCOMPARE(line(QStringLiteral("provider drain openai-eu --no-input")).code, 2);
    QCOMPARE(line(QStringLiteral("failover status --json")).out, before);
    const Run done = line(QStringLiteral("provider drain openai-eu --yes"));
    QVERIFY2(done.code == 0, done.err.constData());
    QCOMPARE(line(QStringLiteral("failover revert ") + QString::fromUtf8(done.out.trimmed())).code, 0);
}

// script(1) gives the program a terminal.
void TestCtl::aWordOnTheTerminalIsAnAnswer()
{
    const auto answer = [this](const QByteArray& typed) {
        const QString command =
            QStringLiteral("%1 provider drain openai-eu --url %2 --token-file %3").arg(program(), url(), tokenFile());
        QProcess process;
        process.start(QStringLiteral("script"), {QStringLiteral("-qec"), command, QStringLiteral("/dev/null")});
        if (!process.waitForStarted())
            return Run{};
        while (!process.readAllStandardOutput().contains("to go on:") && process.waitForReadyRead(10'000)) {
        }
        process.write(typed + '\n');
        process.waitForFinished(20'000);
        return Run{process.exitCode(), process.readAllStandardOutput(), {}};
    };
    const Run no = answer("y");
    if (no.code == -1)
        QSKIP("script(1) of bsdutils is missing");
    QCOMPARE(no.code, 1);
    QVERIFY(no.out.contains("Nothing was changed."));
    const Run yes = answer("openai-eu");
    QVERIFY2(yes.code == 0, yes.out.constData());
    const qsizetype id = yes.out.indexOf("lev_");
    QVERIFY(id >= 0);
    QCOMPARE(
        line(QStringLiteral("failover revert ") + QString::fromUtf8(yes.out.mid(id, yes.out.indexOf('\r', id) - id)))
            .code,
        0);
}

void TestCtl::revisionsAreExpected()
{
    QCOMPARE(line(QStringLiteral("budget raise b1 --to 700 --if-revision 6")).code, 5);
    QCOMPARE(line(QStringLiteral("budget raise b1 --to 700 --if-revision 7")).code, 0);
    QCOMPARE(line(QStringLiteral("budget raise b1 --end")).code, 0);
}

void TestCtl::addressesAreChecked_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* line, const char* says) {
        QTest::newRow(line) << QString::fromLatin1(line) << QString::fromLatin1(says);
    };
    row("--url gateway.example", "https://");
    row("--url http://gateway.example:4181", "in clear");
    row("--url https://u:secret@gateway.example:4181", "No user or password");
    row("--url https://gateway.example:4181/api", "must be like");
    row("--url https://gateway.example:4181 --pin abcd", "whole SHA-256");
    row("--url https://gateway.example:4181 --ca /dev/null", "no certificate");
    row("--url https://gateway.example:4181 --client-key /dev/null", "belong together");
    row("--url https://gateway.example:4181", "--token-file");
    row("--url https://gateway.example:4181 --data-dir /tmp", "two engines");
}

void TestCtl::addressesAreChecked()
{
    QFETCH(QString, line);
    QFETCH(QString, says);
    const Run ran = run(QStringLiteral("status").split(u' ') + line.split(u' '));
    QVERIFY2(ran.code == 2, ran.err.constData());
    QVERIFY2(ran.err.contains(says.toUtf8()), ran.err.constData());
    QVERIFY(!ran.err.contains("secret"));
}

void TestCtl::environmentNamesTheEngine()
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("SIGNALBOX_URL"), url());
    environment.insert(QStringLiteral("SIGNALBOX_TOKEN_FILE"), tokenFile());
    process.setProcessEnvironment(environment);
    process.start(program(), {QStringLiteral("provider"), QStringLiteral("list")});
    QVERIFY(process.waitForFinished(20'000));
    QCOMPARE(process.exitCode(), 0);
    process.start(program(), {QStringLiteral("provider"), QStringLiteral("list"), QStringLiteral("--data-dir"),
                                 QStringLiteral("/nonexistent")});
    QVERIFY(process.waitForFinished(20'000));
    QCOMPARE(process.exitCode(), 8); // what is on the command line wins
}

void TestCtl::exportsAreWholeOrNotThere()
{
    const Run lines = line(QStringLiteral("call export"));
    QCOMPARE(lines.code, 0);
    QCOMPARE(lines.out.count('\n'), 3);
    QVERIFY(lines.err.contains("3 calls, 2026-"));
    m_room.run([&] { m_room.parts().engine.addCalls(2'500); });
    const QString file = m_folder.filePath(QStringLiteral("calls.csv"));
    const Run csv = line(QStringLiteral("call export --format csv --out ") + file);
    QVERIFY2(csv.code == 0, csv.err.constData());
    QVERIFY(csv.out.isEmpty());
    QVERIFY(csv.err.contains("2503 calls"));
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    QVERIFY((written.permissions() & (QFileDevice::ReadGroup | QFileDevice::ReadOther)) == 0);
    const QList<QByteArray> rows = written.readAll().split('\n');
    QCOMPARE(rows.size(), 2503 + 2);
    QVERIFY(rows[0].startsWith("id,started_at,tenant,"));
    QVERIFY(rows[1].endsWith('\r'));
    QCOMPARE(QSet<QByteArray>(rows.begin(), rows.end()).size(), rows.size()); // no call twice
    written.close();
    // a page that fails leaves the file as it was
    const qint64 size = written.size();
    m_room.run([&] { m_room.parts().engine.failCallsAfter = 1; });
    const Run cut = line(QStringLiteral("call export --format csv --out ") + file);
    QCOMPARE(cut.code, 1);
    QVERIFY(cut.err.contains("ended after 1000 calls; no file was written"));
    QCOMPARE(QFileInfo(file).size(), size);
    m_room.run([&] { m_room.parts().engine.failCallsAfter = 1; });
    const Run stream = line(QStringLiteral("call export"));
    QCOMPARE(stream.code, 1);
    QVERIFY(stream.err.contains("incomplete"));
    m_room.run([&] {
        m_room.parts().engine.failCallsAfter = -1;
        m_room.parts().engine.addCalls(-2'500);
    });
}

void TestCtl::callsAreTailed()
{
    QProcess process;
    process.start(
        program(), {QStringLiteral("call"), QStringLiteral("tail"), QStringLiteral("--tenant"), QStringLiteral("acme"),
                       QStringLiteral("--jsonl"), QStringLiteral("--count"), QStringLiteral("2"),
                       QStringLiteral("--url"), url(), QStringLiteral("--token-file"), tokenFile()});
    QVERIFY(process.waitForStarted());
    int readers = 0;
    QTRY_VERIFY_WITH_TIMEOUT((m_room.run([&] { readers = m_room.parts().events.readers(); }), readers > 0), 20'000);
    m_room.run([&] {
        std::vector<std::shared_ptr<const api::Call>> calls;
        for (const char* tenant : {"acme", "other", "acme", "acme"}) {
            api::Call call;
            call.id = QStringLiteral("req_t%1").arg(calls.size());
            call.tenant = QString::fromLatin1(tenant);
            call.startedAt = QDateTime::fromMSecsSinceEpoch(test::kNowMs, Qt::UTC);
            calls.push_back(std::make_shared<const api::Call>(call));
        }
        m_room.parts().events.publishCalls(calls);
    });
    QVERIFY(process.waitForFinished(20'000));
    QCOMPARE(process.exitCode(), 0);
    const QList<QByteArray> lines = process.readAllStandardOutput().trimmed().split('\n');
    QCOMPARE(lines.size(), 2);
    QVERIFY(lines[0].contains("req_t0"));
    QVERIFY(lines[1].contains("req_t2"));
}

void TestCtl::eventsAreFiltered()
{
    qint64 last = 0;
    m_room.run([&] {
        last = m_room.parts().events.lastSequence();
        for (const char* type : {"incident.opened", "provider.health", "incident.closed", "call.finished"})
            m_room.parts().events.publish(QString::fromLatin1(type), {});
    });
    const Run ran = line(QStringLiteral("events --since %1 --type incident. --count 2").arg(last));
    QCOMPARE(ran.code, 0);
    const QList<QByteArray> lines = ran.out.trimmed().split('\n');
    QCOMPARE(lines.size(), 2);
    QCOMPARE(QJsonDocument::fromJson(lines[1]).object().value(QStringLiteral("type")).toString(),
        QStringLiteral("incident.closed"));
}

void TestCtl::outputThatEndsIsNotSuccess()
{
    QProcess process;
    process.setStandardOutputFile(QStringLiteral("/dev/full"));
    process.start(program(), {QStringLiteral("provider"), QStringLiteral("list"), QStringLiteral("--url"), url(),
                                 QStringLiteral("--token-file"), tokenFile()});
    QVERIFY(process.waitForFinished(20'000));
    QCOMPARE(process.exitCode(), 1);
    QVERIFY(process.readAllStandardError().contains("cannot be written"));
}

void TestCtl::rotationPrintsTheSuccessor()
{
    const Run ran = line(QStringLiteral("credential rotate c1 --grace 0s --json"));
    QVERIFY2(ran.code == 0, ran.err.constData());
    const QJsonObject json = QJsonDocument::fromJson(ran.out).object();
    QCOMPARE(json.value(QStringLiteral("replaces")).toString(), QStringLiteral("c1"));
    QVERIFY(json.value(QStringLiteral("key")).toString().startsWith(QStringLiteral("sbx_")));
    QVERIFY(!ran.err.contains("sbx_"));
}

void TestCtl::auditIsReadWhole()
{
    QCOMPARE(line(QStringLiteral("incident note inc_1 seen --reason for-the-log")).code, 0);
    const Run exported = line(QStringLiteral("audit export"));
    QCOMPARE(exported.code, 0);
    QVERIFY(exported.out.contains("for-the-log"));
    const Run listed = line(QStringLiteral("audit list --action /note"));
    QCOMPARE(listed.code, 0);
    QVERIFY(listed.out.contains("/note"));
}

void TestCtl::doctorNamesWhatIsWrong()
{
    const Run ran = line(QStringLiteral("doctor --data-dir /nonexistent --json"));
    QCOMPARE(ran.code, 6);
    const QJsonObject json = QJsonDocument::fromJson(ran.out).object();
    QCOMPARE(json.value(QStringLiteral("verdict")).toString(), QStringLiteral("fail"));
    const QJsonObject first = json.value(QStringLiteral("checks")).toArray().first().toObject();
    QCOMPARE(first.value(QStringLiteral("check")).toString(), QStringLiteral("data directory"));
    QCOMPARE(first.value(QStringLiteral("state")).toString(), QStringLiteral("fail"));
    QVERIFY(!first.value(QStringLiteral("fix")).toString().isEmpty());
}

// A data directory whose engine is this test.
void TestCtl::doctorSeesALocalEngine()
{
    QTemporaryDir directory;
    QFile token(directory.filePath(QStringLiteral("admin.token")));
    QVERIFY(token.open(QIODevice::WriteOnly) && token.write(test::kToken) > 0);
    token.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    token.close();
    api::RuntimeFacts facts;
    facts.pid = QCoreApplication::applicationPid();
    facts.version = QStringLiteral("0.1.0");
    facts.startedAt = QDateTime::currentDateTimeUtc();
    facts.gatewayUrl = facts.adminUrl = url();
    QFile runtime(api::runtimeFile(directory.path()));
    QVERIFY(runtime.open(QIODevice::WriteOnly));
    runtime.write(QJsonDocument(api::toJson(facts)).toJson());
    runtime.close();
    const auto states = [&] {
        QHash<QString, QString> found;
        const Run ran =
            run({QStringLiteral("doctor"), QStringLiteral("--data-dir"), directory.path(), QStringLiteral("--jsonl")});
        for (const QByteArray& line : ran.out.trimmed().split('\n')) {
            const QJsonObject check = QJsonDocument::fromJson(line).object();
            found.insert(
                check.value(QStringLiteral("check")).toString(), check.value(QStringLiteral("state")).toString());
        }
        return found;
    };
    const QString ok = QStringLiteral("ok");
    const QHash<QString, QString> good = states();
    for (const char* name : {"data directory", "runtime.json", "token file", "gateway port", "admin port", "ready",
             "part: store", "connection: TCP"})
        QVERIFY2(good.value(QString::fromLatin1(name)) == ok, name);
    token.setPermissions(token.permissions() | QFileDevice::ReadOther | QFileDevice::ReadGroup);
    QCOMPARE(states().value(QStringLiteral("token file")), QStringLiteral("fail"));
}

QTEST_GUILESS_MAIN(TestCtl)
#include "tst_ctl.moc"
