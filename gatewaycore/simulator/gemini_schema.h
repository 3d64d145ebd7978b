// Which names Google's own form of a schema knows: any other rejects the whole request. Pure; any thread.
#pragma once

#include <QJsonObject>
#include <QStringList>

namespace gateway::simulator {

// What is wrong with a schema at that place of the request, in Google's words; a sentence for each unknown name.
QStringList geminiSchemaFaults(const QJsonValue& schema, const QString& place);

// The names of an object that are not in the list, as Google reports them.
QStringList unknownNames(const QJsonObject& object, const QStringList& known, const QString& place);

} // namespace gateway::simulator
