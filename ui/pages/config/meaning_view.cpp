#include "pages/config/meaning_view.h"

#include "models/format.h"
#include "theme/icons.h"
#include "theme/paint.h"
#include "theme/status_paint.h"
#include "theme/theme.h"
#include "widgets/chip.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <array>
#include <cmath>

namespace ui::config {

using namespace gateway::api;

namespace {

constexpr int kHead = 27;
constexpr int kLine = 17;
constexpr int kPad = 5;
constexpr qreal kIndent = 34;
constexpr qreal kLineColumn = 52;
constexpr qreal kTag = 18;

struct GroupIcon
{
    const char* group;
    const char* icon;
};

constexpr std::array kIcons{GroupIcon{"privacy", "zones"}, GroupIcon{"security", "lock"},
    GroupIcon{"routing", "routes"}, GroupIcon{"money", "budgets"}, GroupIcon{"other", "more"}};

QString iconOf(const QString& group)
{
    for (const GroupIcon& one : kIcons) {
        if (group == QLatin1String(one.group))
            return QString::fromLatin1(one.icon);
    }
    return QStringLiteral("more");
}

qreal textRoom(int width)
{
    return std::max<qreal>(80, width - kIndent - kLineColumn - 12);
}

int linesOf(const QString& text, qreal room)
{
    const QFontMetricsF measure(type().ui);
    const QRectF box = measure.boundingRect(QRectF(0, 0, room, 2000), Qt::TextWordWrap, text);
    return std::max(1, qRound(box.height() / measure.lineSpacing()));
}

bool hasValues(const DiffSentence& sentence)
{
    return !sentence.before.isEmpty() || !sentence.after.isEmpty() || sentence.loosens;
}

// A value on the ground of its side; returns its width.
qreal paintValue(QPainter& painter, qreal left, qreal top, qreal most, const QString& value, bool isAfter)
{
    const QString words = value.isEmpty() ? MeaningView::tr("not there") : value;
    const qreal wide = std::min(most, std::ceil(paint::textWidth(type().mono, words)) + 12);
    const QRectF box(left, top, wide, metrics().px(kTag));
    paint::box(painter, box, Metrics::radiusKeycap, color(isAfter ? Token::TintOk : Token::TintDown), QColor());
    paint::text(
        painter, box.adjusted(6, 0, -6, 0), type().mono, color(value.isEmpty() ? Token::Text3 : Token::Text1), words);
    return wide;
}

} // namespace

MeaningView::MeaningView(const QString& name, QWidget* parent) : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(name);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
}

