// Type: the ready fonts of the visual system (design tokens, section 2) at one text zoom. Fonts are built once per
// zoom, never in a paint event. Thread: UI. Sizes in device-independent pixels.
#pragma once

#include <QFont>

namespace ui {

struct Type
{
    QFont value;       // 22/600: the one value of a tile
    QFont verdict;     // 17/600
    QFont title;       // 16/600: page title
    QFont object;      // 14/600
    QFont body;        // 13/400
    QFont bodyStrong;  // 13/600
    QFont ui;          // 12/400: the application's default
    QFont uiMedium;    // 12/500: buttons, rail, links
    QFont uiStrong;    // 12/600: panel titles, emphasised values
    QFont small;       // 11/400
    QFont smallMedium; // 11/500: table heads, chips, keycaps
    QFont smallStrong; // 11/600
    QFont mono;        // 11.5/400: ids and code in the interface
    QFont monoStrong;
    QFont monoSmall; // 11/400: log times
    QFont code;      // 12/400 with 19 px lines

    static Type at(double zoom);
    // Loads the fonts of the resources once per process; the error text is empty when all of them resolve.
    static QString loadFonts();
    static QString sansFamily();
    static QString monoFamily();
};

} // namespace ui
