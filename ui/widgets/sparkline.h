// Sparkline: a small line without axes, ending in a dot; its norm as a grey band. NaN is a gap, never joined. The
// caller reduces to about two points a pixel. Thread: UI.
#pragma once

#include "theme/token.h"

#include <QVector>
#include <QWidget>

#include <optional>

namespace ui {

class Sparkline : public QWidget
{
    Q_OBJECT
public:
    explicit Sparkline(QWidget* parent = nullptr);
    void setValues(const QVector<double>& values);
    // The range of y; by default from 0 (or the least value) to the largest.
    void setRange(double low, double high);
    void setNorm(double low, double high);
    void setInk(Token ink);
    // Where an incident began, as a share of the width.
    void setMarker(std::optional<double> at);
    QSize sizeHint() const override { return QSize(116, 24); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVector<double> m_values;
    double m_low = 0;
    double m_high = -1; // below low: automatic
    std::optional<std::pair<double, double>> m_norm;
    std::optional<double> m_marker;
    Token m_ink = Token::Text2;
};

} // namespace ui
