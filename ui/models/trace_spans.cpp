#include "models/trace_spans.h"

#include "models/format.h"
#include "widgets/cell.h"

#include <array>

namespace ui::models {
namespace {

using namespace gateway::api;

constexpr std::array<const char*, TraceModel::ColumnCount> kHeads{"Step", "Starts at", "Takes", "Note"};

// Adds a span when both ends are known.
void add(QVector<TraceSpan>& spans, TraceSpan span)
{
    if (span.startUs < 0 || span.endUs < 0)
        return;
    span.endUs = std::max(span.startUs, span.endUs);
    if (span.label.isEmpty())
        span.label = durationFromUs(span.endUs - span.startUs);
    spans.append(std::move(span));
}

QString attemptLabel(const Attempt& attempt)
{
    const QString took = durationFromUs(attempt.endUs - attempt.startUs);
    if (isBroken(attempt))
        return QStringLiteral("stream %1 after %2").arg(nameOf(attempt.streamEnd), took);
    const QString status = attempt.httpStatus > 0 ? QString::number(attempt.httpStatus) : QString();
    switch (attempt.result) {
    case AttemptResult::Answered:
        return QStringLiteral("%1, %2").arg(status.isEmpty() ? QStringLiteral("answered") : status,
            attempt.streamEnd == StreamEnd::NotStreamed ? QStringLiteral("whole") : nameOf(attempt.streamEnd));
    case AttemptResult::Skipped:
        return attempt.reason.isEmpty() ? QStringLiteral("skipped") : QStringLiteral("skipped: %1").arg(attempt.reason);
    case AttemptResult::Refused:
        return attempt.reason.isEmpty() ? QStringLiteral("refused by the gateway")
                                        : QStringLiteral("refused: %1").arg(attempt.reason);
    case AttemptResult::Cancelled:
        return QStringLiteral("the caller left after %1").arg(took);
    case AttemptResult::Failed:
        break;
    }
    const QString what = !status.isEmpty() && attempt.httpStatus >= 400 ? status
                         : attempt.error != ErrorCode::None
                             ? nameOf(attempt.error).replace(QLatin1Char('_'), QLatin1Char(' '))
                             : QStringLiteral("failed");
    return QStringLiteral("%1 after %2").arg(what, took);
}

SpanKind attemptKind(const Attempt& attempt)
{
    if (isBroken(attempt))
        return SpanKind::Failed;
    switch (attempt.result) {
    case AttemptResult::Answered:
        return SpanKind::Answered;
    case AttemptResult::Failed:
        return SpanKind::Failed;
    case AttemptResult::Cancelled:
        return SpanKind::Waiting;
    case AttemptResult::Skipped:
    case AttemptResult::Refused:
        return SpanKind::Skipped;
    }
    return SpanKind::Failed;
}

QString streamLabel(const Attempt& attempt, qint64 us)
{
    QStringList parts;
    if (attempt.tokens.output() > 0 && us > 0)
        parts.append(QStringLiteral("%1 tok/s").arg(qRound(double(attempt.tokens.output()) / (double(us) / 1e6))));
    if (attempt.longestGapUs > 0)
        parts.append(QStringLiteral("longest gap %1").arg(durationFromUs(attempt.longestGapUs)));
    return parts.isEmpty() ? durationFromUs(us) : parts.join(QStringLiteral(", "));
}

void addParts(QVector<TraceSpan>& spans, const Attempt& attempt, int position)
{
    const auto part = [&](const QString& name, qint64 from, qint64 to, SpanKind kind, const QString& label = {}) {
        add(spans, TraceSpan{name, 2, from, to, kind, label, attempt.provider, position});
    };
    // An attempt that failed before its first token is one bar; its sentence stands below the waterfall.
    if (attempt.startUs < 0 || attempt.result == AttemptResult::Skipped || attempt.result == AttemptResult::Refused ||
        (attempt.result == AttemptResult::Failed && attempt.firstTokenUs < 0))
        return;
    const qint64 sent = attempt.sentUs >= 0 ? attempt.sentUs : attempt.connectedUs;
    part(attempt.connectionReused ? QStringLiteral("send, open connection") : QStringLiteral("connect, send"),
        attempt.startUs, sent, SpanKind::Network);
    if (attempt.firstTokenUs >= 0)
        part(QStringLiteral("first token"), sent, attempt.firstTokenUs, SpanKind::Waiting);
    else
        part(QStringLiteral("first byte"), sent, attempt.firstByteUs, SpanKind::Waiting);
    const qint64 begun = attempt.firstTokenUs >= 0 ? attempt.firstTokenUs : attempt.firstByteUs;
    if (begun < 0 || attempt.endUs < 0)
        return;
    if (attempt.streamEnd == StreamEnd::NotStreamed) {
        part(QStringLiteral("read answer"), begun, attempt.endUs, SpanKind::Stream);
        return;
    }
    const qint64 tokens = attempt.tokens.output();
    part(tokens > 0 ? QStringLiteral("stream %1").arg(plural(tokens, QStringLiteral("token"), QStringLiteral("tokens")))
                    : QStringLiteral("stream"),
        begun, attempt.endUs, SpanKind::Stream, streamLabel(attempt, attempt.endUs - begun));
}

} // namespace

bool isBroken(const Attempt& attempt)
{
    return attempt.streamEnd == StreamEnd::Truncated || attempt.streamEnd == StreamEnd::Stalled;
}

QString attemptSentence(const Attempt& attempt)
{
    if (!attempt.reason.isEmpty())
        return attempt.reason;
    const QString who =
        attempt.region.isEmpty() ? attempt.provider : QStringLiteral("%1 %2").arg(attempt.provider, attempt.region);
    const QString took = durationFromUs(attempt.endUs < 0 ? -1 : attempt.endUs - std::max<qint64>(0, attempt.startUs));
    if (isBroken(attempt))
        return QStringLiteral("%1 began to answer and %2 after %3.")
            .arg(who,
                attempt.streamEnd == StreamEnd::Stalled ? QStringLiteral("fell silent")
                                                        : QStringLiteral("broke the stream off"),
                took);
    switch (attempt.result) {
    case AttemptResult::Answered:
        return attempt.httpStatus > 0
                   ? QStringLiteral("%1 answered %2 after %3.").arg(who).arg(attempt.httpStatus).arg(took)
                   : QStringLiteral("%1 answered after %2.").arg(who, took);
    case AttemptResult::Skipped:
        return QStringLiteral("%1 was not asked.").arg(who);
    case AttemptResult::Refused:
        return QStringLiteral("The gateway stopped the attempt at %1.").arg(who);
    case AttemptResult::Cancelled:
        return QStringLiteral("The caller left %1 after the attempt began.").arg(took);
    case AttemptResult::Failed:
        break;
    }
    if (attempt.httpStatus > 0)
        return QStringLiteral("%1 answered %2 after %3.").arg(who).arg(attempt.httpStatus).arg(took);
    const QString sentence =
        attempt.error == ErrorCode::None ? QString() : QLatin1String(facts(attempt.error).sentence);
    return sentence.isEmpty() ? QStringLiteral("%1 gave no answer within %2.").arg(who, took) : sentence;
}

QVector<TraceSpan> spansOf(const Call& call)
{
    QVector<TraceSpan> spans;
    // commitUs is how long the record took to be durable, counted from the hand-over at endUs.
    const qint64 committed = call.commitUs >= 0 && call.endUs >= 0 ? call.endUs + call.commitUs : -1;
    const qint64 end = std::max({call.endUs, committed, qint64(0)});
    add(spans, {QStringLiteral("call"), 0, 0, end, SpanKind::Call, QString(), {}, -1});
    add(spans, {QStringLiteral("accept, authenticate"), 1, 0, call.authenticatedUs, SpanKind::Own, {}, {}, -1});
    add(spans, {QStringLiteral("route, policy"), 1, call.authenticatedUs, call.routedUs, SpanKind::Own, {}, {}, -1});
    for (int i = 0; i < call.attempts.size(); ++i) {
        const Attempt& attempt = call.attempts[i];
        const qint64 before = i > 0 ? call.attempts[i - 1].endUs : call.routedUs;
        const qint64 from = attempt.startUs >= 0 ? attempt.startUs : std::max<qint64>(0, before);
        const QString where =
            attempt.region.isEmpty() ? attempt.provider : QStringLiteral("%1 %2").arg(attempt.provider, attempt.region);
        add(spans,
            {QStringLiteral("attempt %1 %2").arg(attempt.number).arg(where), 1, from, std::max(from, attempt.endUs),
                attemptKind(attempt), attemptLabel(attempt), attempt.provider, i});
        addParts(spans, attempt, i);
    }
    add(spans, {QStringLiteral("settle, audit"), 1, call.endUs, committed, SpanKind::Own, {}, {}, -1});
    return spans;
}

void TraceModel::setCall(const Call& call)
{
    beginResetModel();
    m_spans = spansOf(call);
    endResetModel();
}

void TraceModel::clear()
{
    beginResetModel();
    m_spans.clear();
    endResetModel();
}

int TraceModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_spans.size());
}

int TraceModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant TraceModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const TraceSpan& span = m_spans[index.row()];
    const bool isTime = index.column() == Start || index.column() == Duration;
    const qint64 us = index.column() == Start ? span.startUs : span.endUs - span.startUs;
    switch (role) {
    case SpanRole:
        return QVariant::fromValue(&span);
    case UnderlyingRole:
        if (isTime)
            return us;
        [[fallthrough]];
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        if (isTime)
            return durationFromUs(us);
        return index.column() == Span ? span.name : span.label;
    case Qt::TextAlignmentRole:
        return int((isTime ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant TraceModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    return QLatin1String(kHeads[std::size_t(section)]);
}

} // namespace ui::models
