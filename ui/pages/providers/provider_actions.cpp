#include "pages/providers/provider_actions.h"

#include "models/format.h"
#include "pages/common/panel_section.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/chip.h"
#include "widgets/text_label.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui::providers {
namespace {

using namespace gateway::api;

constexpr int kShownBreakers = 3;

ChipLook lookOf(const BreakerStatus& breaker)
{
    if (breaker.state == QLatin1String("open"))
        return ChipLook::ofStatus(Status::Down);
    return ChipLook::ofStatus(breaker.state == QLatin1String("closed") ? Status::Ok : Status::Degraded);
}

QString wordsOf(const BreakerStatus& breaker, const QDateTime& now)
{
    QStringList parts;
    if (!breaker.reason.isEmpty())
        parts.append(breaker.reason);
    if (breaker.forced && breaker.forcedUntil)
        parts.append(QStringLiteral("Forced, for %1 more.").arg(models::timeLeft(*breaker.forcedUntil, now)));
    else if (breaker.nextProbeAt)
        parts.append(QStringLiteral("Next probe in %1.").arg(models::timeLeft(*breaker.nextProbeAt, now)));
    if (parts.isEmpty())
        parts.append(breaker.attempts == 0
                         ? QStringLiteral("No attempt in its window.")
                         : QStringLiteral("%1 of %2 attempts failed in its window.")
                               .arg(models::wholeNumber(breaker.failures), models::wholeNumber(breaker.attempts)));
    return parts.join(QLatin1Char(' '));
}

QString limitWords(const std::optional<qint64>& left, const std::optional<qint64>& limit, const QString& what)
{
    if (!left || !limit)
        return {};
    return QStringLiteral("%1 of %2 %3 left").arg(models::wholeNumber(*left), models::wholeNumber(*limit), what);
}

QString gateWordsOf(const std::optional<ProviderGateStatus>& gate)
{
    if (!gate)
        return {};
    QStringList parts;
    for (const QString& words :
        {limitWords(gate->requestsLeft, gate->requestsPerMinute, QStringLiteral("requests a minute")),
            limitWords(gate->tokensLeft, gate->tokensPerMinute, QStringLiteral("tokens a minute"))}) {
        if (!words.isEmpty())
            parts.append(words);
    }
    QString text =
        parts.isEmpty() ? QStringLiteral("No limit is configured.") : parts.join(QStringLiteral(", ")) + u'.';
    if (gate->limitMoved > 0)
        text += QStringLiteral(" **Limit moved**: it answered 429 %1 while plenty was left.")
                    .arg(models::plural(gate->limitMoved, QStringLiteral("time"), QStringLiteral("times")));
    return text;
}

} // namespace

ProviderActions::ProviderActions(const ProviderMay& may, QWidget* parent)
    : QWidget(parent),
      m_may(may),
      m_list(new QVBoxLayout),
      m_none(new TextLabel(tr("Nothing is known of a breaker."), &Type::ui, Token::Text3)),
      m_drainWords(new TextLabel({}, &Type::ui, Token::Paused)),
      m_gate(new TextLabel({}, &Type::ui, Token::Text2)),
      m_probeWords(new TextLabel({}, &Type::ui, Token::Text2)),
      m_drain(new Button(tr("Drain..."), Button::Kind::Secondary, QStringLiteral("pause"))),
      m_breaker(new Button(tr("Breaker..."), Button::Kind::Secondary, QStringLiteral("lock"))),
      m_probe(new Button(tr("Probe"), Button::Kind::Secondary, QStringLiteral("bolt"))),
      m_drill(new Button(tr("Drill..."), Button::Kind::Secondary, QStringLiteral("flag")))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    QVBoxLayout* breaker = addPanelSection(layout, tr("Breaker and limits"), {}, false);
    m_list->setSpacing(6);
    for (TextLabel* label : {m_drainWords, m_gate, m_probeWords})
        label->setWrapped(true);
    breaker->addWidget(m_drainWords);
    breaker->addLayout(m_list);
    breaker->addWidget(m_none);
    breaker->addWidget(m_gate);

    auto* buttons = new QWidget;
    auto* grid = new QGridLayout(buttons);
    grid->setContentsMargins(Metrics::panelPadding, 0, Metrics::panelPadding, 8);
    grid->setSpacing(6);
    int column = 0;
    for (Button* button : {m_drain, m_breaker, m_probe, m_drill}) {
        button->setSmall(true);
        grid->addWidget(button, 0, column++);
    }
    grid->setColumnStretch(column, 1);
    grid->addWidget(m_probeWords, 1, 0, 1, column + 1);
    m_probeWords->hide();
    layout->addWidget(buttons);
    m_drain->setVisible(may.drain);
    m_breaker->setVisible(may.breaker);
    m_probe->setVisible(may.probe);
    m_drill->setVisible(may.drill);
    buttons->setHidden(!may.drain && !may.resume && !may.breaker && !may.probe && !may.drill);

    connect(m_drain, &QAbstractButton::clicked, this, [this] {
        if (m_drained)
            Q_EMIT resumeWanted();
        else
            Q_EMIT drainWanted();
    });
    connect(m_breaker, &QAbstractButton::clicked, this, &ProviderActions::breakerWanted);
    connect(m_probe, &QAbstractButton::clicked, this, &ProviderActions::probeWanted);
    connect(m_drill, &QAbstractButton::clicked, this, &ProviderActions::drillWanted);
}

