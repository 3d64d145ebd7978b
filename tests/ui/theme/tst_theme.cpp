// The theme against its own specification: contrast of every listed pair, fonts that resolve, digits of one width, and
// no colour written outside ui/theme.
#include "theme/theme.h"
#include "theme/theme_manager.h"

#include <QApplication>
#include <QDirIterator>
#include <QFontInfo>
#include <QFontMetricsF>
#include <QPainter>
#include <QRegularExpression>
#include <QTest>

#include <cmath>

namespace {

using namespace ui;

double luminance(const QColor& color)
{
    const auto part = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * part(color.redF()) + 0.7152 * part(color.greenF()) + 0.0722 * part(color.blueF());
}

// WCAG 2 ratio, rounded down to a tenth as the table does.
double contrast(const QColor& a, const QColor& b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return std::floor((std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05) * 10 + 1e-6) / 10;
}

constexpr Token kSurfaces[] = {
    Token::Window, Token::Canvas, Token::Panel, Token::Raised, Token::Sunken, Token::Hover, Token::Selected};

struct Row
{
    const char* name;
    Token token;
    double dark[7];
    double light[7];
};

// tokens.md 4.2, both tables.
constexpr Row kRows[] = {
    {"text.1", Token::Text1, {15.5, 14.9, 13.9, 12.5, 15.1, 12.7, 11.0}, {14.6, 15.8, 17.4, 17.4, 16.3, 15.8, 14.0}},
    {"text.2", Token::Text2, {9.5, 9.1, 8.5, 7.6, 9.2, 7.7, 6.7}, {7.4, 8.1, 8.9, 8.9, 8.4, 8.1, 7.1}},
    {"text.3", Token::Text3, {6.6, 6.3, 5.9, 5.3, 6.4, 5.4, 4.6}, {4.7, 5.1, 5.7, 5.7, 5.3, 5.1, 4.5}},
    {"text.disabled", Token::TextDisabled, {3.5, 3.4, 3.1, 2.8, 3.4, 2.9, 2.5}, {2.1, 2.3, 2.6, 2.6, 2.4, 2.3, 2.0}},
    {"accent", Token::Accent, {8.2, 7.8, 7.4, 6.6, 8.0, 6.7, 5.8}, {5.6, 6.1, 6.7, 6.7, 6.3, 6.1, 5.4}},
    {"status.ok", Token::Ok, {8.6, 8.2, 7.7, 6.9, 8.4, 7.0, 6.1}, {4.5, 4.9, 5.4, 5.4, 5.0, 4.9, 4.3}},
    {"status.degraded", Token::Degraded, {9.8, 9.4, 8.8, 7.9, 9.6, 8.0, 6.9}, {3.9, 4.3, 4.7, 4.7, 4.4, 4.3, 3.8}},
    {"status.down", Token::Down, {7.3, 6.9, 6.5, 5.8, 7.1, 5.9, 5.1}, {5.4, 5.9, 6.5, 6.5, 6.1, 5.9, 5.2}},
    {"status.unknown", Token::Unknown, {7.2, 6.9, 6.5, 5.8, 7.1, 5.9, 5.1}, {4.0, 4.3, 4.8, 4.8, 4.5, 4.3, 3.8}},
    {"status.paused", Token::Paused, {8.0, 7.7, 7.2, 6.5, 7.8, 6.5, 5.7}, {5.4, 5.8, 6.4, 6.4, 6.1, 5.8, 5.2}},
    {"status.canary", Token::Canary, {8.8, 8.4, 7.9, 7.1, 8.6, 7.2, 6.2}, {6.9, 7.5, 8.2, 8.2, 7.7, 7.4, 6.6}},
    {"env.prod", Token::EnvProd, {8.0, 7.7, 7.2, 6.5, 7.8, 6.6, 5.7}, {5.8, 6.3, 7.0, 7.0, 6.5, 6.3, 5.6}},
    {"env.stage", Token::EnvStage, {9.6, 9.2, 8.6, 7.7, 9.3, 7.8, 6.8}, {5.1, 5.6, 6.1, 6.1, 5.8, 5.6, 4.9}},
    {"line.input", Token::LineInput, {4.5, 4.3, 4.0, 3.6, 4.4, 3.7, 3.2}, {2.8, 3.0, 3.3, 3.3, 3.1, 3.0, 2.6}},
    {"focus", Token::Focus, {8.2, 7.8, 7.4, 6.6, 8.0, 6.7, 5.8}, {5.6, 6.1, 6.7, 6.7, 6.3, 6.1, 5.4}},
};

struct Pair
{
    const char* name;
    Token ink;
    Token ground;
    double dark;
    double light;
};

constexpr Pair kPairs[] = {
    {"white on accent.fill", Token::OnAccent, Token::AccentFill, 4.8, 6.3},
    {"white on accent.hover", Token::OnAccent, Token::AccentHover, 5.6, 7.8},
    {"accent on accent.soft", Token::Accent, Token::AccentSoft, 6.2, 5.7},
    {"text.3 on accent.soft", Token::Text3, Token::AccentSoft, 4.9, 4.8},
    {"env.prod on its background", Token::EnvProd, Token::EnvProdBack, 6.1, 6.0},
    {"ok on tint", Token::Ok, Token::TintOk, 6.8, 5.1},
    {"degraded on tint", Token::Degraded, Token::TintDegraded, 7.6, 4.5},
    {"down on tint", Token::Down, Token::TintDown, 6.1, 6.0},
    {"unknown on tint", Token::Unknown, Token::TintUnknown, 5.7, 4.5},
    {"paused on tint", Token::Paused, Token::TintPaused, 6.2, 5.9},
    {"canary on tint", Token::Canary, Token::TintCanary, 6.9, 7.5},
    {"on.status on ok", Token::OnStatus, Token::Ok, 8.3, 5.4},
    {"on.status on degraded", Token::OnStatus, Token::Degraded, 9.5, 4.7},
    {"on.status on down", Token::OnStatus, Token::Down, 7.0, 6.5},
    {"on.status on unknown", Token::OnStatus, Token::Unknown, 7.0, 4.8},
    {"on.status on paused", Token::OnStatus, Token::Paused, 7.8, 6.4},
    {"on.status on canary", Token::OnStatus, Token::Canary, 8.5, 8.2},
    {"text.1 on down tint", Token::Text1, Token::TintDown, 13.1, 16.0},
    {"text.2 on down tint", Token::Text2, Token::TintDown, 8.0, 8.1},
    {"text.3 on down tint", Token::Text3, Token::TintDown, 5.6, 5.2},
};

} // namespace

