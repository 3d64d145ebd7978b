#include "api/checklist.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<ChecklistItem>
{
    static constexpr auto fields = std::tuple{
        field("id", &ChecklistItem::id),
        field("number", &ChecklistItem::number),
        field("title", &ChecklistItem::title),
        field("state", &ChecklistItem::state),
        field("evidence", &ChecklistItem::evidence),
        field("link", &ChecklistItem::link),
        field("as_of", &ChecklistItem::asOf),
    };
};

QJsonObject toJson(const ChecklistItem& item)
{
    return writeMembers(item);
}

Result<ChecklistItem> checklistItemFromJson(const QJsonObject& json)
{
    return parseMembers<ChecklistItem>(json);
}

} // namespace gateway::api
