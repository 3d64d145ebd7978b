// Completions in the shells themselves: bash, zsh and fish source what the program prints and are asked. Every command
// completes in bash; names come from an engine, or not at all, and never late.
#include "fake_engine.h"

#include "ctl/command_line.h"
#include "ctl/command_table.h"
#include "ctl/complete_names.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

using namespace gateway;

namespace {

QString folderOfPrograms()
{
    return qEnvironmentVariable("SIGNALBOX_BIN");
}

QProcessEnvironment environment()
{
    QProcessEnvironment vars = QProcessEnvironment::systemEnvironment();
    vars.insert(QStringLiteral("PATH"), folderOfPrograms() + u':' + vars.value(QStringLiteral("PATH")));
    vars.insert(QStringLiteral("TERM"), QStringLiteral("dumb"));
    for (const char* name : {"SIGNALBOX_URL", "SIGNALBOX_TOKEN_FILE", "SIGNALBOX_PIN"})
        vars.remove(QString::fromLatin1(name));
    return vars;
}

struct Ran
{
    bool started = false;
    QByteArray out;
    QByteArray err;
    int code = -1;
};

Ran runShell(const QString& shell, const QStringList& arguments, const QByteArray& input = {})
{
    QProcess process;
    process.setProcessEnvironment(environment());
    process.start(shell, arguments);
    if (!process.waitForStarted())
        return {};
    process.write(input);
    process.closeWriteChannel();
    process.waitForFinished(60'000);
    return {true, process.readAllStandardOutput(), process.readAllStandardError(), process.exitCode()};
}

// Asks bash for many lines in one process: a line in, its completions out, separated by blanks. Words are split where
// readline splits them.
// The script is a file of its own: moc 6.4 loses its way in the quotes of a shell.
QString askBashScript()
{
    QFile file(qEnvironmentVariable("SIGNALBOX_SOURCE", QStringLiteral(".")) +
               QStringLiteral("/tests/contract/ask_completions.bash"));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QList<QByteArray> askBash(const QStringList& lines)
{
    const Ran ran = runShell(QStringLiteral("bash"), {QStringLiteral("--norc"), QStringLiteral("-c"), askBashScript()},
        lines.join(u'\n').toUtf8() + '\n');
    if (!ran.err.isEmpty())
        qWarning("%s", ran.err.constData());
    return ran.out.chopped(ran.out.isEmpty() ? 0 : 1).split('\n');
}

// Names that do not come within their 300 ms are left out, on a machine that is busy enough; so what needs them is
// tried again, and fails if they never come.
template <typename Try>
bool comesTrue(Try attempt)
{
    for (int i = 0; i < 8; ++i) {
        if (attempt())
            return true;
        QTest::qWait(200);
    }
    return false;
}

bool offers(const QByteArray& answer, const std::string& word)
{
    return answer.split(' ').contains(QByteArray::fromStdString(word));
}

} // namespace

class TestCtlCompletion : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void everyCommandCompletesInBash();
    void valuesCompleteInBash();
    void namesComeFromTheEngine();
    void namesAreNeverLate();
    void interactiveBash();
    void zsh();
    void fish();

private:
    Ran names(const QStringList& arguments);
    // Types into a shell that has a terminal, waits for its prompt before each line; what the terminal showed.
    QByteArray typed(const QString& shell, const QStringList& lines, const QByteArray& until);
    QString engine() const;

    QTemporaryDir m_folder;
    test::ControlRoom m_room;
    ctl::CommandFacts m_table;
};

void TestCtlCompletion::initTestCase()
{
    static ctl::Options options;
    static ctl::Session session(options);
    static int result = 0;
    CLI::App app;
    ctl::buildCommandLine(app, options, ctl::Context{session, result});
    m_table = ctl::tableOf(app);
    QFile file(m_folder.filePath(QStringLiteral("token")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(test::kToken) > 0);
}

QString TestCtlCompletion::engine() const
{
    return QStringLiteral("--url http://127.0.0.1:%1 --token-file %2")
        .arg(m_room.port())
        .arg(m_folder.filePath(QStringLiteral("token")));
}

void TestCtlCompletion::everyCommandCompletesInBash()
{
    const std::vector<const ctl::CommandFacts*> all = ctl::allOf(m_table);
    QStringList lines;
    for (const ctl::CommandFacts* one : all) {
        QString before = QStringLiteral("signalboxctl");
        for (std::size_t i = 0; i + 1 < one->path.size(); ++i)
            before += u' ' + QString::fromStdString(one->path[i]);
        const QString last = one->path.empty() ? QString() : QString::fromStdString(one->path.back());
        lines.append(before + u' ' + last.chopped(last.isEmpty() ? 0 : 1)); // all but its last letter
        lines.append(before + u' ' + last + (last.isEmpty() ? QString() : QStringLiteral(" ")) + QStringLiteral("--"));
    }
    const QList<QByteArray> answers = askBash(lines);
    QCOMPARE(answers.size(), lines.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        const ctl::CommandFacts& one = *all[i];
        if (!one.path.empty())
            QVERIFY2(offers(answers[qsizetype(2 * i)], one.path.back()), qPrintable(lines[qsizetype(2 * i)]));
        for (const ctl::ArgumentFacts& option : one.options) {
            if (option.names.back().rfind("--", 0) == 0)
                QVERIFY2(offers(answers[qsizetype(2 * i + 1)], option.names.back()),
                    (one.pathText() + ' ' + option.names.back()).c_str());
        }
        QVERIFY2(offers(answers[qsizetype(2 * i + 1)], "--data-dir"), one.pathText().c_str()); // options of all
    }
}

void TestCtlCompletion::valuesCompleteInBash()
{
    const QList<QByteArray> answers = askBash({QStringLiteral("signalboxctl provider breaker x --state half"),
        QStringLiteral("signalboxctl provider breaker x --state=half"), QStringLiteral("signalboxctl completion z"),
        QStringLiteral("signalboxctl --json call list --outcome a"),
        QStringLiteral("signalboxctl call list --since 1h "), QStringLiteral("signalboxctl config check /etc/pass"),
        QStringLiteral("signalboxctl --data-dir /us"), QStringLiteral("signalboxctl provider list frob"),
        QStringLiteral("signalboxctl help prov"), QStringLiteral("signalboxctl help provider dra")});
    QCOMPARE(answers.size(), 10);
    QCOMPARE(answers[0], QByteArray("half-open"));
    QCOMPARE(answers[1], QByteArray("half-open"));
    QCOMPARE(answers[2], QByteArray("zsh"));
    QCOMPARE(answers[3], QByteArray("answered"));
    QCOMPARE(answers[4], QByteArray(""));
    QVERIFY(answers[5].contains("/etc/passwd"));
    QCOMPARE(answers[6], QByteArray("/usr"));
    QCOMPARE(answers[7], QByteArray(""));
    QCOMPARE(answers[8], QByteArray("provider"));
    QCOMPARE(answers[9], QByteArray("drain"));
}

Ran TestCtlCompletion::names(const QStringList& arguments)
{
    return runShell(folderOfPrograms() + QStringLiteral("/signalboxctl"),
        QStringList{QStringLiteral("complete-names")} + arguments);
}

void TestCtlCompletion::namesComeFromTheEngine()
{
    for (const std::string& kind : ctl::nameKinds()) {
        const Ran ran = names(QStringList{QString::fromStdString(kind)} + engine().split(u' '));
        QCOMPARE(ran.code, 0);
        QVERIFY2(ran.err.isEmpty(), ran.err.constData());
    }
    QVERIFY(comesTrue([&] {
        return names(QStringList{QStringLiteral("providers")} + engine().split(u' ')).out == "openai-eu\nanthropic\n";
    }));
    QList<QByteArray> answers;
    const QStringList lines{QStringLiteral("signalboxctl ") + engine() + QStringLiteral(" provider show open"),
        QStringLiteral("signalboxctl provider drain anth ") + engine() + QStringLiteral(" --expires 1h --js"),
        QStringLiteral("signalboxctl ") + engine() + QStringLiteral(" call list --alias=fa"),
        QStringLiteral("signalboxctl provider show --data-dir /nonexistent open")};
    QVERIFY(comesTrue([&] {
        answers = askBash(lines);
        answers.resize(lines.size());
        return answers.value(0) == "openai-eu" && answers.value(2) == "fast";
    }));
    QCOMPARE(answers[1], QByteArray("--json --jsonl"));
    QCOMPARE(answers[3], QByteArray("")); // no engine, no names, no words
}

// Something that accepts connections and says nothing; a folder without an engine; an address without a listener.
void TestCtlCompletion::namesAreNeverLate()
{
    QTcpServer mute;
    QVERIFY(mute.listen(QHostAddress::LocalHost));
    const QString token = m_folder.filePath(QStringLiteral("token"));
    for (const QString& where : {QStringLiteral("http://127.0.0.1:%1").arg(mute.serverPort()),
             QStringLiteral("http://127.0.0.1:1"), QStringLiteral("https://nowhere.invalid:4181")}) {
        const Ran ran =
            names({QStringLiteral("providers"), QStringLiteral("--url"), where, QStringLiteral("--token-file"), token});
        QCOMPARE(ran.code, 0); // it ended by itself: runShell waits a minute for one that does not
        QVERIFY(ran.out.isEmpty());
        QVERIFY2(ran.err.isEmpty(), ran.err.constData());
    }
    const Ran none = names({QStringLiteral("providers"), QStringLiteral("--data-dir"), QStringLiteral("/nonexistent")});
    QVERIFY(none.code == 0 && none.out.isEmpty() && none.err.isEmpty());
}

QByteArray TestCtlCompletion::typed(const QString& shell, const QStringList& lines, const QByteArray& until)
{
    QProcess process;
    process.setProcessEnvironment(environment());
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral("script"), {QStringLiteral("-qec"), shell, QStringLiteral("/dev/null")});
    if (!process.waitForStarted())
        return {};
    QByteArray shown;
    const auto waitFor = [&](const QByteArray& text, qsizetype from) {
        QElapsedTimer timer;
        timer.start();
        while (shown.indexOf(text, from) < 0 && timer.elapsed() < 30'000 && process.state() == QProcess::Running) {
            process.waitForReadyRead(200);
            shown += process.readAll();
        }
        return shown.indexOf(text, from) >= 0;
    };
    for (const QString& line : lines) {
        const qsizetype from = shown.size();
        process.write(line.toUtf8());
        if (line.endsWith(u'\n') && !waitFor("READY", from + line.size()))
            return shown;
    }
    waitFor(until, 0);
    process.write("\x03\x04");
    process.write("exit\n");
    process.waitForFinished(5'000);
    process.kill();
    process.waitForFinished(5'000);
    return shown + process.readAll();
}

// The whole way through readline: the tab key, and a name of the engine.
void TestCtlCompletion::interactiveBash()
{
    if (QStandardPaths::findExecutable(QStringLiteral("script")).isEmpty())
        QSKIP("script(1) of bsdutils is missing");
    QByteArray shown;
    QVERIFY2(comesTrue([&] {
        shown = typed(QStringLiteral("bash --norc --noprofile -i"),
            {QStringLiteral("PS1='REA''DY '; bind 'set enable-bracketed-paste off'; stty cols 400\n"),
                QStringLiteral("source <(signalboxctl completion bash)\n"),
                QStringLiteral("signalboxctl ") + engine() + QStringLiteral(" provider dra\tanth\t--exp\tMARK")},
            "MARK");
        return shown.contains("provider drain anthropic --expires MARK");
    }),
        shown.constData());
}

void TestCtlCompletion::zsh()
{
    if (QStandardPaths::findExecutable(QStringLiteral("zsh")).isEmpty())
        QSKIP("zsh is not installed");
    const Ran syntax = runShell(
        QStringLiteral("zsh"), {QStringLiteral("-fc"), QStringLiteral("signalboxctl completion zsh | zsh -fn")});
    QVERIFY2(syntax.code == 0 && syntax.err.isEmpty(), syntax.err.constData());
    QByteArray shown;
    // zsh draws only what changes, so the line is not shown in one piece
    QVERIFY2(comesTrue([&] {
        shown = typed(QStringLiteral("zsh -f -i"),
            {QStringLiteral("PS1='REA''DY '; stty cols 400; autoload -Uz compinit; compinit -u -D\n"),
                QStringLiteral("source <(signalboxctl completion zsh)\n"),
                QStringLiteral("signalboxctl ") + engine() + QStringLiteral(" provider dra\tanth\t--exp\tMARK")},
            "MARK");
        return shown.contains("drain") && shown.contains("anthropic") && shown.contains("--expires");
    }),
        shown.constData());
}

void TestCtlCompletion::fish()
{
    if (QStandardPaths::findExecutable(QStringLiteral("fish")).isEmpty())
        QSKIP("fish is not installed");
    const auto ask = [this](const QString& line) {
        const Ran ran = runShell(QStringLiteral("fish"),
            {QStringLiteral("--no-config"), QStringLiteral("-c"),
                QStringLiteral("signalboxctl completion fish | source; complete -C '%1'").arg(line)});
        if (!ran.err.isEmpty())
            qWarning("%s", ran.err.constData());
        QStringList words;
        for (const QByteArray& one : ran.out.split('\n')) {
            if (!one.isEmpty())
                words.append(QString::fromUtf8(one.split('\t').first()));
        }
        return words;
    };
    QCOMPARE(ask(QStringLiteral("signalboxctl provider dra")), QStringList{QStringLiteral("drain")});
    QVERIFY(ask(QStringLiteral("signalboxctl ")).contains(QStringLiteral("doctor")));
    QVERIFY(!ask(QStringLiteral("signalboxctl ")).contains(QStringLiteral("drain")));
    QVERIFY(comesTrue([&] {
        return ask(QStringLiteral("signalboxctl ") + engine() + QStringLiteral(" provider show open")) ==
               QStringList{QStringLiteral("openai-eu")};
    }));
    QCOMPARE(ask(QStringLiteral("signalboxctl help provider dra")), QStringList{QStringLiteral("drain")});
    QVERIFY(ask(QStringLiteral("signalboxctl provider drain openai-eu --")).contains(QStringLiteral("--expires")));
    QVERIFY(ask(QStringLiteral("signalboxctl provider drain openai-eu --")).contains(QStringLiteral("--json")));
    QCOMPARE(
        ask(QStringLiteral("signalboxctl provider breaker x --state half")), QStringList{QStringLiteral("half-open")});
    QCOMPARE(ask(QStringLiteral("signalboxctl completion z")), QStringList{QStringLiteral("zsh")});
}

QTEST_GUILESS_MAIN(TestCtlCompletion)
#include "tst_ctl_completion.moc"
