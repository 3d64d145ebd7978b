#include "shell/bottom_bar.h"

#include "models/format.h"
#include "session/session.h"
#include "theme/paint.h"
#include "theme/theme.h"

#include <QPainter>
#include <QStringList>

#include <algorithm>

namespace ui {

BottomBar::BottomBar(Session& session, QWidget* parent) : QWidget(parent), m_session(session)
{
    setFixedHeight(metrics().bottomBar());
    connect(&session, &Session::freshnessChanged, this, &BottomBar::refresh);
    connect(&session, &Session::eventsArrived, this, &BottomBar::refresh);
    connect(&session, &Session::gapFound, this, &BottomBar::refresh);
    refresh();
}

void BottomBar::setTimeZone(TimeZoneChoice zone)
{
    m_zone = zone;
    refresh();
}

void BottomBar::refresh()
{
    const auto number = &models::wholeNumber;
    const QVector<Fact> before = m_left;
    const qsizetype length = accessibleName().size();
    m_left.clear();
    m_right.clear();
    if (const auto& status = m_session.status()) {
        m_left.append({QStringLiteral("Calls"), QStringLiteral("%1 in flight").arg(number(status->callsInFlight))});
        m_left.append({QStringLiteral("Record"), status->storeQueue == 0
                                                     ? QStringLiteral("all committed")
                                                     : QStringLiteral("%1 waiting").arg(number(status->storeQueue))});
        const qint64 missed = m_session.missedEvents();
        m_left.append({QStringLiteral("Events"),
            QStringLiteral("seq %1, %2")
                .arg(number(m_session.lastSequence()),
                    missed == 0 ? QStringLiteral("no gaps") : QStringLiteral("%1 missed").arg(number(missed)))});
        if (const auto skew = m_session.clockSkewMs()) {
            const QString sign = *skew < 0 ? QString(QChar(0x2212)) : QStringLiteral("+");
            m_left.append({QStringLiteral("Clock skew"), QStringLiteral("%1%2 ms").arg(sign, number(qAbs(*skew)))});
        }
        const QDateTime asOf = m_zone == TimeZoneChoice::Utc ? status->asOf.toUTC() : status->asOf.toLocalTime();
        m_right.append({QStringLiteral("As of"),
            asOf.toString(QStringLiteral("HH:mm:ss")) +
                (m_zone == TimeZoneChoice::Utc ? QStringLiteral(" UTC") : QStringLiteral(" local")),
            !isFresh(m_session.freshness())});
        if (m_session.freshness() != Freshness::Live)
            m_right.prepend({QString(), wordOf(m_session.freshness()), true});
        m_right.append({m_session.options().embedded ? QStringLiteral("embedded engine")
                                                     : QStringLiteral("engine %1").arg(status->version),
            QString()});
        m_right.append({QStringLiteral("config"), QStringLiteral("r%1").arg(status->revision)});
    } else if (!m_session.problem().isEmpty()) {
        m_left.append({QStringLiteral("Engine"), m_session.problem()});
    }
    m_right.append({QStringLiteral("Signalbox %1").arg(QStringLiteral(SIGNALBOX_VERSION)), QString()});
    QStringList words;
    for (const Fact& fact : m_left + m_right)
        words.append((fact.label + QLatin1Char(' ') + fact.value).trimmed());
    const QString name = words.join(QStringLiteral(", "));
    if (name == accessibleName())
        return;
    setAccessibleName(name);
    const auto isSame = [](const Fact& a, const Fact& b) {
        return a.label == b.label && a.value == b.value && a.isWorry == b.isWorry;
    };
    // every two seconds only the time on the right is another one: the left half need not be drawn for that
    if (name.size() == length && std::equal(before.begin(), before.end(), m_left.begin(), m_left.end(), isSame))
        update(width() / 2, 0, width() - width() / 2, height());
    else
        update();
}

void BottomBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Window));
    paint::hline(painter, 0, width(), 0, color(Token::Line));
    const QRectF row(0, 1, width(), height() - 1);
    const auto width = [](const Fact& fact) {
        return std::ceil(paint::textWidth(type().small, fact.label)) +
               (fact.value.isEmpty() ? 0 : 6 + std::ceil(paint::textWidth(type().smallMedium, fact.value)));
    };
    const auto draw = [&](qreal x, const Fact& fact) {
        x += paint::text(
            painter, QRectF(x, row.top(), 600, row.height()), type().small, color(Token::Text3), fact.label);
        if (!fact.value.isEmpty())
            paint::text(painter, QRectF(x + 6, row.top(), 900, row.height()), type().smallMedium,
                color(fact.isWorry ? Token::Degraded : Token::Text2), fact.value);
    };
    qreal right = this->width() - 12;
    for (auto it = m_right.crbegin(); it != m_right.crend(); ++it) {
        right -= width(*it);
        draw(right, *it);
        right -= 10;
    }
    qreal x = 12;
    for (const Fact& fact : m_left) {
        if (x + width(fact) > right - 12)
            break; // the narrow window drops the last facts rather than draw over the others
        draw(x, fact);
        x += width(fact) + 12;
        paint::vline(painter, x, 5, height() - 5, color(Token::Line));
        x += 13;
    }
}

} // namespace ui
