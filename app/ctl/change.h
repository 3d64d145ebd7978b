// What every change takes on the command line: why, until when, whether it is only to be shown, and on which config it
// was decided. And the times people write: spans and RFC 3339.
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
    std::optional<int> ifRevision;
};

// --reason, --dry-run and --if-revision, which all changes have.
std::shared_ptr<Change> addReason(CLI::App& command);
// The same and --expires; `untold` says what happens without it.
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

// "90s", "15m", "2h", "7d" ago, or an RFC 3339 time; empty: nothing was given. `option` is named in the error.
gateway::api::Result<std::optional<QDateTime>> pastFrom(const std::string& text, const QString& option);
// "250ms", "90s", "30m", "2h", "1d" in milliseconds.
std::optional<qint64> millisFrom(const QString& text);

QStringList listFrom(const std::string& text); // "a,b , c"

} // namespace ctl
