#include "pages/zones/zones_rows.h"

#include "models/format.h"

#include <QCoreApplication>

#include <array>

namespace ui::zones {
namespace {

using namespace gateway::api;

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::zones", text);
}

struct Verdict
{
    const char* name;
    const char* word;
    Status status;
};

constexpr std::array kVerdicts{
    Verdict{"FAIL", "Fail", Status::Down},
    Verdict{"INCOMPLETE", "Incomplete", Status::CannotSay},
    Verdict{"NO_DATA", "No data", Status::Unknown},
    Verdict{"PASS", "Pass", Status::Ok},
};

const Verdict* find(const QString& verdict)
{
    for (const Verdict& one : kVerdicts) {
        if (verdict == QLatin1String(one.name))
            return &one;
    }
    return nullptr;
}

Cell zoneCell(const QString& zone, const QString& note, Token ink)
{
    if (zone.isEmpty())
        return Cell::plain(tr("none"), Token::Text3);
    Cell cell = Cell::plain(zone, ink);
    cell.note = note;
    return cell;
}

} // namespace

Status statusOf(const QString& verdict)
{
    const Verdict* known = find(verdict);
    return known ? known->status : Status::Unknown;
}

QString wordOf(const QString& verdict)
{
    const Verdict* known = find(verdict);
    return known ? tr(known->word) : verdict;
}

int rankOf(const QString& verdict)
{
    const Verdict* known = find(verdict);
    return known ? int(known - kVerdicts.data()) : 1;
}

QVector<Cell> rowOf(const TenantZoneCheck& check)
{
    Cell tenant = Cell::plain(check.tenant);
    tenant.strong = true;
    const bool differs = !check.contractZone.isEmpty() && check.contractZone != check.zone;
    return {Cell::state(statusOf(check.verdict), wordOf(check.verdict)), tenant,
        zoneCell(check.contractZone, check.contractReference, Token::Text1),
        zoneCell(check.zone, {}, differs ? Token::Down : Token::Text1),
        Cell::number(models::wholeNumber(check.attempts)),
        Cell::number(models::wholeNumber(check.outside), check.outside > 0 ? Token::Down : Token::Text1),
        Cell::number(models::wholeNumber(check.unknown), check.unknown > 0 ? Token::Degraded : Token::Text1),
        Cell::plain(check.sentence, Token::Text2)};
}

QVector<Cell> rowOf(const ZoneEndpoint& endpoint)
{
    return {endpoint.eligible ? Cell::state(Status::Ok, tr("Inside")) : Cell::state(Status::Paused, tr("Kept out")),
        Cell::plain(endpoint.alias), Cell::plain(endpoint.step, Token::Text2), Cell::mono(endpoint.candidate),
        Cell::plain(endpoint.eligible ? tr("may be used") : endpoint.why, Token::Text2)};
}

} // namespace ui::zones
