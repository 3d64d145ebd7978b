#include "shell/connection_chip.h"

#include "session/alarms.h"
#include "theme/icons.h"
#include "theme/paint.h"
#include "theme/status_paint.h"
#include "theme/theme.h"
#include "widgets/focus_ring.h"

#include <QPainter>
#include <QPainterPath>

namespace ui {
namespace {

void paintControl(QPainter& painter, const QAbstractButton& button)
{
    paint::box(painter, button.rect(), Metrics::radius, color(button.underMouse() ? Token::Hover : Token::Raised),
        color(Token::LineStrong));
}

} // namespace

QString ageWords(qint64 ms)
{
    if (ms < 1000)
        return QStringLiteral("%1 s").arg(double(ms / 100) / 10, 0, 'f', 1);
    if (ms < 120'000)
        return QStringLiteral("%1 s").arg(ms / 1000);
    return ms < 7'200'000 ? QStringLiteral("%1 min").arg(ms / 60'000) : QStringLiteral("%1 h").arg(ms / 3'600'000);
}

EnvironmentLook lookOf(Environment environment)
{
    switch (environment) {
    case Environment::Prod:
        return {Token::EnvProd, Token::EnvProdBack, Token::EnvProd};
    case Environment::Stage:
        return {Token::EnvStage, Token::EnvStageBack, Token::EnvStage};
    case Environment::Local:
        break;
    }
    return {Token::Text1, Token::EnvLocalBack, Token::LineStrong};
}

ConnectionChip::ConnectionChip(Session& session, QWidget* parent) : QAbstractButton(parent), m_session(session)
{
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    FocusRing::wantedBy(this);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setToolTip(QStringLiteral("The engine this window speaks to"));
    connect(&session, &Session::freshnessChanged, this, &ConnectionChip::refresh);
    connect(&session, &Session::permissionsChanged, this, &ConnectionChip::refresh);
    refresh();
}

void ConnectionChip::refresh()
{
    const Freshness before = m_state;
    m_state = m_session.freshness();
    const qint64 age = m_session.ageMs();
    switch (m_state) {
    case Freshness::NoData:
        m_freshness = m_session.problem().isEmpty() ? QStringLiteral("connecting") : QStringLiteral("no answer");
        break;
    case Freshness::Live:
        // In one process nothing travels, so an age would only be the poll's.
        m_freshness =
            m_session.options().embedded ? QStringLiteral("live") : QStringLiteral("live, %1").arg(ageWords(age));
        break;
    case Freshness::Late:
        m_freshness = QStringLiteral("late, %1").arg(ageWords(age));
        break;
    case Freshness::Stale:
        m_freshness = QStringLiteral("stale, %1").arg(ageWords(age));
        break;
    case Freshness::Error:
        m_freshness = m_session.link().state == gateway::api::LinkStatus::State::CertificateChanged
                          ? QStringLiteral("certificate changed")
                          : QStringLiteral("no answer");
        break;
    case Freshness::NotPermitted:
        m_freshness = QStringLiteral("not permitted");
        break;
    }
    const QString name =
        QStringLiteral("Connection %1, %2, role %3, %4")
            .arg(m_session.options().name, wordOf(m_session.options().environment), roleWords(), m_freshness);
    const qint64 travel = m_session.options().embedded ? -1 : m_session.roundTripMs();
    if (name == accessibleName() && m_state == before && travel == m_travelMs)
        return; // what is drawn is what the name says, and the way there
    m_travelMs = travel;
    setAccessibleName(name);
    updateGeometry();
    update();
}

QString ConnectionChip::roleWords() const
{
    return m_session.isLocked() ? m_session.role() + QStringLiteral(", locked") : m_session.role();
}

QSize ConnectionChip::sizeHint() const
{
    return QSize(int(std::ceil(layOut(nullptr))), metrics().control());
}

// Measures with a null painter, draws with one: the two can not drift apart.
qreal ConnectionChip::layOut(QPainter* painter) const
{
    const SessionOptions& options = m_session.options();
    const EnvironmentLook look = lookOf(options.environment);
    const qreal h = metrics().control();
    const auto words = [&](qreal x, const QFont& font, Token ink, const QString& text) {
        if (painter)
            paint::text(*painter, QRectF(x, 0, 600, h), font, color(ink), text);
        return x + std::ceil(paint::textWidth(font, text));
    };
    const QString environment = wordOf(options.environment);
    const qreal cell = std::ceil(paint::textWidth(type().smallStrong, environment)) + 18;
    if (painter) {
        painter->save();
        QPainterPath outline;
        outline.addRoundedRect(
            QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), Metrics::radius - 0.5, Metrics::radius - 0.5);
        painter->setClipPath(outline);
        painter->fillRect(QRectF(0, 0, cell, h), color(look.back));
        painter->restore();
        paint::vline(*painter, cell, 1, h - 1, color(Token::LineStrong));
    }
    words(9, type().smallStrong, look.ink, environment);
    qreal x = words(cell + 9, type().uiStrong, Token::Text1, options.name) + 9;
    x = words(x, type().ui, Token::Text3, roleWords()) + 9;
    const QString travel = options.embedded               ? QStringLiteral("embedded")
                           : m_session.roundTripMs() >= 0 ? QStringLiteral("%1 ms").arg(m_session.roundTripMs())
                                                          : QString();
    if (!travel.isEmpty())
        x = words(x, type().ui, Token::Text3, travel) + 9;
    constexpr qreal shape = 12;
    if (painter) {
        const QRectF at(x, (h - shape) / 2, shape, shape);
        if (m_state == Freshness::Late)
            paintIcon(*painter, at.adjusted(-1, -1, 1, 1), "clock", color(Token::Degraded));
        else if (m_state == Freshness::NotPermitted)
            paintIcon(*painter, at.adjusted(-1, -1, 1, 1), "lock", color(Token::Degraded));
        else
            paintStatus(*painter, at,
                m_state == Freshness::Live     ? Status::Ok
                : m_state == Freshness::Stale  ? Status::Degraded
                : m_state == Freshness::NoData ? Status::Unknown
                                               : Status::Down);
    }
    const bool worry = m_state != Freshness::Live && m_state != Freshness::NoData;
    x = words(x + shape + 4, type().ui, worry ? Token::Degraded : Token::Text2, m_freshness) + 9;
    if (painter)
        paintIcon(*painter, QRectF(x, 0, 12, h), "chev", color(Token::Text2));
    return x + 12 + 9;
}

void ConnectionChip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintControl(painter, *this);
    layOut(&painter);
    paint::box(painter, rect(), Metrics::radius, QColor(), color(Token::LineStrong));
}

AlarmChip::AlarmChip(Session& session, QWidget* parent) : QAbstractButton(parent), m_session(session)
{
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    FocusRing::wantedBy(this);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&session, &Session::freshnessChanged, this, &AlarmChip::refresh);
    connect(&session, &Session::providersChanged, this, &AlarmChip::refresh);
    refresh();
}

