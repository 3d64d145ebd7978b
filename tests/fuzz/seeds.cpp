// fuzz_seeds SOURCE_DIR OUT_DIR: seeds for every fuzzer, OUT_DIR/NAME/..., from tests/corpus (each file behind a few
// lines of choices) and from tests/fuzz/corpus/NAME (as they are).
#include "http_corpus.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFile>

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
        if (line.startsWith("event:"))
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
        if (path.endsWith(QLatin1String(".json"))) {
            writeEach(QStringLiteral("json"), {"0", "1120", "0212"}, text);
            // surface, kind, model, verb
            writeEach(QStringLiteral("surfaces"), {"0000", "1210", "2220", "3331", "0532", "4040"}, text);
            // surface, kind, model, answer or error, which
            writeEach(QStringLiteral("providers"),
                {"0001", "0201", "1211", "2331", "0521", "0711", "0c11", "02120", "0022a", "3321"}, text);
        } else {
            const bool isSse = path.endsWith(QLatin1String(".sse"));
            writeEach(QStringLiteral("frames"), {isSse ? "0" : "1", "2", "3"}, text);
            writeEach(QStringLiteral("providers"), {"0000", "0200", "1210", "2330", "0520", "0710", "0c10", "3320"},
                lines(text));
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
