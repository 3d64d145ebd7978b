#include "config/cut_off.h"

#include <QList>

#include <algorithm>

namespace gateway::config {
namespace {

bool saysNothing(const QByteArray& line)
{
    const QByteArray text = line.trimmed();
    return text.isEmpty() || text.startsWith('#');
}

qsizetype indentOf(const QByteArray& line)
{
    return std::find_if(line.begin(), line.end(), [](char c) { return c != ' '; }) - line.begin();
}

bool beginsEntry(const QByteArray& line)
{
    return line.trimmed().startsWith("- ");
}

// How far the entries of the last section stand in; -1 if it has none yet.
qsizetype entryIndent(const QList<QByteArray>& lines)
{
    for (qsizetype i = lines.size() - 1; i >= 0; --i) {
        if (saysNothing(lines[i]) || indentOf(lines[i]) > 0 || beginsEntry(lines[i]))
            continue;
        const auto first = std::find_if_not(lines.begin() + i + 1, lines.end(), saysNothing);
        return first != lines.end() && beginsEntry(*first) ? indentOf(*first) : -1;
    }
    return -1;
}

} // namespace

Shortening shortening(const QByteArray& before, const QByteArray& after)
{
    if (after.size() >= before.size() || !before.startsWith(after))
        return Shortening::None;
    const QList<QByteArray> gone = before.mid(after.size()).split('\n');
    const auto next = std::find_if_not(gone.begin(), gone.end(), saysNothing);
    if (next == gone.end())
        return Shortening::None;
    if (!after.endsWith('\n'))
        return Shortening::Inside;
    if (indentOf(*next) == 0 && !beginsEntry(*next))
        return Shortening::AtItem; // a section begins there
    return beginsEntry(*next) && indentOf(*next) == entryIndent(after.split('\n')) ? Shortening::AtItem
                                                                                   : Shortening::Inside;
}

} // namespace gateway::config