void MeaningView::setReport(const DiffReport& report)
{
    m_report = report;
    m_hover = m_current = -1;
    QStringList words;
    for (const AffectedTenant& tenant : report.affected)
        words.append(tr("affected: %1, %2 calls in 24 h").arg(tenant.tenant).arg(tenant.calls));
    for (const DiffGroup& group : report.groups) {
        for (const DiffSentence& sentence : group.sentences)
            words.append(QStringLiteral("%1: %2").arg(group.title, sentence.text));
    }
    if (report.cosmetic > 0)
        words.append(tr("%1 lines only look different").arg(report.cosmetic));
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

const DiffSentence& MeaningView::sentenceOf(const Row& row) const
{
    return m_report.groups[row.group].sentences[row.index];
}

QVector<MeaningView::Row> MeaningView::layOut(int width) const
{
    QVector<Row> rows;
    int y = 0;
    const auto add = [&rows, &y](Row::Kind kind, int group, int index, int height) {
        rows.append({kind, group, index, y, height});
        y += height;
    };
    for (int g = 0; g < m_report.groups.size(); ++g) {
        if (m_report.groups[g].name == QLatin1String("cosmetic"))
            continue;
        add(Row::Kind::Head, g, -1, metrics().px(kHead));
        for (int i = 0; i < m_report.groups[g].sentences.size(); ++i) {
            const DiffSentence& sentence = m_report.groups[g].sentences[i];
            const int lines = linesOf(sentence.text, textRoom(width));
            add(Row::Kind::Sentence, g, i,
                lines * metrics().px(kLine) + 2 * kPad + (hasValues(sentence) ? metrics().px(kTag) + 3 : 0));
        }
    }
    if (m_report.cosmetic > 0)
        add(Row::Kind::Cosmetic, -1, -1, metrics().px(kHead));
    if (!m_report.affected.isEmpty()) {
        add(Row::Kind::Head, -1, -1, metrics().px(kHead));
        for (int i = 0; i < m_report.affected.size(); ++i)
            add(Row::Kind::Affected, -1, i, metrics().px(kHead));
    }
    return rows;
}

QSize MeaningView::sizeHint() const
{
    return {400, heightForWidth(width() > 100 ? width() : 560)};
}

int MeaningView::heightForWidth(int width) const
{
    const QVector<Row> rows = layOut(width);
    return rows.isEmpty() ? 0 : rows.last().top + rows.last().height;
}

int MeaningView::lineOf(const Row& row) const
{
    return row.kind == Row::Kind::Sentence ? sentenceOf(row).line : 0;
}

int MeaningView::rowAt(const QPoint& point) const
{
    const QVector<Row> rows = layOut(width());
    for (int i = 0; i < rows.size(); ++i) {
        if (point.y() >= rows[i].top && point.y() < rows[i].top + rows[i].height)
            return i;
    }
    return -1;
}

void MeaningView::paintHead(QPainter& painter, const Row& row) const
{
    painter.fillRect(QRect(0, row.top, width(), row.height), color(Token::Sunken));
    paint::hline(painter, 0, width(), row.top + row.height - 1, color(Token::Line));
    const bool isGroup = row.group >= 0;
    bool loosens = false;
    if (isGroup) {
        for (const DiffSentence& sentence : m_report.groups[row.group].sentences)
            loosens = loosens || sentence.loosens;
    }
    const QRectF shape(12, row.top + (row.height - 15) / 2.0, 15, 15);
    if (loosens)
        paintStatus(painter, shape, Status::Degraded);
    else
        paintIcon(painter, shape, isGroup ? iconOf(m_report.groups[row.group].name) : QStringLiteral("user"),
            color(Token::Text3));
    const QRectF text(kIndent, row.top, width() - kIndent - 12, row.height - 1);
    const QString title = isGroup ? m_report.groups[row.group].title : tr("Who is affected");
    const qreal used = paint::text(painter, text, type().uiStrong, color(Token::Text1), title);
    const QString right =
        isGroup ? models::wholeNumber(m_report.groups[row.group].sentences.size())
                : (m_report.trafficKnown ? tr("calls of the last 24 h") : tr("their calls could not be read"));
    paint::text(painter, text.adjusted(used + 8, 0, 0, 0), type().ui, color(Token::Text3), right, Qt::AlignRight);
}

void MeaningView::paintSentence(QPainter& painter, const Row& row, bool isChosen) const
{
    const DiffSentence& sentence = sentenceOf(row);
    if (isChosen) {
        painter.fillRect(QRect(0, row.top, width(), row.height - 1), color(Token::Hover));
        if (m_keyboard)
            painter.fillRect(QRect(0, row.top, Metrics::selectionBar, row.height - 1), color(Token::Accent));
    }
    paint::hline(painter, 0, width(), row.top + row.height - 1, color(Token::Line));
    const qreal room = textRoom(width());
    if (sentence.risk >= 3)
        paintStatus(painter, QRectF(14, row.top + kPad + 2, 12, 12), Status::Degraded);
    const int lines = linesOf(sentence.text, room);
    painter.setFont(type().ui);
    painter.setPen(color(Token::Text1));
    painter.drawText(
        QRectF(kIndent, row.top + kPad, room, lines * metrics().px(kLine) + 4), Qt::TextWordWrap, sentence.text);
    const int line = sentence.line > 0 ? sentence.line : sentence.lineBefore;
    if (line > 0)
        paint::text(painter, QRectF(width() - kLineColumn - 12, row.top + kPad - 1, kLineColumn, metrics().px(kLine)),
            type().mono, color(isChosen && sentence.line > 0 ? Token::Accent : Token::Text3),
            sentence.line > 0 ? tr("line %1").arg(line) : tr("was %1").arg(line), Qt::AlignRight);
    if (!hasValues(sentence))
        return;
    const qreal top = row.top + kPad + lines * metrics().px(kLine) + 1;
    qreal left = kIndent;
    const qreal most = std::max<qreal>(60, (width() - kIndent - 48 - (sentence.loosens ? 90 : 0)) / 2);
    if (!sentence.before.isEmpty() || !sentence.after.isEmpty()) {
        left += paintValue(painter, left, top, most, sentence.before, false) + 5;
        paintIcon(painter, QRectF(left, top + (metrics().px(kTag) - 12) / 2.0, 12, 12), "right", color(Token::Text3));
        left += 17;
        left += paintValue(painter, left, top, most, sentence.after, true) + 8;
    }
    if (sentence.loosens)
        paintChip(
            painter, QRectF(left, top, 90, metrics().px(kTag)), tr("LOOSENS"), ChipLook::ofStatus(Status::Degraded));
}

void MeaningView::paintAffected(QPainter& painter, const Row& row) const
{
    const AffectedTenant& tenant = m_report.affected[row.index];
    paint::hline(painter, 0, width(), row.top + row.height - 1, color(Token::Line));
    const qreal high = row.height - 1;
    paint::text(painter, QRectF(kIndent, row.top, 140, high), type().uiMedium, color(Token::Text1), tenant.tenant);
    paint::text(painter, QRectF(kIndent + 146, row.top, 90, high), type().ui, color(Token::Text2),
        tenant.zone.isEmpty() ? tr("no zone") : tenant.zone);
    paint::text(painter, QRectF(kIndent + 242, row.top, std::max(20.0, width() - kIndent - 242 - 140), high), type().ui,
        color(Token::Text3), tenant.aliases.isEmpty() ? tr("all of it") : tenant.aliases.join(QStringLiteral(", ")));
    const QString calls =
        m_report.trafficKnown ? tr("%1 calls").arg(models::wholeNumber(tenant.calls)) : tr("not known");
    paint::text(painter, QRectF(width() - 142, row.top, 130, high), type().ui,
        color(m_report.trafficKnown ? Token::Text1 : Token::Text3), calls, Qt::AlignRight);
}

void MeaningView::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    const QVector<Row> rows = layOut(width());
    for (int i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        if (row.top > event->rect().bottom() || row.top + row.height < event->rect().top())
            continue;
        switch (row.kind) {
        case Row::Kind::Head:
            paintHead(painter, row);
            break;
        case Row::Kind::Sentence:
            paintSentence(painter, row, i == m_hover || (m_keyboard && hasFocus() && i == m_current));
            break;
        case Row::Kind::Affected:
            paintAffected(painter, row);
            break;
        case Row::Kind::Cosmetic:
            paint::hline(painter, 0, width(), row.top + row.height - 1, color(Token::Line));
            paintIcon(painter, QRectF(13, row.top + (row.height - 12) / 2.0, 12, 12), "chevr", color(Token::Text3));
            paint::text(painter, QRectF(kIndent, row.top, width() - kIndent - 12, row.height - 1), type().ui,
                color(Token::Text3), tr("Cosmetic"));
            paint::text(painter, QRectF(kIndent, row.top, width() - kIndent - 12, row.height - 1), type().ui,
                color(Token::Text3),
                tr("%1 and mean the same; the text shows them")
                    .arg(models::plural(m_report.cosmetic, tr("line differs"), tr("lines differ"))),
                Qt::AlignRight);
            break;
        }
    }
}

