// Every case of tests/corpus/http/request, fed whole, cut in two at every byte, and one byte at a time: the labelled
// verdict each time, and the very same messages each time.
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
    bool open = false; // a message has begun and is not complete

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Feeds one parser as the server does: read what is there, begin again after each message, nothing after a refusal.
class Feeder
{
public:
    void feed(QByteArrayView bytes)
    {
        while (!m_outcome.refused) {
            switch (m_parser.next(bytes)) {
            case http::ParseStep::NeedMore:
                return;
            case http::ParseStep::Head:
                m_message = {m_parser.head().method.toByteArray(), m_parser.head().target.toByteArray(), {}};
                break;
            case http::ParseStep::Body:
                m_message.body += m_parser.body();
                break;
            case http::ParseStep::Complete:
                m_outcome.messages.append(m_message);
                m_parser.begin();
                break;
            case http::ParseStep::Refused:
                m_outcome.refused = true;
                m_outcome.status = m_parser.error().status;
                m_outcome.reason = m_parser.error().reason;
                break;
            }
        }
    }

    Outcome outcome() const
    {
        Outcome result = m_outcome;
        result.open = !result.refused && !m_parser.isIdle();
        return result;
    }

private:
    http::RequestParser m_parser{http::MessageLimits{}};
    CorpusMessage m_message;
    Outcome m_outcome;
};

Outcome whole(const QByteArray& wire)
{
    Feeder feeder;
    feeder.feed(wire);
    return feeder.outcome();
}

QString described(const Outcome& outcome)
{
    QStringList parts;
    for (const CorpusMessage& message : outcome.messages)
        parts << QStringLiteral("%1 %2 \"%3\"")
                     .arg(printable(message.method), printable(message.target, 60), printable(message.body, 60));
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
        if (outcome.refused || outcome.open || (!one.listed && outcome.messages.size() != 1))
            return QStringLiteral("accepted whole");
        break;
    case Label::Wait:
        if (outcome.refused || !outcome.open)
            return QStringLiteral("waiting for more");
        break;
    case Label::Reject:
        if (!outcome.refused || !one.statuses.contains(outcome.status))
            return QStringLiteral("refused with another status");
        break;
    }
    const bool messagesMatter = one.listed || one.label != Label::Accept;
    return messagesMatter && outcome.messages != one.messages ? QStringLiteral("other messages") : QString();
}

} // namespace

class TestRequestCorpus : public QObject
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

void TestRequestCorpus::initTestCase()
{
    m_corpus = readCorpus(
        qEnvironmentVariable("SIGNALBOX_SOURCE") + QStringLiteral("/tests/corpus/http/request"), CorpusKind::Requests);
    QVERIFY2(m_corpus.errors.isEmpty(), qPrintable(m_corpus.errors.join(u'\n')));
    QVERIFY2(m_corpus.cases.size() >= 300, "the corpus promises at least 300 cases");
}

void TestRequestCorpus::addRows()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < m_corpus.cases.size(); ++i)
        QTest::newRow(qPrintable(m_corpus.cases[i].name)) << i;
}

void TestRequestCorpus::verdict()
{
    QFETCH(int, index);
    const CorpusCase& one = m_corpus.cases[index];
    const Outcome outcome = whole(one.wire);
    const QString expected = disagreement(one, outcome);
    QVERIFY2(expected.isEmpty(),
        qPrintable(QStringLiteral("%1 (%2)\n  bytes: %3\n  expected: %4\n  found: %5")
                       .arg(one.where, one.reason, printable(one.wire), expected, described(outcome))));
}

void TestRequestCorpus::everySplit()
{
    QFETCH(int, index);
    const CorpusCase& one = m_corpus.cases[index];
    const Outcome expected = whole(one.wire);
    for (qsizetype cut = 1; cut < one.wire.size(); ++cut) {
        Feeder feeder;
        feeder.feed(QByteArrayView(one.wire).first(cut));
        feeder.feed(QByteArrayView(one.wire).sliced(cut));
        const Outcome found = feeder.outcome();
        if (!(found == expected))
            QFAIL(qPrintable(QStringLiteral("%1, cut after byte %2: %3, whole: %4")
                                 .arg(one.where)
                                 .arg(cut)
                                 .arg(described(found), described(expected))));
    }
}

void TestRequestCorpus::byteByByte()
{
    QFETCH(int, index);
    const CorpusCase& one = m_corpus.cases[index];
    const Outcome expected = whole(one.wire);
    Feeder feeder;
    for (const char& byte : one.wire) {
        const QByteArray alone(&byte, 1); // memory of its own: a parser must not look beside it
        feeder.feed(alone);
    }
    const Outcome found = feeder.outcome();
    QVERIFY2(found == expected,
        qPrintable(QStringLiteral("%1: %2, whole: %3").arg(one.where, described(found), described(expected))));
}

QTEST_GUILESS_MAIN(TestRequestCorpus)
#include "tst_request_corpus.moc"
