// Every stream cut at every byte, across dialects: four surfaces times four provider dialects. The provider's
// connection just closes (its body runs until close, so nothing but the dialect's own end mark says that it was cut).
// Nothing begun: an HTTP error. Content begun: an error event in the caller's dialect and no end mark. Never a clean
// end, never broken framing, one record for every call.
#include "engine_fixture.h"
#include "raw_client.h"
#include "scripted_upstream.h"
#include "stream_transcripts.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace gateway::test;

namespace {

const std::array<QByteArray, 4> kKinds{"openai", "anthropic", "gemini", "bedrock"};

QByteArray nameOfPair(const QByteArray& kind, CallerSurface surface)
{
    return kind + '-' + nameOf(surface);
}

struct Outcome // of one call
{
    qsizetype cut = 0;
    QByteArray id;
    bool whole = false;
};

} // namespace

class TestStreamCuts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyByte();
    void cleanupTestCase();

private:
    QString faultOf(const StreamTranscript& stream, qsizetype cut, CallerSurface surface, const RawReply& reply) const;
    QStringList cutEverywhere(const QByteArray& kind, CallerSurface surface, QList<Outcome>& outcomes);

    std::map<QByteArray, std::unique_ptr<ScriptedUpstream>> m_upstreams; // by pair: all pairs run side by side
    std::unique_ptr<EmbeddedEngine> m_engine;
    std::unique_ptr<RecordFile> m_record;
    std::atomic<qint64> m_calls = 0;
    QElapsedTimer m_time;
};

void TestStreamCuts::initTestCase()
{
    m_time.start();
    qputenv("STREAM_CUTS_KEY", "sk-stream-cuts");
    QByteArray providers;
    QByteArray aliases;
    for (const QByteArray& kind : kKinds) {
        for (int i = 0; i < kCallerSurfaces; ++i) {
            const QByteArray name = nameOfPair(kind, CallerSurface(i));
            const auto& upstream = m_upstreams[name] = std::make_unique<ScriptedUpstream>();
            providers += "  - {name: " + name + ", kind: " + kind +
                         ", base_url: \"http://127.0.0.1:" + QByteArray::number(upstream->port()) +
                         (kind == "openai" ? "/v1" : "") +
                         "\", key: \"env:STREAM_CUTS_KEY\", region: local, retention: zero" +
                         (kind == "bedrock" ? ", aws_region: eu-west-1" : "") + "}\n";
            aliases += "  - {name: " + name + ", purpose: tests, owner: qa, candidates: [{provider: " + name +
                       ", model: m-2026-09-01, weight: 100}]}\n";
        }
    }
    m_engine = std::make_unique<EmbeddedEngine>(
        "signalbox: 1\nproviders:\n" + providers + "aliases:\n" + aliases + "tenants:\n  - {name: acme}\n");
    // thousands of cuts in a row: here the streams are the subject, not the breaker
    gateway::fallback::BreakerOptions patient;
    patient.leastAttempts = 1'000'000;
    m_engine->setBreaker(patient);
    const QString wrong = m_engine->start();
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    m_record = std::make_unique<RecordFile>(m_engine->dataDirectory());
    QVERIFY(m_record->isOpen());
}

// What is wrong with the caller's answer after this many bytes of the provider's; empty if nothing is.
QString TestStreamCuts::faultOf(
    const StreamTranscript& stream, qsizetype cut, CallerSurface surface, const RawReply& reply) const
{
    if (reply.timedOut)
        return QStringLiteral("the caller waited in vain");
    if (cut >= stream.after(stream.endFrame))
        return reply.status == 200 && reply.complete
                   ? faultOfWhole(surface, reply.body)
                   : QStringLiteral("a whole stream came out as %1").arg(reply.status);
    if (!reply.complete)
        return QStringLiteral("the caller's framing is cut too");
    if (reply.status == 200) {
        if (cut < stream.after(stream.contentFrame) - 4) // the empty line may end with the bytes before the last
            return QStringLiteral("a stream that began before there was content");
        return faultOfBroken(surface, reply.body);
    }
    if (cut >= stream.after(stream.contentFrame))
        return QStringLiteral("status %1 after content").arg(reply.status);
    const QJsonObject error = QJsonDocument::fromJson(reply.body).object().value(QStringLiteral("error")).toObject();
    if (reply.status < 500 || error.value(QStringLiteral("message")).toString().isEmpty())
        return QStringLiteral("HTTP %1 without an error").arg(reply.status);
    return {};
}

