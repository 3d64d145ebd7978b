#include "pages/config/draft_panel.h"

#include "pages/common/facts_view.h"
#include "pages/common/plain_scroll.h"
#include "pages/config/config_stages.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"

#include <QVBoxLayout>

#include <array>

namespace ui::config {

using namespace gateway::api;
using models::Fact;

namespace {

struct StateWords
{
    const char* name;
    const char* words;
    Status status;
};

constexpr std::array kStates{
    StateWords{"draft", QT_TRANSLATE_NOOP("ui::config::DraftPanel", "Draft"), Status::NotReached},
    StateWords{"validated", QT_TRANSLATE_NOOP("ui::config::DraftPanel", "Validated"), Status::Ok},
    StateWords{"reviewed", QT_TRANSLATE_NOOP("ui::config::DraftPanel", "Reviewed"), Status::Ok},
    StateWords{"canary", QT_TRANSLATE_NOOP("ui::config::DraftPanel", "Canary"), Status::Canary},
    StateWords{"promoted", QT_TRANSLATE_NOOP("ui::config::DraftPanel", "Promoted"), Status::Ok},
    StateWords{"rolled_back", QT_TRANSLATE_NOOP("ui::config::DraftPanel", "Rolled back"), Status::Down},
    StateWords{"abandoned", QT_TRANSLATE_NOOP("ui::config::DraftPanel", "Abandoned"), Status::NotApplicable},
};

const StateWords* find(const QString& state)
{
    for (const StateWords& one : kStates) {
        if (state == QLatin1String(one.name))
            return &one;
    }
    return nullptr;
}

} // namespace

Status statusOfState(const QString& state)
{
    const StateWords* known = find(state);
    return known ? known->status : Status::Unknown;
}

QString wordOfState(const QString& state)
{
    const StateWords* known = find(state);
    return known ? DraftPanel::tr(known->words) : state;
}

DraftPanel::DraftPanel(QWidget* parent)
    : QWidget(parent),
      m_list(new Panel(tr("Drafts"))),
      m_table(new PlainTable(tr("Drafts"), {{tr("State")}, {tr("Draft")}})),
      m_new(new Button(tr("New"), Button::Kind::Secondary, QStringLiteral("plus"))),
      m_none(nullptr),
      m_about(new Panel(tr("About it"))),
      m_facts(new FactsView(tr("About the draft"), 62))
{
    m_new->setSmall(true);
    m_list->addHeaderWidget(m_new);
    m_table->setWidths({{108, 0}, {70, 1}});
    m_list->body()->addWidget(m_table, 1);
    m_list->setKeepsCorners(true);
    m_none = new StateOverlay(m_list, metrics().panelHeader());
    m_none->setZeroIcon(QStringLiteral("config"));
    auto* wrap = new QWidget;
    auto* wrapped = new QVBoxLayout(wrap);
    wrapped->setContentsMargins(Metrics::panelPadding, 6, Metrics::panelPadding, 6);
    wrapped->addWidget(m_facts);
    wrapped->addStretch(1);
    m_about->body()->addWidget(new PlainScroll(wrap, tr("About the draft")), 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Metrics::gap);
    layout->addWidget(m_list, 2);
    layout->addWidget(m_about, 3);
    connect(m_new, &QAbstractButton::clicked, this, &DraftPanel::newWanted);
    connect(m_table, &TableView::currentRowChanged, this, [this](int row) {
        if (!m_filling && row >= 0 && row < m_drafts.size())
            Q_EMIT chosen(m_drafts[row].id);
    });
}

void DraftPanel::setDrafts(const QVector<Draft>& drafts, const QString& chosen, const QDateTime& now)
{
    m_filling = true;
    m_table->clearRows();
    m_drafts = drafts;
    int selected = -1;
    for (const Draft& draft : m_drafts) {
        if (draft.id == chosen)
            selected = m_table->rows();
        Cell name = Cell::plain(draft.id);
        name.strong = true;
        name.note = tr("%1, %2").arg(draft.author, when(draft.updatedAt, now));
        m_table->addRow({Cell::state(statusOfState(draft.state), wordOfState(draft.state)), name});
    }
    if (selected >= 0)
        m_table->selectRow(selected);
    else
        m_table->clearSelection();
    m_filling = false;
    m_list->setCaption(drafts.isEmpty() ? QString() : QString::number(drafts.size()));
    m_table->setVisible(!drafts.isEmpty());
    if (drafts.isEmpty())
        m_none->show(StateOverlay::State::Zero, tr("No draft"), tr("A change of the config begins with one."));
    else
        m_none->clear();
}

void DraftPanel::setDraft(const std::optional<Draft>& draft, const QDateTime& now)
{
    m_about->setVisible(draft.has_value());
    if (!draft)
        return;
    m_about->setTitle(draft->id);
    QVector<Fact> facts{{tr("Note"), draft->note.isEmpty() ? tr("none") : draft->note, false},
        {tr("Author"), draft->author, false}, {tr("Begun"), tr("%1 UTC").arg(when(draft->createdAt, now)), false}};
    if (draft->editors.size() > 1)
        facts.append({tr("Editors"), draft->editors.join(QStringLiteral(", ")), false});
    facts.append({tr("Base"),
        draft->isBehind ? tr("r%1, another is in force").arg(draft->base) : tr("r%1, in force").arg(draft->base),
        false});
    for (const ConfigReview& review : draft->reviews) {
        QString words = review.approves ? tr("%1 approves").arg(review.by) : tr("%1 refuses").arg(review.by);
        if (!review.note.isEmpty())
            words += QStringLiteral(": ") + review.note;
        if (review.isOwn)
            words += tr(" (wrote it)");
        if (!review.holds)
            words += tr(" (of an earlier text)");
        facts.append({when(review.at, now), words, false});
    }
    facts.append({tr("Text"), draft->hash.left(12), true});
    m_facts->setFacts(facts);
}

void DraftPanel::setMayWrite(bool may)
{
    m_new->setVisible(may);
}

} // namespace ui::config
