#include "http_corpus.h"

#include <QDir>
#include <QFile>
#include <QHash>
#include <QSet>

#include <optional>

namespace gateway::test {
namespace {

using Definitions = QHash<QByteArray, QByteArray>;

int hexValue(char c)
{
    return QByteArray("0123456789abcdef").indexOf(char(c >= 'A' && c <= 'F' ? c + 32 : c));
}

// Decodes one text with the escapes of the README; empty with `wrong` set if it does not follow them.
QByteArray decode(QByteArrayView text, const Definitions& definitions, QString& wrong)
{
    QByteArray out;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out.append(text[i]);
            continue;
        }
        const char kind = ++i < text.size() ? text[i] : '\0';
        if (kind == 'r') {
            out.append('\r');
        } else if (kind == 'n') {
            out.append('\n');
        } else if (kind == 't') {
            out.append('\t');
        } else if (kind == '\\') {
            out.append('\\');
        } else if (kind == 'x' && i + 2 < text.size() && hexValue(text[i + 1]) >= 0 && hexValue(text[i + 2]) >= 0) {
            out.append(char(hexValue(text[i + 1]) * 16 + hexValue(text[i + 2])));
            i += 2;
        } else if (kind == '{') {
            const qsizetype end = text.indexOf('}', i);
            const QByteArray name = end < 0 ? QByteArray() : text.sliced(i + 1, end - i - 1).toByteArray();
            if (!definitions.contains(name)) {
                wrong = QStringLiteral("\\{%1} is not defined").arg(QString::fromLatin1(name));
                return {};
            }
            out.append(definitions.value(name));
            i = end;
        } else if (kind == '*') {
            const qsizetype colon = text.indexOf(':', i);
            const qsizetype end = text.indexOf(')', i);
            bool isNumber = false;
            const int times = colon > i + 2 ? text.sliced(i + 2, colon - i - 2).toByteArray().toInt(&isNumber) : 0;
            if (end < colon || !isNumber || text[i + 1] != '(') {
                wrong = QStringLiteral("a repetition is written \\*(N:text)");
                return {};
            }
            out.append(decode(text.sliced(colon + 1, end - colon - 1), definitions, wrong).repeated(times));
            i = end;
        } else {
            wrong = QStringLiteral("an unknown escape");
            return {};
        }
    }
    return out;
}

std::optional<Label> labelFrom(const QByteArray& word)
{
    static const QHash<QByteArray, Label> labels{
        {"accept", Label::Accept}, {"reject", Label::Reject}, {"wait", Label::Wait}, {"either", Label::Either}};
    const auto found = labels.constFind(word);
    return found == labels.constEnd() ? std::nullopt : std::optional<Label>(*found);
}

class FileReader
{
public:
    FileReader(CorpusKind kind, Corpus& corpus, QSet<QString>& names) : m_kind(kind), m_corpus(corpus), m_names(names)
    {
    }

    void read(const QString& path)
    {
        QFile file(path);
        m_file = QFileInfo(path).fileName();
        if (!file.open(QIODevice::ReadOnly)) {
            complain(QStringLiteral("the file cannot be read"));
            return;
        }
        for (QByteArray line : file.readAll().split('\n')) {
            ++m_line;
            if (line.endsWith(' ') || line.endsWith('\r') || line.endsWith('\t'))
                complain(QStringLiteral("raw white space at the end of the line"));
            if (line.isEmpty() || line.startsWith('#'))
                continue;
            if (line.startsWith("    "))
                readIndented(line.mid(4));
            else if (line.startsWith("let "))
                readDefinition(line.mid(4));
            else
                readHeading(line);
        }
        finish();
    }

private:
    void complain(const QString& sentence)
    {
        m_corpus.errors.append(QStringLiteral("%1:%2: %3").arg(m_file).arg(m_line).arg(sentence));
    }

    QByteArray decoded(QByteArrayView text)
    {
        QString wrong;
        const QByteArray bytes = decode(text, m_definitions, wrong);
        if (!wrong.isEmpty())
            complain(wrong);
        return bytes;
    }

