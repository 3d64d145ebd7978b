#include "pages/zones/zones_page.h"

#include "models/format.h"
#include "pages/common/facts_view.h"
#include "pages/common/reason_sheet.h"
#include "pages/common/verdicts.h"
#include "pages/zones/zones_rows.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/choice_cells.h"
#include "widgets/code_view.h"
#include "widgets/input_field.h"
#include "widgets/panel.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/summary_strip.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace ui::zones {
namespace {

using namespace gateway::api;

struct Period
{
    const char* words;
    int days;
};

constexpr std::array kPeriods{Period{"24 h", 1}, Period{"7 d", 7}, Period{"28 d", 28}, Period{"90 d", 90}};
constexpr int kQueryLines = 6;

// The query on lines of its own parts; the words stay as the engine sent them.
QString inLines(QString query)
{
    for (const char* word : {" FROM ", " CROSS JOIN ", " WHERE ", " AND a.result", " GROUP BY "})
        query.replace(QLatin1String(word), QLatin1Char('\n') + QLatin1String(word).mid(1));
    return query;
}

QString minuteOf(const QDateTime& time)
{
    return time.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

} // namespace

ZonesPage::ZonesPage(Session& session, QWidget* parent)
    : Page(parent),
      m_session(session),
      m_period(new Segment(tr("Time that is checked"))),
      m_again(new Button(tr("Check again"), Button::Kind::Secondary, QStringLiteral("refresh"))),
      m_sign(new Button(tr("Sign the quarter"), Button::Kind::Primary, QStringLiteral("note"), this)),
      m_summary(new SummaryStrip),
      m_tenants(new PlainTable(tr("Zones of tenants"),
          {{tr("Zero rows"), false, tr("What did happen: attempts outside the zone that was in force for them")},
              {tr("Proof"), false,
                  tr("What could happen: every path of the config in force, fallbacks and canary too")},
              {tr("Tenant")}, {tr("Contract"), false, tr("Zone the contract states, and its reference")},
              {tr("In force"), false, tr("Zone of the config now")},
              {tr("Attempts"), true, tr("Recorded in this time, fallbacks included")},
              {tr("Outside"), true, tr("Of them outside the zone in force")},
              {tr("Unknown"), true, tr("Of them at an endpoint the config no longer knows")},
              {tr("Last audit"), false, tr("The quarter in which somebody signed this tenant off")},
              {tr("Next due"), false, tr("The last moment of the oldest quarter that is not signed")},
              {tr("In words")}})),
      m_pathPanel(new Panel(tr("A path leads outside"))),
      m_pathWords(new TextLabel({}, &Type::body, Token::Text1)),
      m_endpointPanel(new Panel(tr("Endpoints"))),
      m_endpoints(new PlainTable(
          tr("Endpoints of the tenant"), {{tr("Zone")}, {tr("Alias")}, {tr("Step")}, {tr("Candidate")}, {tr("Why")}})),
      m_checkPanel(new Panel(tr("How it was checked"))),
      m_facts(new FactsView(tr("How it was checked"), 112)),
      m_query(new CodeView(tr("Query"))),
      m_content(new QWidget),
      m_statePanel(new Panel),
      m_overlay(new StateOverlay(m_statePanel))
{
    for (const Period& period : kPeriods)
        m_period->addChoice(QString::fromLatin1(period.words));
    m_period->setCurrent(0);
    m_tenants->setWidths(
        {{106, 0}, {118, 0}, {104, 0}, {116, 0}, {76, 0}, {74, 0}, {66, 0}, {72, 0}, {126, 0}, {152, 0}, {140, 1}});
    m_endpoints->setWidths({{92, 0}, {122, 0}, {108, 0}, {312, 0}, {120, 1}});

    auto* strip = new Panel;
    strip->body()->addWidget(m_summary);
    auto* tenants = new Panel(tr("Contract, in force, recorded"));
    tenants->setCaption(tr("what needs somebody first"));
    tenants->body()->addWidget(m_tenants, 1);
    tenants->setKeepsCorners(true);
    m_endpointPanel->body()->addWidget(m_endpoints, 1);
    m_endpointPanel->setKeepsCorners(true);

    m_checkPanel->setBodyMargins(Metrics::panelPadding, 10);
    m_checkPanel->body()->setSpacing(10);
    m_checkPanel->body()->addWidget(m_facts);
    m_query->setFixedHeight(m_query->heightForLines(kQueryLines));
    m_checkPanel->body()->addWidget(m_query);
    auto* limit =
        new TextLabel(tr("This cannot catch a zone that was wrong from day one, or a provider that moved data "
                         "itself. The contract column is for the first."),
            &Type::ui, Token::Text3);
    limit->setWrapped(true);
    m_checkPanel->body()->addWidget(limit);
    m_checkPanel->body()->addStretch(1);

    m_pathPanel->setTone(Panel::Tone::Down);
    m_pathPanel->setStatus(Status::Down);
    m_pathPanel->setBodyMargins(Metrics::panelPadding, 10);
    m_pathWords->setWrapped(true);
    m_pathPanel->body()->addWidget(m_pathWords);
    m_pathPanel->hide();

    auto* lower = new QHBoxLayout;
    lower->setSpacing(Metrics::gap);
    auto* paths = new QVBoxLayout;
    paths->setSpacing(Metrics::gap);
    paths->addWidget(m_pathPanel);
    paths->addWidget(m_endpointPanel, 1);
    lower->addLayout(paths, 2);
    lower->addWidget(m_checkPanel, 1);
    auto* layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Metrics::gap);
    layout->addWidget(strip);
    layout->addWidget(tenants, 5);
    layout->addLayout(lower, 6);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(m_content, 1);
    page->addWidget(m_statePanel, 1);
    m_content->setVisible(false);
    m_overlay->setZeroIcon(QStringLiteral("zones"));

