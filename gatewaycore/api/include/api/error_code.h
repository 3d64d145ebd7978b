// The closed list of codes a caller of the data plane can meet (contract.md, "Codes"). One table gives each its name
// on the wire, the HTTP status class, whether trying again can help, and a sentence for people. Any thread; constants.
#pragma once

#include <QString>
#include <QStringView>

#include <optional>
#include <span>

namespace gateway::api {

enum class ErrorCode
{
    None,
    InvalidRequest,
    Unauthenticated,
    ScopeDenied,
    AliasUnknown,
    TenantMismatch,
    IdempotencyConflict,
    QuotaCaller,
    QuotaProvider,
    BudgetHard,
    CostCeiling,
    NoRouteInZone,
    NoRouteInBudget,
    DeadlineExceeded,
    ProviderThrottled,
    ProviderOverloaded,
    ProviderUnavailable,
    ProviderAuth,
    ProviderBadRequest,
    ContextTooLong,
    ContentRefused,
    TransformError,
    ModelRetired,
    ChainExhausted,
    StreamTruncated,
    GatewayDependencyDown,
    ClientClosed, // the caller left first; appears in records only, nobody is there to be told
    Internal,
};

struct ErrorCodeFacts
{
    ErrorCode code;
    const char* name;     // as on the wire and in records
    int status;           // HTTP status towards a caller
    bool retriable;       // the same request may succeed later
    const char* sentence; // for people: who did what
};

std::span<const ErrorCodeFacts> errorCodes();
const ErrorCodeFacts& facts(ErrorCode code);
QString nameOf(ErrorCode code); // "" for None
std::optional<ErrorCode> errorCodeFromName(QStringView name);

} // namespace gateway::api
