#include "theme/theme_style.h"

#include "theme/icons.h"
#include "theme/paint.h"
#include "theme/theme.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>

namespace ui {
namespace {

// The ring belongs to the keyboard: a mouse click shows where it is by itself.
bool showsFocus(const QStyleOption* option)
{
    return (option->state & QStyle::State_HasFocus) && (option->state & QStyle::State_KeyboardFocusChange);
}

bool isEnabled(const QStyleOption* option)
{
    return option->state & QStyle::State_Enabled;
}

void paintField(QPainter* painter, const QRect& rect, bool enabled, bool focused)
{
    const QColor line = color(!enabled ? Token::Line : focused ? Token::Focus : Token::LineInput);
    paint::box(*painter, rect, Metrics::radius, color(Token::Sunken), line);
    if (focused)
        paint::box(*painter, QRectF(rect).adjusted(1, 1, -1, -1), Metrics::radius - 1, QColor(), line);
}

void paintCheck(QPainter* painter, const QRectF& rect, const QStyleOption* option)
{
    const bool on = option->state & QStyle::State_On;
    const bool partly = option->state & QStyle::State_NoChange;
    const QColor fill =
        on || partly ? color(isEnabled(option) ? Token::AccentFill : Token::Line) : color(Token::Sunken);
    const QColor line = on || partly ? fill : color(isEnabled(option) ? Token::LineInput : Token::Line);
    paint::box(*painter, rect, 3, fill, theme().isHighContrast() ? color(Token::LineInput) : line);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(color(isEnabled(option) ? Token::OnAccent : Token::TextDisabled), 1.6, Qt::SolidLine,
        Qt::RoundCap, Qt::RoundJoin));
    const QPointF c = rect.center();
    const qreal s = rect.width() / 14;
    if (on)
        painter->drawPolyline(
            QPolygonF({c + QPointF(-3.2, 0.2) * s, c + QPointF(-0.9, 2.6) * s, c + QPointF(3.4, -2.4) * s}));
    else if (partly)
        painter->drawLine(c + QPointF(-3, 0) * s, c + QPointF(3, 0) * s);
    painter->restore();
}

void paintRadio(QPainter* painter, const QRectF& rect, const QStyleOption* option)
{
    const bool on = option->state & QStyle::State_On;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QColor fill = color(isEnabled(option) ? Token::AccentFill : Token::Line);
    painter->setPen(QPen(on ? fill : color(isEnabled(option) ? Token::LineInput : Token::Line), 1));
    painter->setBrush(on ? fill : color(Token::Sunken));
    painter->drawEllipse(rect.adjusted(0.5, 0.5, -0.5, -0.5));
    if (on) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(color(isEnabled(option) ? Token::OnAccent : Token::TextDisabled));
        painter->drawEllipse(rect.center(), 2.6, 2.6);
    }
    painter->restore();
}

} // namespace

ThemeStyle::ThemeStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

