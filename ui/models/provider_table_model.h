// The providers of an engine as a table, worst first; and ProviderSlots, which gives each its series colour. A refresh
// that changes no order is one dataChanged; otherwise a reset, after which the view finds its row again by key.
// Thread: UI thread.
#pragma once

#include "api/engine_status.h"
#include "api/series.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QVector>

#include <optional>

namespace ui::models {

// What is usual for the same provider: the middle of its minutes between an hour and half an hour ago. Nearer ones
// would let a trouble that lasts become its own norm.
struct OwnRange
{
    double low = 0;  // p5 of the minutes
    double high = 0; // p95
    int minutes = 0; // that had calls
};

// What the last hour of a provider says, from its served series.
struct ProviderHour
{
    gateway::api::Series series;
    std::optional<OwnRange> errorShare;
    std::optional<OwnRange> firstTokenMs;
};
ProviderHour hourOf(const gateway::api::Series& series);

struct ProviderRow
{
    gateway::api::ProviderStatus status;
    std::optional<double> errorShare; // empty: no calls
    std::optional<ProviderHour> hour; // empty: not asked yet
    int slot = 0;                     // series colour
    QString key() const { return status.name + QLatin1Char('\n') + status.region; }
};

// A provider gets its slot when it is first seen, in the order of configuration, and keeps it; after seven: other.
class ProviderSlots
{
public:
    static constexpr int kOther = 7;
    int slotOf(const QString& provider) const { return m_slots.value(provider, kOther); }
    void learn(const QVector<gateway::api::ProviderStatus>& providers);

private:
    QHash<QString, int> m_slots;
};

// The values at the right end of a column's marks, the same for every row.
struct CellScales
{
    double errorShare = 0.05;
    double firstTokenMs = 1000;
};

class ProviderTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column
    {
        Provider,
        State,
        LastHour,
        Errors,
        FirstToken,
        FirstTokenP50,
        TotalP95,
        TokensPerSecond,
        Share,
        Attempts,
        Breaker,
        LastOk,
        ColumnCount
    };
    enum Role
    {
        RowRole = Qt::UserRole + 1 // const ProviderRow*; besides it ui::CellRole and ui::UnderlyingRole
    };

    using QAbstractTableModel::QAbstractTableModel;

    // `slotIndexes` colours the rows; it must know the providers already.
    void setProviders(
        const QVector<gateway::api::ProviderStatus>& providers, const ProviderSlots& slotIndexes, const QDateTime& now);
    void setHour(const QString& provider, ProviderHour hour);
    const QVector<ProviderRow>& rows() const { return m_rows; }
    int rowOf(const QString& key) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(const ProviderRow& row, int column) const;
    void rescale(const QVector<ProviderRow>& rows);

    QVector<ProviderRow> m_rows;
    QDateTime m_now;
    CellScales m_scales;
};

// The worst of a provider's breakers, or its drain: what stands between it and its calls. `note` is the rest of it.
struct GateWords
{
    QString state; // drained, back at 10 %, open, half-open, closed; empty: nothing is known
    QString note;  // "0:23", "2 h 14 min", "forced"
    bool isBarred = false;
};
GateWords gateWords(const gateway::api::ProviderStatus& status, const QDateTime& now);

QString healthWord(gateway::api::Health health); // "Down"

} // namespace ui::models

Q_DECLARE_METATYPE(const ui::models::ProviderRow*)
