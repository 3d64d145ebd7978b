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
    void listsAreJson();
    void tablesAreCalm();

private:
    struct Run
    {
        int code = -1;
        QByteArray out;
        QByteArray err;
    };
    Run run(const QStringList& arguments, const QByteArray& token = test::kToken);
    test::ControlRoom m_room;
};

TestCtl::Run TestCtl::run(const QStringList& arguments, const QByteArray& token)
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
}

void TestCtl::exitCodes()
{
    QFETCH(QString, line);
    QFETCH(int, code);
    const Run ran = run(line.split(u' '));
    QVERIFY2(ran.code == code, ran.err.constData());
    if (code != 0 && code != 6) {
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