    connect(m_period, &ChoiceRow::chosen, this, [this](int index) {
        m_period->setCurrent(index);
        ask();
    });
    connect(m_again, &QAbstractButton::clicked, this, &ZonesPage::ask);
    connect(m_sign, &QAbstractButton::clicked, this, &ZonesPage::sign);
    connect(m_overlay, &StateOverlay::actionTriggered, this, &ZonesPage::ask);
    connect(&m_session, &Session::permissionsChanged, this, &ZonesPage::showPermissions);
    connect(m_tenants, &TableView::currentRowChanged, this, &ZonesPage::showTenant);
}

QString ZonesPage::caption() const
{
    if (!m_check.check.asOf.isValid())
        return tr("what was promised to each tenant, and where its calls went");
    return tr("%1, checked at %2 UTC, config revision %3")
        .arg(models::plural(m_check.check.tenants.size(), tr("tenant"), tr("tenants")),
            models::clockMinute(m_check.check.asOf))
        .arg(m_check.check.revision);
}

QList<QWidget*> ZonesPage::headerWidgets()
{
    return {m_period, m_again, m_sign};
}

void ZonesPage::activated()
{
    ask();
}

void ZonesPage::open(const QString& argument)
{
    if (argument.startsWith(QLatin1String("tenant=")))
        m_chosen = argument.mid(7);
    for (int row = 0; row < m_check.check.tenants.size(); ++row) {
        if (m_check.check.tenants[row].tenant == m_chosen)
            m_tenants->selectRow(row);
    }
}

// Three questions, one picture: the rows are drawn when all have answered, so that no verdict stands there for a moment
// without the other.
void ZonesPage::ask()
{
    if (m_waiting > 0)
        return;
    m_again->setEnabled(false);
    if (!m_answered)
        m_overlay->showLoading();
    m_waiting = 3;
    const QDateTime since = m_session.now().addDays(-kPeriods[std::size_t(m_period->current())].days);
    PrivacyClient(m_session.client()).check({since, {}, {}}).then(this, [this](Result<StandingCheck> answer) {
        m_checkAnswer = answer;
        conclude();
    });
    askProof();
    askAudits();
}

