#include "pages/config/history_view.h"

#include "models/format.h"
#include "pages/common/facts_view.h"
#include "pages/config/change_panel.h"
#include "pages/config/config_stages.h"
#include "session/session.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/panel.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui::config {

using namespace gateway::api;

namespace {

QString orNobody(const QString& name)
{
    return name.isEmpty() ? HistoryView::tr("nobody") : name;
}

Cell stateCell(const Revision& revision)
{
    if (revision.isInForce)
        return Cell::state(Status::Ok, HistoryView::tr("In force"));
    if (revision.rolledBackAt)
        return Cell::state(Status::Down, HistoryView::tr("Rolled back"));
    if (revision.reviewDue && !revision.reviewedAfter)
        return revision.isOverdue ? Cell::state(Status::Down, HistoryView::tr("Overdue"))
                                  : Cell::state(Status::Degraded, HistoryView::tr("To review"));
    return Cell::state(Status::NotApplicable, HistoryView::tr("Replaced"));
}

Cell canaryCell(const CanaryResult& canary)
{
    if (canary.verdict.isEmpty())
        return Cell::plain(HistoryView::tr("none"), Token::Text3);
    const Status status = canary.verdict == QLatin1String("pass")   ? Status::Ok
                          : canary.verdict == QLatin1String("fail") ? Status::Down
                                                                    : Status::CannotSay;
    QString word = canary.verdict;
    Cell cell = Cell::state(status, word.replace(QLatin1Char('_'), QLatin1Char(' ')));
    cell.note = HistoryView::tr("%1 %, n %2").arg(canary.percent).arg(models::wholeNumber(canary.calls));
    return cell;
}

QVector<Cell> rowOf(const Revision& revision, const QDateTime& now)
{
    Cell number = Cell::plain(QStringLiteral("r%1").arg(revision.number));
    number.strong = true;
    const QString since = revision.inForceFrom ? when(*revision.inForceFrom, now) : models::notApplicable();
    const QString until = revision.isInForce      ? HistoryView::tr("now")
                          : revision.inForceUntil ? when(*revision.inForceUntil, now)
                                                  : models::notApplicable();
    return {stateCell(revision), number, Cell::plain(revision.kind, Token::Text2), Cell::plain(revision.author),
        revision.isOwnApproval
            ? Cell::plain(HistoryView::tr("%1, own").arg(orNobody(revision.approver)), Token::Degraded)
            : Cell::plain(orNobody(revision.approver)),
        Cell::plain(HistoryView::tr("%1 to %2").arg(since, until), Token::Text2), canaryCell(revision.canary),
        Cell::plain(revision.reason, Token::Text2)};
}

} // namespace

HistoryView::HistoryView(Session& session, QWidget* parent)
    : QWidget(parent),
      m_client(session.client()),
      m_table(new PlainTable(
          tr("Revisions"), {{tr("State")}, {tr("Revision")}, {tr("Came by")}, {tr("Author")}, {tr("Approved by")},
                               {tr("In force, UTC")}, {tr("Canary")}, {tr("Reason")}})),
      m_detail(new Panel(tr("Revision"))),
      m_facts(new FactsView(tr("The revision"), 84)),
      m_restore(new Button(tr("Restore as a draft..."), Button::Kind::Secondary, QStringLiteral("undo"))),
      m_rollBack(new Button(tr("Roll back to it..."), Button::Kind::Danger, QStringLiteral("undo"))),
      m_review(new Button(tr("Look at it..."))),
      m_change(new ChangePanel),
      m_list(new Panel(tr("Revisions"))),
      m_none(new StateOverlay(m_list, metrics().panelHeader()))
{
    m_none->setZeroIcon(QStringLiteral("clock"));
    m_table->setWidths({{112, 0}, {72, 0}, {84, 0}, {104, 0}, {116, 0}, {190, 0}, {190, 0}, {150, 1}});
    m_list->body()->addWidget(m_table, 1);
    m_list->setKeepsCorners(true);
    for (Button* button : {m_review, m_restore, m_rollBack}) {
        button->setSmall(true);
        button->hide();
    }
    auto* text = new QVBoxLayout;
    text->setContentsMargins(Metrics::panelPadding, 8, Metrics::panelPadding, 8);
    text->setSpacing(10);
    text->addWidget(m_facts);
    text->addStretch(1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    for (Button* button : {m_review, m_restore, m_rollBack})
        buttons->addWidget(button);
    buttons->addStretch(1);
    text->addLayout(buttons);
    m_detail->body()->addLayout(text, 1);
    m_change->setTitle(tr("Against what runs"));
    auto* lower = new QHBoxLayout;
    lower->setSpacing(Metrics::gap);
    lower->addWidget(m_detail, 4);
    lower->addWidget(m_change, 7);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Metrics::gap);
    layout->addWidget(m_list, 5);
    layout->addLayout(lower, 6);
    connect(m_table, &TableView::currentRowChanged, this, [this](int row) {
        if (!m_filling)
            show(row);
    });
    connect(m_restore, &QAbstractButton::clicked, this, [this] { Q_EMIT restoreWanted(m_chosen); });
    connect(m_rollBack, &QAbstractButton::clicked, this, [this] { Q_EMIT rollBackWanted(m_chosen); });
    connect(m_review, &QAbstractButton::clicked, this, [this] { Q_EMIT reviewWanted(m_chosen); });
}

