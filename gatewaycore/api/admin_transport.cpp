#include "api/admin_transport.h"

#include <array>

namespace gateway::api {
namespace {

struct FailureFacts
{
    Failure failure;
    const char* name;
    int status;
};

constexpr std::array kFailures{
    FailureFacts{Failure::Invalid, "invalid", 400},
    FailureFacts{Failure::NotFound, "not_found", 404},
    FailureFacts{Failure::NotPermitted, "not_permitted", 403},
    FailureFacts{Failure::Conflict, "conflict", 409},
    FailureFacts{Failure::CheckFailed, "check_failed", 422},
    FailureFacts{Failure::NoData, "no_data", 424},
    FailureFacts{Failure::Unreachable, "unreachable", 504},
    FailureFacts{Failure::Unavailable, "unavailable", 503},
    FailureFacts{Failure::Internal, "internal", 500},
};

} // namespace

int httpStatusOf(Failure failure)
{
    return kFailures[static_cast<std::size_t>(failure)].status;
}

Failure failureFromHttpStatus(int status)
{
    for (const FailureFacts& row : kFailures) {
        if (row.status == status)
            return row.failure;
    }
    if (status == 401)
        return Failure::NotPermitted;
    if (status == 412)
        return Failure::Conflict;
    return status >= 400 && status < 500 ? Failure::Invalid : Failure::Internal;
}

QString nameOf(Failure failure)
{
    return QString::fromLatin1(kFailures[static_cast<std::size_t>(failure)].name);
}

QString nameOf(LinkStatus::State state)
{
    static constexpr std::array kNames{"connecting", "connected", "reconnecting", "not_permitted",
        "certificate_changed", "version_mismatch", "unreachable"};
    return QString::fromLatin1(kNames[static_cast<std::size_t>(state)]);
}

AdminReply errorReply(const Error& error)
{
    return {httpStatusOf(error.failure),
        {{QStringLiteral("error"),
            QJsonObject{{QStringLiteral("failure"), nameOf(error.failure)}, {QStringLiteral("message"), error.message},
                {QStringLiteral("hint"), error.hint.isEmpty() ? QJsonValue() : QJsonValue(error.hint)}}}}};
}

} // namespace gateway::api
