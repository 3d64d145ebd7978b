// The same scripted person at two consoles: one on the embedded engine, one attached over TLS to a signalboxd in
// another network namespace, both engines with the same config and the same calls. What they saw and what came of what
// they did must be the same, but for what is volatile (times, ids, measured durations) and for the few things that are
// meant to differ, which are listed here.
#include "remote_engine.h"

#include "api/local_engine.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

#include <cstdio>

using namespace gateway;
using namespace gateway::test;

namespace {

constexpr int kCalls = 30;

// What is another in every run, on any transport: ids, times, measured numbers with their units.
QString steady(QString text)
{
    static const QRegularExpression ids(QStringLiteral("\\b(req|sbx|lev|lever|inc|cred|b|d|l)_[A-Za-z0-9_]+\\b"));
    static const QRegularExpression numbers(QStringLiteral("[+-]?\\d[\\d.,:TZ-]*"));
    static const QRegularExpression units(
        QStringLiteral("(# ?(ns|us|\u00b5s|ms|s|min|h|d|B|KiB|MiB|GiB|kB|MB|%|tokens/s|/s)\\b ?)+"),
        QRegularExpression::UseUnicodePropertiesOption);
    static const QRegularExpression words(QStringLiteral("\\b(just now|moments ago)\\b"));
    text = text.simplified(); // spaces that do not break a line are spaces to the rules below
    text.replace(ids, QStringLiteral("ID"));
    text.replace(numbers, QStringLiteral("#"));
    text.replace(units, QStringLiteral("#"));
    text.replace(words, QStringLiteral("#"));
    // Whether a connection to the provider was still open, what a window of a minute still holds, and who one is:
    // the console of the embedded engine, or the holder of the token.
    static const QRegularExpression connection(QStringLiteral("connection kept open|connected in # ?"));
    static const QRegularExpression window(
        QStringLiteral("No attempt in its window|(One|#) of # attempts? failed in its window"));
    static const QRegularExpression who(QStringLiteral("\\bby (console|local-token)\\b"));
    static const QRegularExpression credential(QStringLiteral("^Credential: \\S+$"));
    text.replace(connection, QStringLiteral("connection "));
    text.replace(window, QStringLiteral("(attempts in its window)"));
    text.replace(who, QStringLiteral("by somebody"));
    text.replace(credential, QStringLiteral("Credential: ID"));
    return text.simplified();
}

// Meant to differ: on the embedded engine a key for oneself is issued at once, elsewhere a credential is somebody's
// decision (ServerPage::mayIssueByItself), and the pages say where the engine is. The Audit page says who did what
// and with which key the log is signed: two engines have two answers; its buttons are the same.
bool isMeantToDiffer(const QString& step, const QString& kind)
{
    if (step.startsWith(QStringLiteral("page audit")))
        return kind != QStringLiteral("buttons");
    return step.startsWith(QStringLiteral("page server"));
}

QStringList linesOf(const QJsonObject& step, const QString& kind)
{
    QStringList lines;
    const QJsonArray entries = step.value(kind).toArray();
    for (const QJsonValue& entry : entries) {
        if (entry.isString()) {
            lines.append(steady(entry.toString()));
            continue;
        }
        const QString name = entry[u"name"].toString();
        lines.append(name + QStringLiteral(": ") + QString::number(entry[u"rows"].toInt()) + QStringLiteral(" rows"));
        for (const QJsonValue& row : entry[u"cells"].toArray()) {
            QStringList cells;
            for (const QJsonValue& cell : row.toArray())
                cells.append(steady(cell.toString()));
            lines.append(name + QStringLiteral(": ") + cells.join(QStringLiteral(" | ")));
        }
    }
    return lines;
}

QVector<QJsonObject> transcriptIn(const QString& directory)
{
    QVector<QJsonObject> steps;
    QFile file(directory + QStringLiteral("/transcript.jsonl"));
    if (!file.open(QIODevice::ReadOnly))
        return steps;
    while (!file.atEnd())
        steps.append(QJsonDocument::fromJson(file.readLine()).object());
    return steps;
}

} // namespace

class TestAttachedConsole : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void embedded();
    void attached();
    void bothSawTheSame();

private:
    QString directory(const char* name) const { return m_out + QLatin1Char('/') + QLatin1String(name); }
    bool finish(Program& console);

    QString m_out; // kept: the pictures are worth a look
    QTemporaryDir m_home;
    std::unique_ptr<TwoNamespaces> m_link;
};

void TestAttachedConsole::initTestCase()
{
    for (const QString& why : {TwoNamespaces::whyNot(), RemoteEngine::whyNot()}) {
        if (!why.isEmpty())
            QSKIP(qPrintable(why));
    }
    m_out = qEnvironmentVariable("SIGNALBOX_BIN") + QStringLiteral("/../attached-console");
    QDir(m_out).removeRecursively();
    m_link = std::make_unique<TwoNamespaces>();
    QVERIFY2(m_link->isUp(), qPrintable(m_link->problem()));
    QVERIFY(m_link->enter(TwoNamespaces::Side::Client));
}

