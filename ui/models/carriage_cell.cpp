// How a word of the capability matrix looks: a shape of its own beside it. Only what is lost has a colour of alarm: a
// "no" is no trouble, routing knows it.
#include "models/capability_table_model.h"

#include "theme/paint.h"
#include "theme/status_paint.h"

#include <QCoreApplication>
#include <QPainter>

#include <array>
#include <cmath>

namespace ui::models {
namespace {

constexpr qreal kShape = 14;

struct Carriage
{
    const char* word;
    Token ink;
    const char* sentence;
};

constexpr std::array kCarriages{
    Carriage{"same", Token::Text1,
        "The candidate speaks the caller's dialect and gets the caller's own bytes; what it does not have it says "
        "itself."},
    Carriage{"carried", Token::Text1, "It is translated whole."},
    Carriage{"lossy", Token::Degraded,
        "It is carried in another form or without a part of it; the answer's x-signalbox-warnings names what."},
    Carriage{"no", Token::Text3, "The candidate cannot be given it; routing passes it over for such a request."},
    Carriage{"unknown", Token::Text3, "The engine does not say."},
};

const Carriage& carriageOf(const QString& word)
{
    for (const Carriage& one : kCarriages) {
        if (word == QLatin1String(one.word))
            return one;
    }
    return kCarriages.back();
}

// Two bars for the same bytes, an arrow for a translation, the triangle of Degraded for a loss, a short dash for no.
void paintShape(QPainter& painter, const QRectF& rect, const QString& word)
{
    const qreal y = rect.center().y();
    const qreal left = rect.left() + 2;
    const qreal right = rect.right() - 2;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color(Token::Ok), 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    if (word == QLatin1String("same")) {
        painter.drawLine(QPointF(left, y - 2.5), QPointF(right, y - 2.5));
        painter.drawLine(QPointF(left, y + 2.5), QPointF(right, y + 2.5));
    } else if (word == QLatin1String("carried")) {
        painter.drawLine(QPointF(left, y), QPointF(right, y));
        painter.drawLine(QPointF(right - 3.5, y - 3.5), QPointF(right, y));
        painter.drawLine(QPointF(right - 3.5, y + 3.5), QPointF(right, y));
    } else if (word == QLatin1String("lossy")) {
        painter.restore();
        paintStatus(painter, rect, Status::Degraded);
        return;
    } else if (word == QLatin1String("no")) {
        painter.setPen(QPen(color(Token::Text3), 1.6, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(left + 2, y), QPointF(right - 2, y));
    } else {
        painter.restore();
        paintStatus(painter, rect, Status::Unknown);
        return;
    }
    painter.restore();
}

class CarriagePainter : public CellPainter
{
public:
    void paint(QPainter& painter, const QRectF& rect, const Cell& cell, bool selected) const override
    {
        paintShape(painter, QRectF(rect.left(), std::round(rect.center().y() - kShape / 2), kShape, kShape), cell.text);
        paint::text(painter, rect.adjusted(kShape + 6, 0, 0, 0), type().ui, color(selected ? Token::Text1 : cell.ink),
            cell.text);
    }
};

const CarriagePainter kCarriagePainter;

} // namespace

Cell carriageCell(const QString& word)
{
    Cell cell = Cell::plain(word, carriageOf(word).ink);
    cell.kind = CellKind::Custom;
    cell.painter = &kCarriagePainter;
    return cell;
}

QString carriageSentence(const QString& word)
{
    return QCoreApplication::translate("ui::models", carriageOf(word).sentence);
}

} // namespace ui::models