// What an engine does not offer, or did not answer now, is not known: never what was known before.
void ZonesPage::askProof()
{
    PrivacyClient(m_session.client()).proof().then(this, [this](Result<ZoneProof> answer) {
        m_proof = answer ? std::optional(*answer) : std::nullopt;
        conclude();
    });
}

void ZonesPage::askAudits()
{
    PrivacyClient(m_session.client()).audits().then(this, [this](Result<QVector<ZoneAudit>> answer) {
        m_audits = answer ? std::optional(*answer) : std::nullopt;
        conclude();
    });
}

void ZonesPage::conclude()
{
    if (--m_waiting > 0)
        return;
    m_answered = true;
    m_again->setEnabled(true);
    take(*m_checkAnswer);
    showPermissions();
}

const TenantProof* ZonesPage::proofOf(const QString& tenant) const
{
    if (!m_proof)
        return nullptr;
    const auto one = std::find_if(m_proof->tenants.begin(), m_proof->tenants.end(),
        [&tenant](const TenantProof& proof) { return proof.tenant == tenant; });
    return one == m_proof->tenants.end() ? nullptr : &*one;
}

// A quarter that still runs is not signed before its end is near.
const ZoneAudit* ZonesPage::waitingAudit() const
{
    if (!m_audits)
        return nullptr;
    const auto one = std::find_if(m_audits->rbegin(), m_audits->rend(), [](const ZoneAudit& audit) {
        return audit.state == QLatin1String("due") || audit.state == QLatin1String("overdue");
    });
    return one == m_audits->rend() ? nullptr : &*one;
}

void ZonesPage::showPermissions()
{
    m_sign->setVisible(waitingAudit() && m_session.mayAct(Action::SignZoneAudit));
}

void ZonesPage::take(const Result<StandingCheck>& answer)
{
    if (!answer)
        return fail(answer.error());
    StandingCheck check = *answer;
    std::stable_sort(check.check.tenants.begin(), check.check.tenants.end(),
        [this](const TenantZoneCheck& a, const TenantZoneCheck& b) {
            const auto rank = [this](const TenantZoneCheck& one) {
                const TenantProof* proof = proofOf(one.tenant);
                return rankOf(one.verdict, proof ? proof->verdict : QString());
            };
            return rank(a) < rank(b);
        });
    if (check.check.tenants.isEmpty()) {
        m_content->setVisible(false);
        m_statePanel->setVisible(true);
        m_overlay->show(StateOverlay::State::Zero, tr("No tenant"),
            tr("The config names no tenant and no call of one was recorded in this time, so there is nothing to "
               "check."),
            tr("Check again"));
        return;
    }
    m_overlay->clear();
    m_content->setVisible(true);
    m_statePanel->setVisible(false);
    const QString chosen = m_chosen;
    m_check = {}; // rows that go must not be taken for chosen ones
    m_tenants->clearRows();
    m_check = check;
    m_chosen = chosen;
    fill();
    Q_EMIT captionChanged();
}

