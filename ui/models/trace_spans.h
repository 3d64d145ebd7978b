// A call as spans on one time line: what the waterfall draws and its table reads aloud. Made from the record only; a
// moment the engine did not note gives no span, never a guessed one. Any thread; values.
// Times: microseconds from the call's first byte.
#pragma once

#include "api/call.h"

#include <QAbstractTableModel>
#include <QString>
#include <QVector>

namespace ui::models {

// Decides the colour of the bar (tokens.md section 8, "Trace waterfall").
enum class SpanKind
{
    Call,     // the whole
    Own,      // the gateway's own work
    Network,  // connecting, sending
    Waiting,  // for the provider
    Failed,   // an attempt that failed
    Answered, // the attempt that answered
    Skipped,  // an attempt that was never sent
    Stream,   // tokens arriving, in the provider's colour
};

struct TraceSpan
{
    QString name;
    int level = 0;
    qint64 startUs = 0;
    qint64 endUs = 0;
    SpanKind kind = SpanKind::Own;
    QString label;    // beside the bar: "640 ms", "503 after 640 ms"
    QString provider; // of attempts, for the series colour
    int attempt = -1; // position in Call::attempts, -1 for none
};

QVector<TraceSpan> spansOf(const gateway::api::Call& call);
QString attemptSentence(const gateway::api::Attempt& attempt); // who did what, one plain sentence

// A stream that did not reach its end, whatever the status it began with.
bool isBroken(const gateway::api::Attempt& attempt);

class TraceModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column
    {
        Span,
        Start,
        Duration,
        Note,
        ColumnCount
    };
    enum Role
    {
        SpanRole = Qt::UserRole + 1 // const TraceSpan*
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setCall(const gateway::api::Call& call);
    void clear();
    const QVector<TraceSpan>& spans() const { return m_spans; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVector<TraceSpan> m_spans;
};

} // namespace ui::models

Q_DECLARE_METATYPE(const ui::models::TraceSpan*)
