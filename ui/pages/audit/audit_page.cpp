#include "pages/audit/audit_page.h"

#include "api/chain_client.h"
#include "models/format.h"
#include "pages/audit/audit_rows.h"
#include "pages/audit/chain_panel.h"
#include "pages/common/facts_view.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/choice_cells.h"
#include "widgets/input_field.h"
#include "widgets/panel.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <array>

namespace ui::audit {
namespace {

using namespace gateway::api;

constexpr int kPageSize = 100;
constexpr int kFieldWidth = 128;
constexpr int kFieldHeight = 24; // in a panel's header
constexpr int kDetailWidth = 380;

// What the filter offers; the empty name is every outcome.
constexpr std::array kFilters{
    std::pair{"", QT_TRANSLATE_NOOP("ui::audit::AuditPage", "All")},
    std::pair{"applied", QT_TRANSLATE_NOOP("ui::audit::AuditPage", "Applied")},
    std::pair{"refused", QT_TRANSLATE_NOOP("ui::audit::AuditPage", "Refused")},
    std::pair{"failed", QT_TRANSLATE_NOOP("ui::audit::AuditPage", "Failed")},
    std::pair{"read", QT_TRANSLATE_NOOP("ui::audit::AuditPage", "Reads")},
};

} // namespace

AuditPage::AuditPage(Session& session, QWidget* parent)
    : Page(parent),
      m_session(session),
      m_verify(new Button(tr("Verify now"), Button::Kind::Secondary, QStringLiteral("check"), this)),
      m_again(new Button(tr("Read again"), Button::Kind::Secondary, QStringLiteral("refresh"), this)),
      m_chain(new ChainPanel),
      m_outcome(new Segment(tr("Outcome"), Segment::Size::Mini)),
      m_who(new InputField(tr("Who"))),
      m_what(new InputField(tr("Action"))),
      m_logPanel(new Panel(tr("What administration did"))),
      m_entries(new PlainTable(
          tr("Audit log"), {{tr("Time, UTC")}, {tr("Outcome")}, {tr("Who")}, {tr("What")}, {tr("Reason, or why not")},
                               {tr("Config"), true, tr("Revision that was in force")}, {tr("Entry"), true}})),
      m_pageWords(new TextLabel({}, &Type::ui, Token::Text3)),
      m_newer(new Button(tr("Newer"))),
      m_older(new Button(tr("Older"))),
      m_detail(new Panel(tr("Entry"))),
      m_facts(new FactsView(tr("Entry"), 84)),
      m_changesTitle(new TextLabel({}, &Type::uiStrong)),
      m_changes(new PlainTable(tr("Fields"), {{tr("Field")}, {tr("Before")}, {tr("After")}})),
      m_logOverlay(new StateOverlay(m_logPanel, metrics().panelHeader()))
{
    for (const auto& [name, word] : kFilters)
        m_outcome->addChoice(tr(word));
    m_outcome->setCurrent(0);
    m_who->setPlaceholderText(tr("who"));
    m_what->setPlaceholderText(tr("what, as in drain"));
    for (InputField* field : {m_who, m_what})
        field->setFixedSize(metrics().px(kFieldWidth), metrics().px(kFieldHeight));
    m_newer->setSmall(true);
    m_older->setSmall(true);
    m_entries->setWidths({{128, 0}, {110, 0}, {142, 0}, {150, 2}, {130, 3}, {58, 0}, {62, 0}});
    m_changes->setWidths({{96, 0}, {90, 1}, {110, 2}});
    m_changes->setMinimumHeight(m_changes->heightForRows(3));

    m_logPanel->addHeaderWidget(m_outcome);
    m_logPanel->addHeaderWidget(m_who);
    m_logPanel->addHeaderWidget(m_what);
    m_logPanel->body()->addWidget(m_entries, 1);
    m_logPanel->body()->addWidget(new Hairline);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(Metrics::panelPadding, 6, Metrics::panelPadding, 6);
    foot->setSpacing(8);
    foot->addWidget(m_pageWords, 1);
    foot->addWidget(m_newer);
    foot->addWidget(m_older);
    m_logPanel->body()->addLayout(foot);
    m_logPanel->setKeepsCorners(true);

    m_detail->setFixedWidth(metrics().px(kDetailWidth));
    auto* said = new QVBoxLayout;
    said->setContentsMargins(Metrics::panelPadding, 10, Metrics::panelPadding, 10);
    said->setSpacing(10);
    said->addWidget(m_facts);
    m_detail->body()->addLayout(said);
    m_detail->body()->addWidget(new Hairline);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(Metrics::panelPadding, 8, Metrics::panelPadding, 8);
    head->addWidget(m_changesTitle);
    m_detail->body()->addLayout(head);
    m_detail->body()->addWidget(m_changes, 1);
    m_detail->setKeepsCorners(true);

    auto* lower = new QHBoxLayout;
    lower->setSpacing(Metrics::gap);
    lower->addWidget(m_logPanel, 1);
    lower->addWidget(m_detail);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->setSpacing(Metrics::gap);
    page->addWidget(m_chain);
    page->addLayout(lower, 1);
    m_logOverlay->setZeroIcon(QStringLiteral("audit"));
    m_detail->hide();

    connect(m_verify, &QAbstractButton::clicked, this, &AuditPage::verify);
    connect(m_again, &QAbstractButton::clicked, this, &AuditPage::ask);
    connect(m_chain->overlay(), &StateOverlay::actionTriggered, this, &AuditPage::ask);
    connect(m_logOverlay, &StateOverlay::actionTriggered, this, &AuditPage::ask);
    connect(m_outcome, &ChoiceRow::chosen, this, [this](int index) {
        m_outcome->setCurrent(index);
        search();
    });
    for (InputField* field : {m_who, m_what})
        connect(field, &QLineEdit::returnPressed, this, &AuditPage::search);
    connect(m_older, &QAbstractButton::clicked, this, [this] {
        m_cursors.append(m_page.next);
        askEntries();
    });
    connect(m_newer, &QAbstractButton::clicked, this, [this] {
        m_cursors.removeLast();
        askEntries();
    });
    connect(m_entries, &TableView::currentRowChanged, this, &AuditPage::showEntry);
    connect(&m_session, &Session::permissionsChanged, this, &AuditPage::showPermissions);
    showPermissions();
}

QString AuditPage::caption() const
{
    return tr("what was changed, by whom and why, and whether the record of it can be trusted");
}

QList<QWidget*> AuditPage::headerWidgets()
{
    return {m_verify, m_again};
}

void AuditPage::activated()
{
    ask();
}

void AuditPage::open(const QString& argument)
{
    if (argument.startsWith(QLatin1String("object=")))
        m_object = argument.mid(7);
    else if (argument.startsWith(QLatin1String("who=")))
        m_who->setText(argument.mid(4));
    else
        return;
    search();
}

QString AuditPage::pageWords() const
{
    return m_pageWords->text();
}

// What may not be done has no control; who may not read the log is told which role may.
void AuditPage::showPermissions()
{
    const bool mayRead = m_session.mayAct(Action::ReadAudit);
    m_verify->setVisible(m_isKept && m_session.mayAct(Action::VerifyLog));
    for (QWidget* filter :
        {static_cast<QWidget*>(m_outcome), static_cast<QWidget*>(m_who), static_cast<QWidget*>(m_what)})
        filter->setVisible(mayRead);
    if (mayRead)
        return;
    m_detail->hide();
    m_logOverlay->show(StateOverlay::State::NotPermitted, tr("The audit log is not shown"),
        tr("It needs the role %1; this connection has the role %2.")
            .arg(rolesFor(factsOf(Action::ReadAudit)), m_session.role()));
}

void AuditPage::ask()
{
    askChain();
    askEntries();
}

void AuditPage::askChain()
{
    ++m_asking;
    ChainClient(m_session.client()).standing().then(this, [this](Result<ChainStanding> answer) {
        --m_asking;
        m_answered = true;
        m_chain->setStanding(answer, m_session.now());
        // its height follows what it says; the log below takes the rest at once, not a moment later
        for (QLayout* part : {m_chain->layout(), layout()}) {
            part->invalidate();
            part->activate();
        }
        m_isKept = bool(answer);
        m_verify->setEnabled(m_isKept && !answer->isVerifying && !m_verifying);
        showPermissions();
    });
}

// FAIL and INCOMPLETE are answers; the standing is read again, which carries the verification.
void AuditPage::verify()
{
    if (m_verifying)
        return;
    m_verifying = true;
    m_verify->setEnabled(false);
    m_chain->showVerifying();
    ++m_asking;
    ChainClient(m_session.client()).verify().then(this, [this](Result<ChainVerification> answer) {
        --m_asking;
        m_verifying = false;
        if (!answer)
            Q_EMIT toastRequested(answer.error().message);
        askChain();
    });
}

AuditQuery AuditPage::query() const
{
    AuditQuery query;
    query.outcome = QString::fromLatin1(kFilters[std::size_t(m_outcome->current())].first);
    query.principal = m_who->text().trimmed();
    query.action = m_what->text().trimmed();
    query.object = m_object;
    query.before = m_cursors.last();
    query.limit = kPageSize;
    return query;
}

void AuditPage::search()
{
    m_cursors = {0};
    askEntries();
}

void AuditPage::askEntries()
{
    if (!m_session.mayAct(Action::ReadAudit))
        return; // a refusal would be an entry of this log
    if (m_page.entries.isEmpty())
        m_logOverlay->showLoading();
    ++m_asking;
    m_session.client().audit(query()).then(
        this, [this, question = ++m_question](Result<gateway::api::AuditPage> answer) {
            --m_asking;
            m_answered = true;
            if (question == m_question)
                take(answer);
        });
}

void AuditPage::take(const Result<gateway::api::AuditPage>& answer)
{
    if (!answer) {
        if (!m_page.entries.isEmpty()) // what was read before stays
            return Q_EMIT toastRequested(answer.error().message);
        m_detail->hide();
        if (answer.error().failure == Failure::NotPermitted)
            m_logOverlay->show(
                StateOverlay::State::NotPermitted, tr("The audit log is not shown"), answer.error().message);
        else if (answer.error().failure == Failure::NotFound)
            m_logOverlay->show(StateOverlay::State::NotCollected, tr("No audit log"),
                tr("This engine does not offer one; it may be older than this console."));
        else
            m_logOverlay->show(StateOverlay::State::Error, tr("The audit log cannot be read"), answer.error().message,
                tr("Read again"));
        return;
    }
    const qint64 chosen = m_chosen;
    m_page = {}; // rows that go must not be taken for chosen ones
    m_entries->clearRows();
    m_page = *answer;
    const bool isFiltered =
        m_outcome->current() > 0 || !query().principal.isEmpty() || !query().action.isEmpty() || !m_object.isEmpty();
    int selected = 0;
    for (const AuditEntry& entry : m_page.entries) {
        if (entry.sequence == chosen)
            selected = m_entries->rows();
        m_entries->addRow(rowOf(entry));
    }
    const qint64 first = qint64(m_cursors.size() - 1) * kPageSize;
    m_pageWords->setText(
        m_page.entries.isEmpty()
            ? QString()
            : tr("%1 to %2 of %3%4")
                  .arg(models::wholeNumber(first + 1), models::wholeNumber(first + m_page.entries.size()),
                      models::plural(m_page.total, tr("entry"), tr("entries")),
                      m_object.isEmpty() ? QString() : tr(" on %1").arg(m_object)));
    m_newer->setVisible(m_cursors.size() > 1);
    m_older->setVisible(m_page.next > 0);
    if (m_page.entries.isEmpty()) {
        m_detail->hide();
        m_logOverlay->show(StateOverlay::State::Zero, isFiltered ? tr("No entry fits") : tr("Nothing was done yet"),
            isFiltered ? tr("No entry of the log has this outcome, person and action.")
                       : tr("The first change of a provider, a budget or the config will stand here."));
        return;
    }
    m_logOverlay->clear();
    m_detail->show();
    m_entries->selectRow(selected);
    showEntry(selected);
}

void AuditPage::showEntry(int row)
{
    if (row < 0 || row >= m_page.entries.size())
        return;
    const AuditEntry& entry = m_page.entries[row];
    m_chosen = entry.sequence;
    const Outcome* outcome = outcomeOf(entry.outcome);
    m_detail->setTitle(actionWords(entry));
    m_detail->setStatus(outcome ? outcome->status : Status::Unknown);
    m_detail->setCaption(entry.revision > 0
                             ? tr("entry %1, config r%2").arg(models::wholeNumber(entry.sequence)).arg(entry.revision)
                             : tr("entry %1").arg(models::wholeNumber(entry.sequence)));
    m_facts->setFacts(factsOf(entry));
    const QVector<FieldChange> changes = changesOf(entry);
    const bool isOnlyAsked = entry.before.isEmpty() && entry.after.isEmpty();
    m_changesTitle->setText(changes.isEmpty() ? tr("No field was changed")
                            : isOnlyAsked     ? tr("What was asked for")
                                              : tr("What changed"));
    m_changes->setVisible(!changes.isEmpty());
    m_changes->clearRows();
    for (const FieldChange& change : changes) {
        const auto value = [](const QString& text, Token ink) {
            return text.isEmpty() ? Cell::plain(models::notApplicable(), Token::Text3) : Cell::mono(text, ink);
        };
        m_changes->addRow({Cell::plain(change.field, Token::Text2), value(change.before, Token::Text2),
            value(change.after, Token::Text1)});
    }
}

} // namespace ui::audit
