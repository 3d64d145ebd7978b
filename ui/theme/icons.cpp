#include "theme/icons.h"

#include "theme/theme.h"

#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace ui {
namespace {

QByteArray svgOf(const QString& name)
{
    static QHash<QString, QByteArray> read;
    const auto known = read.constFind(name);
    if (known != read.constEnd())
        return *known;
    QFile file(QStringLiteral(":/signalbox/icons/%1.svg").arg(name));
    QByteArray bytes;
    if (file.open(QIODevice::ReadOnly))
        bytes = file.readAll();
    else
        qWarning("icon %s is not in the resources", qUtf8Printable(name));
    read.insert(name, bytes);
    return bytes;
}

class ThemeIconEngine final : public QIconEngine
{
public:
    ThemeIconEngine(QString name, Token token) : m_name(std::move(name)), m_token(token) {}
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        paintIcon(*painter, rect, m_name, color(mode == QIcon::Disabled ? Token::TextDisabled : m_token));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override
    {
        return iconPixmap(m_name, qMin(size.width(), size.height()),
            color(mode == QIcon::Disabled ? Token::TextDisabled : m_token), 1);
    }
    QIconEngine* clone() const override { return new ThemeIconEngine(m_name, m_token); }

private:
    QString m_name;
    Token m_token;
};

class LogoEngine final : public QIconEngine
{
public:
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode, QIcon::State) override { paintLogo(*painter, rect); }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }
    QIconEngine* clone() const override { return new LogoEngine; }
};

} // namespace

QPixmap iconPixmap(const QString& name, int size, const QColor& ink, qreal dpr)
{
    const QString key = QStringLiteral("sbx:%1:%2:%3:%4").arg(name).arg(size).arg(ink.rgba(), 8, 16).arg(dpr);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    QByteArray svg = svgOf(name);
    svg.replace("#000000", ink.name(QColor::HexRgb).toLatin1());
    const int device = qMax(1, qRound(size * dpr));
    pixmap = QPixmap(device, device);
    pixmap.fill(Qt::transparent);
    if (!svg.isEmpty()) {
        QSvgRenderer renderer(svg);
        QPainter painter(&pixmap);
        renderer.render(&painter, QRectF(0, 0, device, device));
    }
    pixmap.setDevicePixelRatio(dpr);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

void paintIcon(QPainter& painter, const QRectF& rect, const QString& name, const QColor& ink)
{
    const qreal dpr = painter.device()->devicePixelRatioF();
    const int size = qRound(qMin(rect.width(), rect.height()));
    const QPixmap pixmap = iconPixmap(name, size, ink, dpr);
    // Whole coordinates, else the drawing is resampled and blurs.
    const QPointF at(qRound(rect.center().x() - size / 2.0), qRound(rect.center().y() - size / 2.0));
    painter.drawPixmap(at, pixmap);
}

QIcon themeIcon(const QString& name, Token token)
{
    return QIcon(new ThemeIconEngine(name, token));
}

// A semaphore signal: a post with its arm raised, foot on the line.
void paintLogo(QPainter& painter, const QRectF& rect)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(rect.topLeft());
    painter.scale(rect.width() / 16, rect.height() / 16);
    painter.setPen(QPen(color(Token::Text1), 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawLine(QPointF(4, 1.6), QPointF(4, 14.2));
    painter.drawLine(QPointF(1.8, 14.4), QPointF(6.2, 14.4));
    // The arm, with the band across it that every semaphore arm has.
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(Token::AccentFill));
    painter.drawPolygon(QPolygonF({{4.6, 2.6}, {14.6, 4.4}, {13.4, 8.9}, {4.6, 7.4}}));
    painter.setBrush(color(Token::OnAccent));
    painter.drawPolygon(QPolygonF({{9.4, 3.46}, {11.2, 3.79}, {10.6, 8.42}, {8.9, 8.13}}));
    painter.restore();
}

QIcon applicationIcon()
{
    return QIcon(new LogoEngine);
}

} // namespace ui
