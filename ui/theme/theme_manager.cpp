#include "theme/theme_manager.h"

#include "theme/icons.h"
#include "theme/theme_style.h"

#include <QApplication>
#include <QPixmapCache>
#include <QTimer>

#ifdef SIGNALBOX_DBUS
#include "theme/portal_scheme.h"
#endif

namespace ui {
namespace {

// What the free functions of theme.h answer. UI thread only.
struct InForce
{
    const Theme* theme = &Theme::of(ThemeKind::Dark);
    Type type = Type::at(1.0);
    Metrics metrics;
};

InForce& inForce()
{
    static InForce now;
    return now;
}

ThemeManager* s_manager = nullptr;

constexpr const char* kNames[] = {"system", "dark", "light", "high-contrast"};

} // namespace

const Theme& theme()
{
    return *inForce().theme;
}

const Type& type()
{
    return inForce().type;
}

const Metrics& metrics()
{
    return inForce().metrics;
}

QString nameOf(ThemeChoice choice)
{
    return QString::fromLatin1(kNames[static_cast<int>(choice)]);
}

ThemeChoice themeChoiceFromName(const QString& name)
{
    for (int i = 0; i < 4; ++i) {
        if (name == QLatin1String(kNames[i]))
            return static_cast<ThemeChoice>(i);
    }
    return ThemeChoice::System;
}

ThemeManager& ThemeManager::install(QApplication& application, ThemeChoice choice, double textZoom)
{
    if (!s_manager)
        s_manager = new ThemeManager(application, choice, textZoom);
    return *s_manager;
}

ThemeManager* ThemeManager::instance()
{
    return s_manager;
}

ThemeManager::ThemeManager(QApplication& application, ThemeChoice choice, double textZoom)
    : QObject(&application),
      m_application(application),
      m_choice(choice)
      // Read before our own palette hides what the platform wants.
      ,
      m_systemIsDark(application.palette().color(QPalette::Window).lightness() < 128)
{
    const QString missing = Type::loadFonts();
    if (!missing.isEmpty())
        qWarning("fonts could not be loaded: %s", qUtf8Printable(missing));
    inForce().type = Type::at(textZoom);
    inForce().metrics.zoom = textZoom;
    application.setStyle(new ThemeStyle);
    application.setFont(type().ui);
    application.setWindowIcon(applicationIcon());
    // At a ratio of 2 the default cache of 10 MB thrashes with icons and chart pixmaps.
    QPixmapCache::setCacheLimit(64 * 1024);
    apply();
    QTimer::singleShot(0, this, &ThemeManager::askPortal);
}

ThemeManager::~ThemeManager()
{
    s_manager = nullptr;
}

void ThemeManager::setChoice(ThemeChoice choice)
{
    if (choice == m_choice)
        return;
    m_choice = choice;
    apply();
}

double ThemeManager::textZoom() const
{
    return metrics().zoom;
}

void ThemeManager::setTextZoom(double zoom)
{
    zoom = qBound(0.8, zoom, 2.0);
    if (qFuzzyCompare(zoom, metrics().zoom))
        return;
    inForce().type = Type::at(zoom);
    inForce().metrics.zoom = zoom;
    m_application.setFont(type().ui);
    Q_EMIT themeChanged();
}

void ThemeManager::apply()
{
    ThemeKind kind = m_systemIsDark ? ThemeKind::Dark : ThemeKind::Light;
    if (m_choice == ThemeChoice::Dark)
        kind = ThemeKind::Dark;
    else if (m_choice == ThemeChoice::Light)
        kind = ThemeKind::Light;
    else if (m_choice == ThemeChoice::HighContrast)
        kind = ThemeKind::HighContrast;
    inForce().theme = &Theme::of(kind);
    m_application.setPalette(theme().palette());
    Q_EMIT themeChanged();
}

void ThemeManager::askPortal()
{
#ifdef SIGNALBOX_DBUS
    auto* portal = new PortalScheme(this);
    connect(portal, &PortalScheme::schemeKnown, this, [this](bool dark) {
        m_systemIsDark = dark;
        if (m_choice == ThemeChoice::System)
            apply();
    });
    portal->start();
#endif
}

} // namespace ui
