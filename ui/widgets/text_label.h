// TextLabel: words in a type and a colour of the visual system, following theme and zoom. One line (elided, full text
// in the tooltip) or wrapped with the type's line height. Words between ** are strong, between ` mono. Thread: UI.
#pragma once

#include "theme/theme.h"

#include <QWidget>

class QTextLayout;

namespace ui {

class TextLabel : public QWidget
{
    Q_OBJECT
public:
    using FontRole = QFont Type::*;
    explicit TextLabel(
        const QString& text = {}, FontRole font = &Type::ui, Token ink = Token::Text1, QWidget* parent = nullptr);

    void setText(const QString& text);
    QString text() const { return m_text; }
    void setInk(Token ink);
    void setFontRole(FontRole font);
    void setWrapped(bool wrapped);
    void setAlignment(Qt::Alignment alignment);
    void setLineHeight(int at100); // wrapped text; default by the font's size

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return m_wrapped; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    int lineHeight() const;
    int layOut(QTextLayout& layout, int width) const;
    void refreshToolTip();

    QString m_text;
    FontRole m_font;
    Token m_ink;
    bool m_wrapped = false;
    Qt::Alignment m_alignment = Qt::AlignLeft;
    int m_lineHeight = 0;
};

} // namespace ui
