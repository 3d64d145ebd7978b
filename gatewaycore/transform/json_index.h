// JsonIndex: where every value of a document stands, noted by the one pass that checks it: no tree, no recursion (a
// hostile document cannot reach the stack's end), no allocation in the steady state (a thread's blocks are used again).
// Private to transform: JsonText and JsonView are how it is read.
#pragma once

#include <QByteArrayView>
#include <QtGlobal>

#include <utility>

namespace gateway::transform {

// One value. What is inside an object or array follows it, so the next sibling is `span` nodes further.
struct JsonNode
{
    static constexpr quint32 kEscaped = 1u << 31;

    quint32 at = 0;        // its first byte, from the document's
    quint32 length = 0;    // and kEscaped: a string with backslashes
    quint32 keyAt = 0;     // of a member: its key's first byte, after the quote
    quint32 keyLength = 0; // and kEscaped
    quint32 span = 1;      // itself and all that is inside

    qsizetype size() const { return length & ~kEscaped; }
    qsizetype keySize() const { return keyLength & ~kEscaped; }
    bool isEscaped() const { return length & kEscaped; }
    bool isKeyEscaped() const { return keyLength & kEscaped; }
};

struct JsonError
{
    const char* reason = "";
    qsizetype offset = 0;
};

class JsonIndex
{
public:
    JsonIndex() = default;
    ~JsonIndex();
    JsonIndex(JsonIndex&& other) noexcept : m_block(std::exchange(other.m_block, nullptr)) {}
    JsonIndex& operator=(JsonIndex&& other) noexcept
    {
        std::swap(m_block, other.m_block);
        return *this;
    }

    // The whole document, once; false: it is refused.
    bool build(QByteArrayView bytes, int maxDepth, JsonError& error);
    const JsonNode* root() const;

    struct Block;

private:
    Block* m_block = nullptr;
};

} // namespace gateway::transform
