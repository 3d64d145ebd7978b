// Theme: a value that gives every Token its colour, for dark, light and high contrast. Also the free functions through
// which painters reach the theme, type and metrics in force. Thread: values anywhere; theme(), type() and metrics() on
// the UI thread only, valid until the next ThemeManager change (do not keep the references).
#pragma once

#include "theme/metrics.h"
#include "theme/token.h"
#include "theme/type.h"

#include <QColor>
#include <QPalette>
#include <QVector>

#include <array>

namespace ui {

enum class ThemeKind
{
    Dark,
    Light,
    HighContrast
};

class Theme
{
public:
    static const Theme& of(ThemeKind kind);

    ThemeKind kind() const { return m_kind; }
    bool isDark() const { return m_kind != ThemeKind::Light; }
    bool isHighContrast() const { return m_kind == ThemeKind::HighContrast; }
    QColor color(Token token) const { return m_colors[static_cast<std::size_t>(token)]; }
    QColor series(int slot) const { return color(seriesToken(slot)); }
    // The dash of a provider's line in pixels, empty for solid (a second mark beside the colour).
    static QVector<qreal> seriesDash(int slot);
    // 1, in high contrast 2.
    int borderWidth() const { return isHighContrast() ? 2 : 1; }
    QPalette palette() const;

private:
    using Colors = std::array<QColor, static_cast<std::size_t>(Token::Count)>;
    Theme(ThemeKind kind, Colors colors) : m_kind(kind), m_colors(std::move(colors)) {}

    ThemeKind m_kind;
    Colors m_colors;
};

// In force now. Before a ThemeManager exists: dark at 100 %.
const Theme& theme();
const Type& type();
const Metrics& metrics();

// Shorthand of painters: the colour of a token in the theme in force.
inline QColor color(Token token)
{
    return theme().color(token);
}

} // namespace ui