ProviderActions::BreakerRow ProviderActions::makeRow()
{
    BreakerRow row;
    row.box = new QWidget;
    auto* grid = new QVBoxLayout(row.box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(2);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    row.name = new TextLabel({}, &Type::mono);
    row.chip = new Chip;
    head->addWidget(row.name, 1);
    head->addWidget(row.chip);
    grid->addLayout(head);
    row.reason = new TextLabel({}, &Type::ui, Token::Text2);
    row.reason->setWrapped(true);
    grid->addWidget(row.reason);
    m_list->addWidget(row.box);
    return row;
}

// The barred ones first: those are what one came for.
void ProviderActions::showBreakers(const ProviderStatus& status, const QDateTime& now)
{
    QVector<BreakerStatus> breakers = status.breakers;
    std::stable_partition(breakers.begin(), breakers.end(),
        [](const BreakerStatus& breaker) { return breaker.state != QLatin1String("closed"); });
    const int shown = std::min<int>(kShownBreakers, int(breakers.size()));
    while (m_rows.size() < shown)
        m_rows.append(makeRow());
    for (int i = 0; i < m_rows.size(); ++i) {
        m_rows[i].box->setVisible(i < shown);
        if (i >= shown)
            continue;
        const BreakerStatus& breaker = breakers[i];
        m_rows[i].name->setText(breaker.candidate.section(QLatin1Char('/'), 1));
        m_rows[i].chip->set(breaker.state.toUpper(), lookOf(breaker));
        m_rows[i].reason->setText(wordsOf(breaker, now));
    }
    m_none->setVisible(breakers.isEmpty());
    m_breaker->setEnabled(!breakers.isEmpty());
}

void ProviderActions::setProvider(const ProviderStatus& status, const QDateTime& now)
{
    if (status.name != m_name)
        showProbe({}, true);
    m_name = status.name;
    m_drained = status.drained;
    showBreakers(status, now);
    QString drain;
    if (status.drained)
        drain = tr("Drained: it gets no calls, for %1 more.")
                    .arg(status.drainEnds ? models::timeLeft(*status.drainEnds, now) : tr("a while"));
    else if (status.stagePercent && *status.stagePercent < 100)
        drain = tr("It comes back: %1 % of its calls go there now.").arg(*status.stagePercent);
    m_drainWords->setText(drain);
    m_drainWords->setVisible(!drain.isEmpty());
    m_gate->setText(gateWordsOf(status.gate));
    m_gate->setVisible(!m_gate->text().isEmpty());
    m_drain->setText(status.drained ? tr("Resume") : tr("Drain..."));
    m_drain->setVisible(status.drained ? m_may.resume : m_may.drain);
    m_drain->setIconName(status.drained ? QStringLiteral("play") : QStringLiteral("pause"));
}

void ProviderActions::showProbe(const QString& words, bool ok)
{
    m_probeWords->setText(words);
    m_probeWords->setInk(ok ? Token::Text2 : Token::Down);
    m_probeWords->setVisible(!words.isEmpty());
}

} // namespace ui::providers
