#include "widgets/state_overlay.h"

#include "theme/icons.h"
#include "theme/paint.h"
#include "theme/status_paint.h"
#include "theme/theme.h"
#include "widgets/button.h"

#include <QEvent>
#include <QFontMetricsF>
#include <QPainter>

namespace ui {
namespace {

constexpr int kGlyph = 20;
constexpr int kLoadingDelayMs = 400;
constexpr double kSkeleton[] = {0.92, 0.70, 0.84, 0.60};

} // namespace

StateOverlay::StateOverlay(QWidget* over, int topInset)
    : QWidget(over), m_over(over), m_topInset(topInset), m_action(Button::link(QString(), this))
{
    m_action->hide();
    connect(m_action, &QAbstractButton::clicked, this, [this] {
        if (m_state == State::Loading)
            Q_EMIT cancelled();
        else
            Q_EMIT actionTriggered();
    });
    m_delay.setSingleShot(true);
    m_delay.setInterval(kLoadingDelayMs);
    connect(&m_delay, &QTimer::timeout, this, [this] {
        if (m_state == State::Loading)
            setVisible(true);
    });
    over->installEventFilter(this);
    hide();
}

void StateOverlay::clear()
{
    m_state = State::None;
    m_delay.stop();
    hide();
}

void StateOverlay::showLoading(const QString& progress, bool cancellable)
{
    m_progress = progress;
    m_action->setVisible(cancellable);
    m_action->setText(QStringLiteral("Cancel"));
    m_action->setAccessibleName(QStringLiteral("Cancel loading"));
    setAccessibleName(QStringLiteral("Loading"));
    if (m_state != State::Loading) {
        m_state = State::Loading;
        hide();
        m_delay.start();
    }
    place();
    update();
}

void StateOverlay::show(State state, const QString& title, const QString& sentence, const QString& action)
{
    m_delay.stop();
    m_state = state;
    m_title = title;
    m_sentence = sentence;
    m_action->setText(action);
    m_action->setAccessibleName(action);
    m_action->setVisible(!action.isEmpty());
    setAccessibleName(title + QStringLiteral(". ") + sentence);
    place();
    setVisible(state != State::None);
    raise();
    update();
}

void StateOverlay::place()
{
    setGeometry(m_over->rect().adjusted(1, m_topInset + 1, -1, -1));
    m_action->resize(m_action->sizeHint());
    if (m_state == State::Loading) {
        m_action->move(width() - m_action->width() - 8, height() - m_action->height() - 8);
        return;
    }
    const int block =
        kGlyph + 4 + metrics().px(20) + metrics().px(20) + (m_action->isVisibleTo(this) ? metrics().px(20) : 0);
    m_action->move((width() - m_action->width()) / 2, (height() - block) / 2 + kGlyph + 4 + 2 * metrics().px(20) - 2);
}

bool StateOverlay::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_over && event->type() == QEvent::Resize)
        place();
    return QWidget::eventFilter(watched, event);
}

void StateOverlay::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
}

void StateOverlay::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paint::box(painter, rect(), Metrics::radius - 1, color(Token::Panel), QColor());
    if (m_state == State::Loading) {
        const qreal width = this->width() - 2 * Metrics::panelPadding;
        qreal y = 10;
        for (const double share : kSkeleton) {
            paint::box(painter, QRectF(Metrics::panelPadding, y, width * share, 10), 2, color(Token::Hover),
                color(Token::Line));
            y += 16;
        }
        paint::text(painter, QRectF(Metrics::panelPadding, height() - 32, width - 80, 24), type().ui,
            color(Token::Text3), m_progress);
        return;
    }
    const int line = metrics().px(20);
    const int block = kGlyph + 4 + 2 * line + (m_action->isVisible() ? line : 0);
    qreal y = (height() - block) / 2;
    const QRectF glyph((width() - kGlyph) / 2.0, y, kGlyph, kGlyph);
    switch (m_state) {
    case State::Zero:
        paintIcon(painter, glyph, m_zeroIcon.isEmpty() ? QStringLiteral("traffic") : m_zeroIcon, color(Token::Text3));
        break;
    case State::NoData:
        paintStatus(painter, glyph, Status::Unknown);
        break;
    case State::CannotSay:
        paintStatus(painter, glyph, Status::CannotSay);
        break;
    case State::NotCollected:
        paintStatus(painter, glyph, Status::NotApplicable);
        break;
    case State::Error:
        paintStatus(painter, glyph, Status::Down);
        break;
    case State::NotPermitted:
        paintIcon(painter, glyph, "lock", color(Token::Text3));
        break;
    case State::Loading:
    case State::None:
        break;
    }
    y += kGlyph + 4;
    const QRectF row(12, y, width() - 24, line);
    paint::text(painter, row, type().uiStrong, color(Token::Text1), m_title, Qt::AlignHCenter);
    paint::text(painter, row.translated(0, line), type().ui, color(Token::Text2), m_sentence, Qt::AlignHCenter);
}

} // namespace ui
