#include "shell/freshness_banner.h"

#include "theme/icons.h"
#include "theme/paint.h"
#include "theme/status_paint.h"
#include "theme/theme.h"
#include "widgets/button.h"

#include <QPaintEvent>
#include <QPainter>

namespace ui {
namespace {

using gateway::api::LinkStatus;

bool isUnfit(Freshness freshness)
{
    return freshness == Freshness::Stale || freshness == Freshness::Error || freshness == Freshness::NotPermitted;
}

QString agoWords(qint64 ms)
{
    const qint64 seconds = ms / 1000;
    return seconds < 120    ? QStringLiteral("%1 s ago").arg(seconds)
           : seconds < 7200 ? QStringLiteral("%1 min ago").arg(seconds / 60)
                            : QStringLiteral("%1 h ago").arg(seconds / 3600);
}

} // namespace

QString freshnessSentence(const Session& session)
{
    const Freshness freshness = session.freshness();
    if (!isUnfit(freshness))
        return {};
    QStringList sentences;
    if (session.status()) {
        const QDateTime at = session.now().addMSecs(-session.ageMs());
        sentences.append(QStringLiteral("As of %1 UTC (%2).")
                             .arg(at.toUTC().toString(QStringLiteral("HH:mm:ss")), agoWords(session.ageMs())));
    }
    const LinkStatus link = session.link();
    const QString reason = !link.reason.isEmpty() ? link.reason : session.problem();
    if (!session.handshake().works && session.status())
        sentences.append(session.handshake().sentence);
    else if (!reason.isEmpty())
        sentences.append(reason);
    if (link.state == LinkStatus::State::Reconnecting)
        sentences.append(QStringLiteral("It is tried again by itself (attempt %1).").arg(link.attempt));
    if (freshness == Freshness::Stale)
        sentences.append(QStringLiteral("Nothing is changed until it answers."));
    return sentences.join(u' ');
}

FreshnessBanner::FreshnessBanner(Session& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_again(new Button(tr("Try now"), Button::Kind::Secondary, {}, this))
{
    m_again->setSmall(true);
    setFixedHeight(metrics().control() + 6);
    connect(m_again, &QAbstractButton::clicked, &session, &Session::retryNow);
    connect(&session, &Session::freshnessChanged, this, &FreshnessBanner::refresh);
    refresh();
}

QSize FreshnessBanner::sizeHint() const
{
    return {400, metrics().control() + 6};
}

void FreshnessBanner::refresh()
{
    const QString words = freshnessSentence(m_session);
    const Freshness state = m_session.freshness();
    if (words == m_words && state == m_state && isVisibleTo(parentWidget()) == isUnfit(state))
        return;
    m_words = words;
    m_state = state;
    setAccessibleName(wordOf(state) + QStringLiteral(". ") + words);
    setToolTip(words);
    setVisible(isUnfit(state));
    update();
}

void FreshnessBanner::resizeEvent(QResizeEvent*)
{
    const QSize button = m_again->sizeHint();
    m_again->setGeometry(
        width() - button.width() - 8, (height() - button.height()) / 2, button.width(), button.height());
}

void FreshnessBanner::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const bool down = m_state != Freshness::Stale;
    paint::box(painter, rect(), Metrics::radius, color(down ? Token::TintDown : Token::TintDegraded),
        color(down ? Token::Down : Token::Degraded));
    const qreal middle = height() / 2.0;
    if (down)
        paintStatus(painter, QRectF(11, middle - 7, 14, 14), Status::Down);
    else
        paintIcon(painter, QRectF(11, middle - 7, 14, 14), "clock", color(Token::Degraded));
    const QString word = m_state == Freshness::Stale          ? tr("Stale")
                         : m_state == Freshness::NotPermitted ? tr("Not permitted")
                                                              : tr("Error");
    qreal x = 33;
    x += std::ceil(paint::text(painter, QRectF(x, 0, 200, height()), type().uiStrong,
             color(down ? Token::Down : Token::Degraded), word)) +
         9;
    paint::text(painter, QRectF(x, 0, m_again->x() - x - 12, height()), type().ui, color(Token::Text1), m_words);
}

StaleVeil::StaleVeil(Session& session, QWidget* over) : QWidget(over), m_session(session), m_over(over)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    over->installEventFilter(this);
    connect(&session, &Session::freshnessChanged, this, &StaleVeil::refresh);
    refresh();
}

void StaleVeil::refresh()
{
    const bool wanted = isUnfit(m_session.freshness()) && m_session.status().has_value();
    if (wanted == !isHidden())
        return;
    setGeometry(m_over->rect());
    setVisible(wanted);
    if (wanted)
        raise();
}

bool StaleVeil::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_over && (event->type() == QEvent::Resize || event->type() == QEvent::ChildAdded)) {
        setGeometry(m_over->rect());
        raise();
    }
    return QWidget::eventFilter(watched, event);
}

void StaleVeil::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    QColor wash = color(Token::Canvas);
    wash.setAlphaF(0.45F);
    painter.fillRect(event->rect(), wash);
    QColor line = color(Token::Text3);
    line.setAlphaF(0.16F);
    painter.fillRect(event->rect(), paint::hatch(line, 8, 1, devicePixelRatioF()));
}

} // namespace ui