void MeaningView::mousePressEvent(QMouseEvent* event)
{
    const QVector<Row> rows = layOut(width());
    const int at = rowAt(event->pos());
    m_keyboard = false;
    if (at >= 0 && rows[at].kind == Row::Kind::Sentence) {
        m_current = at;
        if (lineOf(rows[at]) > 0)
            Q_EMIT lineWanted(lineOf(rows[at]));
    } else if (at >= 0 && rows[at].kind == Row::Kind::Cosmetic) {
        Q_EMIT lineWanted(0); // the text
    }
}

void MeaningView::mouseMoveEvent(QMouseEvent* event)
{
    const int at = rowAt(event->pos());
    if (at == m_hover)
        return;
    m_hover = at;
    update();
}

void MeaningView::leaveEvent(QEvent*)
{
    m_hover = -1;
    update();
}

void MeaningView::move(int by)
{
    const QVector<Row> rows = layOut(width());
    for (int at = m_current + by; at >= 0 && at < rows.size(); at += by) {
        if (rows[at].kind == Row::Kind::Sentence) {
            m_current = at;
            break;
        }
    }
    m_keyboard = true;
    update();
}

void MeaningView::keyPressEvent(QKeyEvent* event)
{
    const QVector<Row> rows = layOut(width());
    if (event->key() == Qt::Key_Down) {
        move(1);
    } else if (event->key() == Qt::Key_Up) {
        move(-1);
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_current >= 0 &&
               m_current < rows.size() && lineOf(rows[m_current]) > 0) {
        Q_EMIT lineWanted(lineOf(rows[m_current]));
    } else {
        QWidget::keyPressEvent(event);
    }
}

void MeaningView::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    m_keyboard = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    if (m_keyboard && m_current < 0)
        move(1);
    update();
}

// What was cut on screen is whole in the tooltip.
bool MeaningView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int at = rowAt(help->pos());
    const QVector<Row> rows = layOut(width());
    QString words;
    if (at >= 0 && rows[at].kind == Row::Kind::Sentence) {
        const DiffSentence& sentence = sentenceOf(rows[at]);
        words = sentence.field;
        if (!sentence.before.isEmpty() || !sentence.after.isEmpty())
            words += QStringLiteral("\n%1 \u2192 %2").arg(sentence.before, sentence.after);
    }
    QToolTip::showText(help->globalPos(), words, this);
    return true;
}

} // namespace ui::config
