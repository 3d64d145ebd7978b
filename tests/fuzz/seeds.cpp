// fuzz_seeds SOURCE_DIR OUT_DIR: seeds for every fuzzer, OUT_DIR/NAME/..., from tests/corpus (each file behind a few
// lines of choices) and from tests/fuzz/corpus/NAME (as they are).
#include "http_corpus.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QHash>

#include <cstdio>

namespace {

QDir out;

void write(const QString& fuzzer, const QByteArray& seed)
{
    if (seed.size() > 64 * 1024)
        return;
    out.mkpath(fuzzer);
    const QByteArray name = QCryptographicHash::hash(seed, QCryptographicHash::Sha1).toHex().left(16);
    QFile file(out.filePath(fuzzer + u'/' + QString::fromLatin1(name)));
    if (file.open(QIODevice::WriteOnly))
        file.write(seed);
}

void writeEach(const QString& fuzzer, std::initializer_list<const char*> choices, const QByteArray& text)
{
    for (const char* line : choices)
        write(fuzzer, QByteArray(line) + '\n' + text);
}

QByteArray read(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// "event: a\ndata: b\n\n" as the lines "a|b" that the provider fuzzer takes
QByteArray lines(const QByteArray& sse)
{
    QByteArray made;
    QByteArray name;
    for (QByteArray line : sse.split('\n')) {
        line = line.trimmed();
        const QList<QByteArray> words = line.split(' ');
        if (words.size() >= 3 && (words[0] == "event" || words[0] == "exception")) // FORM TYPE JSON, as bedrock's are
            made += (words[0] == "event" ? "" : "!") + words[1] + '|' + words.mid(2).join(' ') + '\n';
        else if (line.startsWith("event:"))
            name = line.mid(6).trimmed();
        else if (line.startsWith("data:"))
            made += (name.isEmpty() ? QByteArray() : name + '|') + line.mid(5).trimmed() + '\n';
        else if (line.isEmpty())
            name.clear();
        else
            made += line + '\n';
    }
    return made;
}

// The choices of a provider's kind and model (dialects.cpp) for a folder of the corpus.
QByteArray providerOf(const QString& folder)
{
    static const QHash<QString, QByteArray> kChoices{{QStringLiteral("anthropic"), "21"},
        {QStringLiteral("azure"), "10"}, {QStringLiteral("bedrock"), "55"}, {QStringLiteral("cohere"), "7a"},
        {QStringLiteral("deepseek"), "99"}, {QStringLiteral("gemini"), "33"}, {QStringLiteral("groq"), "8a"},
        {QStringLiteral("llamacpp"), "dc"}, {QStringLiteral("mistral"), "67"}, {QStringLiteral("ollama"), "cc"},
        {QStringLiteral("openrouter"), "b0"}, {QStringLiteral("vllm"), "dc"}, {QStringLiteral("xai"), "a0"}};
    return kChoices.value(folder, "00");
}

constexpr char kSurfaces[] = {
    '0', '1', '2', '3', '5', '7'}; // the ways to ask for the same thing are left to the fuzzer

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication app(argc, argv);
    if (argc != 3)
        return 2;
    const QDir source(QString::fromLocal8Bit(argv[1]));
    out.setPath(QString::fromLocal8Bit(argv[2]));

    using gateway::test::CorpusKind;
    for (const auto& [folder, kind, fuzzer] : {std::tuple("request", CorpusKind::Requests, "http_request"),
             std::tuple("response", CorpusKind::Responses, "http_response")}) {
        const auto corpus = gateway::test::readCorpus(
            source.filePath(QStringLiteral("tests/corpus/http/") + QLatin1String(folder)), kind);
        for (const auto& one : corpus.cases) {
            writeEach(QLatin1String(fuzzer), {"0", "1"}, one.wire);
            const qsizetype body = one.wire.indexOf("\r\n\r\n");
            if (body >= 0 && one.wire.contains("chunked"))
                writeEach(QStringLiteral("chunked"), {"0", "1"}, one.wire.mid(body + 4));
        }
    }
    QDirIterator files(source.filePath(QStringLiteral("tests/corpus")), QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString path = files.next();
        const QByteArray text = read(path);
        if (path.contains(QLatin1String("/corpus/http/")) || path.endsWith(QLatin1String(".md")))
            continue;
        const QByteArray who = providerOf(QFileInfo(path).dir().dirName());
        if (path.endsWith(QLatin1String(".json"))) {
            writeEach(QStringLiteral("json"), {"0", "1120", "0212"}, text);
            for (const char surface : kSurfaces) {
                // surface, kind, model; the verb of the path; 1 an answer or 2 an error, which small request, which
                // status
                const QByteArray choice = surface + who;
                write(QStringLiteral("surfaces"), choice + "0\n" + text);
                write(QStringLiteral("surfaces"), choice + "2\n" + text);
                write(QStringLiteral("providers"), choice + "10\n" + text);
                write(QStringLiteral("providers"), choice + "20a\n" + text);
            }
        } else {
            writeEach(QStringLiteral("frames"), {path.endsWith(QLatin1String(".sse")) ? "0" : "1", "3"}, text);
            for (const char surface : kSurfaces)
                write(QStringLiteral("providers"), surface + who + "00\n" + lines(text));
        }
    }
    QDirIterator own(source.filePath(QStringLiteral("tests/fuzz/corpus")), QDir::Files, QDirIterator::Subdirectories);
    while (own.hasNext()) {
        const QString path = own.next();
        const QString fuzzer = QFileInfo(path).dir().dirName();
        const QByteArray text = read(path);
        if (path.endsWith(QLatin1String(".yaml")))
            writeEach(fuzzer, {"0", "1", "2", "3"}, text);
        else
            write(fuzzer, text);
    }
    const QStringList made = out.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& fuzzer : made)
        std::printf("%s: %d seeds\n", qPrintable(fuzzer), int(QDir(out.filePath(fuzzer)).count()) - 2);
    return 0;
}
