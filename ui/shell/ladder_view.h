// LadderView: the rungs of a ConnectionCheck, one line each: shape, title, what was found, how long it took; beneath
// one that is not well, the way to mend it. Painted; heights follow the words. Thread: UI.
#pragma once

#include "api/connection_check.h"

#include <QWidget>

namespace ui {

class LadderView : public QWidget
{
    Q_OBJECT
public:
    explicit LadderView(QWidget* parent = nullptr);

    void setRungs(const QVector<gateway::api::CheckRung>& rungs);
    QString words() const; // all of it, for screen readers and tests

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int layOut(QPainter* painter, int width) const;

    QVector<gateway::api::CheckRung> m_rungs;
};

} // namespace ui
