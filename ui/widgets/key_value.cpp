#include "widgets/key_value.h"

#include "theme/paint.h"
#include "widgets/text_label.h"

#include <QGridLayout>
#include <QPainter>
#include <QStringList>

#include <algorithm>

namespace ui {

KeyValueGrid::KeyValueGrid(int labelWidth, QWidget* parent)
    : QWidget(parent), m_grid(new QGridLayout(this)), m_labelWidth(labelWidth)
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setVerticalSpacing(6);
    m_grid->setHorizontalSpacing(8);
    m_grid->setColumnMinimumWidth(0, metrics().px(labelWidth));
    m_grid->setColumnStretch(1, 1);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void KeyValueGrid::set(const QString& label, const QString& value, bool isMono, Token ink)
{
    for (const auto& [key, shown] : m_rows) {
        if (key->text() == label) {
            shown->setFontRole(isMono ? &Type::mono : &Type::ui);
            shown->setInk(ink);
            shown->setText(value);
            return;
        }
    }
    auto* key = new TextLabel(label, &Type::ui, Token::Text3, this);
    auto* shown = new TextLabel(value, isMono ? &Type::mono : &Type::ui, ink, this);
    const int row = m_grid->rowCount();
    m_grid->addWidget(key, row, 0);
    m_grid->addWidget(shown, row, 1);
    m_rows.append(std::pair{key, shown});
}

void KeyValueGrid::remove(const QString& label)
{
    for (qsizetype i = 0; i < m_rows.size(); ++i) {
        if (m_rows.at(i).first->text() != label)
            continue;
        delete m_rows.at(i).first;
        delete m_rows.at(i).second;
        m_rows.removeAt(i);
        return;
    }
}

Legend::Legend(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void Legend::setEntries(const QVector<LegendEntry>& entries)
{
    const bool same = std::equal(entries.begin(), entries.end(), m_entries.begin(), m_entries.end(),
        [](const LegendEntry& a, const LegendEntry& b) {
            return a.ink == b.ink && a.words == b.words && a.hatched == b.hatched;
        });
    if (same)
        return;
    m_entries = entries;
    QStringList words;
    for (const LegendEntry& entry : entries)
        words.append(entry.words);
    setAccessibleName(words.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QSize Legend::sizeHint() const
{
    qreal width = 0;
    for (const LegendEntry& entry : m_entries)
        width += 13 + std::ceil(paint::textWidth(type().small, entry.words)) + 14;
    return QSize(int(qMax(0.0, width - 14)) + 1, metrics().px(16));
}

void Legend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    qreal x = 0;
    for (const LegendEntry& entry : m_entries) {
        const QRectF swatch(x, std::round(height() / 2.0) - 4, 8, 8);
        if (entry.hatched)
            painter.fillRect(swatch, paint::hatch(color(entry.ink), 4, 1.6, devicePixelRatioF()));
        else
            paint::box(painter, swatch, 2, color(entry.ink), QColor());
        x += 13;
        x += std::ceil(paint::text(
                 painter, QRectF(x, 0, width() - x, height()), type().small, color(Token::Text2), entry.words)) +
             14;
    }
}

} // namespace ui
