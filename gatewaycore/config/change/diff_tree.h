// What differs between two config trees, entry by entry: lists are compared by who their entries are (a name, a
// provider and model, a scope), not by where they stand, so a moved entry is not a removed and an added one, and a
// renamed one is recognised by what it holds. Values that are written differently and mean the same ("60s", "1m") are
// no difference. It knows nothing of what a field does (diff_fields.h). Any thread; pure functions.
#pragma once

#include "config/config_file.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace gateway::config {

struct TreeChange
{
    enum class Kind
    {
        Added,
        Removed,
        Changed,
        Moved,
        Renamed
    };
    Kind kind = Kind::Changed;
    QString pattern;               // aliases[].candidates[].weight
    QString path;                  // in the new text; of what is gone: in the old one
    QStringList names;             // who the entries on the way are: fast, openai-eu/gpt-6-luna
    QStringList namesBefore;       // where one of them was renamed
    const Value* before = nullptr; // of the old tree
    const Value* after = nullptr;  // of the new tree
};

std::vector<TreeChange> treeChanges(const Value& before, const Value& after);

// The value in one line, as it could be written.
QString shortText(const Value& value);
bool meansTheSame(const Value& a, const Value& b);

} // namespace gateway::config
