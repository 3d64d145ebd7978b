#include "pages/audit/chain_panel.h"

#include "models/format.h"
#include "pages/audit/audit_rows.h"
#include "pages/common/facts_view.h"
#include "pages/common/verdicts.h"
#include "theme/theme.h"
#include "widgets/chip.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/summary_strip.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace ui::audit {
namespace {

using namespace gateway::api;

constexpr int kShape = 24;
constexpr int kFindingRows = 4; // the others scroll

struct AnchorState
{
    const char* name;
    const char* word;
    Token ink;
};

constexpr std::array kAnchorStates{
    AnchorState{"ok", QT_TRANSLATE_NOOP("ui::audit::ChainPanel", "written"), Token::Text1},
    AnchorState{"behind", QT_TRANSLATE_NOOP("ui::audit::ChainPanel", "behind"), Token::Degraded},
    AnchorState{"failing", QT_TRANSLATE_NOOP("ui::audit::ChainPanel", "failing"), Token::Down},
};

AnchorState anchorOf(const ChainStanding& standing)
{
    for (const AnchorState& one : kAnchorStates) {
        if (standing.anchorState == QLatin1String(one.name))
            return one;
    }
    return {"", QT_TRANSLATE_NOOP("ui::audit::ChainPanel", "not known"), Token::Text3};
}

QString momentOf(const QDateTime& at, const QDateTime& now)
{
    return ChainPanel::tr("%1 UTC, %2").arg(at.toUTC().toString(QStringLiteral("d MMM HH:mm")), models::age(at, now));
}

// The first and the last digits, as people compare them.
QString shortHash(const QString& hash)
{
    return hash.size() > 24 ? hash.left(16) + QStringLiteral(" \u2026 ") + hash.right(8) : hash;
}

} // namespace

ChainPanel::ChainPanel(QWidget* parent)
    : Panel(tr("Tamper-evident log"), parent),
      m_strip(new SummaryStrip),
      m_verdict(new StatusLabel),
      m_sentence(new TextLabel({}, &Type::body, Token::Text2)),
      m_facts(new FactsView(tr("Tamper-evident log"), 104, 2)),
      m_found(new QWidget),
      m_foundWords(new TextLabel({}, &Type::uiStrong, Token::Down)),
      m_findings(new PlainTable(
          tr("Findings"), {{tr("What")}, {tr("Where")}, {tr("Entry"), true, tr("Of the log")}, {tr("In words")}})),
      m_overlay(new StateOverlay(this))
{
    setCaption(tr("calls, revisions and what administration did: each with an entry that is chained and signed"));
    m_verdict->setShapeSize(kShape);
    m_verdict->setFontRole(&Type::verdict);
    m_sentence->setWrapped(true);
    m_findings->setWidths({{116, 0}, {150, 0}, {96, 0}, {300, 1}});

    body()->addWidget(m_strip);
    body()->addWidget(new Hairline);
    auto* said = new QVBoxLayout;
    said->setContentsMargins(Metrics::panelPadding, 12, Metrics::panelPadding, 12);
    said->setSpacing(10);
    auto* row = new QHBoxLayout;
    row->setSpacing(14);
    row->addWidget(m_verdict, 0, Qt::AlignTop);
    row->addWidget(m_sentence, 1, Qt::AlignVCenter);
    said->addLayout(row);
    said->addWidget(m_facts);
    body()->addLayout(said);
    auto* found = new QVBoxLayout(m_found);
    found->setContentsMargins(0, 0, 0, 0);
    found->setSpacing(0);
    found->addWidget(new Hairline);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(Metrics::panelPadding, 8, Metrics::panelPadding, 8);
    head->addWidget(m_foundWords);
    found->addLayout(head);
    found->addWidget(m_findings);
    m_found->hide();
    body()->addWidget(m_found);
    setKeepsCorners(true);
    setVerdict(Status::Unknown, tr("Not verified"));
}

void ChainPanel::setVerdict(Status status, const QString& word)
{
    m_words = word;
    m_verdict->set(status, word);
    m_verdict->setInk(status == Status::Ok ? Token::Ok : statusToken(status));
}

void ChainPanel::showVerifying()
{
    setVerdict(Status::NotReached, tr("Looking"));
    m_sentence->setText(tr("The whole log is looked through; a million calls take seconds."));
}

