// ChatRequest: what the engine needs to know of a request to decide about it, read from the caller's bytes by a
// surface. The bytes themselves stay whole in `body`; the views point into it. A value that moves with its body.
#pragma once

#include "transform/json_view.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace gateway::transform {

struct ChatRequest
{
    QByteArray body; // as received; every view below points into it
    JsonView root;
    JsonView model;
    QString alias; // the value of "model"
    bool stream = false;
    bool wantsUsageChunk = false; // stream_options.include_usage
    std::optional<qint64> maxOutputTokens;
    qint64 choices = 1; // "n"
    bool hasTools = false;
    bool wantsJsonSchema = false;
    bool hasImages = false;
    qint64 namedImages = 0;  // images by URL: what they cost is not in the bytes
    bool namesFiles = false; // files by id: what they cost nobody can tell beforehand
};

} // namespace gateway::transform