void AlarmChip::refresh()
{
    const AlarmState state = alarmsOf(m_session);
    m_known = state.known;
    m_down = state.count(gateway::api::Health::Down);
    m_degraded = state.count(gateway::api::Health::Degraded);
    const QString before = accessibleName();
    setAccessibleName(!m_known ? QStringLiteral("Alarms are not known")
                      : m_down + m_degraded == 0
                          ? QStringLiteral("No alarms")
                          : QStringLiteral("Alarms: %1 down, %2 degraded").arg(m_down).arg(m_degraded));
    if (accessibleName() == before)
        return;
    setToolTip(accessibleName());
    updateGeometry();
    update();
}

QSize AlarmChip::sizeHint() const
{
    return QSize(int(std::ceil(layOut(nullptr))), metrics().control());
}

qreal AlarmChip::layOut(QPainter* painter) const
{
    constexpr qreal shape = 14;
    const qreal h = metrics().control();
    qreal x = 0;
    const auto part = [&](Status status, const QString& words) {
        if (painter) {
            if (x > 0)
                paint::vline(*painter, x, 1, h - 1, color(Token::LineStrong));
            paintStatus(*painter, QRectF(x + 9, (h - shape) / 2, shape, shape), status);
            paint::text(*painter, QRectF(x + 9 + shape + 6, 0, 200, h), type().uiMedium, color(Token::Text2), words);
        }
        x += 9 + shape + 6 + std::ceil(paint::textWidth(type().uiMedium, words)) + 10;
    };
    if (m_down > 0)
        part(Status::Down, QString::number(m_down));
    if (m_degraded > 0)
        part(Status::Degraded, QString::number(m_degraded));
    if (!m_known)
        part(Status::Unknown, QStringLiteral("Not known"));
    else if (x == 0)
        part(Status::Ok, QStringLiteral("No alarms"));
    return x;
}

void AlarmChip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintControl(painter, *this);
    layOut(&painter);
}

} // namespace ui
