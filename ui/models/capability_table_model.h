// The capability matrix of one alias as a table: rows are what a request may hold, columns are the candidates it may be
// given to, as seen by a caller of one dialect. The first row says in which dialect each candidate is asked. Thread:
// UI.
#pragma once

#include "api/capability.h"
#include "widgets/cell.h"

#include <QAbstractTableModel>

namespace ui::models {

class CapabilityTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;

    // Of all candidates those that the alias routes to, in the engine's order.
    void setCapabilities(const QVector<gateway::api::CandidateCapabilities>& all);
    void setAlias(const QString& alias);
    void setSurface(const QString& surface);
    const QVector<gateway::api::CandidateCapabilities>& candidates() const { return m_candidates; }
    const QString& surface() const { return m_surface; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void choose();
    QString word(int row, int candidate) const;
    QString columnName(int candidate) const;

    QVector<gateway::api::CandidateCapabilities> m_all;
    QVector<gateway::api::CandidateCapabilities> m_candidates;
    QStringList m_features;
    QString m_alias;
    QString m_surface = QLatin1String(gateway::api::kCallerDialects[0]);
};

// The caller's dialects in words: "OpenAI chat".
QString surfaceName(const QString& dialect);
// A word of the matrix ("same", "carried", "lossy", "no", "unknown") with its shape.
Cell carriageCell(const QString& word);
// What the word means, in a sentence.
QString carriageSentence(const QString& word);

} // namespace ui::models
