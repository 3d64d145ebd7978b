// Reserved and actual cost of a call as two bars on one scale. Painted; each amount stands beside its bar. Thread: UI.
#pragma once

#include "api/money.h"

#include <QWidget>

#include <optional>

namespace ui::traffic {

class MoneyBars : public QWidget
{
    Q_OBJECT
public:
    using QWidget::QWidget;

    // Hidden by its owner when neither is known.
    void setAmounts(
        const std::optional<gateway::api::Money>& reserved, const std::optional<gateway::api::Money>& actual);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<gateway::api::Money> m_reserved;
    std::optional<gateway::api::Money> m_actual;
};

} // namespace ui::traffic
