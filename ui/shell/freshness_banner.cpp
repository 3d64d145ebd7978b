#include "shell/freshness_banner.h"

#include "shell/connection_chip.h"
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

// What is the matter, in the fewest words.
QString titleOf(const Session& session, Freshness freshness)
{
    if (freshness == Freshness::Stale)
        return QStringLiteral("Stale");
    if (freshness == Freshness::NotPermitted)
        return QStringLiteral("Not permitted");
    if (session.link().state == LinkStatus::State::CertificateChanged)
        return QStringLiteral("Certificate changed");
    if (session.link().state == LinkStatus::State::VersionMismatch || !session.handshake().works)
        return QStringLiteral("Another version");
    return QStringLiteral("No answer");
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
    : QWidget(parent),
      m_session(session),
      m_again(new Button(tr("Try now"), Button::Kind::Secondary, {}, this)),
      m_mend(new Button(QString(), Button::Kind::Secondary, {}, this))
{
    m_again->setSmall(true);
    m_mend->setSmall(true);
    m_mend->hide();
    connect(m_mend, &QAbstractButton::clicked, this, &FreshnessBanner::mendWanted);
    setFixedHeight(metrics().control() + 6);
    connect(m_again, &QAbstractButton::clicked, &session, &Session::retryNow);
    connect(&session, &Session::freshnessChanged, this, &FreshnessBanner::refresh);
    refresh();
}

void FreshnessBanner::setMendable(bool mendable)
{
    m_mendable = mendable;
    place();
}

QString FreshnessBanner::mending() const
{
    if (!m_mendable)
        return {};
    switch (m_session.link().state) {
    case LinkStatus::State::CertificateChanged:
        return tr("Compare certificates...");
    case LinkStatus::State::NotPermitted:
        return tr("Enter a token...");
    default:
        return m_state == Freshness::Error ? tr("Test the connection...") : QString();
    }
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
    place();
    update();
}

void FreshnessBanner::resizeEvent(QResizeEvent*)
{
    place();
}

void FreshnessBanner::place()
{
    const QString mending = this->mending();
    m_mend->setText(mending);
    m_mend->setAccessibleName(mending);
    m_mend->setVisible(!mending.isEmpty());
    // trying again by hand helps where it is tried again at all
    m_again->setVisible(m_session.link().state != LinkStatus::State::CertificateChanged);
    int right = width() - 8;
    for (Button* button : {m_mend, m_again}) {
        if (button->isHidden())
            continue;
        const QSize size = button->sizeHint();
        right -= size.width();
        button->setGeometry(right, (height() - size.height()) / 2, size.width(), size.height());
        right -= 8;
    }
}

void FreshnessBanner::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const bool down = m_state == Freshness::Error;
    paint::box(painter, rect(), Metrics::radius, color(down ? Token::TintDown : Token::TintDegraded),
        color(down ? Token::Down : Token::Degraded));
    const qreal middle = height() / 2.0;
    if (down)
        paintStatus(painter, QRectF(11, middle - 7, 14, 14), Status::Down);
    else
        paintIcon(painter, QRectF(11, middle - 7, 14, 14), m_state == Freshness::Stale ? "clock" : "lock",
            color(Token::Degraded));
    const QString word = titleOf(m_session, m_state);
    qreal x = 33;
    x += std::ceil(paint::text(painter, QRectF(x, 0, 200, height()), type().uiStrong,
             color(down ? Token::Down : Token::Degraded), word)) +
         9;
    int right = width();
    for (const Button* button : {m_again, m_mend})
        right = button->isHidden() ? right : qMin(right, button->x());
    paint::text(painter, QRectF(x, 0, right - x - 12, height()), type().ui, color(Token::Text1), m_words);
}

LateMark::LateMark(Session& session, QWidget* parent) : QWidget(parent), m_session(session)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&session, &Session::freshnessChanged, this, &LateMark::refresh);
    hide();
    refresh();
}

void LateMark::refresh()
{
    QString words;
    if (m_session.freshness() == Freshness::Late)
        words = m_session.streamState() == gateway::api::EventStream::State::Lost
                    ? tr("late, its events do not come")
                    : tr("late, %1").arg(ageWords(m_session.ageMs()));
    if (words == m_words)
        return;
    m_words = words;
    setAccessibleName(words);
    setVisible(!words.isEmpty());
    updateGeometry();
    update();
}

QSize LateMark::sizeHint() const
{
    return {int(std::ceil(paint::textWidth(type().ui, m_words))) + 18, metrics().controlSmall()};
}

void LateMark::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintIcon(painter, QRectF(0, (height() - 13) / 2.0, 13, 13), "clock", color(Token::Degraded));
    paint::text(painter, QRectF(17, 0, width() - 17, height()), type().ui, color(Token::Degraded), m_words);
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
