// The table of commands: everything in it can be found out by somebody who has only the program. And what is made from
// it: the manual, which groff and mandoc read without a word; CSV that no spreadsheet takes for formulas.
#include "ctl/command_line.h"
#include "ctl/command_table.h"
#include "ctl/csv.h"
#include "ctl/man_page.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace ctl;

class TestCtlTable : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void everyCommandIsDescribed();
    void everyArgumentIsDescribed();
    void everyExampleParses();
    void everyCommandIsInTheManual();
    void whatIsNotThereIsNotShown();
    void everyWriteTakesTheSame();
    void noOptionIsAFlagHereAndAValueThere();
    void theManualIsGoodRoff_data();
    void theManualIsGoodRoff();
    void cellsAreNoFormulas_data();
    void cellsAreNoFormulas();
    void cellsAreQuoted();

private:
    Options m_options;
    Session m_session{m_options};
    int m_result = 0;
    CLI::App m_app;
    CommandFacts m_table;
};

void TestCtlTable::initTestCase()
{
    buildCommandLine(m_app, m_options, Context{m_session, m_result});
    m_table = tableOf(m_app);
    QVERIFY(leavesOf(m_table).size() > 50);
}

void TestCtlTable::everyCommandIsDescribed()
{
    for (const CommandFacts* one : allOf(m_table)) {
        QVERIFY2(!one->description.empty(), one->pathText().c_str());
        QVERIFY2(!one->example.empty(), one->pathText().c_str());
        const CLI::App* command = &m_app;
        for (const std::string& part : one->path)
            command = command->get_subcommand(part);
        QVERIFY2(command->help().find(one->example) != std::string::npos, one->pathText().c_str());
    }
    for (const CommandFacts* leaf : leavesOf(m_table))
        QVERIFY2(leaf->example.find("signalboxctl " + leaf->pathText()) != std::string::npos, leaf->example.c_str());
}

void TestCtlTable::everyArgumentIsDescribed()
{
    for (const CommandFacts* one : allOf(m_table)) {
        for (const auto* list : {&one->options, &one->positionals}) {
            for (const ArgumentFacts& argument : *list) {
                const std::string what = one->pathText() + ' ' + argument.names.back();
                QVERIFY2(!argument.description.empty(), what.c_str());
                QVERIFY2(!argument.isPositional || !argument.value.empty(), what.c_str());
                // CLI11's own words for a type are none for people
                for (const char* bare : {"TEXT", "INT", "UINT", "FLOAT"})
                    QVERIFY2(argument.value != bare || argument.value == "TEXT", what.c_str());
            }
        }
    }
}

// The words of an example, as a shell would give them to the program; only what is in single quotes keeps its blanks.
std::vector<std::string> wordsOf(const std::string& example)
{
    std::vector<std::string> words;
    std::string word;
    bool quoted = false;
    for (const char c : example + " ") {
        if (c == '\'') {
            quoted = !quoted;
        } else if (c == ' ' && !quoted) {
            if (!word.empty())
                words.push_back(word);
            word.clear();
        } else {
            word += c;
        }
    }
    return words;
}

void TestCtlTable::everyExampleParses()
{
    for (const CommandFacts* leaf : leavesOf(m_table)) {
        std::string example = leaf->example;
        if (example.rfind("source <(", 0) == 0)
            example = example.substr(9, example.size() - 10);
        std::vector<std::string> words = wordsOf(example);
        QCOMPARE(words.front(), std::string("signalboxctl"));
        Options options;
        Session session(options);
        int result = 0;
        CLI::App app;
        buildCommandLine(app, options, Context{session, result});
        // parsed and not run; the commands' own callbacks stay, for they own what is parsed into
        app.parse_complete_callback([] { throw CLI::Success(); });
        std::vector<std::string> reversed(words.rbegin(), words.rend() - 1);
        try {
            app.parse(reversed);
            QFAIL("it was run");
        } catch (const CLI::Success&) {
        } catch (const CLI::ParseError& error) {
            QFAIL((leaf->example + ": " + error.what()).c_str());
        }
    }
}

void TestCtlTable::everyCommandIsInTheManual()
{
    const std::vector<ManPage> pages = manPages(m_table);
    QCOMPARE(pages.front().file, std::string("signalboxctl.1"));
    std::map<std::string, std::string> byFile;
    for (const ManPage& page : pages)
        byFile[page.file] = page.text;
    for (const CommandFacts* leaf : leavesOf(m_table)) {
        const std::string file = leaf->path.size() == 1 ? "signalboxctl.1" : "signalboxctl-" + leaf->path[0] + ".1";
        QVERIFY2(byFile[file].find(".SS " + leaf->pathText() + '\n') != std::string::npos, leaf->pathText().c_str());
    }
    for (const char* word : {"SIGNALBOX_PIN", "EXIT STATUS", "admin.token", "NO_COLOR"})
        QVERIFY2(pages.front().text.find(word) != std::string::npos, word);
}

