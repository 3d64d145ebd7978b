// Reader of the framing corpus (tests/corpus/http/README.md): text files with one verdict per case. A file that does
// not follow the format is an error that names file and line; a test must fail on it, not skip it. Any thread; values.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <QVector>

namespace gateway::test {

enum class Label
{
    Accept,
    Reject,
    Wait,
    Either
};

struct CorpusMessage
{
    QByteArray method; // or the status of a response
    QByteArray target; // empty in the response corpus
    QByteArray body;

    friend bool operator==(const CorpusMessage&, const CorpusMessage&) = default;
};

struct CorpusCase
{
    QString name;
    QString where; // file:line
    QString reason;
    Label label = Label::Either;
    QVector<int> statuses; // of a reject; empty: any
    QByteArray wire;
    bool closes = false; // <eof> after the bytes
    bool listed = false; // messages were given
    QVector<CorpusMessage> messages;
};

enum class CorpusKind
{
    Requests,
    Responses
};

struct Corpus
{
    QVector<CorpusCase> cases;
    QStringList errors; // "file:line: sentence"
};

Corpus readCorpus(const QString& directory, CorpusKind kind);

// Bytes as the corpus writes them, cut after `limit` bytes: for messages of failing tests.
QString printable(QByteArrayView bytes, int limit = 400);

} // namespace gateway::test
