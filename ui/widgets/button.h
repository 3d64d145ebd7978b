// Button: primary, secondary, quiet or danger, with an icon and the keycap of its real shortcut. The keyboard's focus
// ring is drawn by FocusRing around it, so a button needs no room of its own for it. Thread: UI.
#pragma once

#include "theme/token.h"

#include <QAbstractButton>

namespace ui {

class Button : public QAbstractButton
{
    Q_OBJECT
public:
    enum class Kind
    {
        Primary,
        Secondary,
        Quiet,
        Danger
    };

    explicit Button(
        const QString& text, Kind kind = Kind::Secondary, const QString& icon = {}, QWidget* parent = nullptr);
    // An icon alone: needs the words for tooltip and accessible name. Allowed for copy, close, columns, more, show.
    static Button* iconOnly(const QString& icon, const QString& words, QWidget* parent = nullptr);
    // A link: accent words without a frame.
    static Button* link(const QString& text, QWidget* parent = nullptr);

    void setKind(Kind kind);
    void setIconName(const QString& icon);
    void setKeycap(const QString& key);
    void setSmall(bool isSmall);    // 24 high instead of 28
    void setLeftAligned(bool left); // label left, keycap at the right end
    // Changes the words for a moment ("Copied"), keeping the width.
    void flash(const QString& words, int ms = 1200);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    int contentWidth(const QString& words) const;

    Kind m_kind;
    QString m_icon;
    QString m_key;
    QString m_flash;
    bool m_small = false;
    bool m_link = false;
    bool m_left = false;
};

} // namespace ui
