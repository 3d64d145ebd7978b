#include "api/operation.h"

#include "json_fields.h"

#include <array>

namespace gateway::api {
namespace {

constexpr std::array kStates{"under_way", "applied", "not_applied", "unknown"};

} // namespace

// A state this client does not know (a newer engine's) is unknown: nothing may be done on the strength of it.
QJsonValue toValue(Operation::State state)
{
    return nameOf(state);
}

bool fromValue(const QJsonValue& value, Operation::State& out)
{
    out = Operation::State::Unknown;
    for (std::size_t i = 0; i < kStates.size(); ++i) {
        if (value.toString() == QLatin1String(kStates[i]))
            out = static_cast<Operation::State>(i);
    }
    return value.isString();
}

template <>
struct Members<Operation>
{
    static constexpr auto fields = std::tuple{
        field("key", &Operation::key),
        field("state", &Operation::state),
        field("status", &Operation::status),
        field("reply", &Operation::reply),
        field("at", &Operation::at),
    };
};

QString nameOf(Operation::State state)
{
    return QString::fromLatin1(kStates[static_cast<std::size_t>(state)]);
}

QJsonObject toJson(const Operation& operation)
{
    return writeMembers(operation);
}

Result<Operation> operationFromJson(const QJsonObject& json)
{
    if (!json.value(QLatin1String("state")).isString())
        return failure(Failure::Invalid, QStringLiteral("the answer says nothing of the change's state"));
    return parseMembers<Operation>(json);
}

} // namespace gateway::api
