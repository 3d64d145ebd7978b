// The steps of a canary as a row of shares: done, now, not yet. Painted; its words are its accessible name. Thread: UI.
#pragma once

#include "api/canary.h"

#include <QWidget>

namespace ui::config {

class StepBar : public QWidget
{
    Q_OBJECT
public:
    explicit StepBar(QWidget* parent = nullptr);
    void setCanary(const gateway::api::CanaryStatus& canary);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    gateway::api::CanaryStatus m_canary;
};

} // namespace ui::config
