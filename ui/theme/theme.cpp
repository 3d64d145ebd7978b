#include "theme/theme.h"

namespace ui {
namespace {

struct Row
{
    Token token;
    const char* dark;
    const char* light;
    const char* contrast;
};

// The visual system's colours, one row a token: dark, light, high contrast. High contrast follows the rule of design
// tokens section 14: lines as text, tints as panels.
constexpr Row kRows[] = {
    {Token::Window, "#111317", "#E9EBEF", "#000000"},
    {Token::Canvas, "#15181C", "#F3F4F7", "#000000"},
    {Token::Panel, "#1B1E23", "#FFFFFF", "#000000"},
    {Token::Raised, "#23272E", "#FFFFFF", "#000000"},
    {Token::Sunken, "#13161A", "#F7F8FA", "#000000"},
    {Token::Code, "#171A1F", "#F7F8FA", "#000000"},
    {Token::Tooltip, "#2B3038", "#FFFFFF", "#000000"},
    {Token::Hover, "#22262D", "#F2F4F8", "#262626"},
    {Token::Selected, "#252F4E", "#E1E6FB", "#00336B"},
    {Token::SelectedInactive, "#2A2E36", "#E9EBEF", "#333333"},
    {Token::Scrim, "#B80B0D10", "#B88C9098", "#D9000000"},
    {Token::Line, "#2A2E36", "#DFE2E8", "#FFFFFF"},
    {Token::LineStrong, "#3C424D", "#C5CAD3", "#FFFFFF"},
    {Token::LineInput, "#757E8C", "#858D9B", "#FFFFFF"},
    {Token::ChartGrid, "#262A31", "#ECEEF2", "#595959"},
    {Token::ChartAxis, "#3C424D", "#C5CAD3", "#FFFFFF"},
    {Token::Text1, "#E8EBF0", "#171A20", "#FFFFFF"},
    {Token::Text2, "#B3BAC5", "#434A56", "#FFFFFF"},
    {Token::Text3, "#929BA8", "#5F6775", "#E0E0E0"},
    {Token::TextDisabled, "#656D79", "#9AA1AD", "#A6A6A6"},
    {Token::Accent, "#98A7FF", "#3D4FC4", "#FFEB3B"},
    {Token::AccentFill, "#5166E0", "#4053CC", "#FFEB3B"},
    {Token::AccentHover, "#475BD2", "#3446B4", "#FFF59D"},
    {Token::AccentSoft, "#242A47", "#E8ECFC", "#000000"},
    {Token::OnAccent, "#FFFFFF", "#FFFFFF", "#000000"},
    {Token::Focus, "#98A7FF", "#3D4FC4", "#00E5FF"},
    {Token::EnvProd, "#F08CB6", "#A81D5C", "#FF9CCB"},
    {Token::EnvProdBack, "#3A2430", "#FBEAF2", "#000000"},
    {Token::EnvStage, "#6CC8D6", "#0B6B78", "#7DE8F7"},
    {Token::EnvStageBack, "#1F3136", "#E7F4F6", "#000000"},
    {Token::EnvLocal, "#B3BAC5", "#434A56", "#FFFFFF"},
    {Token::EnvLocalBack, "#23272E", "#F3F4F7", "#000000"},
    {Token::Ok, "#2FC79A", "#00795A", "#4DFFC4"},
    {Token::Degraded, "#F2B134", "#A66300", "#FFC94D"},
    {Token::Down, "#FF7A6B", "#B3261E", "#FF8A7D"},
    {Token::Unknown, "#9AA3AF", "#6B7280", "#D9D9D9"},
    {Token::Paused, "#5DB2F2", "#0060A8", "#7CC7FF"},
    {Token::Canary, "#D79BFF", "#7A1FA2", "#E3B8FF"},
    {Token::OnStatus, "#14171B", "#FFFFFF", "#000000"},
    {Token::TintOk, "#1B2B2A", "#F3FAF7", "#000000"},
    {Token::TintDegraded, "#2E2920", "#FEF9EF", "#000000"},
    {Token::TintDown, "#2B2023", "#FDF4F3", "#000000"},
    {Token::TintUnknown, "#26292F", "#F8F9FA", "#000000"},
    {Token::TintPaused, "#1F2B37", "#F0F6FC", "#000000"},
    {Token::TintCanary, "#2B2737", "#F9F3FC", "#000000"},
    {Token::CodeKeyword, "#98A7FF", "#3D4FC4", "#FFEB3B"},
    {Token::CodeString, "#2FC79A", "#00795A", "#4DFFC4"},
    {Token::CodeComment, "#929BA8", "#5F6775", "#E0E0E0"},
    {Token::Series1, "#4F86C6", "#3B80C4", "#6FA8EA"},
    {Token::Series2, "#62C2AC", "#14665A", "#62C2AC"},
    {Token::Series3, "#BC7446", "#B4703F", "#D98A57"},
    {Token::Series4, "#B79FF0", "#6A4FBF", "#B79FF0"},
    {Token::Series5, "#B7C06A", "#777C14", "#B7C06A"},
    {Token::Series6, "#E489C2", "#AE3B80", "#E489C2"},
    {Token::Series7, "#9A8468", "#6A4C22", "#B99F7D"},
    {Token::SeriesOther, "#6F7886", "#868E9B", "#9AA3AF"},
};
static_assert(std::size(kRows) == static_cast<std::size_t>(Token::Count), "a token has no colour");

} // namespace

const Theme& Theme::of(ThemeKind kind)
{
    const auto build = [](ThemeKind which, const char* Row::*column) {
        Colors colors;
        for (const Row& row : kRows)
            colors[static_cast<std::size_t>(row.token)] = QColor(QLatin1String(row.*column));
        return Theme(which, std::move(colors));
    };
    static const Theme dark = build(ThemeKind::Dark, &Row::dark);
    static const Theme light = build(ThemeKind::Light, &Row::light);
    static const Theme contrast = build(ThemeKind::HighContrast, &Row::contrast);
    return kind == ThemeKind::Dark ? dark : kind == ThemeKind::Light ? light : contrast;
}

QVector<qreal> Theme::seriesDash(int slot)
{
    static const QVector<qreal> dashes[] = {{}, {8, 3}, {3, 3}, {8, 3, 2, 3}, {2, 2}, {12, 4}, {5, 2, 1, 2}, {1, 3}};
    return dashes[slot >= 0 && slot < kSeriesSlots ? slot : kSeriesSlots - 1];
}

QPalette Theme::palette() const
{
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, Token token) { palette.setColor(role, color(token)); };
    set(QPalette::Window, Token::Canvas);
    set(QPalette::WindowText, Token::Text1);
    set(QPalette::Text, Token::Text1);
    set(QPalette::ButtonText, Token::Text1);
    set(QPalette::Base, Token::Panel);
    set(QPalette::AlternateBase, Token::Panel);
    set(QPalette::Button, Token::Raised);
    set(QPalette::Mid, Token::LineStrong);
    set(QPalette::Dark, Token::LineStrong);
    set(QPalette::Light, Token::Line);
    set(QPalette::Midlight, Token::Line);
    set(QPalette::Shadow, Token::Window);
    set(QPalette::BrightText, Token::Down);
    set(QPalette::Highlight, Token::Selected);
    set(QPalette::HighlightedText, Token::Text1);
    set(QPalette::Link, Token::Accent);
    set(QPalette::LinkVisited, Token::Accent);
    set(QPalette::ToolTipBase, Token::Tooltip);
    set(QPalette::ToolTipText, Token::Text1);
    set(QPalette::PlaceholderText, Token::Text3);
    palette.setColor(QPalette::Inactive, QPalette::Highlight, color(Token::SelectedInactive));
    for (const QPalette::ColorRole role :
        {QPalette::Text, QPalette::ButtonText, QPalette::WindowText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, color(Token::TextDisabled));
    palette.setColor(QPalette::Disabled, QPalette::Highlight, color(Token::SelectedInactive));
    return palette;
}

} // namespace ui
