// The data plane's paths: which surface a request is for, what the path itself says (alias, verb), and in whose words
// to answer where there is no call to answer (contract.md, "Data plane"). Pure; any thread.
#pragma once

#include "http/message.h"
#include "transform/surface.h"

namespace gateway::engine {

struct DataPath
{
    enum class What
    {
        Nothing,     // no such path
        WrongMethod, // a path, but not with this method
        Call,
        ModelList,
        Model,
        Health,
        Ready,
    };
    What what = What::Nothing;
    const transform::Surface* surface = nullptr; // never nullptr: errors are told in its words
    transform::SurfacePath path;                 // alias of a Call or Model, where the path has it

    bool needsCredential() const { return what == What::Call || what == What::ModelList || what == What::Model; }
};

DataPath dataPath(const http::RequestHead& head);

// The answer to ModelList and Model, in the shape the surface's SDKs read.
QByteArray modelListBody(const transform::Surface& surface, const QStringList& aliases);
QByteArray modelBody(const transform::Surface& surface, const QString& alias);

} // namespace gateway::engine
