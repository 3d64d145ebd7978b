// Chip: one or two words on a tint: a state (PASS, OPEN), a mark (read only) or a neutral fact (a model name).
// StatusLabel: a status shape with its words. Thread: UI.
#pragma once

#include "theme/status_paint.h"
#include "theme/theme.h"

#include <QPainter>
#include <QWidget>

namespace ui {

// What a chip looks like; delegates paint chips with the same value.
struct ChipLook
{
    Token ink = Token::Text2;
    Token line = Token::LineStrong;
    Token fill = Token::Count; // Count: no fill
    bool dashed = false;

    static ChipLook neutral() { return {}; }
    static ChipLook ofStatus(Status status);
    static ChipLook accent() { return {Token::Accent, Token::Accent, Token::AccentSoft, false}; }
};

// Paints at rect.left(), vertically centred; returns the width.
qreal paintChip(QPainter& painter, const QRectF& rect, const QString& words, const ChipLook& look);
qreal chipWidth(const QString& words);

class Chip : public QWidget
{
    Q_OBJECT
public:
    explicit Chip(const QString& words = {}, const ChipLook& look = {}, QWidget* parent = nullptr);
    void set(const QString& words, const ChipLook& look);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_words;
    ChipLook m_look;
};

class StatusLabel : public QWidget
{
    Q_OBJECT
public:
    explicit StatusLabel(Status status = Status::Unknown, const QString& words = {}, QWidget* parent = nullptr);
    void set(Status status, const QString& words);
    void setShapeSize(int px);
    void setFontRole(QFont Type::*font);
    // By default the words are text.1 when OK and in the status colour otherwise.
    void setInk(Token ink);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return QSize(m_shape, sizeHint().height()); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Status m_status;
    QString m_words;
    int m_shape = 16;
    QFont Type::*m_font = &Type::ui;
    Token m_ink = Token::Count;
};

} // namespace ui
