#include "pages/providers/lever_sheet.h"

#include "models/format.h"
#include "models/states.h"
#include "pages/common/change_form.h"
#include "pages/common/facts_view.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/choice_cells.h"
#include "widgets/input_field.h"
#include "widgets/panel.h"
#include "widgets/plain_table.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui::providers {
namespace {

using namespace gateway::api;

constexpr std::array kPercents{1, 10, 50, 100};
constexpr std::array kStates{"open", "closed", "half-open"};

QString titleOf(LeverKind kind, const QString& provider)
{
    switch (kind) {
    case LeverKind::Breaker:
        return QStringLiteral("Force a breaker of %1").arg(provider);
    case LeverKind::Drill:
        return QStringLiteral("Drill: %1 fails").arg(provider);
    default:
        return QStringLiteral("Drain %1").arg(provider);
    }
}

QString captionOf(LeverKind kind)
{
    switch (kind) {
    case LeverKind::Breaker:
        return QStringLiteral("stands whatever is measured, until it ends");
    case LeverKind::Drill:
        return QStringLiteral("a share of its calls is treated as failed; ends by itself, with a card");
    default:
        return QStringLiteral("it gets no calls; afterwards it comes back with 1, 10 and 100 %");
    }
}

QString rate(const std::optional<double>& perMinute)
{
    if (!perMinute)
        return QStringLiteral("not known");
    return *perMinute < 10 ? QString::number(*perMinute, 'f', 1) : models::wholeNumber(qRound64(*perMinute));
}

QString signedDollars(const std::optional<Money>& delta)
{
    if (!delta)
        return QStringLiteral("not known");
    return (delta->nano() > 0 ? QStringLiteral("+") : QString()) + models::dollarsAndCents(*delta) +
           QStringLiteral(" an hour");
}

void addLabelled(QHBoxLayout* row, const QString& label, QWidget* widget)
{
    row->addWidget(new TextLabel(label, &Type::ui, Token::Text3));
    row->addWidget(widget);
    row->addSpacing(10);
}

} // namespace

LeverSheet::LeverSheet(QWidget* window, Session& session, LeverKind kind, const ProviderStatus& provider)
    : Sheet(window, titleOf(kind, provider.name), 980),
      m_session(session),
      m_kind(kind),
      m_provider(provider),
      m_facts(new FactsView(tr("What it moves"), 96)),
      m_targets(new PlainTable(
          tr("Where the calls go"), {{tr("Alias")}, {tr("Goes to")}, {tr("Per min"), true}, {tr("Why")}})),
      m_stranded(new TextLabel({}, &Type::ui, Token::Degraded)),
      m_problem(new TextLabel({}, &Type::ui, Token::Down)),
      m_command(new TextLabel({}, &Type::mono, Token::Text2)),
      m_form(new ChangeForm({{tr("15 min"), 900}, {tr("30 min"), 1800}, {tr("1 h"), 3600}, {tr("2 h"), 7200}},
          [&session] { return session.now(); }, {})),
      m_cancel(new Button(tr("Cancel"))),
      m_apply(new Button(verb(), kind == LeverKind::Drill ? Button::Kind::Secondary : Button::Kind::Primary))
{
    panel()->setCaption(captionOf(kind));
    panel()->setStatus(models::statusOf(provider.health));
    m_form->setSpan(kind == LeverKind::Drill ? 0 : 1);
    if (QWidget* choices = makeChoices()) {
        content()->addWidget(choices);
        content()->addWidget(new Hairline);
    }
    content()->addWidget(makePreview(), 1);
    content()->addWidget(new Hairline);
    content()->addWidget(makeRecord());

    m_cancel->setKeycap(QStringLiteral("Esc"));
    m_apply->setKeycap(QStringLiteral("Ctrl \u21b5"));
    foot()->addWidget(m_command, 1);
    foot()->addWidget(new TextLabel(tr("Undo for 10 s after applying"), &Type::ui, Token::Text3));
    foot()->addWidget(m_cancel);
    foot()->addWidget(m_apply);
    connect(m_cancel, &QAbstractButton::clicked, this, &Sheet::dismiss);
    connect(m_apply, &QAbstractButton::clicked, this, &LeverSheet::apply);
    connect(this, &Sheet::accepted, this, &LeverSheet::apply);
    connect(m_form, &ChangeForm::changed, this, [this] { m_command->setText(command()); });
    connect(&m_session, &Session::freshnessChanged, this, &LeverSheet::showBlocked);
    showBlocked();
}

