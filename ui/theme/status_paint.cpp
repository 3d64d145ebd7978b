#include "theme/status_paint.h"

#include "theme/theme.h"

#include <QFontMetricsF>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QStringList>

namespace ui {
namespace {

// Everything below is drawn on a grid of 16 units.
constexpr qreal kGrid = 16;
constexpr qreal kAttemptSize = 13;
constexpr qreal kAttemptLink = 4;

// A letter as a path, centred on x = 8, so that it scales with the shape and needs no font lookup while painting.
QPainterPath letterPath(QChar letter, qreal size, qreal baseline)
{
    QFont font(Type::sansFamily());
    font.setWeight(QFont::Bold);
    font.setPixelSize(qRound(size * 10)); // drawn large and scaled down: pixel sizes are whole numbers
    font.setHintingPreference(QFont::PreferNoHinting);
    QPainterPath path;
    path.addText(0, 0, font, QString(letter));
    const qreal width = QFontMetricsF(font).horizontalAdvance(letter);
    QTransform transform;
    transform.translate(8 - width / 20, baseline);
    transform.scale(0.1, 0.1);
    return transform.map(path);
}

const QPainterPath& letter(QChar which, qreal size, qreal baseline)
{
    struct Key
    {
        QChar letter;
        qreal size;
        QPainterPath path;
    };
    static QVector<Key> made;
    for (const Key& key : made) {
        if (key.letter == which && key.size == size)
            return key.path;
    }
    made.append({which, size, letterPath(which, size, baseline)});
    return made.last().path;
}

QPainterPath octagon(qreal low, qreal high, qreal cut)
{
    QPainterPath path;
    path.addPolygon(QPolygonF({{low + cut, low}, {high - cut, low}, {high, low + cut}, {high, high - cut},
        {high - cut, high}, {low + cut, high}, {low, high - cut}, {low, low + cut}}));
    path.closeSubpath();
    return path;
}

QPen stroke(const QColor& ink, qreal width)
{
    return QPen(ink, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
}

void paintDashedRing(QPainter& painter, const QColor& ink)
{
    QPen pen(ink, 1.5, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
    pen.setDashPattern({2.4 / 1.5, 1.6 / 1.5});
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(QPointF(8, 8), 6.25, 6.25);
}

void fillPath(QPainter& painter, const QPainterPath& path, const QColor& fill)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawPath(path);
}

void paintRingCheck(QPainter& painter, const QColor& ink)
{
    painter.setBrush(Qt::NoBrush);
    painter.setPen(stroke(ink, 1.5));
    painter.drawEllipse(QPointF(8, 8), 6.25, 6.25);
    painter.drawPolyline(QPolygonF({{5.3, 8.2}, {7.2, 10.1}, {10.7, 6.2}}));
}

void paintOctagonCross(QPainter& painter, const QColor& ink)
{
    fillPath(painter, octagon(1, 15, 4.1), ink);
    painter.setPen(stroke(color(Token::OnStatus), 1.9));
    painter.drawLine(QPointF(5.5, 5.5), QPointF(10.5, 10.5));
    painter.drawLine(QPointF(10.5, 5.5), QPointF(5.5, 10.5));
}

void paintTriangle(QPainter& painter, const QColor& ink, bool withLetter)
{
    painter.setPen(stroke(ink, 1));
    painter.setBrush(ink);
    painter.drawPolygon(QPolygonF({{8, 1.3}, {15.3, 14.2}, {0.7, 14.2}}));
    if (withLetter)
        fillPath(painter, letter(QLatin1Char('D'), 8.5, 12.6), color(Token::OnStatus));
}

// Save, go to the 16-unit grid, restore.
class OnGrid
{
public:
    OnGrid(QPainter& painter, const QRectF& rect) : m_painter(painter)
    {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.translate(rect.topLeft());
        painter.scale(rect.width() / kGrid, rect.height() / kGrid);
    }
    ~OnGrid() { m_painter.restore(); }
    Q_DISABLE_COPY_MOVE(OnGrid)

private:
    QPainter& m_painter;
};

// The shape as an icon for those who need one; drawn at the size and ratio asked for, in the theme of that moment.
class StatusIconEngine final : public QIconEngine
{
public:
    explicit StatusIconEngine(Status status) : m_status(status) {}
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode, QIcon::State) override
    {
        paintStatus(*painter, rect, m_status);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }
    QIconEngine* clone() const override { return new StatusIconEngine(m_status); }

private:
    Status m_status;
};

} // namespace

Token statusToken(Status status)
{
    switch (status) {
    case Status::Ok:
        return Token::Ok;
    case Status::Degraded:
    case Status::CannotSay:
        return Token::Degraded;
    case Status::Down:
        return Token::Down;
    case Status::Unknown:
    case Status::NotReached:
        return Token::Unknown;
    case Status::Paused:
        return Token::Paused;
    case Status::Canary:
        return Token::Canary;
    case Status::NotApplicable:
        break;
    }
    return Token::Text3;
}

Token statusTint(Status status)
{
    switch (status) {
    case Status::Ok:
        return Token::TintOk;
    case Status::Degraded:
    case Status::CannotSay:
        return Token::TintDegraded;
    case Status::Down:
        return Token::TintDown;
    case Status::Paused:
        return Token::TintPaused;
    case Status::Canary:
        return Token::TintCanary;
    case Status::Unknown:
    case Status::NotReached:
    case Status::NotApplicable:
        break;
    }
    return Token::TintUnknown;
}

bool statusIsDashed(Status status)
{
    return status == Status::CannotSay || status == Status::Unknown || status == Status::NotReached;
}

QString statusWord(Status status)
{
    switch (status) {
    case Status::Ok:
        return QStringLiteral("OK");
    case Status::Degraded:
        return QStringLiteral("Degraded");
    case Status::Down:
        return QStringLiteral("Down");
    case Status::CannotSay:
        return QStringLiteral("Cannot say");
    case Status::Unknown:
        return QStringLiteral("Unknown");
    case Status::Paused:
        return QStringLiteral("Paused");
    case Status::Canary:
        return QStringLiteral("Canary");
    case Status::NotApplicable:
        return QStringLiteral("Not applicable");
    case Status::NotReached:
        break;
    }
    return QStringLiteral("Not reached");
}

void paintStatus(QPainter& painter, const QRectF& rect, Status status)
{
    const OnGrid grid(painter, rect);
    const QColor ink = color(statusToken(status));
    // At 12 px the letters turn muddy; shape and colour stay. Above one device pixel a unit they are clear again.
    const qreal devicePx = rect.width() * painter.device()->devicePixelRatioF();
    const bool letters = devicePx >= 12;
    switch (status) {
    case Status::Ok:
        paintRingCheck(painter, ink);
        break;
    case Status::Degraded:
        paintTriangle(painter, ink, letters);
        break;
    case Status::Down:
        paintOctagonCross(painter, ink);
        break;
    case Status::CannotSay:
    case Status::Unknown:
        paintDashedRing(painter, ink);
        fillPath(painter, letter(QLatin1Char('?'), 9.5, 11.3), ink);
        break;
    case Status::Paused: {
        QPainterPath square;
        square.addRoundedRect(QRectF(1.5, 1.5, 13, 13), 2, 2);
        fillPath(painter, square, ink);
        painter.setPen(QPen(color(Token::OnStatus), 1.9, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(QPointF(6, 5), QPointF(6, 11));
        painter.drawLine(QPointF(10, 5), QPointF(10, 11));
        break;
    }
    case Status::Canary:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(stroke(ink, 1.5));
        painter.drawPolygon(QPolygonF({{8, 0.9}, {15.1, 8}, {8, 15.1}, {0.9, 8}}));
        if (letters)
            fillPath(painter, letter(QLatin1Char('C'), 8.5, 11.2), ink);
        break;
    case Status::NotApplicable:
        painter.setPen(stroke(ink, 1.5));
        painter.drawLine(QPointF(4, 8), QPointF(12, 8));
        break;
    case Status::NotReached:
        paintDashedRing(painter, ink);
        break;
    }
}

QIcon statusIcon(Status status)
{
    return QIcon(new StatusIconEngine(status));
}

void paintAttempt(QPainter& painter, const QRectF& rect, AttemptGlyph glyph)
{
    const OnGrid grid(painter, rect);
    switch (glyph) {
    case AttemptGlyph::Failed:
        paintOctagonCross(painter, color(Token::Down));
        break;
    case AttemptGlyph::Answered:
        paintRingCheck(painter, color(Token::Ok));
        break;
    case AttemptGlyph::Skipped:
        paintDashedRing(painter, color(Token::Unknown));
        break;
    case AttemptGlyph::CacheHit:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(stroke(color(Token::Paused), 1.8));
        painter.drawRoundedRect(QRectF(2.2, 2.2, 11.6, 11.6), 1.5, 1.5);
        painter.drawLine(QPointF(5.4, 8), QPointF(10.6, 8));
        break;
    case AttemptGlyph::Refused:
        paintTriangle(painter, color(Token::Degraded), false);
        break;
    }
}

qreal attemptsWidth(qsizetype count)
{
    return count <= 0 ? 0 : qreal(count) * kAttemptSize + qreal(count - 1) * kAttemptLink;
}

qreal paintAttempts(QPainter& painter, const QRectF& rect, const QVector<AttemptGlyph>& attempts)
{
    qreal x = rect.left();
    const qreal top = rect.center().y() - kAttemptSize / 2;
    for (qsizetype i = 0; i < attempts.size(); ++i) {
        if (i > 0) {
            painter.fillRect(QRectF(x, rect.center().y() - 0.5, kAttemptLink, 1), color(Token::LineStrong));
            x += kAttemptLink;
        }
        if (x + kAttemptSize > rect.right() + 1)
            break; // the accessible text counts them all
        paintAttempt(painter, QRectF(x, top, kAttemptSize, kAttemptSize), attempts.at(i));
        x += kAttemptSize;
    }
    return x - rect.left();
}

QString attemptWord(AttemptGlyph glyph)
{
    static const char* const words[] = {"failed", "answered", "skipped", "cache", "refused"};
    return QString::fromLatin1(words[static_cast<int>(glyph)]);
}

QString attemptsText(const QVector<AttemptGlyph>& attempts)
{
    QStringList words;
    for (const AttemptGlyph glyph : attempts)
        words.append(attemptWord(glyph));
    return QStringLiteral("%1 %2: %3")
        .arg(attempts.size())
        .arg(attempts.size() == 1 ? QStringLiteral("attempt") : QStringLiteral("attempts"),
            words.join(QStringLiteral(", ")));
}

void paintConfigMarker(QPainter& painter, const QRectF& rect)
{
    const OnGrid grid(painter, rect);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(stroke(color(Token::Text2), 2));
    painter.drawPolygon(QPolygonF({{8, 1}, {15, 8}, {8, 15}, {1, 8}}));
}

void paintIncidentMarker(QPainter& painter, const QRectF& rect)
{
    const OnGrid grid(painter, rect);
    fillPath(painter, octagon(1, 15, 4.1), color(Token::Down));
}

} // namespace ui
