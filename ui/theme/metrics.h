// Metrics: distances, heights and radii of the visual system (design tokens, section 3), grown with the text zoom. Any
// thread; a value. Units: device-independent pixels.
#pragma once

#include <cmath>

namespace ui {

struct Metrics
{
    double zoom = 1.0;

    int px(double at100) const { return static_cast<int>(std::lround(at100 * zoom)); }

    int topBar() const { return px(44); }
    int bottomBar() const { return px(24); }
    int rail() const { return px(176); }
    int railItem() const { return px(30); }
    int pageHeader() const { return px(28); }
    int panelHeader() const { return px(32); }
    int panelHeaderObject() const { return px(36); }
    int tableHead() const { return px(26); }
    int tableRow() const { return px(27); }
    int denseRow() const { return px(25); }
    int control() const { return px(28); } // button, input, segment
    int controlSmall() const { return px(24); }
    int miniSegment() const { return px(22); }
    int chip() const { return px(18); }
    int keycap() const { return px(18); }

    static constexpr int pagePadding = 12;
    static constexpr int pagePaddingTop = 10;
    static constexpr int gap = 8;
    static constexpr int panelPadding = 12;
    static constexpr int cellPadding = 8;
    static constexpr int radius = 6;
    static constexpr int radiusDialog = 8;
    static constexpr int radiusChip = 4;
    static constexpr int radiusKeycap = 3;
    static constexpr int selectionBar = 2;
    static constexpr int focusRing = 2;
    static constexpr int icon = 16;
    static constexpr int iconSmall = 14;
    static constexpr int iconTiny = 12;
    static constexpr int clickTarget = 24;
};

} // namespace ui