void HistoryView::setRevisions(const QVector<Revision>& revisions, int inForce, const QDateTime& now)
{
    m_filling = true;
    m_table->clearRows();
    m_revisions = revisions;
    m_inForce = inForce;
    m_now = now;
    int selected = 0;
    for (const Revision& revision : m_revisions) {
        if (revision.number == m_chosen)
            selected = m_table->rows();
        m_table->addRow(rowOf(revision, now));
    }
    m_table->setVisible(!revisions.isEmpty());
    m_list->setCaption(tr("newest first, %1; a number is never given twice").arg(revisions.size()));
    if (revisions.isEmpty())
        m_none->show(StateOverlay::State::Zero, tr("No revision"), tr("The engine has put no config in force yet."));
    else
        m_none->clear();
    if (!revisions.isEmpty())
        m_table->selectRow(selected);
    m_filling = false;
    show(revisions.isEmpty() ? -1 : selected);
}

void HistoryView::choose(int revision)
{
    for (int row = 0; row < m_revisions.size(); ++row) {
        if (m_revisions[row].number == revision)
            m_table->selectRow(row);
    }
}

void HistoryView::setMay(bool write, bool rollBack, bool review)
{
    m_mayWrite = write;
    m_mayRollBack = rollBack;
    m_mayReview = review;
    refreshButtons();
}

void HistoryView::show(int row)
{
    m_detail->setVisible(row >= 0);
    m_change->setVisible(row >= 0);
    if (row < 0 || row >= m_revisions.size())
        return;
    const Revision& revision = m_revisions[row];
    m_chosen = revision.number;
    m_detail->setTitle(QStringLiteral("r%1").arg(revision.number));
    m_detail->setCaption(revision.kind);
    QVector<models::Fact> facts;
    const auto add = [&facts](const QString& label, const QString& value) { facts.append({label, value, false}); };
    add(tr("Reason"), revision.reason);
    add(tr("Written by"), revision.editors.isEmpty() ? revision.author : revision.editors.join(QStringLiteral(", ")));
    add(tr("Put in by"), revision.by.isEmpty() ? tr("the engine") : revision.by);
    if (!revision.draft.isEmpty())
        add(tr("Draft"), revision.draft);
    if (revision.restores > 0)
        add(tr("Restores"), QStringLiteral("r%1").arg(revision.restores));
    if (!revision.canary.sentence.isEmpty())
        add(tr("Canary"), revision.canary.sentence);
    if (revision.reviewDue)
        add(tr("Review"),
            revision.reviewedAfter
                ? tr("%1 looked at it afterwards: %2").arg(revision.reviewedAfter->by, revision.reviewedAfter->note)
                : tr("past review; due %1 UTC").arg(when(*revision.reviewDue, m_now)));
    if (revision.rolledBackAt)
        add(tr("Rolled back"),
            tr("%1 UTC by %2: %3")
                .arg(when(*revision.rolledBackAt, m_now), revision.rolledBackBy, revision.rolledBackReason));
    facts.append({tr("Text"), revision.hash.left(12), true});
    m_facts->setFacts(facts);
    refreshButtons();
    if (m_compared == m_chosen)
        return;
    m_compared = m_chosen;
    if (revision.number == m_inForce) {
        m_change->setCaption({});
        return m_change->setWaiting(tr("This is what runs"), tr("Choose another revision to compare it with."));
    }
    DiffSide from;
    from.revision = revision.number;
    ++m_asking;
    m_change->setLoading();
    m_client.diff(from, {}).then(this, [this, number = revision.number](const Result<DiffReport>& answer) {
        --m_asking;
        if (number != m_chosen)
            return;
        if (answer)
            m_change->setReport(*answer);
        else
            m_change->setWaiting(tr("It cannot be compared"), answer.error().message);
    });
}

void HistoryView::refreshButtons()
{
    const Revision* chosen = nullptr;
    for (const Revision& revision : m_revisions) {
        if (revision.number == m_chosen)
            chosen = &revision;
    }
    const bool isOther = chosen && !chosen->isInForce;
    m_restore->setVisible(m_mayWrite && isOther);
    m_rollBack->setVisible(m_mayRollBack && isOther && chosen->number < m_inForce);
    m_review->setVisible(m_mayReview && chosen && chosen->reviewDue && !chosen->reviewedAfter);
}

} // namespace ui::config
