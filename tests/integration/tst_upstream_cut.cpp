// An upstream that stops at every byte of its answer, by FIN and by RST: one POST, one record with one attempt, and an
// error that the caller sees. A cut answer must never look whole.
#include "engine_fixture.h"
#include "raw_client.h"
#include "scripted_upstream.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace gateway::test;

namespace {

QByteArray plainAnswer()
{
    const QByteArray body =
        R"({"id":"chatcmpl-cut","object":"chat.completion","created":1795305600,"model":"m-2026-09-01",)"
        R"("choices":[{"index":0,"message":{"role":"assistant","content":"The line is clear.","refusal":null},)"
        R"("logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":5,"total_tokens":14}})";
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_up\r\nContent-Length: " +
           QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

const QByteArray kDone = "data: [DONE]\n\n";

QByteArray chunk(const QByteArray& data)
{
    return QByteArray::number(data.size(), 16) + "\r\n" + data + "\r\n";
}

QByteArray streamedAnswer()
{
    const auto event = [](const QByteArray& delta, const QByteArray& reason) {
        return R"(data: {"id":"chatcmpl-cut","object":"chat.completion.chunk","created":1795305600,"model":"m-2026-09-01",)"
               R"("choices":[{"index":0,"delta":)" +
               delta + R"(,"finish_reason":)" + reason + "}]}\n\n";
    };
    return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nx-request-id: req_up\r\nTransfer-Encoding: "
           "chunked\r\n\r\n" +
           chunk(event(R"({"role":"assistant","content":""})", "null")) +
           chunk(event(R"({"content":"The line"})", "null")) +
           chunk(event(R"({"content":" is clear, )"
                       "\xE2\x80\x94"
                       R"( caf)"
                       "\xC3\xA9"
                       R"(."})",
               "null")) +
           chunk(event(R"({"content":" Wait."})", "null")) + chunk(event("{}", "\"stop\"")) + chunk(kDone) +
           "0\r\n\r\n";
}

// What the caller must have seen of an answer that was cut.
QString faultOfError(const RawReply& reply, bool stream)
{
    if (reply.timedOut)
        return QStringLiteral("the caller waited in vain");
    if (reply.status >= 400) {
        const QJsonObject error =
            QJsonDocument::fromJson(reply.body).object().value(QStringLiteral("error")).toObject();
        if (!reply.complete)
            return QStringLiteral("an HTTP error that is cut itself");
        if (reply.status < 500 || error.isEmpty() || error.value(QStringLiteral("signalbox")).toObject().isEmpty())
            return QStringLiteral("HTTP %1 without an error of ours").arg(reply.status);
        return {};
    }
    if (reply.status != 200 || !stream)
        return QStringLiteral("status %1 for an answer that was cut").arg(reply.status);
    if (reply.body.contains("[DONE]"))
        return QStringLiteral("a stream that was cut and ends with [DONE]");
    if (reply.complete && !reply.body.contains("\"error\""))
        return QStringLiteral("a stream that was cut and ends as if nothing had been");
    return {};
}

} // namespace

class TestUpstreamCut : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void wholeAnswersAreWhole();
    void everyByte_data();
    void everyByte();
    void cleanupTestCase();

private:
    QString callOnce(const QByteArray& sent, Hangup how, bool stream, bool whole);

    std::unique_ptr<ScriptedUpstream> m_upstream;
    std::unique_ptr<EmbeddedEngine> m_engine;
    std::unique_ptr<RecordFile> m_record;
    qint64 m_calls = 0;
};

void TestUpstreamCut::initTestCase()
{
    m_upstream = std::make_unique<ScriptedUpstream>();
    m_engine = std::make_unique<EmbeddedEngine>(
        oneProviderConfig(QStringLiteral("http://127.0.0.1:%1/v1").arg(m_upstream->port())));
    // thousands of cuts in a row: here the answers are the subject, not the breaker
    gateway::fallback::BreakerOptions patient;
    patient.leastAttempts = 1'000'000;
    m_engine->setBreaker(patient);
    const QString wrong = m_engine->start();
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    m_record = std::make_unique<RecordFile>(m_engine->dataDirectory());
    QVERIFY(m_record->isOpen());
}

