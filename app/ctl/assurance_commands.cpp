// checklist: what was promised, and what this engine measures of it.
#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;

namespace {

void printChecklist(const QVector<api::ChecklistItem>& items)
{
    using enum Table::Align;
    Table table({{"#", Right}, {"ITEM"}, {"STATE"}, {"EVIDENCE"}});
    for (const api::ChecklistItem& item : items)
        table.add({QString::number(item.number), item.title, item.state, item.evidence});
    table.print();
}

} // namespace

void addChecklist(CLI::App& app, Context context)
{
    addCommand(app, "checklist", "The twenty items of the checklist, measured on this engine now",
        "signalboxctl checklist --json")
        ->callback([context] {
            runList(
                context, [](const api::GatewayClient& client) { return client.checklist(); }, &printChecklist);
        });
}

} // namespace ctl
