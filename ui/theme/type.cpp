#include "theme/type.h"

#include <QFontDatabase>
#include <QGuiApplication>
#include <QScreen>
#include <QStringList>

#include <cmath>

// Q_INIT_RESOURCE must stand outside any namespace; it pulls the resource object out of the static library.
static void initResources()
{
    Q_INIT_RESOURCE(signalbox);
}

namespace ui {
namespace {

QFont makeFont(const QString& family, double px, QFont::Weight weight, double spacing = 0)
{
    QFont font;
    // The second and third family serve what ours does not have; their digits are tabular too.
    font.setFamilies(
        {family, family == Type::sansFamily() ? QStringLiteral("DejaVu Sans") : QStringLiteral("DejaVu Sans Mono"),
            QStringLiteral("Noto Sans CJK SC")});
    // Pixel sizes are whole numbers in QFont; 11.5 goes through points at the screen's own density.
    const QScreen* screen = QGuiApplication::primaryScreen();
    if (screen && std::abs(px - std::round(px)) > 0.1)
        font.setPointSizeF(px * 72.0 / screen->logicalDotsPerInchY());
    else
        font.setPixelSize(qMax(1, qRound(px)));
    font.setWeight(weight);
    font.setHintingPreference(QFont::PreferNoHinting);
    if (spacing != 0)
        font.setLetterSpacing(QFont::AbsoluteSpacing, spacing);
    return font;
}

} // namespace

QString Type::sansFamily()
{
    return QStringLiteral("Signalbox Sans");
}

QString Type::monoFamily()
{
    return QStringLiteral("Signalbox Mono");
}

Type Type::at(double zoom)
{
    const auto sans = [zoom](double px, QFont::Weight weight, double spacing = 0) {
        return makeFont(sansFamily(), px * zoom, weight, spacing * zoom);
    };
    const auto mono = [zoom](double px, QFont::Weight weight) { return makeFont(monoFamily(), px * zoom, weight); };
    Type type;
    type.value = sans(22, QFont::DemiBold, -0.2);
    type.verdict = sans(17, QFont::DemiBold, -0.1);
    type.title = sans(16, QFont::DemiBold);
    type.object = sans(14, QFont::DemiBold);
    type.body = sans(13, QFont::Normal);
    type.bodyStrong = sans(13, QFont::DemiBold);
    type.ui = sans(12, QFont::Normal);
    type.uiMedium = sans(12, QFont::Medium);
    type.uiStrong = sans(12, QFont::DemiBold);
    type.small = sans(11, QFont::Normal);
    type.smallMedium = sans(11, QFont::Medium);
    type.smallStrong = sans(11, QFont::DemiBold);
    type.mono = mono(11.5, QFont::Normal);
    type.monoStrong = mono(11.5, QFont::Bold);
    type.monoSmall = mono(11, QFont::Normal);
    type.code = mono(12, QFont::Normal);
    return type;
}

QString Type::loadFonts()
{
    static const QString problem = [] {
        initResources();
        QStringList failed;
        for (const char* file : {"SignalboxSans-Regular.otf", "SignalboxSans-Medium.otf", "SignalboxSans-SemiBold.otf",
                 "SignalboxSans-Bold.otf", "SignalboxMono-Regular.ttf", "SignalboxMono-Bold.ttf"}) {
            const QString path = QStringLiteral(":/signalbox/fonts/") + QLatin1String(file);
            if (QFontDatabase::addApplicationFont(path) < 0)
                failed.append(path);
        }
        return failed.join(QStringLiteral(", "));
    }();
    return problem;
}

} // namespace ui
