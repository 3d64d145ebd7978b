#include "pages/routes/explain_panel.h"

#include "models/format.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/chip.h"
#include "widgets/choice_cells.h"
#include "widgets/input_field.h"
#include "widgets/plain_table.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace ui::routes {
namespace {

using namespace gateway::api;

constexpr std::array kClasses{"", "interactive", "streaming", "background", "batch"};

Cell verdictCell(const QString& verdict)
{
    if (verdict == QLatin1String("chosen"))
        return Cell::state(Status::Ok, verdict);
    if (verdict == QLatin1String("rejected"))
        return Cell::state(Status::Down, verdict);
    return Cell::state(Status::NotApplicable, verdict);
}

Cell scoreCell(const QJsonValue& score)
{
    return score.isDouble() ? Cell::number(QString::number(qRound64(score.toDouble()))) : Cell::notApplicable();
}

QVBoxLayout* column(QHBoxLayout* into, int share)
{
    auto* layout = new QVBoxLayout;
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    into->addLayout(layout, share);
    return layout;
}

} // namespace

ExplainPanel::ExplainPanel(QWidget* parent)
    : Panel(tr("Explain a request"), parent),
      m_text(new QPlainTextEdit),
      m_tenant(new InputField(tr("Tenant"))),
      m_zone(new InputField(tr("Zone, tighter than the tenant's"))),
      m_class(new Segment(tr("Workload class"), Segment::Size::Mini)),
      m_explain(new Button(tr("Explain"), Button::Kind::Primary)),
      m_verdict(new StatusLabel),
      m_sentence(new TextLabel({}, &Type::body)),
      m_candidates(new PlainTable(
          tr("Candidates of the decision"), {{tr("Candidate")}, {tr("Verdict")}, {tr("Score"), true}, {tr("Reason")}})),
      m_chain(new PlainTable(tr("Chain that would follow"),
          {{tr("Kind")}, {tr("Candidate")}, {tr("Worst case"), true, tr("How long the step may take at most")},
              {tr("Reachable")}})),
      m_others(new PlainTable(tr("What would have won"),
          {{tr("Without"), false, tr("The filter that is lifted")}, {tr("Would have won")}, {tr("In words")}}))
{
    setCaption(tr("a decision without a call; nothing is sent to a provider"));
    auto* columns = new QHBoxLayout;
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    columns->addWidget(makeQuestion(), 3);
    columns->addWidget(new Hairline(Qt::Vertical));
    columns->addWidget(makeAnswer(), 9);
    body()->addLayout(columns, 1);
    setKeepsCorners(true);
    connect(m_explain, &QAbstractButton::clicked, this, &ExplainPanel::wish);
}

void ExplainPanel::setNotPermitted(const QString& why)
{
    m_explain->setVisible(why.isEmpty());
    m_text->setReadOnly(!why.isEmpty());
    if (!why.isEmpty())
        m_sentence->setText(why);
}

QWidget* ExplainPanel::makeQuestion()
{
    auto* box = new QWidget;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(Metrics::panelPadding, 8, Metrics::panelPadding, 8);
    layout->setSpacing(8);
    m_text->setAccessibleName(tr("Request as JSON"));
    m_text->setPlaceholderText(
        tr("Paste a request as JSON. Its model is the alias. Left empty, a small request for the "
           "alias above is taken."));
    m_text->setFont(type().code);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setMinimumHeight(metrics().px(60));
    m_text->setTabChangesFocus(true);
    layout->addWidget(m_text, 1);
    auto* fields = new QHBoxLayout;
    fields->setSpacing(8);
    m_tenant->setPlaceholderText(tr("tenant"));
    m_zone->setPlaceholderText(tr("zone"));
    fields->addWidget(m_tenant, 1);
    fields->addWidget(m_zone, 1);
    layout->addLayout(fields);
    m_class->addChoice(tr("Default"));
    for (std::size_t i = 1; i < kClasses.size(); ++i)
        m_class->addChoice(QString::fromLatin1(kClasses[i]));
    m_class->setCurrent(0);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_class);
    row->addStretch(1);
    layout->addLayout(row);
    auto* last = new QHBoxLayout;
    last->addStretch(1);
    last->addWidget(m_explain);
    layout->addLayout(last);
    return box;
}

