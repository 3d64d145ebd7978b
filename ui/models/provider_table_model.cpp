#include "models/provider_table_model.h"
#include "models/column_facts.h"

#include "models/format.h"
#include "models/provider_cells.h"

#include <QJsonObject>

#include <algorithm>
#include <array>

namespace ui::models {
namespace {

using namespace gateway::api;

constexpr std::array<ColumnFacts, ProviderTableModel::ColumnCount> kColumns{{
    {"Provider, region", "Name in the configuration and where it computes", false},
    {"State", "Judged by the engine from real attempts", false},
    {"Last hour", "Share of attempts that failed, minute by minute; taller is worse", false},
    {"Errors, 5 m",
        "Share of attempts that failed in five minutes; grey: the provider's own range 30 to 60 minutes ago", true},
    {"First token p95", "Five minutes; grey: the provider's own range 30 to 60 minutes ago", true},
    {"p50", "First token, median of five minutes", true},
    {"Total p95", "Whole answers, five minutes", true},
    {"tok/s", "Output tokens per second while streaming", true},
    {"Share", "Of all attempts in five minutes", true},
    {"Attempts, 5 m", "Attempts in five minutes", true},
    {"Breaker", "Whether calls are let through: closed, open until a probe, or drained by an operator", false},
    {"Last ok", "When it last answered", true},
}};

// Worst first; Paused and Unknown need no hand, so they come last.
int badness(const ProviderRow& row)
{
    switch (row.status.health) {
    case Health::Down:
        return 0;
    case Health::Degraded:
        return 1;
    case Health::Ok:
        return 2;
    case Health::Unknown:
        return 3;
    case Health::Paused:
        return 4;
    }
    return 5;
}

std::optional<OwnRange> rangeOf(QVector<double> values)
{
    if (values.size() < 5)
        return std::nullopt; // too few minutes to call anything usual
    std::sort(values.begin(), values.end());
    const auto at = [&values](double q) { return values[qRound(q * double(values.size() - 1))]; };
    return OwnRange{at(0.05), at(0.95), int(values.size())};
}

} // namespace

ProviderHour hourOf(const Series& series)
{
    ProviderHour hour;
    hour.series = series;
    QVector<double> shares;
    QVector<double> tokens;
    const QDateTime recent = series.query.to.addSecs(-30 * 60);
    for (const SeriesBucket& bucket : series.buckets) {
        if (bucket.start >= recent)
            continue;
        if (bucket.attempts > 0)
            shares.append(double(bucket.failed()) / double(bucket.attempts));
        if (bucket.firstTokenP95Ms)
            tokens.append(*bucket.firstTokenP95Ms);
    }
    hour.errorShare = rangeOf(shares);
    hour.firstTokenMs = rangeOf(tokens);
    return hour;
}

void ProviderSlots::learn(const QVector<ProviderStatus>& providers)
{
    for (const ProviderStatus& provider : providers) {
        if (!m_slots.contains(provider.name))
            m_slots.insert(provider.name, std::min(int(m_slots.size()), kOther));
    }
}

GateWords gateWords(const ProviderStatus& status, const QDateTime& now)
{
    if (status.drained)
        return {QStringLiteral("drained"), status.drainEnds ? timeLeft(*status.drainEnds, now) : QString(), true};
    if (status.stagePercent && *status.stagePercent < 100)
        return {QStringLiteral("back at %1 %").arg(*status.stagePercent), {}, false};
    GateWords words;
    for (const char* state : {"closed", "half-open", "open"}) {
        for (const BreakerStatus& breaker : status.breakers) {
            if (breaker.state != QLatin1String(state))
                continue;
            words.state = breaker.state;
            words.isBarred = breaker.state != QLatin1String("closed");
            words.note = breaker.forced        ? QStringLiteral("forced")
                         : breaker.nextProbeAt ? QStringLiteral("probe in %1").arg(timeLeft(*breaker.nextProbeAt, now))
                                               : QString();
        }
    }
    return words;
}

QString healthWord(Health health)
{
    switch (health) {
    case Health::Ok:
        return QStringLiteral("OK");
    case Health::Degraded:
        return QStringLiteral("Degraded");
    case Health::Down:
        return QStringLiteral("Down");
    case Health::Unknown:
        return QStringLiteral("Unknown");
    case Health::Paused:
        return QStringLiteral("Paused");
    }
    return {};
}

// Ages and times left are drawn; they are others at the next reading although nothing happened.
static bool movesWithTime(const ProviderStatus& status)
{
    return status.lastSuccess || status.lastFailure || status.drainEnds || status.stagePercent ||
           std::any_of(status.breakers.cbegin(), status.breakers.cend(),
               [](const BreakerStatus& breaker) { return breaker.state != QLatin1String("closed"); });
}

void ProviderTableModel::setProviders(
    const QVector<ProviderStatus>& providers, const ProviderSlots& slotIndexes, const QDateTime& now)
{
    QVector<ProviderRow> rows;
    for (const ProviderStatus& status : providers) {
        ProviderRow row;
        row.status = status;
        row.slot = slotIndexes.slotOf(status.name);
        if (status.attempts5m > 0)
            row.errorShare = double(status.failures5m) / double(status.attempts5m);
        if (const int before = rowOf(row.key()); before >= 0)
            row.hour = m_rows[before].hour;
        rows.append(row);
    }
    std::stable_sort(rows.begin(), rows.end(), [](const ProviderRow& a, const ProviderRow& b) {
        return badness(a) != badness(b) ? badness(a) < badness(b) : a.errorShare.value_or(0) > b.errorShare.value_or(0);
    });
    m_now = now;
    rescale(rows);
    const bool sameOrder = std::equal(rows.cbegin(), rows.cend(), m_rows.cbegin(), m_rows.cend(),
        [](const ProviderRow& a, const ProviderRow& b) { return a.key() == b.key(); });
    if (sameOrder) {
        const bool same =
            std::equal(rows.cbegin(), rows.cend(), m_rows.cbegin(), [](const ProviderRow& a, const ProviderRow& b) {
                return !movesWithTime(a.status) && a.slot == b.slot && toJson(a.status) == toJson(b.status);
            });
        m_rows = rows;
        if (!rows.isEmpty() && !same)
            Q_EMIT dataChanged(index(0, 0), index(int(rows.size()) - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_rows = rows;
    endResetModel();
}

void ProviderTableModel::setHour(const QString& provider, ProviderHour hour)
{
    for (int i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].status.name != provider)
            continue;
        m_rows[i].hour = hour;
        Q_EMIT dataChanged(index(i, LastHour), index(i, FirstToken));
    }
}

// One scale a column, so that marks can be compared from row to row; round enough that it does not breathe.
void ProviderTableModel::rescale(const QVector<ProviderRow>& rows)
{
    CellScales scales{0.05, 1000};
    for (const ProviderRow& row : rows) {
        scales.errorShare = std::max(scales.errorShare, row.errorShare.value_or(0) * 1.1);
        scales.firstTokenMs = std::max(scales.firstTokenMs, row.status.firstTokenP95Ms.value_or(0) * 1.1);
    }
    m_scales.errorShare = scales.errorShare > m_scales.errorShare || scales.errorShare < m_scales.errorShare / 2
                              ? scales.errorShare
                              : m_scales.errorShare;
    m_scales.firstTokenMs =
        scales.firstTokenMs > m_scales.firstTokenMs || scales.firstTokenMs < m_scales.firstTokenMs / 2
            ? scales.firstTokenMs
            : m_scales.firstTokenMs;
}

int ProviderTableModel::rowOf(const QString& key) const
{
    for (int i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].key() == key)
            return i;
    }
    return -1;
}

int ProviderTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int ProviderTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString ProviderTableModel::text(const ProviderRow& row, int column) const
{
    const ProviderStatus& status = row.status;
    const QString none = status.attempts5m == 0 ? QStringLiteral("no calls") : QStringLiteral("no data");
    switch (column) {
    case Provider:
        return status.region.isEmpty() ? status.name : QStringLiteral("%1 %2").arg(status.name, status.region);
    case State:
        return healthWord(status.health);
    case LastHour: {
        if (!row.hour)
            return {};
        qint64 attempts = 0;
        qint64 failed = 0;
        for (const SeriesBucket& bucket : row.hour->series.buckets) {
            attempts += bucket.attempts;
            failed += bucket.failed();
        }
        return attempts == 0
                   ? QStringLiteral("no calls")
                   : QStringLiteral("%1 of %2 attempts failed").arg(wholeNumber(failed), wholeNumber(attempts));
    }
    case Errors:
        return row.errorShare ? percent(row.errorShare) : none;
    case FirstToken:
        return status.firstTokenP95Ms ? secondsFromMs(status.firstTokenP95Ms) : none;
    case FirstTokenP50:
        return secondsFromMs(status.firstTokenP50Ms);
    case TotalP95:
        return secondsFromMs(status.totalP95Ms);
    case TokensPerSecond:
        return status.tokensPerSecond ? wholeNumber(qRound64(*status.tokensPerSecond)) : notApplicable();
    case Share:
        return percent(status.share);
    case Attempts:
        return wholeNumber(status.attempts5m);
    case Breaker: {
        const GateWords words = gateWords(status, m_now);
        return words.state.isEmpty()  ? notApplicable()
               : words.note.isEmpty() ? words.state
                                      : QStringLiteral("%1, %2").arg(words.state, words.note);
    }
    case LastOk:
        return status.lastSuccess ? age(*status.lastSuccess, m_now) : QStringLiteral("never");
    default:
        return {};
    }
}

QVariant ProviderTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const ProviderRow& row = m_rows[index.row()];
    const ColumnFacts& column = kColumns[std::size_t(index.column())];
    switch (role) {
    case RowRole:
        return QVariant::fromValue(&row);
    case CellRole:
        if (index.column() == Breaker)
            return QVariant::fromValue(gateCell(gateWords(row.status, m_now)));
        return QVariant::fromValue(providerCell(row, index.column(), text(row, index.column()), m_scales));
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(QLatin1String(column.head), text(row, index.column()));
    case Qt::ToolTipRole:
        return index.column() == State ? row.status.why : QVariant();
    case Qt::TextAlignmentRole:
        return int((column.isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case UnderlyingRole:
        switch (index.column()) {
        case State:
            return int(row.status.health);
        case Errors:
            return row.errorShare ? QVariant(*row.errorShare) : QVariant();
        case FirstToken:
            return row.status.firstTokenP95Ms ? QVariant(*row.status.firstTokenP95Ms) : QVariant();
        case Attempts:
            return row.status.attempts5m;
        case Breaker:
            return text(row, Breaker);
        case LastOk:
            return row.status.lastSuccess ? QVariant(*row.status.lastSuccess) : QVariant();
        default:
            return text(row, index.column());
        }
    default:
        return {};
    }
}

QVariant ProviderTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return headerOf(kColumns, section, orientation, role);
}

} // namespace ui::models