bool TestAttachedConsole::finish(Program& console)
{
    const int code = console.waitForEnd(180'000);
    if (code != 0)
        qWarning("exit code %d: %s", code, qPrintable(console.log().right(4000)));
    return code == 0;
}

void TestAttachedConsole::embedded()
{
    if (!m_link)
        QSKIP("no namespaces here");
    QFile config(m_home.filePath(QStringLiteral("signalbox.yaml")));
    QVERIFY(config.open(QIODevice::WriteOnly));
    config.write("signalbox: 1\nserver: {gateway: \"127.0.0.1:4180\", admin: \"127.0.0.1:4181\"}\n" + commonConfig());
    config.close();
    const QString data = m_home.filePath(QStringLiteral("data"));
    Program console(QStringLiteral(SCRIPTED_CONSOLE),
        {QStringLiteral("--embedded"), config.fileName(), QStringLiteral("--data-dir"), data, QStringLiteral("--out"),
            directory("embedded")},
        m_link->inside(TwoNamespaces::Side::Client));
    QVERIFY2(console.waitForReady(), qPrintable(console.log()));

    // its calls first, over its own loopback, which this thread shares
    api::HttpTransportOptions options;
    const auto runtime = api::readRuntime(data);
    const auto token = api::readToken(api::tokenFile(data));
    QVERIFY(runtime && token);
    options.base = QUrl(runtime->adminUrl);
    options.token = *token;
    const api::GatewayClient client(std::make_shared<api::HttpTransport>(options));
    const QByteArray demo = issueKey(client, QStringLiteral("demo"));
    const QByteArray acme = issueKey(client, QStringLiteral("acme"));
    QCOMPARE(makeCalls(4180, demo, acme, kCalls), kCalls);
    console.say("go");
    QVERIFY(finish(console));
}

void TestAttachedConsole::attached()
{
    if (!m_link)
        QSKIP("no namespaces here");
    RemoteEngine engine(*m_link);
    const QString wrong = engine.start();
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    const api::GatewayClient client(std::make_shared<api::HttpTransport>(engine.options()));
    const QByteArray demo = issueKey(client, QStringLiteral("demo"));
    const QByteArray acme = issueKey(client, QStringLiteral("acme"));
    int answered = 0;
    engine.inside([&] { answered = makeCalls(engine.gatewayPort(), demo, acme, kCalls); });
    QCOMPARE(answered, kCalls);
    Program console(QStringLiteral(SCRIPTED_CONSOLE),
        {QStringLiteral("--attach"), engine.url(), QStringLiteral("--token-file"), engine.tokenFile(),
            QStringLiteral("--pin"), engine.pin(), QStringLiteral("--out"), directory("attached")},
        m_link->inside(TwoNamespaces::Side::Client));
    QVERIFY2(console.waitForReady(), qPrintable(console.log()));
    QVERIFY(finish(console));
    QVERIFY(engine.program().isRunning());
}

void TestAttachedConsole::bothSawTheSame()
{
    if (!m_link)
        QSKIP("no namespaces here");
    const QVector<QJsonObject> here = transcriptIn(directory("embedded"));
    const QVector<QJsonObject> there = transcriptIn(directory("attached"));
    QVERIFY(here.size() > 30);
    QCOMPARE(there.size(), here.size());
    QStringList differences;
    int compared = 0;
    for (int i = 0; i < here.size(); ++i) {
        const QString step = here[i].value(QLatin1String("step")).toString();
        const auto differ = [&](const QString& what, const QString& one, const QString& other) {
            differences.append(QStringLiteral("%1, %2:\n  embedded: %3\n  attached: %4").arg(step, what, one, other));
        };
        QCOMPARE(there[i].value(QLatin1String("step")).toString(), step);
        for (const char* exact : {"settled", "facts"}) {
            const auto one = here[i].value(QLatin1String(exact));
            const auto other = there[i].value(QLatin1String(exact));
            if (one != other)
                differ(QLatin1String(exact),
                    QString::fromUtf8(
                        QJsonDocument(QJsonObject{{QStringLiteral("is"), one}}).toJson(QJsonDocument::Compact)),
                    QString::fromUtf8(
                        QJsonDocument(QJsonObject{{QStringLiteral("is"), other}}).toJson(QJsonDocument::Compact)));
        }
        for (const QString& kind : {QStringLiteral("texts"), QStringLiteral("tables"), QStringLiteral("buttons")}) {
            if (isMeantToDiffer(step, kind))
                continue;
            const QStringList one = linesOf(here[i], kind);
            const QStringList other = linesOf(there[i], kind);
            compared += int(one.size());
            for (const QString& line : one) {
                if (one.count(line) != other.count(line) && one.count(line) > other.count(line))
                    differ(kind, line, QStringLiteral("(is not there)"));
            }
            for (const QString& line : other) {
                if (other.count(line) > one.count(line))
                    differ(kind, QStringLiteral("(is not there)"), line);
            }
        }
    }
    std::printf("%d steps, %d lines compared, %d differ; pictures in %s\n", int(here.size()), compared,
        int(differences.size()), qPrintable(m_out));
    std::fflush(stdout);
    QFile report(m_out + QStringLiteral("/differences.txt"));
    if (report.open(QIODevice::WriteOnly))
        report.write(differences.join(u'\n').toUtf8());
    QVERIFY2(differences.isEmpty(), qPrintable(differences.mid(0, 20).join(u'\n')));
}

QTEST_GUILESS_MAIN(TestAttachedConsole)
#include "tst_attached_console.moc"