class tst_Theme : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QCOMPARE(Type::loadFonts(), QString()); }
    void contrastOnSurfaces();
    void contrastOfPairs();
    void seriesStandOutOnPanels();
    void highContrastReachesSeven();
    void fontsResolve();
    void digitsHaveOneWidth();
    void monoShowsItsCharacters();
    void everyRoleOfThePaletteIsOurs();
    void noColourOutsideTheTheme();
};

void tst_Theme::contrastOnSurfaces()
{
    for (const Row& row : kRows) {
        for (int i = 0; i < 7; ++i) {
            const double dark =
                contrast(Theme::of(ThemeKind::Dark).color(row.token), Theme::of(ThemeKind::Dark).color(kSurfaces[i]));
            const double light =
                contrast(Theme::of(ThemeKind::Light).color(row.token), Theme::of(ThemeKind::Light).color(kSurfaces[i]));
            QVERIFY2(dark >= row.dark[i], qPrintable(QStringLiteral("dark %1 on surface %2: %3 < %4")
                                                         .arg(QLatin1String(row.name))
                                                         .arg(i)
                                                         .arg(dark)
                                                         .arg(row.dark[i])));
            QVERIFY2(light >= row.light[i], qPrintable(QStringLiteral("light %1 on surface %2: %3 < %4")
                                                           .arg(QLatin1String(row.name))
                                                           .arg(i)
                                                           .arg(light)
                                                           .arg(row.light[i])));
        }
    }
}

void tst_Theme::contrastOfPairs()
{
    for (const Pair& pair : kPairs) {
        const double dark =
            contrast(Theme::of(ThemeKind::Dark).color(pair.ink), Theme::of(ThemeKind::Dark).color(pair.ground));
        const double light =
            contrast(Theme::of(ThemeKind::Light).color(pair.ink), Theme::of(ThemeKind::Light).color(pair.ground));
        QVERIFY2(dark >= pair.dark,
            qPrintable(QStringLiteral("dark %1: %2 < %3").arg(QLatin1String(pair.name)).arg(dark).arg(pair.dark)));
        QVERIFY2(light >= pair.light,
            qPrintable(QStringLiteral("light %1: %2 < %3").arg(QLatin1String(pair.name)).arg(light).arg(pair.light)));
    }
}

void tst_Theme::seriesStandOutOnPanels()
{
    for (const ThemeKind kind : {ThemeKind::Dark, ThemeKind::Light}) {
        for (int slot = 0; slot < kSeriesSlots; ++slot) {
            const double ratio = contrast(Theme::of(kind).series(slot), Theme::of(kind).color(Token::Panel));
            QVERIFY2(ratio >= 3.0, qPrintable(QStringLiteral("slot %1: %2").arg(slot).arg(ratio)));
        }
    }
}

void tst_Theme::highContrastReachesSeven()
{
    const Theme& theme = Theme::of(ThemeKind::HighContrast);
    for (const Token ink : {Token::Text1, Token::Text2, Token::Text3, Token::Accent, Token::Ok, Token::Degraded,
             Token::Down, Token::Unknown, Token::Paused, Token::Canary, Token::Line, Token::LineInput, Token::Focus}) {
        for (const Token ground : {Token::Window, Token::Canvas, Token::Panel, Token::Raised, Token::Sunken})
            QVERIFY(contrast(theme.color(ink), theme.color(ground)) >= 7.0);
    }
    QVERIFY(contrast(theme.color(Token::Text1), theme.color(Token::Selected)) >= 7.0);
    QVERIFY(contrast(theme.color(Token::OnAccent), theme.color(Token::AccentFill)) >= 7.0);
}

