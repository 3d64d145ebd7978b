// The golden transcripts themselves: every file is what its ending says, every folder says where its files come from.
#include "event_frames.h"
#include "sim_testing.h"

#include <QDir>
#include <QDirIterator>
#include <QTest>

using namespace gateway::simulator::testing;

class TestCorpus : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void filesAreWhatTheirEndingSays_data();
    void filesAreWhatTheirEndingSays();
    void foldersNameTheirSources();
    void framesComeBack();
};

namespace {

const QStringList kFolders{QStringLiteral("openai"), QStringLiteral("responses"), QStringLiteral("anthropic"),
    QStringLiteral("gemini"), QStringLiteral("bedrock"), QStringLiteral("cohere"), QStringLiteral("ollama"),
    QStringLiteral("mistral"), QStringLiteral("deepseek"), QStringLiteral("groq"), QStringLiteral("openrouter"),
    QStringLiteral("xai"), QStringLiteral("azure"), QStringLiteral("vllm"), QStringLiteral("llamacpp")};

bool isJson(const QByteArray& text)
{
    return !QJsonDocument::fromJson(text).isNull();
}

// The first line of a stream that is no event, or empty.
QByteArray wrongLine(QByteArray sse)
{
    sse.replace("\r\n", "\n");
    if (!sse.endsWith("\n\n"))
        return "the end";
    for (const QByteArray& line : sse.split('\n')) {
        const bool data = line.startsWith("data: ") && (line == "data: [DONE]" || isJson(line.mid(6)));
        const bool other = line.isEmpty() || line.startsWith(':') || line.startsWith("event: ");
        const bool ofLlama = line.startsWith("error: ") && isJson(line.mid(7));
        if (!data && !other && !ofLlama)
            return line;
    }
    return {};
}

} // namespace

void TestCorpus::filesAreWhatTheirEndingSays_data()
{
    QTest::addColumn<QString>("name");
    const QString root = qEnvironmentVariable("SIGNALBOX_SOURCE") + QStringLiteral("/tests/corpus/");
    for (const QString& folder : kFolders) {
        const QStringList files = QDir(root + folder).entryList(QDir::Files);
        QVERIFY2(files.size() > 3, qPrintable(folder));
        for (const QString& file : files)
            QTest::newRow(qPrintable(folder + QLatin1Char('/') + file)) << folder + QLatin1Char('/') + file;
    }
}

void TestCorpus::filesAreWhatTheirEndingSays()
{
    QFETCH(QString, name);
    const QByteArray text = corpus(name);
    QVERIFY(!text.isEmpty());
    if (name.endsWith(QLatin1String(".json"))) {
        QVERIFY(isJson(text));
    } else if (name.endsWith(QLatin1String(".sse"))) {
        QVERIFY2(wrongLine(text).isEmpty(), wrongLine(text));
    } else if (name.endsWith(QLatin1String(".ndjson"))) {
        QVERIFY(text.endsWith('\n'));
        for (const QByteArray& line : text.trimmed().split('\n'))
            QVERIFY2(isJson(line), line);
    } else if (name.endsWith(QLatin1String(".frames"))) {
        QVERIFY(!gateway::test::parseFrames(text).isEmpty());
        for (const auto& frame : gateway::test::parseFrames(text))
            QVERIFY2(isJson(frame.payload), frame.payload);
    }
}

void TestCorpus::foldersNameTheirSources()
{
    for (const QString& folder : kFolders)
        QVERIFY2(corpus(folder + QStringLiteral("/README.md")).contains("Sources: "), qPrintable(folder));
}

void TestCorpus::framesComeBack()
{
    const QByteArray text = corpus(QStringLiteral("bedrock/stream_tools.frames"));
    const QByteArray bytes = gateway::test::framesFromText(text);
    QByteArray wrong;
    QCOMPARE(gateway::test::decodeFrames(bytes, &wrong), gateway::test::parseFrames(text));
    QCOMPARE(wrong, QByteArray());
    QByteArray bent = bytes;
    bent[bent.size() / 2] = char(bent[bent.size() / 2] ^ 1);
    gateway::test::decodeFrames(bent, &wrong);
    QVERIFY(!wrong.isEmpty());
    gateway::test::decodeFrames(bytes.chopped(1), &wrong);
    QVERIFY(!wrong.isEmpty());
    // the header block and prelude of a frame with an empty payload, worked out by hand from the documentation
    const QByteArray frame = gateway::test::encodeFrame({"event", "a", {}});
    QCOMPARE(frame.size(), 16 + (1 + 11 + 3 + 1) + (1 + 13 + 3 + 16) + (1 + 13 + 3 + 5));
    QCOMPARE(frame.left(8), QByteArray::fromHex("0000005700000047"));
}

QTEST_GUILESS_MAIN(TestCorpus)
#include "tst_corpus.moc"
