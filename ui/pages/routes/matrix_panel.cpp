#include "pages/routes/matrix_panel.h"

#include "models/capability_table_model.h"
#include "models/format.h"
#include "theme/theme.h"
#include "widgets/choice_cells.h"
#include "widgets/state_overlay.h"
#include "widgets/table_view.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui::routes {

using namespace gateway::api;

MatrixPanel::MatrixPanel(QWidget* parent)
    : Panel(tr("What can be given to whom"), parent),
      m_model(new models::CapabilityTableModel(this)),
      m_surface(new Segment(tr("Dialect of the caller"), Segment::Size::Mini)),
      m_table(new TableView(tr("What can be given to whom"))),
      m_legend(new TextLabel(tr("**same**: the caller's own bytes.   **carried**: translated whole.   **lossy**: in "
                                "another form, and said so in the answer.   **no**: not routed there."),
          &Type::ui, Token::Text3)),
      m_content(new QWidget),
      m_overlay(new StateOverlay(this, metrics().panelHeader()))
{
    addHeaderWidget(new TextLabel(tr("Caller speaks"), &Type::ui, Token::Text3));
    for (const char* dialect : kCallerDialects)
        m_surface->addChoice(models::surfaceName(QLatin1String(dialect)));
    m_surface->setCurrent(0);
    addHeaderWidget(m_surface);
    m_table->setModel(m_model);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_legend->setWrapped(true);
    auto* layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_table, 1);
    layout->addWidget(new Hairline);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(Metrics::panelPadding, 6, Metrics::panelPadding, 6);
    foot->addWidget(m_legend);
    layout->addLayout(foot);
    body()->addWidget(m_content, 1);
    body()->addStretch(0); // keeps the header at the top while the content is hidden
    setKeepsCorners(true);
    connect(m_surface, &ChoiceRow::chosen, this, &MatrixPanel::chooseSurface);
    connect(m_overlay, &StateOverlay::actionTriggered, this, &MatrixPanel::askedAgain);
    refresh();
}

void MatrixPanel::setAlias(const QString& alias)
{
    m_alias = alias;
    m_model->setAlias(alias);
    refresh();
}

void MatrixPanel::setCapabilities(const QVector<CandidateCapabilities>& all)
{
    m_known = true;
    m_overlay->clear();
    m_model->setCapabilities(all);
    refresh();
}

void MatrixPanel::chooseSurface(int index)
{
    m_surface->setCurrent(index);
    m_model->setSurface(QLatin1String(kCallerDialects[std::size_t(index)]));
}

void MatrixPanel::showLoading()
{
    if (!m_known)
        m_overlay->showLoading();
}

void MatrixPanel::showProblem(const QString& problem)
{
    if (!m_known)
        m_overlay->show(StateOverlay::State::Error, tr("The capability matrix cannot be read"),
            tr("%1 Asked again every 10 s.").arg(problem), tr("Ask again"));
}

void MatrixPanel::refresh()
{
    const qsizetype count = m_model->candidates().size();
    setCaption(count == 0 ? QString()
                          : tr("%1 of %2, its chain included")
                                .arg(models::plural(count, tr("candidate"), tr("candidates")), m_alias));
    QVector<TableView::Width> widths{{190, 0}};
    for (qsizetype i = 0; i < count; ++i)
        widths.append({110, 1});
    m_table->setWidths(widths);
    m_content->setVisible(count > 0);
    if (m_known && count == 0)
        m_overlay->show(StateOverlay::State::Zero, tr("No candidate"),
            m_alias.isEmpty()
                ? tr("No alias is chosen.")
                : tr("The engine names no candidate of %1, so there is nobody to be given anything.").arg(m_alias));
    else if (m_known)
        m_overlay->clear();
}

} // namespace ui::routes