QString LeverSheet::verb() const
{
    switch (m_kind) {
    case LeverKind::Breaker:
        return tr("Force breaker");
    case LeverKind::Drill:
        return tr("Start drill");
    default:
        return tr("Drain %1").arg(m_provider.name);
    }
}

QWidget* LeverSheet::makeChoices()
{
    if (m_kind != LeverKind::Breaker && m_kind != LeverKind::Drill)
        return nullptr;
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(Metrics::panelPadding, 8, Metrics::panelPadding, 8);
    row->setSpacing(8);
    const auto begin = [this](Segment* segment) {
        segment->setCurrent(0);
        connect(segment, &Segment::chosen, this, &LeverSheet::ask);
        return segment;
    };
    if (m_kind == LeverKind::Breaker) {
        m_candidates = new Segment(tr("Candidate"));
        for (const BreakerStatus& breaker : m_provider.breakers)
            m_candidates->addChoice(breaker.candidate.section(QLatin1Char('/'), 1), breaker.candidate);
        addLabelled(row, tr("Candidate"), begin(m_candidates));
        m_states = new Segment(tr("Force it"));
        for (const char* state : kStates)
            m_states->addChoice(QString::fromLatin1(state));
        addLabelled(row, tr("Force it"), begin(m_states));
    } else {
        m_aliases = new Segment(tr("Calls of"));
        m_aliases->addChoice(tr("all aliases"));
        for (const QString& alias : m_provider.aliases.mid(0, 4))
            m_aliases->addChoice(alias);
        addLabelled(row, tr("Calls of"), begin(m_aliases));
        m_percents = new Segment(tr("Share"));
        for (const int percent : kPercents)
            m_percents->addChoice(QStringLiteral("%1 %").arg(percent));
        addLabelled(row, tr("Share"), begin(m_percents));
        m_percents->setCurrent(1);
    }
    row->addStretch(1);
    return box;
}

QWidget* LeverSheet::makePreview()
{
    auto* box = new QWidget;
    auto* columns = new QHBoxLayout(box);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    auto* left = new QVBoxLayout;
    left->setContentsMargins(Metrics::panelPadding, 10, Metrics::panelPadding, 10);
    left->setSpacing(8);
    left->addWidget(new TextLabel(tr("Preview"), &Type::uiStrong));
    left->addWidget(m_facts);
    m_stranded->setWrapped(true);
    left->addWidget(m_stranded);
    left->addStretch(1);
    columns->addLayout(left, 5);
    columns->addWidget(new Hairline(Qt::Vertical));
    m_targets->setWidths({{120, 1}, {170, 2}, {62, 0}, {120, 2}});
    m_targets->setFixedHeight(m_targets->heightForRows(6));
    columns->addWidget(m_targets, 9);
    return box;
}

QWidget* LeverSheet::makeRecord()
{
    auto* box = new QWidget;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(Metrics::panelPadding, 10, Metrics::panelPadding, 10);
    layout->setSpacing(6);
    layout->addWidget(m_form);
    m_problem->setWrapped(true);
    m_problem->hide();
    layout->addWidget(m_problem);
    return box;
}

void LeverSheet::begin()
{
    if (m_kind == LeverKind::Drain && m_provider.health != Health::Ok && !m_provider.why.isEmpty())
        m_form->setReason(m_provider.why);
    open(m_cancel);
    ask();
}

LeverRequest LeverSheet::request() const
{
    LeverRequest wanted;
    wanted.kind = m_kind;
    if (m_kind == LeverKind::Breaker) {
        wanted.candidate = m_provider.breakers.value(m_candidates->current()).candidate;
        wanted.breaker = QString::fromLatin1(kStates[std::size_t(m_states->current())]);
    } else {
        wanted.provider = m_provider.name;
    }
    if (m_kind == LeverKind::Drill) {
        wanted.percent = kPercents[std::size_t(m_percents->current())];
        if (m_aliases->current() > 0)
            wanted.alias = m_aliases->choiceText(m_aliases->current());
    }
    wanted.durationSeconds = m_form->seconds();
    return wanted;
}

