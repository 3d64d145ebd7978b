// A config file as a tree of values with their places. Strict about the container: UTF-8, one document, no anchors, no
// tags, no duplicate keys, at most 4 MiB and 32 levels. It knows nothing of the schema (section.h reads fields,
// compiler.h knows what they mean). Scalars stay text exactly as written, so money and long numbers lose no digit. Any
// thread.
#pragma once

#include "config/problem.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

namespace gateway::config {

struct Value
{
    enum class Type
    {
        Null,
        Text,
        List,
        Map
    };

    Type type = Type::Null;
    QString text;                // Text
    bool quoted = false;         // Text in quotes: a string even if it looks like a number
    std::vector<Value> children; // of a list, or of a map; those of a map carry their key
    QString key;
    int line = 0; // of the key for members of a map, of the value otherwise; from 1
    int column = 0;

    const Value* member(QStringView name) const;
};

struct ConfigFile
{
    QString name; // as shown in problems
    QByteArray bytes;
    Value root;
    bool endsInMidLine = false; // no line break at the end: the file may have been cut off
};

// The tree, or nothing with at least one problem added.
std::optional<ConfigFile> parseConfig(const QString& name, const QByteArray& bytes, Problems& problems);
// Reads the file first; a file that changes while it is read is refused.
std::optional<ConfigFile> readConfig(const QString& path, Problems& problems);

} // namespace gateway::config