void ZonesPage::fill()
{
    const QVector<TenantZoneCheck>& tenants = m_check.check.tenants;
    QVector<SummaryCell> cells;
    for (const char* verdict : {"FAIL", "INCOMPLETE", "NO_DATA", "PASS"}) {
        const QString name = QString::fromLatin1(verdict);
        const auto count = std::count_if(
            tenants.begin(), tenants.end(), [&name](const TenantZoneCheck& one) { return one.verdict == name; });
        cells.append({models::wholeNumber(count), verdictWord(name).toLower(),
            count > 0 && name == QLatin1String("FAIL") ? Token::Down : Token::Text1, {}});
    }
    qint64 attempts = 0;
    qint64 outside = 0;
    int selected = 0;
    for (const TenantZoneCheck& one : tenants) {
        if (one.tenant == m_chosen)
            selected = m_tenants->rows();
        m_tenants->addRow(rowOf(one, proofOf(one.tenant), m_audits ? datesOf(*m_audits, one.tenant) : AuditDates()));
        attempts += one.attempts;
        outside += one.outside;
    }
    cells.append({tr("%1 of %2").arg(models::wholeNumber(outside), models::wholeNumber(attempts)),
        tr("attempts outside their zone"), outside > 0 ? Token::Down : Token::Text1, {}});
    if (m_proof) {
        const auto proved = std::count_if(m_proof->tenants.begin(), m_proof->tenants.end(),
            [](const TenantProof& proof) { return proof.verdict == QLatin1String("PROVED"); });
        const bool isBroken = m_proof->verdict == QLatin1String("VIOLATION");
        cells.append({tr("%1 of %2").arg(proved).arg(m_proof->tenants.size()),
            m_proof->canary > 0 ? tr("path proofs hold, r%1 and r%2").arg(m_proof->revision).arg(m_proof->canary)
                                : tr("path proofs hold, r%1").arg(m_proof->revision),
            isBroken ? Token::Down : Token::Text1, {}});
    } else {
        cells.append({models::notApplicable(), tr("no path proof"), Token::Text3, {}});
    }
    m_summary->setCells(cells);
    m_query->setCode(inLines(m_check.check.query), Language::Plain);
    m_tenants->selectRow(selected);
    showTenant(selected);
}

// What was read before stays, under the message; with nothing to show, the page says why.
void ZonesPage::fail(const Error& error)
{
    if (m_content->isVisibleTo(this)) {
        Q_EMIT toastRequested(error.message);
        return;
    }
    if (error.failure == Failure::NotPermitted)
        m_overlay->show(StateOverlay::State::NotPermitted, tr("Zones are not shown"), error.message);
    else if (error.failure == Failure::NotFound)
        m_overlay->show(StateOverlay::State::NotCollected, tr("No zone check"),
            tr("This engine does not offer the zone check; it may be older than this console."));
    else
        m_overlay->show(
            StateOverlay::State::Error, tr("The zones cannot be checked"), error.message, tr("Check again"));
}

void ZonesPage::showTenant(int row)
{
    const QVector<TenantZoneCheck>& tenants = m_check.check.tenants;
    if (row < 0 || row >= tenants.size())
        return;
    const TenantZoneCheck& one = tenants[row];
    m_chosen = one.tenant;
    const TenantProof* proof = proofOf(one.tenant);
    const QString path = proof ? counterexampleWords(*proof) : QString();
    m_pathPanel->setVisible(!path.isEmpty());
    m_pathPanel->setCaption(tr("%1, in the config of now, whether or not a call has taken it").arg(one.tenant));
    m_pathWords->setText(path);

    m_endpointPanel->setTitle(one.tenant);
    m_endpointPanel->setStatus(verdictStatus(one.verdict));
    const auto kept = std::count_if(
        one.endpoints.begin(), one.endpoints.end(), [](const ZoneEndpoint& endpoint) { return !endpoint.eligible; });
    m_endpointPanel->setCaption(one.endpoints.isEmpty()
                                    ? tr("no live credential of it may use an alias")
                                    : tr("%1 of the aliases it may use, %2 kept out by its zone")
                                          .arg(models::plural(one.endpoints.size(), tr("endpoint"), tr("endpoints")))
                                          .arg(kept));
    m_endpoints->clearRows();
    for (const ZoneEndpoint& endpoint : one.endpoints)
        m_endpoints->addRow(rowOf(endpoint));
    QVector<models::Fact> facts{
        {tr("Zero rows"), verdictWord(one.verdict) + QStringLiteral(": ") + one.sentence, false},
        {tr("Proof"),
            proof ? proofWord(proof->verdict) + QStringLiteral(": ") + proof->sentence
                  : tr("not known: this engine did not prove it"),
            false},
    };
    for (const ZoneGap& gap : m_check.gaps)
        facts.append({tr("Gap"), gap.sentence, false});
    facts.append(
        {tr("Period"), tr("%1 to %2 UTC").arg(minuteOf(m_check.check.since), minuteOf(m_check.check.until)), false});
    facts.append({tr("Population"), tr("attempts, not answers: %1").arg(models::wholeNumber(one.attempts)), false});
    if (m_check.scanned > 0)
        facts.append({tr("Coverage"),
            tr("%1 % of the %2 of all tenants").arg(m_check.coveragePercent).arg(models::wholeNumber(m_check.scanned)),
            false});
    facts.append({tr("Unknown"), tr("%1, counted as not passed").arg(models::wholeNumber(one.unknown)), false});
    if (!m_check.chain.isEmpty())
        facts.append({tr("Log chain"), m_check.chain, false});
    if (m_audits) {
        const AuditDates dates = datesOf(*m_audits, one.tenant);
        facts.append({tr("Last audit"),
            dates.lastQuarter.isEmpty() ? tr("never signed off")
            : dates.deviation.isEmpty()
                ? tr("%1, %2 UTC").arg(dates.lastQuarter, minuteOf(dates.lastAt))
                : tr("%1, %2 UTC, although %3").arg(dates.lastQuarter, minuteOf(dates.lastAt), dates.deviation),
            false});
    }
    if (!one.outsideCalls.isEmpty())
        facts.append({tr("Calls outside"), one.outsideCalls.mid(0, 3).join(QStringLiteral("\n")), true});
    m_facts->setFacts(facts);
}