void ChainPanel::setStanding(const Result<ChainStanding>& answer, const QDateTime& now)
{
    if (!answer) {
        m_found->hide();
        m_strip->setCells({});
        m_facts->setFacts({});
        if (answer.error().failure == Failure::NotFound)
            m_overlay->show(StateOverlay::State::NotCollected, tr("No tamper-evident log"),
                tr("This engine keeps none; it may be older than this console, or its data directory is not there."));
        else if (answer.error().failure == Failure::NotPermitted)
            m_overlay->show(StateOverlay::State::NotPermitted, tr("The log is not shown"), answer.error().message);
        else
            m_overlay->show(StateOverlay::State::Error, tr("The log cannot be read"), answer.error().message);
        return;
    }
    m_overlay->clear();
    const ChainStanding& log = *answer;
    const AnchorState anchor = anchorOf(log);
    const qint64 signedSize = log.head ? log.head->size : 0;
    m_strip->setCells({
        {models::wholeNumber(log.size), tr("entries in the log"), Token::Text1, {}},
        {log.head ? models::age(log.head->at, now) : tr("none yet"), tr("last signed head"),
            log.head ? Token::Text1 : Token::Text2, {}},
        {models::wholeNumber(std::max<qint64>(0, log.size - signedSize)), tr("entries not signed yet"), Token::Text1,
            {}},
        {models::wholeNumber(log.unsealed), tr("older rows without an entry"),
            log.unsealed > 0 ? Token::Degraded : Token::Text1, {}},
        {tr(anchor.word), log.anchorIsOutside ? tr("anchor, outside the data") : tr("anchor, beside the data"),
            anchor.ink, {}},
    });

    QVector<models::Fact> facts;
    if (log.head)
        facts.append({tr("Signed head"),
            tr("%1 over %2 entries, %3")
                .arg(models::wholeNumber(log.head->number), models::wholeNumber(log.head->size),
                    momentOf(log.head->at, now)),
            false});
    if (log.head)
        facts.append({tr("Its root"), shortHash(log.head->root), true});
    facts.append(
        {tr("Signing key"), log.key.isEmpty() ? tr("none: no head can be signed") : log.key, !log.key.isEmpty()});
    facts.append({tr("Anchor"), log.anchor.isEmpty() ? tr("none") : log.anchor, !log.anchor.isEmpty()});
    if (!log.anchorDetail.isEmpty())
        facts.append({tr("Anchor fails"), log.anchorDetail, false});

    if (log.last) {
        const ChainVerification& last = *log.last;
        setVerdict(verdictStatus(last.verdict), verdictWord(last.verdict));
        m_sentence->setText(last.sentence);
        facts.append({tr("Verified"), momentOf(last.endedAt, now), false});
        facts.append({tr("Looked at"),
            tr("%1 entries, %2 rows, %3 heads (%4 in the anchor)")
                .arg(models::wholeNumber(last.entries), models::wholeNumber(last.rows), models::wholeNumber(last.heads),
                    models::wholeNumber(last.anchored)),
            false});
        if (last.purged > 0)
            facts.append({tr("Removed"),
                tr("%1, each named by an entry")
                    .arg(models::plural(last.purged, tr("call by retention"), tr("calls by retention"))),
                false});
        if (!last.keyIsGiven)
            facts.append(
                {tr("Checked with"), tr("the key the log begins with; compare its fingerprint with your note"), false});
        showFindings(last);
    } else {
        setVerdict(Status::Unknown, tr("Not verified"));
        m_sentence->setText(
            tr("Nobody has looked the log through since this engine started, so nothing is said about it."));
        m_found->hide();
    }
    if (log.isVerifying)
        showVerifying();
    m_facts->setFacts(facts);
}

void ChainPanel::showFindings(const ChainVerification& verification)
{
    const qint64 count = std::max<qint64>(verification.findingCount, verification.findings.size());
    m_found->setVisible(count > 0);
    m_findings->clearRows();
    for (const ChainFinding& finding : verification.findings)
        m_findings->addRow(rowOf(finding));
    m_findings->setFixedHeight(m_findings->heightForRows(std::clamp(m_findings->rows(), 1, kFindingRows)));
    const QString words =
        models::plural(count, tr("thing is not as the log says"), tr("things are not as the log says"));
    m_foundWords->setText(count > verification.findings.size()
                              ? tr("%1; the first %2 are here").arg(words).arg(verification.findings.size())
                              : words);
}

} // namespace ui::audit
