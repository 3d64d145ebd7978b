// Where each field of the running config comes from: the file with its line, a revision that was put in force past the
// file, or something beside both (the command line, the environment behind a reference). One precedence, and it is
// shown. Any thread; a pure function.
#pragma once

#include "api/config_change.h"
#include "config/config_file.h"

namespace gateway::config {

struct OriginContext
{
    const ConfigFile& running;
    const ConfigFile* file = nullptr; // as it is now; nullptr: it cannot be read, or there is none
    int revision = 0;
    // Fields that something else decides: path -> ("command-line" | "runtime", what it says, its value).
    struct Override
    {
        QString path;
        QString source;
        QString origin;
        QString value;
    };
    QVector<Override> overrides = {};
};

constexpr int kMostFields = 2000; // of a standing

QVector<api::FieldOrigin> provenance(const OriginContext& context);

} // namespace gateway::config
