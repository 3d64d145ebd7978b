#include "pages/budgets/raise_panel.h"

#include "models/budget_table_model.h"
#include "models/format.h"
#include "pages/common/change_form.h"
#include "pages/common/facts_view.h"
#include "pages/common/panel_section.h"
#include "pages/common/plain_scroll.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/input_field.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui::budgets {
namespace {

using namespace gateway::api;
using models::Fact;

constexpr qint64 kHour = 3600;

QVector<Fact> factsOf(const BudgetStatus& budget, const QDateTime& now)
{
    QVector<Fact> facts;
    const auto add = [&facts](const char* label, const QString& value) {
        facts.append({QString::fromLatin1(label), value, false});
    };
    add("Left", models::dollarsAndCents(budget.left()));
    if (budget.raisedTo)
        add("Raised",
            QStringLiteral("from %1 until %2 UTC")
                .arg(models::dollarsAndCents(budget.configuredLimit),
                    budget.raiseEnds.value_or(budget.windowEnd).toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm"))));
    add("Resets", QStringLiteral("%1 UTC, in %2")
                      .arg(budget.windowEnd.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm")),
                          models::timeLeft(budget.windowEnd, now)));
    const bool isStopped = budget.atLimit == QLatin1String("refuse") && budget.settled >= budget.limit;
    add("Forecast", isStopped         ? QStringLiteral("stays where it is until it resets")
                    : budget.forecast ? models::dollarsAndCents(*budget.forecast)
                                      : QStringLiteral("not before 5 % of the window has passed"));
    add("Estimate", budget.estimate == QLatin1String("learned") ? QStringLiteral("what calls like it have cost")
                                                                : QStringLiteral("upper bound of each call"));
    add("Calls", QStringLiteral("%1 settled, %2 open, %3 refused")
                     .arg(models::wholeNumber(budget.calls), models::wholeNumber(budget.openReservations),
                         models::wholeNumber(budget.refusals)));
    if (budget.overruns > 0)
        add("Overruns",
            models::plural(budget.overruns, QStringLiteral("attempt cost"), QStringLiteral("attempts cost")) +
                QStringLiteral(" more than reserved"));
    return facts;
}

} // namespace

QString refusalWords(const BudgetStatus& budget)
{
    const QString scope = describe(budget.scope) + QStringLiteral(", ") + budget.period;
    if (budget.atLimit == QLatin1String("warn"))
        return QStringLiteral("It refuses nothing: past its limit calls go on and are counted.");
    const QString begin = budget.atLimit == QLatin1String("degrade")
                              ? QStringLiteral("A call that no degraded step can serve gets 429 `budget_hard`: ")
                              : QStringLiteral("A call that does not fit gets 429 `budget_hard`: ");
    return begin + QStringLiteral("scope %1; limit %2; used %3; reserved %4; the call's own estimate with its formula; "
                                  "the largest max_output_tokens that would fit; reset_at %5. It says not to retry.")
                       .arg(scope, models::dollarsAndCents(budget.limit), models::dollarsAndCents(budget.settled),
                           models::dollarsAndCents(budget.reserved), budget.windowEnd.toUTC().toString(Qt::ISODate));
}

RaisePanel::RaisePanel(std::function<QDateTime()> now, bool mayRaise, QWidget* parent)
    : Panel(QStringLiteral(" "), parent),
      m_now(now),
      m_facts(new FactsView(tr("The budget in numbers"), 62)),
      m_refusal(new TextLabel({}, &Type::ui, Token::Text2)),
      m_actions(new QWidget),
      m_amount(new InputField(tr("New limit in USD"))),
      m_form(new ChangeForm({{tr("Window"), 0}, {tr("1 h"), kHour}, {tr("24 h"), 24 * kHour}, {tr("7 d"), 168 * kHour}},
          std::move(now), tr("when the window ends"))),
      m_raise(new Button(tr("Set limit"), Button::Kind::Primary)),
      m_end(new Button(tr("End raise"), Button::Kind::Secondary, QStringLiteral("undo"))),
      m_problem(new TextLabel({}, &Type::ui, Token::Down))
{
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* top = new QVBoxLayout;
    top->setContentsMargins(Metrics::panelPadding, 8, Metrics::panelPadding, 8);
    top->addWidget(m_facts);
    layout->addLayout(top);
    QVBoxLayout* refusal = addPanelSection(layout, tr("What a refusal says"), {});
    m_refusal->setWrapped(true);
    refusal->addWidget(m_refusal);

    auto* actions = new QVBoxLayout(m_actions);
    actions->setContentsMargins(0, 0, 0, 0);
    actions->setSpacing(0);
    QVBoxLayout* raise = addPanelSection(actions, tr("Another limit for a time"), tr("audited"), false);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(new TextLabel(tr("Limit $"), &Type::ui, Token::Text3));
    row->addWidget(m_amount, 1);
    row->addWidget(m_raise);
    row->addWidget(m_end);
    raise->addLayout(row);
    raise->addWidget(m_form);
    m_problem->setWrapped(true);
    m_problem->hide();
    raise->addWidget(m_problem);
    layout->addStretch(1);
    actions->addStretch(1);
    auto* columns = new QHBoxLayout;
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    columns->addWidget(new PlainScroll(content, tr("The budget")), 10);
    if (mayRaise) {
        columns->addWidget(new Hairline(Qt::Vertical));
        columns->addWidget(m_actions, 9);
    } else {
        m_actions->setParent(this);
        m_actions->hide();
    }
    body()->addLayout(columns, 1);
    setKeepsCorners(true);

    connect(m_raise, &QAbstractButton::clicked, this, &RaisePanel::wish);
    connect(m_end, &QAbstractButton::clicked, this, [this] {
        if (m_form->check())
            Q_EMIT wished(m_budget.id, {{}, {}, true}, m_form->reason());
    });
    connect(m_amount, &QLineEdit::textChanged, this, [this] { m_amount->setError({}); });
}

void RaisePanel::setBudget(const BudgetStatus& budget)
{
    if (budget.id != m_budget.id) {
        showApplied();
        showProblem({});
    }
    m_budget = budget;
    setTitle(describe(budget.scope));
    setCaption(budget.period);
    setStatus(models::stateOf(budget).status);
    m_facts->setFacts(factsOf(budget, m_now()));
    m_refusal->setText(refusalWords(budget));
    m_amount->setPlaceholderText(budget.limit.toDecimal());
    m_end->setVisible(budget.raisedTo.has_value());
}

void RaisePanel::showProblem(const QString& problem)
{
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
}

void RaisePanel::showApplied()
{
    m_amount->clear();
    m_form->setReason({});
    showProblem({});
}

void RaisePanel::wish()
{
    const std::optional<Money> limit = Money::fromDecimal(m_amount->text().trimmed());
    const bool isAmount = limit && limit->nano() > 0;
    m_amount->setError(isAmount ? QString() : tr("An amount in USD, as 600 or 0.5."));
    if (!m_form->check() || !isAmount)
        return;
    BudgetRaise raise;
    raise.limit = limit;
    if (m_form->seconds() > 0)
        raise.until = m_now().addSecs(m_form->seconds());
    Q_EMIT wished(m_budget.id, raise, m_form->reason());
}

} // namespace ui::budgets