// Nothing is promised that is not there, and what is for completions only is not shown.
void TestCtlTable::whatIsNotThereIsNotShown()
{
    const std::string help = m_app.help();
    for (const char* absent : {"drift", "evidence", "deprecation", "complete-names", "limits", "eval"})
        QVERIFY2(help.find(absent) == std::string::npos, absent);
    for (const char* there : {"doctor", "incident", "principal", "completion", "Exit codes:", "8 unreachable"})
        QVERIFY2(help.find(there) != std::string::npos, there);
}

void TestCtlTable::everyWriteTakesTheSame()
{
    int writes = 0;
    for (const CommandFacts* leaf : leavesOf(m_table)) {
        std::vector<std::string> names;
        for (const ArgumentFacts& option : leaf->options)
            names.push_back(option.names.back());
        const auto has = [&](const char* name) { return std::find(names.begin(), names.end(), name) != names.end(); };
        writes += has("--reason");
        QVERIFY2(
            has("--reason") == has("--dry-run") && has("--reason") == has("--if-revision"), leaf->pathText().c_str());
        for (const char* secret : {"--token", "--key", "--password", "--code"})
            QVERIFY2(!has(secret), leaf->pathText().c_str());
    }
    QVERIFY(writes >= 16);
}

// Fish and bash skip the value of an option wherever it stands.
void TestCtlTable::noOptionIsAFlagHereAndAValueThere()
{
    std::map<std::string, bool> takes;
    for (const CommandFacts* one : allOf(m_table)) {
        for (const ArgumentFacts& option : one->options) {
            const auto [known, isNew] = takes.emplace(option.names.back(), option.takesValue());
            QVERIFY2(isNew || known->second == option.takesValue(), option.names.back().c_str());
        }
    }
}

void TestCtlTable::theManualIsGoodRoff_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::newRow("groff") << QStringList{QStringLiteral("groff"), QStringLiteral("-man"), QStringLiteral("-ww"),
        QStringLiteral("-Tutf8"), QStringLiteral("-z")};
    QTest::newRow("mandoc") << QStringList{
        QStringLiteral("mandoc"), QStringLiteral("-Tlint"), QStringLiteral("-Wwarning")};
}

void TestCtlTable::theManualIsGoodRoff()
{
    QFETCH(QStringList, command);
    QTemporaryDir folder;
    for (const ManPage& page : manPages(m_table)) {
        const QString name = folder.filePath(QString::fromStdString(page.file));
        QFile file(name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(page.text));
        file.close();
        QProcess process;
        process.start(command.first(), command.mid(1) + QStringList{name});
        if (!process.waitForStarted())
            QSKIP("this program is missing");
        QVERIFY(process.waitForFinished());
        const QByteArray said = process.readAllStandardError() + process.readAllStandardOutput();
        QVERIFY2(said.isEmpty(), (page.file + ": " + said.toStdString()).c_str());
        QCOMPARE(process.exitCode(), 0);
    }
}

void TestCtlTable::cellsAreNoFormulas_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("cell");
    const auto row = [](const char* text, const char* cell) {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(cell);
    };
    row("=1+1", "'=1+1");
    row("+49 30", "'+49 30");
    row("-1", "'-1");
    row("@SUM(A1)", "'@SUM(A1)");
    row("\t=1", "'\t=1");
    row("\r=1", "'\r=1");
    row("  =1", "'  =1");
    row("\uff1d1", "'\uff1d1");
    row("acme", "acme");
    row("a=b", "a=b");
    row("", "");
}

void TestCtlTable::cellsAreNoFormulas()
{
    QFETCH(QString, text);
    QFETCH(QString, cell);
    QCOMPARE(safeCell(text), cell);
}

void TestCtlTable::cellsAreQuoted()
{
    QCOMPARE(csvLine({QStringLiteral("a"), QString(), QStringLiteral("b,c"), QStringLiteral("say \"no\""),
                 QStringLiteral("two\nlines"), QStringLiteral(" x")}),
        QByteArray("a,,\"b,c\",\"say \"\"no\"\"\",\"two\nlines\",\" x\"\r\n"));
    QCOMPARE(csvLine({QString(), QStringLiteral("x")}), QByteArray(",x\r\n"));
}

QTEST_GUILESS_MAIN(TestCtlTable)
#include "tst_ctl_table.moc"