void ThemeStyle::drawPrimitive(
    PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    switch (element) {
    case PE_PanelButtonCommand: {
        const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
        const bool primary = button && (button->features & QStyleOptionButton::DefaultButton);
        const bool hot = option->state & (State_MouseOver | State_Sunken);
        QColor fill =
            color(primary ? (hot ? Token::AccentHover : Token::AccentFill) : (hot ? Token::Hover : Token::Raised));
        QColor line = primary ? fill : color(Token::LineStrong);
        if (!isEnabled(option)) {
            fill = QColor();
            line = color(Token::Line);
        }
        paint::box(*painter, option->rect, Metrics::radius, fill, line);
        // Fusion draws a push button's ring here and nowhere else.
        if (showsFocus(option))
            paint::box(*painter, option->rect, Metrics::radius, QColor(), color(Token::Focus));
        return;
    }
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        paintCheck(painter, option->rect, option);
        return;
    case PE_IndicatorRadioButton:
        paintRadio(painter, option->rect, option);
        return;
    case PE_PanelLineEdit: {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        if (frame && frame->lineWidth > 0)
            paintField(painter, option->rect, isEnabled(option), option->state & State_HasFocus);
        return;
    }
    case PE_FrameLineEdit:
        return; // drawn with its panel
    case PE_FrameGroupBox:
        paint::box(*painter, option->rect, Metrics::radius, QColor(), color(Token::Line));
        return;
    case PE_FrameFocusRect:
        if (option->state & State_KeyboardFocusChange)
            paint::box(*painter, option->rect, Metrics::radiusChip, QColor(), color(Token::Focus));
        return;
    case PE_PanelTipLabel:
        paint::box(*painter, option->rect, 0, color(Token::Tooltip), color(Token::LineStrong));
        return;
    case PE_PanelMenu:
    case PE_FrameMenu:
        paint::box(*painter, option->rect, 0, element == PE_PanelMenu ? color(Token::Raised) : QColor(),
            color(Token::LineStrong));
        return;
    case PE_Frame:
        if (option->state & State_Sunken || option->state & State_Raised)
            paint::box(*painter, option->rect, Metrics::radius, QColor(), color(Token::Line));
        return;
    case PE_IndicatorArrowDown:
        paintIcon(*painter, option->rect, "chev", color(isEnabled(option) ? Token::Text2 : Token::TextDisabled));
        return;
    case PE_PanelItemViewItem: {
        const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option);
        if (item && (item->state & State_Selected))
            painter->fillRect(
                item->rect, color(item->state & State_Active ? Token::Selected : Token::SelectedInactive));
        else if (item && (item->state & State_MouseOver))
            painter->fillRect(item->rect, color(Token::Hover));
        return;
    }
    case PE_PanelItemViewRow:
    case PE_PanelScrollAreaCorner:
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void ThemeStyle::drawHeaderSection(const QStyleOption* option, QPainter* painter) const
{
    painter->fillRect(option->rect, color(Token::Sunken));
    paint::hline(*painter, option->rect.left(), option->rect.right() + 1, option->rect.bottom(), color(Token::Line));
}

void ThemeStyle::drawMenuItem(const QStyleOption* option, QPainter* painter) const
{
    const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
    if (!item)
        return;
    if (item->menuItemType == QStyleOptionMenuItem::Separator) {
        paint::hline(
            *painter, option->rect.left() + 8, option->rect.right() - 8, option->rect.center().y(), color(Token::Line));
        return;
    }
    const bool enabled = isEnabled(option);
    if (enabled && (option->state & State_Selected))
        paint::box(*painter, option->rect, Metrics::radiusChip, color(Token::Selected), QColor());
    QRectF row = QRectF(option->rect).adjusted(8, 0, -8, 0);
    if (item->checkType != QStyleOptionMenuItem::NotCheckable) {
        if (item->checked)
            paintIcon(*painter, QRectF(row.left(), row.top(), 14, row.height()), "check", color(Token::Text1));
        row.setLeft(row.left() + 20);
    } else if (!item->icon.isNull()) {
        item->icon.paint(painter, QRect(int(row.left()), option->rect.top(), 14, option->rect.height()),
            Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
        row.setLeft(row.left() + 22);
    }
    const QStringList parts = item->text.split(QLatin1Char('\t'));
    QString label = parts.value(0);
    label.remove(QLatin1Char('&'));
    const QColor ink = color(enabled ? Token::Text1 : Token::TextDisabled);
    paint::text(*painter, row, type().ui, ink, label);
    if (parts.size() > 1)
        paint::text(*painter, row, type().small, color(Token::Text3), parts.at(1), Qt::AlignRight);
}

void ThemeStyle::drawControl(
    ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    switch (element) {
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        drawHeaderSection(option, painter);
        return;
    case CE_PushButtonLabel: {
        const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
        if (!button)
            break;
        QStyleOptionButton copy = *button;
        const bool primary = button->features & QStyleOptionButton::DefaultButton;
        if (primary && isEnabled(option))
            copy.palette.setColor(QPalette::ButtonText, color(Token::OnAccent));
        QProxyStyle::drawControl(element, &copy, painter, widget);
        return;
    }
    case CE_ProgressBarGroove:
        paint::box(*painter, option->rect, 3, color(Token::Line), QColor());
        return;
    case CE_ProgressBarContents: {
        const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option);
        if (!bar || bar->maximum <= bar->minimum)
            return;
        QRectF done = option->rect;
        done.setWidth(done.width() * (bar->progress - bar->minimum) / (bar->maximum - bar->minimum));
        paint::box(*painter, done, 3, color(Token::Accent), QColor());
        return;
    }
    case CE_TabBarTabShape:
        if (option->state & State_Selected)
            painter->fillRect(
                QRectF(option->rect.left(), option->rect.bottom() - 1, option->rect.width(), 2), color(Token::Accent));
        return;
    case CE_MenuItem:
        drawMenuItem(option, painter);
        return;
    case CE_MenuEmptyArea:
        painter->fillRect(option->rect, color(Token::Raised));
        return;
    case CE_Splitter:
        return; // the canvas shows between the panes
    case CE_FocusFrame: {
        // Around the widget: 1 px of distance, then the 2 px ring (FocusRing, widgets/focus_ring.h).
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(color(Token::Focus), Metrics::focusRing));
        painter->drawRoundedRect(QRectF(option->rect).adjusted(1, 1, -1, -1), Metrics::radius + 2, Metrics::radius + 2);
        painter->restore();
        return;
    }
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void ThemeStyle::drawComboBox(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    const bool focused = showsFocus(option) || (combo && combo->editable && (option->state & State_HasFocus));
    paintField(painter, option->rect, isEnabled(option), focused);
    const QRect arrow = proxy()->subControlRect(CC_ComboBox, option, SC_ComboBoxArrow, widget);
    paintIcon(*painter, QRectF(arrow.center().x() - 6, arrow.center().y() - 6, 12, 12), "chev",
        color(isEnabled(option) ? Token::Text2 : Token::TextDisabled));
}

void ThemeStyle::drawSpinBox(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    paintField(painter, option->rect, isEnabled(option), option->state & State_HasFocus);
    for (const SubControl part : {SC_SpinBoxUp, SC_SpinBoxDown}) {
        const QRect rect = proxy()->subControlRect(CC_SpinBox, option, part, widget);
        painter->save();
        painter->translate(rect.center());
        if (part == SC_SpinBoxUp)
            painter->scale(1, -1);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(
            QPen(color(isEnabled(option) ? Token::Text2 : Token::TextDisabled), 1.4, Qt::SolidLine, Qt::RoundCap));
        painter->drawPolyline(QPolygonF({{-3, -1.5}, {0, 1.5}, {3, -1.5}}));
        painter->restore();
    }
}

void ThemeStyle::drawScrollBar(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (!slider || slider->maximum <= slider->minimum)
        return;
    const QRectF handle = proxy()->subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget);
    const bool hot = option->activeSubControls & SC_ScrollBarSlider && option->state & (State_MouseOver | State_Sunken);
    paint::box(*painter, handle.adjusted(2, 2, -2, -2), 3, color(hot ? Token::LineInput : Token::LineStrong), QColor());
}

void ThemeStyle::drawComplexControl(
    ComplexControl control, const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    switch (control) {
    case CC_ComboBox:
        drawComboBox(option, painter, widget);
        return;
    case CC_SpinBox:
        drawSpinBox(option, painter, widget);
        return;
    case CC_ScrollBar:
        drawScrollBar(option, painter, widget);
        return;
    default:
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

QRect ThemeStyle::subControlRect(
    ComplexControl control, const QStyleOptionComplex* option, SubControl part, const QWidget* widget) const
{
    const QRect rect = option->rect;
    if (control == CC_ScrollBar) {
        const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (!slider)
            return rect;
        const bool upright = slider->orientation == Qt::Vertical;
        const int length = upright ? rect.height() : rect.width();
        const qint64 range = qint64(slider->maximum) - slider->minimum;
        int handle = length;
        if (range > 0)
            handle = qBound(24, int(qint64(length) * slider->pageStep / (range + slider->pageStep)), length);
        const int at = sliderPositionFromValue(
            slider->minimum, slider->maximum, slider->sliderPosition, length - handle, slider->upsideDown);
        const auto span = [&](int from, int size) {
            return upright ? QRect(rect.left(), rect.top() + from, rect.width(), size)
                           : QRect(rect.left() + from, rect.top(), size, rect.height());
        };
        switch (part) {
        case SC_ScrollBarSlider:
            return span(at, handle);
        case SC_ScrollBarSubPage:
            return span(0, at);
        case SC_ScrollBarAddPage:
            return span(at + handle, length - at - handle);
        case SC_ScrollBarGroove:
            return rect;
        default:
            return {}; // no arrow buttons
        }
    }
    if (control == CC_ComboBox) {
        switch (part) {
        case SC_ComboBoxArrow:
            return QRect(rect.right() - 25, rect.top(), 24, rect.height());
        case SC_ComboBoxEditField:
            return rect.adjusted(8, 1, -28, -1);
        default:
            break;
        }
    }
    if (control == CC_SpinBox) {
        switch (part) {
        case SC_SpinBoxUp:
            return QRect(rect.right() - 22, rect.top() + 1, 20, rect.height() / 2 - 1);
        case SC_SpinBoxDown:
            return QRect(rect.right() - 22, rect.center().y() + 1, 20, rect.height() / 2 - 1);
        case SC_SpinBoxEditField:
            return rect.adjusted(6, 2, -24, -2);
        default:
            break;
        }
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

QRect ThemeStyle::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const
{
    if (element == SE_LineEditContents)
        return option->rect.adjusted(6, 1, -6, -1);
    return QProxyStyle::subElementRect(element, option, widget);
}

QSize ThemeStyle::sizeFromContents(
    ContentsType kind, const QStyleOption* option, const QSize& size, const QWidget* widget) const
{
    QSize result = QProxyStyle::sizeFromContents(kind, option, size, widget);
    switch (kind) {
    case CT_PushButton:
    case CT_LineEdit:
    case CT_ComboBox:
    case CT_SpinBox:
        result.setHeight(metrics().control());
        if (kind == CT_ComboBox)
            result.rwidth() += 12;
        break;
    case CT_MenuItem: {
        const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
        const bool separator = item && item->menuItemType == QStyleOptionMenuItem::Separator;
        result = QSize(size.width() + 48, separator ? 9 : metrics().px(26));
        break;
    }
    default:
        break;
    }
    return result;
}

int ThemeStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent:
        return 12;
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin:
        return 3;
    case PM_ScrollBarSliderMin:
        return 24;
    case PM_SplitterWidth:
        return Metrics::gap;
    case PM_DefaultFrameWidth:
        return 1;
    case PM_MenuPanelWidth:
        return 1;
    case PM_MenuVMargin:
    case PM_MenuHMargin:
        return 4;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 14;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
        return Metrics::iconSmall;
    case PM_ToolTipLabelFrameWidth:
        return 5;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int ThemeStyle::styleHint(
    StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const
{
    switch (hint) {
    case SH_Widget_Animation_Duration:
    case SH_Widget_Animate:
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_ComboBox_Popup:
        return 0;
    case SH_FocusFrame_Mask:
        return 0; // a mask of four straight strips would cut the ring's round corners
    case SH_FocusFrame_AboveWidget:
        return 1; // so that the frame hangs on the window or scroll area and is not cut by a tight parent
    case SH_ToolTip_WakeUpDelay:
        return 400;
    case SH_ScrollBar_ContextMenu:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

void ThemeStyle::polish(QWidget* widget)
{
    QProxyStyle::polish(widget);
    // The list of a combo box is a menu to the eye.
    if (widget->inherits("QComboBoxPrivateContainer"))
        widget->setBackgroundRole(QPalette::Button);
}

} // namespace ui