ReasonSheet* ZonesPage::sheet() const
{
    return m_sheet;
}

void ZonesPage::sign()
{
    const ZoneAudit* audit = waitingAudit();
    if (!audit || m_sheet || !m_session.mayAct(Action::SignZoneAudit))
        return;
    const auto deviating =
        std::count_if(m_check.check.tenants.begin(), m_check.check.tenants.end(), [this](const TenantZoneCheck& one) {
            const TenantProof* proof = proofOf(one.tenant);
            return rankOf(one.verdict, proof ? proof->verdict : QString()) < verdictRank(QStringLiteral("PASS"));
        });
    ReasonSheet::Words words;
    words.title = tr("Sign the zone audit of %1").arg(audit->quarter);
    words.caption = audit->sentence;
    words.effect = tr(
        "You say that you looked at %1 as they stand now: contract, zone, proof and zero-rows check of each are kept "
        "with your name, and cannot be changed afterwards.")
                       .arg(models::plural(m_check.check.tenants.size(), tr("tenant"), tr("tenants")));
    words.primary = tr("Sign %1").arg(audit->quarter);
    words.command = QStringLiteral("signalboxctl zone audit sign --quarter %1 --comment '...'").arg(audit->quarter);
    m_sheet = new ReasonSheet(window(), m_session, words);
    auto* comment = new InputField(tr("Comment"));
    comment->setPlaceholderText(tr("what you found; it stands beside your name"));
    m_sheet->addField(tr("Comment"), comment);
    if (deviating > 0)
        m_sheet->addNote(tr("%1 not pass both; that is kept as well.")
                             .arg(models::plural(deviating, tr("tenant does"), tr("tenants do"))));
    connect(comment, &QLineEdit::textChanged, comment, [comment] { comment->setError({}); });
    connect(m_sheet, &ReasonSheet::wished, this, [this, comment, quarter = audit->quarter](const QString& reason) {
        if (comment->text().trimmed().isEmpty()) {
            comment->setError(tr("Say what you looked at."));
            return comment->setFocus(Qt::OtherFocusReason);
        }
        AuditSignature signature;
        signature.quarter = quarter;
        signature.comment = comment->text().trimmed();
        m_sheet->follow(PrivacyClient(m_session.client()).signAudit(signature, reason), [this](const ZoneAudit& done) {
            Q_EMIT toastRequested(tr("%1 is signed.").arg(done.quarter));
            ask();
        });
    });
    m_sheet->begin();
}

} // namespace ui::zones
