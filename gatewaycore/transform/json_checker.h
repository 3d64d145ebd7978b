// JsonChecker: the strict reader behind JsonText::parse. One pass over the bytes, no tree, no recursion (a hostile
// document cannot reach the stack's end). Private to transform.
#pragma once

#include "transform/json_view.h"

#include <deque>
#include <vector>

namespace gateway::transform {

class JsonChecker
{
public:
    JsonChecker(QByteArrayView bytes, int maxDepth)
        : m_begin(bytes.data()), m_at(bytes.data()), m_end(bytes.data() + bytes.size()), m_maxDepth(maxDepth)
    {
    }

    bool check();
    const JsonError& error() const { return m_error; }
    QByteArrayView value() const { return m_value; }

private:
    struct Level
    {
        bool object;
        std::size_t firstKey; // index into m_keys
    };

    bool refuse(const char* reason);
    void skipSpace();
    bool readValue(); // a scalar, or the opening of a container
    bool readString(QByteArrayView* inside);
    bool readEscape(bool& highSurrogatePending);
    bool readNumber();
    bool readWord(const char* word);
    bool readKey();
    bool closeLevel();
    bool keysDiffer(std::size_t first);

    const char* const m_begin;
    const char* m_at;
    const char* const m_end;
    const int m_maxDepth;
    std::vector<Level> m_levels;
    std::vector<QByteArrayView> m_keys; // of all open objects, unescaped
    std::deque<QByteArray> m_unescaped; // what escaped keys point into
    bool m_opened = false;
    QByteArrayView m_value;
    JsonError m_error;
};

// The characters of a checked string, without its quotes.
QByteArray unescapeJson(QByteArrayView inside);

} // namespace gateway::transform
