// Where each value of a config text begins and ends, in bytes, so that one of them can be replaced and every other byte
// stays. The same YAML subset as config_file.h, which says what is wrong with a text; here a text that cannot be read
// has no places. A value that spans lines (a block scalar, a plain text over several lines) has no end: it is edited in
// the text. Any thread; values.
#pragma once

#include "config/config_file.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

namespace gateway::config {

struct Place
{
    Value::Type type = Value::Type::Null;
    bool isFlow = false; // {a: 1}, [1, 2]: the entries stand between brackets
    QString text;        // of a scalar
    QString key;         // of a member of a map
    qsizetype keyBegin = -1;
    qsizetype keyEnd = -1;
    qsizetype begin = -1; // of a null: where a value would be written
    qsizetype end = -1;   // behind the last byte; -1: not known
    int column = 0;       // of the entries of a block collection, from 0
    std::vector<Place> children;
};

std::optional<Place> placesOf(const QByteArray& text);

// The entry a path names: aliases[0].candidates[1].weight, aliases[fast].owner (by name or principal). nullptr if there
// is none.
struct PathPart
{
    QString name; // of a member; empty: an entry of a list
    QString entry;
};
std::optional<std::vector<PathPart>> partsOf(const QString& path); // nothing if it is not spelled like one
const Place* childOf(const Place& parent, const PathPart& part);
const Value* childOf(const Value& parent, const PathPart& part);
const Value* find(const Value& root, const QString& path);

} // namespace gateway::config