// One call against an upstream that sends these bytes; empty if all is as it should be.
QString TestUpstreamCut::callOnce(const QByteArray& sent, Hangup how, bool stream, bool whole)
{
    m_upstream->setAnswer({sent, how});
    const RawReply reply =
        rawCall(m_engine->port(), chatRequest(m_engine->key(), "fast", stream, "Is the line clear?"));
    QCoreApplication::processEvents();
    ++m_calls;

    const int posts = int(m_upstream->takeRequests().size());
    if (whole) {
        const bool ended = stream ? reply.body.endsWith(kDone) : reply.body.contains("\"stop\"");
        if (reply.status != 200 || !reply.complete || !ended)
            return QStringLiteral("a whole answer came out as %1: %2")
                .arg(reply.status)
                .arg(QString::fromUtf8(reply.body));
    } else if (const QString fault = faultOfError(reply, stream); !fault.isEmpty()) {
        return fault + QStringLiteral(": ") + QString::fromUtf8(reply.head + reply.body);
    }

    // The record is there before the caller's last byte, and in the file when it is asked for; when the caller was cut
    // off, it may come a moment later.
    QDeadlineTimer deadline(10'000);
    while (m_record->callCount() < m_calls && !deadline.hasExpired())
        m_engine->recordDirectory();
    const QString id = QString::fromUtf8(reply.header("x-request-id"));
    const QList<RecordedCall> calls = m_record->calls(id);
    if (m_record->callCount() != m_calls)
        return QStringLiteral("%1 records after %2 calls").arg(m_record->callCount()).arg(m_calls);
    if (calls.size() != 1)
        return QStringLiteral("%1 records with the id \"%2\"").arg(calls.size()).arg(id);
    const RecordedCall call = calls.first();
    const bool asExpected = whole
                                ? call.outcome == QLatin1String("answered")
                                : call.outcome == QLatin1String("failed") || call.outcome == QLatin1String("truncated");
    if (!asExpected)
        return QStringLiteral("recorded as %1 with %2 attempts").arg(call.outcome).arg(call.attempts);
    // one attempt, one POST; and never a second one once the caller has had content
    if (posts != call.attempts || posts > 3 || (reply.status == 200 && posts != 1 && !whole))
        return QStringLiteral("%1 POSTs, %2 attempts, status %3").arg(posts).arg(call.attempts).arg(reply.status);
    return {};
}

void TestUpstreamCut::wholeAnswersAreWhole()
{
    QCOMPARE(callOnce(plainAnswer(), Hangup::Stay, false, true), QString());
    QCOMPARE(callOnce(streamedAnswer(), Hangup::Stay, true, true), QString());
    QCOMPARE(callOnce(plainAnswer(), Hangup::Fin, false, true), QString());
    QCOMPARE(callOnce(streamedAnswer(), Hangup::Fin, true, true), QString());
}

void TestUpstreamCut::everyByte_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<bool>("stream");
    QTest::addColumn<int>("how");
    for (const auto& [name, how] : {std::pair("closed", Hangup::Fin), std::pair("reset", Hangup::Reset)}) {
        QTest::addRow("plain, %s", name) << plainAnswer() << false << int(how);
        QTest::addRow("streamed, %s", name) << streamedAnswer() << true << int(how);
    }
}

void TestUpstreamCut::everyByte()
{
    QFETCH(QByteArray, answer);
    QFETCH(bool, stream);
    QFETCH(int, how);
    // A stream is over with its dialect's end mark; what is missing of the framing after that costs nobody anything.
    const qsizetype doneAt = answer.indexOf(kDone);
    QStringList faults;
    for (qsizetype cut = 0; cut < answer.size() && faults.size() < 5; ++cut) {
        const bool whole = stream && cut >= doneAt + kDone.size();
        const bool undecided = stream && !whole && cut >= doneAt + 12; // "data: [DONE]" without its blank line
        const bool resetMayEatIt = Hangup(how) == Hangup::Reset;       // RST may overtake bytes on their way
        if (undecided || (whole && resetMayEatIt))
            continue;
        const QString fault = callOnce(answer.left(cut), Hangup(how), stream, whole);
        if (!fault.isEmpty())
            faults.append(QStringLiteral("cut after byte %1 of %2: %3").arg(cut).arg(answer.size()).arg(fault));
    }
    QVERIFY2(faults.isEmpty(), qPrintable(QLatin1Char('\n') + faults.join(QLatin1Char('\n'))));
}

void TestUpstreamCut::cleanupTestCase()
{
    qInfo("%lld calls, %d upstream connections", m_calls, m_upstream->connections());
    QCOMPARE(m_record->integrity(), QStringLiteral("ok"));
    QCOMPARE(m_record->callCount(), m_calls);
    m_record.reset();
    m_engine.reset();
}

QTEST_GUILESS_MAIN(TestUpstreamCut)
#include "tst_upstream_cut.moc"
