// Cell: how one table cell looks, as a value a model returns for CellRole. One role a cell, so that a repaint asks a
// model once per cell (qt-notes section 4). Display role stays the plain words (copy, accessibility, sorting by
// Underlying). Any thread; values; painting on the UI thread.
#pragma once

#include "theme/status_paint.h"
#include "theme/theme.h"
#include "widgets/chip.h"

#include <QMetaType>
#include <QString>
#include <QVariant>
#include <QVector>

class QPainter;

namespace ui {

enum class CellKind
{
    Text,
    Number,   // right-aligned
    Mono,     // ids and times
    Status,   // shape and word
    Attempts, // row of glyphs
    Headroom, // bar of what is used, the words of what is left
    Provider, // swatch, name 500, rest text.3
    Chip,
    Custom, // `painter` draws it
};

struct Cell;

// Draws a cell of its own kind (timeline, deviation). Stateless; lives as long as the program or the model.
class CellPainter
{
public:
    virtual ~CellPainter() = default;
    virtual void paint(QPainter& painter, const QRectF& rect, const Cell& cell, bool selected) const = 0;
};

struct Cell
{
    CellKind kind = CellKind::Text;
    QString text;
    QString note;             // after the text, text.3
    Token ink = Token::Text1; // Status cells take the colour of their status instead
    bool strong = false;
    Status status = Status::Unknown;
    int slot = -1;    // provider's series slot
    double used = -1; // Headroom, 0 to 1; below 0: unknown
    double mark = -1; // Headroom: the reserve limit, 0 to 1
    QVector<AttemptGlyph> attempts;
    ChipLook chip;
    const CellPainter* painter = nullptr;
    QVariant payload; // for `painter`

    static Cell plain(const QString& text, Token ink = Token::Text1);
    static Cell number(const QString& text, Token ink = Token::Text1);
    static Cell mono(const QString& text, Token ink = Token::Text1);
    static Cell state(Status status, const QString& word);
    static Cell notApplicable(); // an em dash in text.3
};

enum TableRole
{
    CellRole = Qt::UserRole + 100,
    UnderlyingRole, // sort, filter, export: the value, not its words
};

// Paints one cell inside `rect`, padding already taken off.
void paintCell(QPainter& painter, const QRectF& rect, const Cell& cell, bool selected);
// The bar alone: 6 high, mark 10. Amber above 85 %, red at 100 %.
void paintHeadroom(QPainter& painter, const QRectF& rect, double used, double mark);

} // namespace ui

Q_DECLARE_METATYPE(ui::Cell)