QWidget* ExplainPanel::makeAnswer()
{
    auto* box = new QWidget;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(Metrics::panelPadding, 8, Metrics::panelPadding, 8);
    head->setSpacing(10);
    head->addWidget(m_verdict);
    m_sentence->setWrapped(true);
    m_sentence->setText(tr("Ask, and the decision stands here."));
    m_sentence->setInk(Token::Text3);
    head->addWidget(m_sentence, 1);
    m_verdict->hide();
    layout->addLayout(head);
    layout->addWidget(new Hairline);
    m_candidates->setWidths({{200, 2}, {92, 0}, {60, 0}, {160, 3}});
    layout->addWidget(m_candidates, 4);
    layout->addWidget(new Hairline);
    auto* lower = new QHBoxLayout;
    lower->setContentsMargins(0, 0, 0, 0);
    lower->setSpacing(0);
    m_chain->setWidths({{108, 0}, {150, 3}, {78, 0}, {84, 2}});
    m_others->setWidths({{78, 0}, {150, 3}, {100, 2}});
    column(lower, 6)->addWidget(m_chain);
    lower->addWidget(new Hairline(Qt::Vertical));
    column(lower, 5)->addWidget(m_others);
    layout->addLayout(lower, 4);
    return box;
}

void ExplainPanel::setAlias(const QString& alias)
{
    m_alias = alias;
}

void ExplainPanel::wish()
{
    RouteQuestion question;
    question.alias = m_alias;
    const QString text = m_text->toPlainText().trimmed();
    if (!text.isEmpty()) {
        const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8());
        if (!document.isObject()) {
            showProblem(tr("The request is not a JSON object."));
            return;
        }
        if (const QString model = document.object().value(QLatin1String("model")).toString(); !model.isEmpty())
            question.alias = model;
        question.body = text;
    }
    question.tenant = m_tenant->text().trimmed();
    question.zone = m_zone->text().trimmed();
    question.workloadClass = QString::fromLatin1(kClasses[std::size_t(m_class->current())]);
    Q_EMIT wished(question);
}

void ExplainPanel::showExplanation(const RouteExplanation& explanation)
{
    m_words = explanation.isRefused() ? tr("Refused, %1").arg(explanation.refusalCode) : tr("Served");
    m_verdict->set(explanation.isRefused() ? Status::Down : Status::Ok, m_words);
    m_verdict->show();
    m_sentence->setInk(Token::Text1);
    m_sentence->setText(explanation.estimate
                            ? tr("%1 It would cost at most %2.")
                                  .arg(explanation.sentence, models::dollarsAndCents(*explanation.estimate))
                            : explanation.sentence);
    m_candidates->clearRows();
    for (const QJsonValue& value : explanation.decision.value(QLatin1String("candidates")).toArray()) {
        const QJsonObject row = value.toObject();
        const auto text = [&row](const char* name) { return row.value(QLatin1String(name)).toString(); };
        m_candidates->addRow({Cell::mono(
                                  QStringLiteral("%1/%2@%3").arg(text("provider"), text("model"), text("region"))),
            verdictCell(text("verdict")), scoreCell(row.value(QLatin1String("score"))), Cell::plain(text("reason"))});
    }
    m_chain->clearRows();
    for (const ChainStep& step : explanation.chain) {
        Cell reach = step.reachable ? Cell::plain(step.reason.isEmpty() ? tr("yes") : tr("yes, %1").arg(step.reason))
                                    : Cell::plain(tr("no, %1").arg(step.reason), Token::Degraded);
        m_chain->addRow({Cell::plain(step.kind),
            step.candidate.isEmpty() ? Cell::plain(models::notApplicable(), Token::Text3) : Cell::mono(step.candidate),
            step.worstCaseMs ? Cell::number(models::durationFromUs(*step.worstCaseMs * 1000)) : Cell::notApplicable(),
            reach});
    }
    m_others->clearRows();
    for (const Counterfactual& other : explanation.counterfactuals)
        m_others->addRow({Cell::plain(other.filter),
            other.winner.isEmpty() ? Cell::plain(tr("nobody"), Token::Text3) : Cell::mono(other.winner),
            Cell::plain(other.sentence, Token::Text2)});
}

void ExplainPanel::showProblem(const QString& problem)
{
    m_words = tr("No answer");
    m_verdict->set(Status::CannotSay, m_words);
    m_verdict->show();
    m_sentence->setInk(Token::Text1);
    m_sentence->setText(problem);
    for (PlainTable* table : {m_candidates, m_chain, m_others})
        table->clearRows();
}

} // namespace ui::routes
