#include "models/call_facts.h"

#include "models/format.h"

namespace ui::models {
namespace {

using namespace gateway::api;

void add(QVector<Fact>& facts, const QString& label, const QString& value, bool isMono = false)
{
    if (!value.isEmpty() && value != notApplicable())
        facts.append({label, value, isMono});
}

QString bytes(qint64 count)
{
    return count > 0 ? QStringLiteral("%1 bytes").arg(wholeNumber(count)) : QString();
}

QString tokensText(const Tokens& tokens)
{
    if (tokens.source == TokenSource::None)
        return {};
    return QStringLiteral("%1 in, %2 out, %3")
        .arg(wholeNumber(tokens.input()), wholeNumber(tokens.output()),
            tokens.source == TokenSource::Reported ? QStringLiteral("as the provider reported")
                                                   : QStringLiteral("estimated by the gateway"));
}

} // namespace

QVector<Fact> requestFacts(const Call& call)
{
    QVector<Fact> facts;
    add(facts, QStringLiteral("Surface"), call.surface, true);
    add(facts, QStringLiteral("Alias"), call.alias, true);
    add(facts, QStringLiteral("Workload"), call.workloadClass);
    add(facts, QStringLiteral("Zone"), call.zone.isEmpty() ? QStringLiteral("none asked") : call.zone);
    add(facts, QStringLiteral("Tenant"), call.tenant);
    add(facts, QStringLiteral("Feature"), call.feature);
    add(facts, QStringLiteral("Agent"), call.agent);
    add(facts, QStringLiteral("User"), call.user);
    add(facts, QStringLiteral("Credential"), call.credential, true);
    add(facts, QStringLiteral("Request"), bytes(call.requestBytes));
    return facts;
}

QVector<Fact> answerFacts(const Call& call)
{
    QVector<Fact> facts;
    add(facts, QStringLiteral("Status"), call.httpStatus > 0 ? QString::number(call.httpStatus) : QString());
    add(facts, QStringLiteral("Code"), nameOf(call.error), true);
    add(facts, QStringLiteral("Served by"), call.servedBy, true);
    add(facts, QStringLiteral("Fallback"), call.fallbackKind);
    add(facts, QStringLiteral("Finish"), call.finishReason, true);
    add(facts, QStringLiteral("Tokens"), tokensText(call.tokens));
    add(facts, QStringLiteral("Answer"), bytes(call.responseBytes));
    add(facts, QStringLiteral("Config"),
        call.revision > 0 ? QStringLiteral("revision %1").arg(call.revision) : QString());
    add(facts, QStringLiteral("Began"),
        call.startedAt.isValid()
            ? call.startedAt.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz")) + QStringLiteral(" UTC")
            : QString());
    return facts;
}

QVector<Fact> streamFacts(const Call& call)
{
    QVector<Fact> facts;
    if (call.streamEnd == StreamEnd::NotStreamed)
        return facts;
    const qint64 streamed =
        call.firstTokenUs >= 0 && call.endUs > call.firstTokenUs ? call.endUs - call.firstTokenUs : -1;
    add(facts, QStringLiteral("First byte to caller"), durationFromUs(call.firstByteUs));
    add(facts, QStringLiteral("First token"), durationFromUs(call.firstTokenUs));
    add(facts, QStringLiteral("Streamed for"), durationFromUs(streamed));
    if (streamed > 0 && call.tokens.output() > 0)
        add(facts, QStringLiteral("Speed"),
            QStringLiteral("%1 tok/s")
                .arg(wholeNumber(qRound64(double(call.tokens.output()) / (double(streamed) / 1e6)))));
    for (const Attempt& attempt : call.attempts) {
        if (attempt.longestGapUs > 0 && attempt.streamEnd != StreamEnd::NotStreamed)
            add(facts, QStringLiteral("Longest gap, attempt %1").arg(attempt.number),
                durationFromUs(attempt.longestGapUs));
    }
    add(facts, QStringLiteral("Tokens"), tokensText(call.tokens));
    add(facts, QStringLiteral("Finish reason"), call.finishReason, true);
    add(facts, QStringLiteral("Sent to caller"), bytes(call.responseBytes));
    return facts;
}

QVector<Fact> timingFacts(const Call& call)
{
    QVector<Fact> facts;
    add(facts, QStringLiteral("First byte"), durationFromUs(call.firstByteUs));
    add(facts, QStringLiteral("First token"), durationFromUs(call.firstTokenUs));
    add(facts, QStringLiteral("Total"), durationFromUs(call.endUs));
    add(facts, QStringLiteral("Own work"), durationFromUs(call.overheadUs));
    return facts;
}

QString streamSentence(const Call& call)
{
    switch (call.streamEnd) {
    case StreamEnd::NotStreamed:
        return QStringLiteral("The caller asked for a whole answer; nothing was streamed.");
    case StreamEnd::Complete:
        return QStringLiteral("The stream ended complete, with the terminator of its dialect.");
    case StreamEnd::Truncated:
        return QStringLiteral(
            "The provider broke the stream off; the caller got an error event instead of a silent end.");
    case StreamEnd::Cancelled:
        return QStringLiteral("The caller left before the stream ended; the provider was told to stop.");
    case StreamEnd::Stalled:
        return QStringLiteral(
            "The provider sent nothing for too long; the gateway ended the stream with an error event.");
    case StreamEnd::Refused:
        return QStringLiteral("The stream was refused before its first token.");
    }
    return {};
}

QString failureSentence(const Call& call)
{
    if (call.outcome == CallOutcome::Answered)
        return {};
    if (!call.errorDetail.isEmpty())
        return call.errorDetail;
    return call.error == ErrorCode::None ? QString() : QString::fromLatin1(facts(call.error).sentence);
}

} // namespace ui::models