void tst_Theme::fontsResolve()
{
    const Type type = Type::at(1.0);
    for (const QFont* font : {&type.value, &type.verdict, &type.title, &type.object, &type.body, &type.bodyStrong,
             &type.ui, &type.uiMedium, &type.uiStrong, &type.small, &type.smallMedium, &type.smallStrong})
        QCOMPARE(QFontInfo(*font).family(), Type::sansFamily());
    for (const QFont* font : {&type.mono, &type.monoStrong, &type.monoSmall, &type.code})
        QCOMPARE(QFontInfo(*font).family(), Type::monoFamily());
    // The weights are real files, not emboldened copies of Regular: each is wider than the one before.
    const QString sample = QStringLiteral("Signalbox weights");
    QVERIFY(QFontMetricsF(type.ui).horizontalAdvance(sample) < QFontMetricsF(type.uiMedium).horizontalAdvance(sample));
    QVERIFY(QFontMetricsF(type.uiMedium).horizontalAdvance(sample) <
            QFontMetricsF(type.uiStrong).horizontalAdvance(sample));
}

void tst_Theme::digitsHaveOneWidth()
{
    for (const double zoom : {1.0, 1.25, 2.0}) {
        const Type type = Type::at(zoom);
        for (const QFont* font :
            {&type.value, &type.title, &type.body, &type.ui, &type.uiMedium, &type.uiStrong, &type.small, &type.mono}) {
            const QFontMetricsF metrics(*font);
            const double one = metrics.horizontalAdvance(QLatin1Char('1'));
            for (char digit = '0'; digit <= '9'; ++digit)
                QVERIFY2(std::abs(metrics.horizontalAdvance(QLatin1Char(digit)) - one) < 0.05, // 1/64 px of rounding
                    qPrintable(QString(QLatin1Char(digit))));
        }
    }
}

void tst_Theme::monoShowsItsCharacters()
{
    // A ligature would draw the pair as one glyph; the picture of "->" must be that of "-" and ">" side by side.
    const Type type = Type::at(2.0);
    const auto draw = [&](const QStringList& parts) {
        QImage image(80, 40, QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        painter.setFont(type.code);
        double x = 4;
        for (const QString& part : parts) {
            painter.drawText(QPointF(x, 28), part);
            x += QFontMetricsF(type.code).horizontalAdvance(QLatin1Char('0')) * part.size();
        }
        return image;
    };
    for (const char* pair : {"->", ">=", "!=", "//", "=="}) {
        const QString both = QString::fromLatin1(pair);
        QCOMPARE(draw({both}), draw({both.left(1), both.mid(1)}));
    }
}

void tst_Theme::everyRoleOfThePaletteIsOurs()
{
    for (const ThemeKind kind : {ThemeKind::Dark, ThemeKind::Light, ThemeKind::HighContrast}) {
        const Theme& theme = Theme::of(kind);
        const QPalette palette = theme.palette();
        QCOMPARE(palette.color(QPalette::Active, QPalette::Window), theme.color(Token::Canvas));
        QCOMPARE(palette.color(QPalette::Active, QPalette::Text), theme.color(Token::Text1));
        QCOMPARE(palette.color(QPalette::Disabled, QPalette::Text), theme.color(Token::TextDisabled));
        QCOMPARE(palette.color(QPalette::Inactive, QPalette::Highlight), theme.color(Token::SelectedInactive));
        QCOMPARE(palette.color(QPalette::Active, QPalette::PlaceholderText), theme.color(Token::Text3));
        QCOMPARE(palette.color(QPalette::Active, QPalette::ToolTipBase), theme.color(Token::Tooltip));
    }
}

void tst_Theme::noColourOutsideTheTheme()
{
    const QString root = qEnvironmentVariable("SIGNALBOX_SOURCE") + QStringLiteral("/ui");
    QVERIFY(QFileInfo::exists(root));
    static const QRegularExpression literal(QStringLiteral(
        "\"#[0-9A-Fa-f]{3,8}\"|QColor\\(\\s*[0-9]|QColor\\(\\s*QLatin1String|QColor\\(\\s*\"|qRgba?\\(|Qt::(red|green|"
        "blue|cyan|magenta|yellow|black|white|gray|darkGray|lightGray|dark\\w+)\\b|setNamedColor|fromRgb"));
    int files = 0;
    QStringList found;
    QDirIterator walk(
        root, {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        const QString path = walk.next();
        if (path.startsWith(root + QStringLiteral("/theme/")))
            continue;
        ++files;
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        int number = 0;
        while (!file.atEnd()) {
            ++number;
            const QString line = QString::fromUtf8(file.readLine());
            if (literal.match(line).hasMatch())
                found.append(QStringLiteral("%1:%2: %3").arg(path).arg(number).arg(line.trimmed()));
        }
    }
    QVERIFY(files > 40);
    QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
    // The pattern itself finds what it is for.
    for (const char* sample : {"QColor(255, 0, 0)", "\"#FF0000\"", "Qt::red", "QColor(\"red\")"})
        QVERIFY(literal.match(QString::fromLatin1(sample)).hasMatch());
}

QTEST_MAIN(tst_Theme)
#include "tst_theme.moc"
