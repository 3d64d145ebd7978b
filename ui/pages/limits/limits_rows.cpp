#include "pages/limits/limits_rows.h"

#include "models/format.h"

#include <QCoreApplication>

#include <array>

namespace ui::limits {
namespace {

using namespace gateway::api;

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::limits", text);
}

// The three classic bugs of gateways, in words.
struct CheckName
{
    const char* name;
    const char* words;
};

constexpr std::array kChecks{
    CheckName{"false_refusal", "No call is refused that fits its limit"},
    CheckName{"degraded_share", "A failing candidate does not draw the traffic"},
    CheckName{"scope_subset", "No credential reaches beyond its scope"},
};

QString wordsOf(const QString& name)
{
    for (const CheckName& check : kChecks) {
        if (name == QLatin1String(check.name))
            return tr(check.words);
    }
    return name;
}

// "412 of 600"; a dash where nothing is limited.
Cell leftOf(const std::optional<qint64>& left, const std::optional<qint64>& limit)
{
    if (!limit)
        return Cell::notApplicable();
    const bool low = left && *left * 10 < *limit;
    return Cell::number(tr("%1 of %2").arg(left ? models::wholeNumber(*left) : tr("?"), models::wholeNumber(*limit)),
        low ? Token::Degraded : Token::Text1);
}

} // namespace

QVector<Cell> rowOf(const Invariant& check)
{
    Cell state = Cell::state(Status::Unknown, tr("Unknown"));
    if (check.state == QLatin1String("holds"))
        state = Cell::state(Status::Ok, tr("Holds"));
    else if (check.state == QLatin1String("broken"))
        state = Cell::state(Status::Down, tr("Broken"));
    return {state, Cell::plain(wordsOf(check.name)), Cell::number(models::wholeNumber(check.checked)),
        Cell::number(models::wholeNumber(check.violations), check.violations > 0 ? Token::Down : Token::Text1),
        Cell::plain(check.sentence, Token::Text2)};
}

QVector<Cell> rowOf(const Incident& incident)
{
    const bool high = incident.severity == QLatin1String("high");
    const Cell state = !incident.isOpen() ? Cell::state(Status::Ok, tr("Closed"))
                       : high             ? Cell::state(Status::Down, tr("Open"))
                                          : Cell::state(Status::Degraded, tr("Open"));
    const QString owner = incident.owner.isEmpty() && incident.isOpen() ? tr("nobody yet") : incident.owner;
    return {state, Cell::plain(incident.provider), Cell::plain(owner, Token::Text2),
        Cell::mono(incident.openedAt.toUTC().toString(QStringLiteral("MM-dd HH:mm"))),
        Cell::number(models::wholeNumber(incident.callsFailed), incident.callsFailed > 0 ? Token::Down : Token::Text1),
        Cell::number(models::wholeNumber(incident.callsRescued)), Cell::plain(incident.sentence, Token::Text2)};
}

QVector<Cell> rowOf(const QuotaStatus& quota)
{
    const Cell running = quota.concurrency ? Cell::number(tr("%1 of %2").arg(quota.running).arg(*quota.concurrency))
                                           : Cell::number(models::wholeNumber(quota.running));
    return {Cell::plain(describe(quota.scope)), leftOf(quota.requestsLeft, quota.requestsPerMinute),
        leftOf(quota.inputTokensLeft, quota.inputTokensPerMinute),
        leftOf(quota.outputTokensLeft, quota.outputTokensPerMinute), running,
        Cell::number(models::wholeNumber(quota.refused), quota.refused > 0 ? Token::Degraded : Token::Text1)};
}

QVector<Cell> rowOf(const ProviderGateStatus& gate)
{
    return {Cell::plain(gate.provider), leftOf(gate.requestsLeft, gate.requestsPerMinute),
        leftOf(gate.tokensLeft, gate.tokensPerMinute), Cell::number(models::wholeNumber(gate.held)),
        Cell::number(models::wholeNumber(gate.limitMoved), gate.limitMoved > 0 ? Token::Degraded : Token::Text1)};
}

} // namespace ui::limits
