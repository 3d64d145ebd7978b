#include "models/call_row.h"

#include "models/format.h"

#include <QStringList>

namespace ui::models {
namespace {

using namespace gateway::api;

QString attemptsText(const QVector<AttemptResult>& glyphs, bool sent)
{
    if (!sent)
        return glyphs.isEmpty() ? QStringLiteral("no attempt") : QStringLiteral("no attempt: refused by the gateway");
    QStringList words;
    for (const AttemptResult glyph : glyphs)
        words.append(nameOf(glyph));
    return QStringLiteral("%1: %2").arg(
        plural(glyphs.size(), QStringLiteral("attempt"), QStringLiteral("attempts")), words.join(QStringLiteral(", ")));
}

QString fallbackText(const Call& call)
{
    if (!call.fallbackKind.isEmpty())
        return call.fallbackKind;
    return call.error == ErrorCode::ChainExhausted ? QStringLiteral("exhausted") : QStringLiteral("none");
}

} // namespace

QString outcomeWord(CallOutcome outcome)
{
    QString word = nameOf(outcome);
    word[0] = word[0].toUpper();
    return word;
}

CallRow makeCallRow(Call call)
{
    CallRow row;
    row.time = clockTime(call.startedAt);
    row.outcome = outcomeWord(call.outcome);
    // The region is a fact of the trace; the list has no room for it.
    row.servedBy = call.servedBy.isEmpty() ? QStringLiteral("none") : call.servedBy.section(QLatin1Char('@'), 0, 0);
    row.fallback = fallbackText(call);
    row.firstToken = secondsFromUs(call.firstTokenUs);
    row.total = secondsFromUs(call.endUs);
    row.own = millisecondsFromUs(call.overheadUs);
    row.tokens =
        call.tokens.source == TokenSource::None
            ? notApplicable()
            : QStringLiteral("%1 / %2").arg(wholeNumber(call.tokens.input()), wholeNumber(call.tokens.output()));
    row.cost = dollars(call.cost);
    for (const Attempt& attempt : call.attempts)
        row.glyphs.append(attempt.result);
    const bool sent = !row.glyphs.isEmpty();
    if (!sent && call.outcome == CallOutcome::Refused)
        row.glyphs.append(AttemptResult::Refused);
    row.attempts = attemptsText(row.glyphs, sent);
    row.call = std::move(call);
    return row;
}

} // namespace ui::models
