// The candidates a decision looked at: a glyph, the name, why in words. Reasons wrap, they are never cut. Thread: UI;
// the model is the panel's and outlives the list.
#pragma once

#include "models/route_decision.h"

#include <QWidget>

namespace ui::traffic {

class CandidateList : public QWidget
{
    Q_OBJECT
public:
    explicit CandidateList(models::WhyModel* model, QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    qreal nameWidth(int width) const;
    int rowHeight(const models::DecidedCandidate& candidate, int width) const;
    void refresh();

    models::WhyModel* m_model;
};

} // namespace ui::traffic
