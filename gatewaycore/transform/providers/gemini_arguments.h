// PartialArguments: a function call's arguments that Vertex sends in pieces (functionCall.partialArgs: a JSON path and
// a value, strings in fragments) turned into the text of one JSON object, piece by piece. Paths must come in an order
// that a text can be written in: nothing that was closed is opened again. One call, one thread.
#pragma once

#include "transform/json_view.h"

#include <QByteArray>
#include <QSet>

#include <vector>

namespace gateway::transform::gemini {

class PartialArguments
{
public:
    // Text to add. nullopt: the pieces make no JSON object.
    std::optional<QByteArray> take(JsonView partialArgs);
    // What closes the object; the whole "{}" if nothing came.
    QByteArray close();

private:
    struct Step
    {
        QByteArray key;
        qint64 index = -1; // of a list; -1: `key` of an object
        bool isIndex() const { return index >= 0; }
        friend bool operator==(const Step&, const Step&) = default;
    };
    using Path = std::vector<Step>;
    struct Level
    {
        bool list = false;
        qint64 members = 0;
    };

    static std::optional<Path> pathOf(QByteArrayView text);
    static QByteArray nameOf(const Path& path);
    bool put(QByteArray& out, const Path& path, QByteArrayView json);
    void closeString(QByteArray& out);
    void closeTo(QByteArray& out, std::size_t depth);

    Path m_open;                 // the containers that are open, below the root
    std::vector<Level> m_levels; // the root and those; empty: nothing was written
    QSet<QByteArray> m_written;  // paths that have a value or were opened
    Path m_string;               // the string that is being written in fragments
    bool m_inString = false;
};

} // namespace gateway::transform::gemini
