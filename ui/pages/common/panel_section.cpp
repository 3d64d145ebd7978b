#include "pages/common/panel_section.h"

#include "theme/theme.h"
#include "widgets/panel.h"

#include <QVBoxLayout>

namespace ui {

QVBoxLayout* addPanelSection(QVBoxLayout* into, const QString& title, const QString& caption, bool withLine)
{
    if (withLine)
        into->addWidget(new Hairline);
    Panel* section = Panel::section(title);
    section->setCaption(caption);
    section->body()->setContentsMargins(Metrics::panelPadding, 0, Metrics::panelPadding, 8);
    section->body()->setSpacing(6);
    into->addWidget(section);
    return section->body();
}

} // namespace ui