QStringList TestStreamCuts::cutEverywhere(const QByteArray& kind, CallerSurface surface, QList<Outcome>& outcomes)
{
    const StreamTranscript stream = streamTranscript(kind, surface);
    const QByteArray bytes = stream.bytes();
    const QByteArray name = nameOfPair(kind, surface);
    const QByteArray request = streamRequest(surface, name, m_engine->key());
    ScriptedUpstream& upstream = *m_upstreams.at(name);
    // the end mark is there, but not yet the empty line that says so
    const qsizetype undecidedFrom = stream.after(stream.endFrame) - 4;
    QStringList faults;
    for (qsizetype cut = 0; cut <= bytes.size() && faults.size() < 3; ++cut) {
        if (cut > undecidedFrom && cut < stream.after(stream.endFrame))
            continue;
        upstream.setAnswer({bytes.left(cut), Hangup::Fin});
        const RawReply reply = rawCall(m_engine->port(), request);
        ++m_calls;
        QString fault = faultOf(stream, cut, surface, reply);
        const qsizetype posts = upstream.takeRequests().size();
        if (fault.isEmpty() && reply.status == 200 && posts != 1)
            fault = QStringLiteral("%1 POSTs for one stream").arg(posts);
        if (!fault.isEmpty())
            faults.append(QStringLiteral("%1 cut after byte %2 of %3: %4: %5")
                              .arg(QString::fromUtf8(name))
                              .arg(cut)
                              .arg(bytes.size())
                              .arg(fault, QString::fromUtf8(reply.body.right(300))));
        outcomes.append({cut, reply.header("x-request-id"), cut >= stream.after(stream.endFrame)});
    }
    return faults;
}

void TestStreamCuts::everyByte()
{
    constexpr int kPairs = int(kKinds.size()) * kCallerSurfaces;
    std::array<QStringList, kPairs> faults;
    std::array<QList<Outcome>, kPairs> outcomes;
    inThreads(kPairs, [&](int i) {
        faults[std::size_t(i)] = cutEverywhere(
            kKinds[std::size_t(i / kCallerSurfaces)], CallerSurface(i % kCallerSurfaces), outcomes[std::size_t(i)]);
    });
    QStringList all;
    for (const QStringList& some : faults)
        all += some;

    QTRY_COMPARE_WITH_TIMEOUT(m_record->callCount(), qint64(m_calls), 20'000);
    const QMap<QString, QList<RecordedCall>> records = m_record->callsById();
    for (const QList<Outcome>& some : outcomes) {
        for (const Outcome& outcome : some) {
            const QList<RecordedCall> calls = records.value(QString::fromUtf8(outcome.id));
            const QString recorded = calls.size() == 1 ? calls.first().outcome : QString();
            const bool right = outcome.whole
                                   ? recorded == QLatin1String("answered")
                                   : recorded == QLatin1String("failed") || recorded == QLatin1String("truncated");
            if (!right && all.size() < 40)
                all.append(QStringLiteral("cut after byte %1: %2 records, \"%3\"")
                               .arg(outcome.cut)
                               .arg(calls.size())
                               .arg(recorded));
        }
    }
    QVERIFY2(all.isEmpty(), qPrintable(QLatin1Char('\n') + all.join(QLatin1Char('\n'))));
}

void TestStreamCuts::cleanupTestCase()
{
    qInfo("%lld calls in %lld ms", qlonglong(m_calls), m_time.elapsed());
    QCOMPARE(m_record->integrity(), QStringLiteral("ok"));
    QCOMPARE(m_record->callCount(), qint64(m_calls));
    m_record.reset();
    m_engine.reset();
}

QTEST_GUILESS_MAIN(TestStreamCuts)
#include "tst_stream_cuts.moc"
