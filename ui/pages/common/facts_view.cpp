#include "pages/common/facts_view.h"

#include "theme/paint.h"
#include "theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace ui {
namespace {

constexpr int kRow = 21;
constexpr qreal kColumnGap = 24;
constexpr int kWrap = Qt::TextWrapAnywhere | Qt::AlignLeft;

const QFont& fontOf(const models::Fact& fact)
{
    return fact.isMono ? type().mono : type().ui;
}

// Words break between words where they can; ids and URLs have none and break anywhere.
int wrapOf(const models::Fact& fact)
{
    return fact.isMono ? kWrap : int(Qt::TextWordWrap | Qt::AlignLeft);
}

} // namespace

FactsView::FactsView(const QString& name, int labelWidth, int columns, QWidget* parent)
    : QWidget(parent), m_name(name), m_labelWidth(labelWidth), m_columns(columns)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(name);
}

void FactsView::setFacts(const QVector<models::Fact>& facts)
{
    m_facts = facts;
    QStringList words;
    for (const models::Fact& fact : facts)
        words.append(QStringLiteral("%1: %2").arg(fact.label, fact.value));
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

qreal FactsView::columnWidth(int width) const
{
    return (width - kColumnGap * (m_columns - 1)) / m_columns;
}

QVector<FactsView::Row> FactsView::layOut(int width) const
{
    QVector<Row> rows;
    const qsizetype perColumn = (m_facts.size() + m_columns - 1) / m_columns;
    const qreal room = std::max<qreal>(40, columnWidth(width) - metrics().px(m_labelWidth));
    int top = 0;
    for (qsizetype i = 0; i < m_facts.size(); ++i) {
        if (perColumn > 0 && i % perColumn == 0)
            top = 0;
        const QFontMetricsF measure(fontOf(m_facts[i]));
        const QRectF text = measure.boundingRect(QRectF(0, 0, room, 2000), wrapOf(m_facts[i]), m_facts[i].value);
        const int lines = std::max(1, qRound(text.height() / measure.lineSpacing()));
        const int height = metrics().px(kRow) + (lines - 1) * metrics().px(16);
        rows.append({int(i / std::max<qsizetype>(1, perColumn)), top, height});
        top += height;
    }
    return rows;
}

QSize FactsView::sizeHint() const
{
    const int width = this->width() > 0 ? this->width() : 360;
    return {360, heightForWidth(width)};
}

int FactsView::heightForWidth(int width) const
{
    int height = 0;
    for (const Row& row : layOut(width))
        height = std::max(height, row.top + row.height);
    return height;
}

void FactsView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QVector<Row> rows = layOut(width());
    const qreal label = metrics().px(m_labelWidth);
    for (qsizetype i = 0; i < m_facts.size(); ++i) {
        const models::Fact& fact = m_facts[i];
        const qreal left = rows[i].column * (columnWidth(width()) + kColumnGap);
        paint::text(painter, QRectF(left, rows[i].top, label - 6, metrics().px(kRow)), type().ui, color(Token::Text3),
            fact.label);
        const QFontMetricsF measure(fontOf(fact));
        painter.setFont(fontOf(fact));
        painter.setPen(color(Token::Text1));
        painter.drawText(QRectF(left + label, rows[i].top + (metrics().px(kRow) - measure.lineSpacing()) / 2,
                             columnWidth(width()) - label, rows[i].height),
            wrapOf(fact), fact.value);
    }
}

} // namespace ui
