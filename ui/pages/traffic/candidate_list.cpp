#include "pages/traffic/candidate_list.h"

#include "theme/paint.h"
#include "theme/status_paint.h"
#include "theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>

namespace ui::traffic {
namespace {

using models::DecidedCandidate;
using models::Verdict;

constexpr int kRow = 22;
constexpr qreal kGlyph = 14;
constexpr qreal kNameLeft = 22;

AttemptGlyph glyphOf(const DecidedCandidate& candidate)
{
    if (candidate.failedInCall)
        return AttemptGlyph::Failed;
    // A candidate that was not taken is no trouble, whatever the rule; colour is for what went wrong.
    return candidate.verdict == Verdict::Chosen ? AttemptGlyph::Answered : AttemptGlyph::Skipped;
}

QString whyOf(const DecidedCandidate& candidate)
{
    QString why =
        candidate.failedInCall ? QStringLiteral("%1; failed in this call").arg(candidate.why()) : candidate.why();
    // A number keeps its percent sign when the line wraps.
    return why.replace(QLatin1String(" %"), QString(QChar::Nbsp) + QLatin1Char('%'));
}

} // namespace

CandidateList::CandidateList(models::WhyModel* model, QWidget* parent) : QWidget(parent), m_model(model)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Candidates of the decision"));
    connect(model, &QAbstractItemModel::modelReset, this, &CandidateList::refresh);
}

void CandidateList::refresh()
{
    QStringList words;
    for (const DecidedCandidate& candidate : m_model->decision().candidates)
        words.append(QStringLiteral("%1: %2").arg(candidate.name(), whyOf(candidate)));
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

// As wide as the longest name, but the reason keeps at least half of the list.
qreal CandidateList::nameWidth(int width) const
{
    qreal longest = 60;
    for (const DecidedCandidate& candidate : m_model->decision().candidates)
        longest = std::max(longest, paint::textWidth(type().uiMedium, candidate.name()) + 14);
    return std::min(longest, (width - kNameLeft) / 2);
}

int CandidateList::rowHeight(const DecidedCandidate& candidate, int width) const
{
    const qreal left = kNameLeft + nameWidth(width);
    const QRectF text = QFontMetricsF(type().ui).boundingRect(
        QRectF(0, 0, std::max<qreal>(40, width - left), 1000), Qt::TextWordWrap, whyOf(candidate));
    const int lines = std::max(1, qRound(text.height() / QFontMetricsF(type().ui).lineSpacing()));
    return metrics().px(kRow) + (lines - 1) * metrics().px(16);
}

QSize CandidateList::sizeHint() const
{
    return {300, heightForWidth(width() > 0 ? width() : 380)};
}

QSize CandidateList::minimumSizeHint() const
{
    return {200, 0};
}

int CandidateList::heightForWidth(int width) const
{
    int height = 0;
    for (const DecidedCandidate& candidate : m_model->decision().candidates)
        height += rowHeight(candidate, width);
    return height;
}

void CandidateList::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const qreal left = kNameLeft + nameWidth(width());
    qreal y = 0;
    for (const DecidedCandidate& candidate : m_model->decision().candidates) {
        const int height = rowHeight(candidate, width());
        paintAttempt(painter, QRectF(0, y + (metrics().px(kRow) - kGlyph) / 2, kGlyph, kGlyph), glyphOf(candidate));
        const bool chosen = candidate.verdict == Verdict::Chosen;
        paint::text(painter, QRectF(kNameLeft, y, left - kNameLeft - 8, metrics().px(kRow)), type().uiMedium,
            color(Token::Text1), candidate.name());
        painter.setFont(type().ui);
        painter.setPen(color(chosen ? Token::Text1 : Token::Text2));
        const qreal top = y + (metrics().px(kRow) - QFontMetricsF(type().ui).lineSpacing()) / 2;
        painter.drawText(QRectF(left, top, width() - left, height), Qt::TextWordWrap, whyOf(candidate));
        y += height;
    }
}

} // namespace ui::traffic