QString LeverSheet::command() const
{
    const LeverRequest wanted = request();
    const QString ends = QStringLiteral(" --expires %1m").arg(m_form->seconds() / 60);
    QString line;
    switch (m_kind) {
    case LeverKind::Breaker:
        line = QStringLiteral("provider breaker %1 --state %2").arg(m_provider.name, wanted.breaker);
        if (m_provider.breakers.size() > 1)
            line += QStringLiteral(" --candidate ") + wanted.candidate;
        break;
    case LeverKind::Drill:
        line = QStringLiteral("drill run %1 --percent %2").arg(wanted.provider).arg(*wanted.percent);
        if (!wanted.alias.isEmpty())
            line += QStringLiteral(" --alias ") + wanted.alias;
        break;
    default:
        line = QStringLiteral("provider drain ") + wanted.provider;
        break;
    }
    return QStringLiteral("signalboxctl ") + line + ends;
}

void LeverSheet::ask()
{
    m_command->setText(command());
    ++m_asking;
    m_session.client().previewLever(request()).then(
        this, [this, question = ++m_question](Result<LeverPreview> preview) {
            --m_asking;
            if (question != m_question)
                return; // another choice was made meanwhile
            if (preview) {
                showPreview(*preview);
                return;
            }
            m_targets->clearRows();
            m_facts->setFacts({{tr("Preview"), tr("not known: %1").arg(preview.error().message), false}});
            m_stranded->setText({});
        });
}

void LeverSheet::showPreview(const LeverPreview& preview)
{
    QVector<models::Fact> facts{
        {tr("Moves"),
            preview.requestsPerMinute ? tr("%1 calls a minute").arg(rate(preview.requestsPerMinute)) : tr("not known"),
            false},
        {tr("Stays"),
            preview.requestsStaying.value_or(0) > 0
                ? tr("%1 a minute%2")
                      .arg(rate(preview.requestsStaying),
                          preview.staysAt.isEmpty() ? tr(", refused") : tr(" at %1").arg(preview.staysAt))
                : tr("nothing"),
            false},
        {tr("Cost"), signedDollars(preview.costPerHourDelta), false},
        {tr("Computed"), tr("%1 UTC").arg(preview.asOf.toUTC().toString(QStringLiteral("HH:mm:ss"))), false}};
    m_facts->setFacts(facts);
    QStringList stranded;
    for (const StrandedTenant& tenant : preview.withoutTarget)
        stranded.append(tr("**%1** (zone %2) has no legal target: %3").arg(tenant.tenant, tenant.zone, tenant.reason));
    m_stranded->setText(stranded.join(QLatin1Char('\n')));
    m_stranded->setVisible(!stranded.isEmpty());
    m_targets->clearRows();
    for (const LeverTarget& target : preview.targets) {
        const QString where = target.target.isEmpty() ? target.verdict : target.target;
        const Token ink = target.target.isEmpty() ? Token::Down : Token::Text1;
        const QString perMinute = rate(target.requestsPerMinute);
        m_targets->addRow({Cell::plain(target.alias), Cell::mono(where, ink), Cell::number(perMinute),
            Cell::plain(target.reason, Token::Text2)});
    }
}

QString LeverSheet::strandedWords() const
{
    return m_stranded->text();
}

// The sheet stays open while the data is too old: it becomes usable by itself when the engine answers again.
void LeverSheet::showBlocked()
{
    const QString why = m_session.blocked();
    if (why == m_blocked)
        return;
    if (!why.isEmpty() || m_problem->text() == m_blocked) {
        m_problem->setText(why);
        m_problem->setVisible(!why.isEmpty());
    }
    m_blocked = why;
    m_apply->setEnabled(why.isEmpty() && !m_applying);
    if (why.isEmpty())
        ask(); // what the preview said was said of another moment
}

void LeverSheet::apply()
{
    if (!m_form->check() || !m_apply->isEnabled())
        return;
    m_applying = true;
    m_apply->setEnabled(false);
    ++m_asking;
    const LeverRequest wanted = request();
    const auto& client = m_session.client();
    const auto answer = m_kind == LeverKind::Drill ? client.startDrill(wanted, m_form->reason())
                                                   : client.applyLever(wanted, m_form->reason());
    QFuture<Result<LeverStatus>>(answer).then(this, [this](Result<LeverStatus> lever) {
        --m_asking;
        m_applying = false;
        m_apply->setEnabled(m_blocked.isEmpty());
        if (!lever) {
            m_problem->setText(lever.error().hint.isEmpty()
                                   ? lever.error().message
                                   : lever.error().message + QLatin1Char(' ') + lever.error().hint);
            m_problem->show();
            return;
        }
        Q_EMIT applied(*lever);
        dismiss();
    });
}

} // namespace ui::providers
