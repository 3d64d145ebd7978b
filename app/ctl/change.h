// What every change takes on the command line: why, until when, and whether it is only to be shown.
#pragma once

#include "api/result.h"

#include <CLI/CLI.hpp>
#include <QDateTime>
#include <QString>

#include <memory>
#include <optional>
#include <string>

namespace ctl {

struct Change
{
    std::string reason;
    std::string expires;
    bool dryRun = false;
};

std::shared_ptr<Change> addReason(CLI::App& command);
// --reason, --expires and --dry-run; `untold` says what happens without --expires.
std::shared_ptr<Change> addChange(CLI::App& command, const std::string& untold);

// Who did it is a reason of a kind: the record says where the change came from even if nobody gave a better one.
QString reasonOr(const std::string& given, const QString& verb);

// "90s", "30m", "2h", "1d" or an RFC 3339 time; empty: nothing was given.
struct Expiry
{
    std::optional<QDateTime> at;
    std::optional<qint64> seconds;
};
gateway::api::Result<Expiry> expiryFrom(const std::string& text);

} // namespace ctl
