// ThemeManager: keeps the theme, type and metrics in force for the process. Follows the desktop's light or dark wish
// unless told otherwise: the settings portal is asked over D-Bus after the first paint (asynchronously; without a bus
// nothing happens), before that the lightness of the platform's own window colour decides.
// Thread: UI. One per process, a child of the application. A switch sets the palette (which repaints every widget)
// and emits themeChanged for those who keep pixmaps or sizes.
#pragma once

#include "theme/theme.h"

#include <QObject>

class QApplication;

namespace ui {

enum class ThemeChoice
{
    System,
    Dark,
    Light,
    HighContrast
};

QString nameOf(ThemeChoice choice);                   // "system" "dark" "light" "high-contrast"
ThemeChoice themeChoiceFromName(const QString& name); // System for any other name

class ThemeManager : public QObject
{
    Q_OBJECT
public:
    // Loads the fonts, installs ThemeStyle and the palette. Called once, before the first window.
    static ThemeManager& install(QApplication& application, ThemeChoice choice, double textZoom = 1.0);
    static ThemeManager* instance();
    ~ThemeManager() override;

    ThemeChoice choice() const { return m_choice; }
    void setChoice(ThemeChoice choice);
    double textZoom() const;
    void setTextZoom(double zoom); // 0.8 to 2.0

Q_SIGNALS:
    void themeChanged();

private:
    ThemeManager(QApplication& application, ThemeChoice choice, double textZoom);
    void apply();
    void askPortal();

    QApplication& m_application;
    ThemeChoice m_choice;
    bool m_systemIsDark;
};

} // namespace ui