    void readDefinition(const QByteArray& text)
    {
        const qsizetype equals = text.indexOf(" = ");
        if (equals < 0)
            complain(QStringLiteral("a definition is written: let NAME = text"));
        else
            m_definitions.insert(text.left(equals), decoded(QByteArrayView(text).sliced(equals + 3)));
    }

    // LABEL [STATUS,STATUS] NAME: REASON
    void readHeading(const QByteArray& line)
    {
        finish();
        const qsizetype colon = line.indexOf(": ");
        const QList<QByteArray> words = line.left(colon).split(' ');
        const auto label = labelFrom(words.first());
        if (colon < 0 || !label || words.size() < 2 || words.size() > 3) {
            complain(QStringLiteral("a case begins with: LABEL [STATUS,STATUS] NAME: REASON"));
            return;
        }
        m_case = CorpusCase{};
        m_case->label = *label;
        m_case->name = QString::fromUtf8(words.last());
        m_case->reason = QString::fromUtf8(line.mid(colon + 2));
        m_case->where = QStringLiteral("%1:%2").arg(m_file).arg(m_line);
        if (words.size() == 3) {
            for (const QByteArray& status : words[1].split(','))
                m_case->statuses.append(status.toInt());
        }
        const bool needsStatus = *label == Label::Reject && m_kind == CorpusKind::Requests;
        if (needsStatus == m_case->statuses.isEmpty() || m_case->statuses.contains(0))
            complain(QStringLiteral("a refused request names its statuses, and nothing else does"));
        if (m_names.contains(m_case->name))
            complain(QStringLiteral("the name %1 is taken").arg(m_case->name));
        m_names.insert(m_case->name);
    }

    void readIndented(const QByteArray& text)
    {
        if (!m_case) {
            complain(QStringLiteral("bytes without a case"));
        } else if (text == "<eof>") {
            m_case->closes = true;
        } else if (text.startsWith("=> ")) {
            // the body is the rest of the line and may hold spaces
            const int parts = m_kind == CorpusKind::Requests ? 2 : 1;
            QByteArrayView rest = QByteArrayView(text).sliced(3);
            QByteArray words[2];
            for (int i = 0; i < parts; ++i) {
                const qsizetype space = rest.indexOf(' ');
                words[i] = decoded(space < 0 ? rest : rest.first(space));
                rest = space < 0 ? QByteArrayView() : rest.sliced(space + 1);
            }
            m_case->listed = true;
            m_case->messages.append({words[0], words[1], decoded(rest)});
        } else {
            m_case->wire.append(decoded(text));
        }
    }

    void finish()
    {
        if (!m_case)
            return;
        if (m_case->wire.isEmpty() && !m_case->closes)
            complain(QStringLiteral("the case %1 has no bytes").arg(m_case->name));
        m_corpus.cases.append(*m_case);
        m_case.reset();
    }

    const CorpusKind m_kind;
    Corpus& m_corpus;
    QSet<QString>& m_names;
    QString m_file;
    int m_line = 0;
    Definitions m_definitions;
    std::optional<CorpusCase> m_case;
};

} // namespace

Corpus readCorpus(const QString& directory, CorpusKind kind)
{
    Corpus corpus;
    QSet<QString> names;
    const QStringList files = QDir(directory).entryList({QStringLiteral("*.txt")}, QDir::Files, QDir::Name);
    for (const QString& file : files)
        FileReader(kind, corpus, names).read(directory + u'/' + file);
    if (files.isEmpty())
        corpus.errors.append(directory + QStringLiteral(": no corpus file"));
    return corpus;
}

QString printable(QByteArrayView bytes, int limit)
{
    QString out;
    for (qsizetype i = 0; i < bytes.size() && i < limit; ++i) {
        const auto c = static_cast<unsigned char>(bytes[i]);
        if (c == '\r')
            out += QStringLiteral("\\r");
        else if (c == '\n')
            out += QStringLiteral("\\n");
        else if (c < 0x20 || c > 0x7e)
            out += QStringLiteral("\\x%1").arg(int(c), 2, 16, QLatin1Char('0'));
        else
            out += QLatin1Char(char(c));
    }
    return bytes.size() > limit ? out + QStringLiteral("... (%1 bytes)").arg(bytes.size()) : out;
}

} // namespace gateway::test
