// Token: the names of the visual system's colours (design tokens, section 4). Code outside ui/theme asks for a token
// and never writes a colour. Any thread; constants.
#pragma once

namespace ui {

enum class Token
{
    // surfaces
    Window,
    Canvas,
    Panel,
    Raised,
    Sunken,
    Code,
    Tooltip,
    Hover,
    Selected,
    SelectedInactive,
    Scrim,
    // lines
    Line,
    LineStrong,
    LineInput,
    ChartGrid,
    ChartAxis,
    // text
    Text1,
    Text2,
    Text3,
    TextDisabled,
    // what can be acted on
    Accent,
    AccentFill,
    AccentHover,
    AccentSoft,
    OnAccent,
    Focus,
    // environment of a connection
    EnvProd,
    EnvProdBack,
    EnvStage,
    EnvStageBack,
    EnvLocal,
    EnvLocalBack,
    // status
    Ok,
    Degraded,
    Down,
    Unknown,
    Paused,
    Canary,
    OnStatus,
    TintOk,
    TintDegraded,
    TintDown,
    TintUnknown,
    TintPaused,
    TintCanary,
    // simple syntax colours of CodeView
    CodeKeyword,
    CodeString,
    CodeComment,
    // provider series, fixed order; the eighth is "other"
    Series1,
    Series2,
    Series3,
    Series4,
    Series5,
    Series6,
    Series7,
    SeriesOther,
    Count
};

constexpr int kSeriesSlots = 8;
// The token of a provider's slot; slots outside 0 to 6 are "other".
constexpr Token seriesToken(int slot)
{
    return slot >= 0 && slot < kSeriesSlots - 1 ? static_cast<Token>(static_cast<int>(Token::Series1) + slot)
                                                : Token::SeriesOther;
}

} // namespace ui
