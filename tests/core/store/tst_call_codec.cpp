// The journal's encoding of a call: complete, strict, and the numbers it depends on are the ones of its version.
#include "store/call_codec.h"
#include "store_fixture.h"

using namespace gateway;
using namespace gateway::api;
using namespace gateway::store;

namespace {

QByteArray encoded(const Call& call)
{
    QByteArray bytes;
    encodeCall(call, bytes);
    return bytes;
}

// All that is kept of a call, to compare by.
QJsonObject facts(const Call& call)
{
    QJsonObject json = toJson(call);
    json.insert(QStringLiteral("idempotency"), call.idempotency);
    json.insert(QStringLiteral("traceparent"), QString::fromLatin1(call.traceparent));
    return json;
}

} // namespace

class TestCallCodec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comesBackWhole()
    {
        auto call = sampleCall(QStringLiteral("req_a"));
        call->traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        call->errorDetail = QStringLiteral("\u00e9\u4e2d\U0001F600 plain");
        call->tokens.inCacheWrite12h = Q_INT64_C(1) << 62;
        call->tokens.serverToolCalls = 3;
        call->cost = Money::fromNano(-1);
        call->costEstimated = std::nullopt;
        call->receivedUs = -1;
        call->endUs = std::numeric_limits<qint64>::max();
        call->firstByteUs = std::numeric_limits<qint64>::min();
        const auto back = decodeCall(encoded(*call));
        QVERIFY(back);
        QCOMPARE(facts(*back), facts(*call));
        QCOMPARE(back->startedAt, call->startedAt);
        QCOMPARE(back->endUs, call->endUs);
        QCOMPARE(encoded(*back), encoded(*call));
        const Call plain;
        QVERIFY(decodeCall(encoded(plain)));
        QCOMPARE(encoded(*decodeCall(encoded(plain))), encoded(plain));
    }

    void everyEnumerationValue()
    {
        for (const ErrorCodeFacts& code : errorCodes()) {
            Call call;
            call.error = code.code;
            QCOMPARE(decodeCall(encoded(call))->error, code.code);
        }
        for (int i = 0; i <= int(CallOutcome::Indeterminate); ++i) {
            Call call;
            call.startedAt = QDateTime::fromMSecsSinceEpoch(1, Qt::UTC);
            call.outcome = CallOutcome(i);
            call.attempts.resize(1);
            call.attempts[0].result = AttemptResult(std::min(i, int(AttemptResult::Cancelled)));
            call.attempts[0].streamEnd = StreamEnd(i);
            QCOMPARE(facts(*decodeCall(encoded(call))), facts(call));
        }
    }

    // A journal outlives an upgrade. Whoever changes one of these raises kCallCodecVersion and lets the decoder know
    // both.
    void numbersBelongToTheVersion()
    {
        QStringList names;
        for (const ErrorCodeFacts& code : errorCodes())
            names.append(QString::number(int(code.code)) + QLatin1String(code.name));
        for (int i = 0; i <= int(CallOutcome::Indeterminate); ++i)
            names.append(nameOf(CallOutcome(i)));
        for (int i = 0; i <= int(AttemptResult::Cancelled); ++i)
            names.append(nameOf(AttemptResult(i)));
        for (int i = 0; i <= int(StreamEnd::Refused); ++i)
            names.append(nameOf(StreamEnd(i)));
        const QByteArray all = names.join(u',').toLatin1();
        QVERIFY2(kCallCodecVersion == 1 && qChecksum(all) == kNames, qPrintable(QString::number(qChecksum(all))));
        QVERIFY2(qChecksum(encoded(*sampleCall(QStringLiteral("req_a")))) == kSample,
            qPrintable(QString::number(qChecksum(encoded(*sampleCall(QStringLiteral("req_a")))))));
    }

    // Cut or changed anywhere: an error, or a call that is written the same way; never more.
    void damagedAtEveryByte()
    {
        const QByteArray whole = encoded(*sampleCall(QStringLiteral("req_a")));
        for (qsizetype at = 0; at < whole.size(); ++at)
            QVERIFY2(!decodeCall(QByteArrayView(whole).first(at)), qPrintable(QString::number(at)));
        QVERIFY(!decodeCall(QByteArray(whole + '\0')));
        for (qsizetype at = 0; at < whole.size(); ++at) {
            for (int bit = 0; bit < 8; ++bit) {
                QByteArray changed = whole;
                changed[at] = char(changed[at] ^ (1 << bit));
                if (const auto call = decodeCall(changed))
                    QVERIFY2(encoded(*call) == changed, qPrintable(QString::number(at)));
            }
        }
    }

private:
    static constexpr quint16 kNames = 38646;
    static constexpr quint16 kSample = 62421;
};

QTEST_APPLESS_MAIN(TestCallCodec)
#include "tst_call_codec.moc"
