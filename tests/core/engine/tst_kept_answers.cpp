// Answers given a second time: never another caller's, never of another request, never more than there is room for.
#include "engine/kept_answers.h"

#include <QTest>

using namespace gateway;
using namespace std::chrono_literals;
using engine::KeptAnswer;
using engine::KeptAnswers;
using Found = KeptAnswers::Found;

class TestKeptAnswers : public QObject
{
    Q_OBJECT

    ManualClock m_clock;

    static KeptAnswer answer(const QByteArray& body, const QString& id = QStringLiteral("req_1"))
    {
        KeptAnswer kept;
        kept.body = body;
        kept.callId = id;
        return kept;
    }

private Q_SLOTS:
    void onceAndAgain()
    {
        KeptAnswers kept(m_clock);
        QVERIFY(kept.begin("k", "r").found == Found::Nothing);
        QVERIFY(kept.begin("k", "r").found == Found::InFlight);
        QVERIFY(kept.begin("k", "other").found == Found::Conflict);
        kept.finish("k", answer("hello"));
        const KeptAnswers::Result again = kept.begin("k", "r");
        QVERIFY(again.found == Found::Answer);
        QCOMPARE(again.answer->body, QByteArray("hello"));
        QVERIFY(kept.begin("k", "other").found == Found::Conflict);
    }
    void failedIsForgotten()
    {
        KeptAnswers kept(m_clock);
        kept.begin("k", "r");
        kept.forget("k");
        QVERIFY(kept.begin("k", "other").found == Found::Nothing);
    }
    void tooLargeIsGoneButKnown()
    {
        KeptAnswers kept(m_clock);
        kept.begin("k", "r");
        kept.finish("k", answer(QByteArray(KeptAnswers::kLargest + 1, 'x'), QStringLiteral("req_7")));
        const KeptAnswers::Result again = kept.begin("k", "r");
        QVERIFY(again.found == Found::Gone);
        QCOMPARE(again.answer->callId, QStringLiteral("req_7"));
    }
    void knownFromBeforeARestart()
    {
        KeptAnswers kept(m_clock);
        kept.remember("k", QStringLiteral("req_9"));
        QVERIFY(kept.begin("k", "whatever").found == Found::Gone);
    }
    void oldOnesGo()
    {
        KeptAnswers kept(m_clock);
        kept.begin("old", "r");
        kept.finish("old", answer("x"));
        m_clock.advance(KeptAnswers::kAge + 1s);
        kept.begin("new", "r");
        QVERIFY(kept.begin("old", "r").found == Found::Nothing);
    }
    void bytesAreBounded()
    {
        KeptAnswers kept(m_clock);
        const int fits = int(KeptAnswers::kBytes / KeptAnswers::kLargest);
        for (int i = 0; i < fits + 10; ++i)
            kept.keep(QByteArray::number(i), answer(QByteArray(KeptAnswers::kLargest, 'x')));
        QVERIFY(!kept.find("0", 1h));
        QVERIFY(kept.find(QByteArray::number(fits + 9), 1h));
    }
    void freshOnly()
    {
        KeptAnswers kept(m_clock);
        kept.keep("k", answer("x"));
        QVERIFY(kept.find("k", 10s));
        m_clock.advance(11s);
        QVERIFY(!kept.find("k", 10s));
    }
    // Lengths stand before the parts: "ab"+"c" is not "a"+"bc".
    void digestsDoNotMeet()
    {
        QVERIFY(KeptAnswers::digest({"ab", "c"}) != KeptAnswers::digest({"a", "bc"}));
        QVERIFY(KeptAnswers::digest({"a", ""}) != KeptAnswers::digest({"a"}));
    }
};

QTEST_APPLESS_MAIN(TestKeptAnswers)
#include "tst_kept_answers.moc"
