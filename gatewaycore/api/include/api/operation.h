// What became of a change, for a client that did not hear the answer. POST operations/{key}/settle says it and closes
// the question: a key the engine has not seen is void from then on, so a request that arrives late under it is refused
// and can never be carried out after its sender was told that it was not. Any thread; a value.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>

namespace gateway::api {

struct Operation
{
    enum class State
    {
        UnderWay,   // ask again
        Applied,    // it happened; `status` and `reply` are the answer, reply empty if that was lost with a crash
        NotApplied, // it did not happen and will not: refused, failed, or never seen and now void
        Unknown     // the engine went down in the middle of something that cannot be looked up (a probe)
    };
    QString key; // the Idempotency-Key
    State state = State::UnderWay;
    int status = 0;
    QJsonObject reply; // of the change, or its error
    QDateTime at;
};

QString nameOf(Operation::State state); // under_way applied not_applied unknown
QJsonObject toJson(const Operation& operation);
Result<Operation> operationFromJson(const QJsonObject& json);

} // namespace gateway::api
