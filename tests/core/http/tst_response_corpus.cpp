// Every case of tests/corpus/http/response, fed whole, cut in two at every byte, and one byte at a time: the labelled
// verdict each time. One answer per case: an upstream connection is given back only after a whole message.
#include "http/message_parser.h"
#include "http_corpus.h"

#include <QTest>

using namespace gateway;
using namespace gateway::test;

namespace {

struct Outcome
{
    QVector<CorpusMessage> messages;
    bool refused = false;
    int status = 0;
    QByteArray reason;
    bool open = false; // the answer is not complete
    qsizetype leftOver = 0;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Feeds one parser as the upstream client does: one answer, nothing after a refusal; a close ends it well or not.
class Feeder
{
public:
    Feeder() { m_parser.begin(); }

    void feed(QByteArrayView bytes)
    {
        while (!m_outcome.refused && m_outcome.messages.isEmpty()) {
            switch (m_parser.next(bytes)) {
            case http::ParseStep::NeedMore:
                return;
            case http::ParseStep::Head:
                m_message = {QByteArray::number(m_parser.head().status), {}, {}};
                break;
            case http::ParseStep::Body:
                m_message.body += m_parser.body();
                break;
            case http::ParseStep::Complete:
                m_outcome.messages.append(m_message);
                m_outcome.leftOver = bytes.size();
                break;
            case http::ParseStep::Refused:
                m_outcome.refused = true;
                m_outcome.status = m_parser.error().status;
                m_outcome.reason = m_parser.error().reason;
                break;
            }
        }
    }

    void close()
    {
        if (m_outcome.refused || !m_outcome.messages.isEmpty())
            return;
        if (m_parser.finishAtClose())
            m_outcome.messages.append(m_message);
        else
            m_outcome.refused = true;
    }

    Outcome outcome() const
    {
        Outcome result = m_outcome;
        result.open = !result.refused && result.messages.isEmpty();
        return result;
    }

private:
    http::ResponseParser m_parser{http::MessageLimits{}};
    CorpusMessage m_message;
    Outcome m_outcome;
};

Outcome whole(const CorpusCase& one)
{
    Feeder feeder;
    feeder.feed(one.wire);
    if (one.closes)
        feeder.close();
    return feeder.outcome();
}

QString described(const Outcome& outcome)
{
    QStringList parts;
    for (const CorpusMessage& message : outcome.messages)
        parts << QStringLiteral("%1 \"%2\"").arg(printable(message.method), printable(message.body, 60));
    if (outcome.refused)
        parts << QStringLiteral("refused %1 (%2)").arg(outcome.status).arg(QString::fromUtf8(outcome.reason));
    else if (outcome.open)
        parts << QStringLiteral("an open message");
    return parts.isEmpty() ? QStringLiteral("nothing") : parts.join(QStringLiteral(", then "));
}

// Empty: as labelled. Otherwise what was expected.
QString disagreement(const CorpusCase& one, const Outcome& outcome)
{
    switch (one.label) {
    case Label::Either:
        return {};
    case Label::Accept:
        if (outcome.refused || outcome.open || outcome.leftOver != 0)
            return QStringLiteral("accepted whole");
        break;
    case Label::Wait:
        if (outcome.refused || !outcome.open)
            return QStringLiteral("waiting for more");
        break;
    case Label::Reject:
        if (!outcome.refused)
            return QStringLiteral("refused");
        break;
    }
    const bool messagesMatter = one.listed || one.label != Label::Accept;
    return messagesMatter && outcome.messages != one.messages ? QStringLiteral("other messages") : QString();
}

} // namespace

class TestResponseCorpus : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void verdict_data() { addRows(); }
    void verdict();
    void everySplit_data() { addRows(); }
    void everySplit();
    void byteByByte_data() { addRows(); }
    void byteByByte();

private:
    void addRows();
    Corpus m_corpus;
};

void TestResponseCorpus::initTestCase()
{
    m_corpus = readCorpus(qEnvironmentVariable("SIGNALBOX_SOURCE") + QStringLiteral("/tests/corpus/http/response"),
        CorpusKind::Responses);
    QVERIFY2(m_corpus.errors.isEmpty(), qPrintable(m_corpus.errors.join(u'\n')));
    QVERIFY2(m_corpus.cases.size() >= 80, "the corpus promises at least 80 cases");
}

void TestResponseCorpus::addRows()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < m_corpus.cases.size(); ++i)
        QTest::newRow(qPrintable(m_corpus.cases[i].name)) << i;
}

void TestResponseCorpus::verdict()
{
    QFETCH(int, index);
    const CorpusCase& one = m_corpus.cases[index];
    const Outcome outcome = whole(one);
    const QString expected = disagreement(one, outcome);
    QVERIFY2(expected.isEmpty(),
        qPrintable(QStringLiteral("%1 (%2)\n  bytes: %3\n  expected: %4\n  found: %5")
                       .arg(one.where, one.reason, printable(one.wire), expected, described(outcome))));
}

void TestResponseCorpus::everySplit()
{
    QFETCH(int, index);
    const CorpusCase& one = m_corpus.cases[index];
    const Outcome expected = whole(one);
    for (qsizetype cut = 1; cut < one.wire.size(); ++cut) {
        Feeder feeder;
        feeder.feed(QByteArrayView(one.wire).first(cut));
        feeder.feed(QByteArrayView(one.wire).sliced(cut));
        if (one.closes)
            feeder.close();
        const Outcome found = feeder.outcome();
        if (!(found == expected))
            QFAIL(qPrintable(QStringLiteral("%1, cut after byte %2: %3, whole: %4")
                                 .arg(one.where)
                                 .arg(cut)
                                 .arg(described(found), described(expected))));
    }
}

void TestResponseCorpus::byteByByte()
{
    QFETCH(int, index);
    const CorpusCase& one = m_corpus.cases[index];
    const Outcome expected = whole(one);
    Feeder feeder;
    for (const char& byte : one.wire) {
        const QByteArray alone(&byte, 1); // memory of its own: a parser must not look beside it
        feeder.feed(alone);
    }
    if (one.closes)
        feeder.close();
    const Outcome found = feeder.outcome();
    QVERIFY2(found == expected,
        qPrintable(QStringLiteral("%1: %2, whole: %3").arg(one.where, described(found), described(expected))));
}

QTEST_GUILESS_MAIN(TestResponseCorpus)
#include "tst_response_corpus.moc"
