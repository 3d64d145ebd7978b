#include "transform/json_index.h"

#include "transform/json_string.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

namespace gateway::transform {

// Nodes in one allocation. Blocks of ordinary size wait in their thread for the next document.
struct JsonIndex::Block
{
    Block* next;
    quint32 capacity;

    JsonNode* nodes() { return reinterpret_cast<JsonNode*>(this + 1); }
    static Block* take();
    static Block* grown(Block* block);
    static void giveBack(Block* block);
};

namespace {

constexpr quint32 kFirstCapacity = 120;
constexpr quint32 kKeptCapacity = 8192; // 160 KB; a block that grew beyond is not kept
constexpr int kKeptBlocks = 16;
constexpr int kMostDepth = 128;
constexpr int kFewKeys = 32; // compared one by one; more are sorted, so a flood of keys costs n log n, never n^2

struct Pool
{
    JsonIndex::Block* first = nullptr;
    int count = 0;
    bool over = false; // the thread is ending: nothing is kept any more
};
constinit thread_local Pool pool;

struct PoolEnd
{
    ~PoolEnd()
    {
        pool.over = true;
        while (JsonIndex::Block* const block = pool.first) {
            pool.first = block->next;
            std::free(block);
        }
    }
};

JsonIndex::Block* allocated(JsonIndex::Block* old, quint32 capacity)
{
    void* const memory = std::realloc(old, sizeof(JsonIndex::Block) + capacity * sizeof(JsonNode));
    if (!memory)
        qBadAlloc();
    auto* const block = static_cast<JsonIndex::Block*>(memory);
    block->capacity = capacity;
    return block;
}

const char* skipSpace(const char* at, const char* end)
{
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        ++at;
    return at;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

const char* digitsEnd(const char* at, const char* end)
{
    while (at < end && isDigit(*at))
        ++at;
    return at;
}

// Both ends of a double's range are out of range to from_chars; a number too small is a harmless zero, one too large
// is not.
bool isTooLarge(const char* start, const char* stop, const char* exponent)
{
    double value = 0;
    const auto [end, error] = std::from_chars(start, stop, value);
    Q_UNUSED(end)
    return error == std::errc::result_out_of_range && !(exponent && exponent[1] == '-');
}

// Moves `at` behind the number, or to what is wrong with it.
const char* readNumber(const char*& at, const char* end)
{
    const char* const start = at;
    if (*at == '-')
        ++at;
    if (at < end && *at == '0') {
        ++at;
    } else {
        const char* const from = at;
        at = digitsEnd(at, end);
        if (at == from)
            return "a value that JSON does not have";
    }
    if (at < end && *at == '.') {
        const char* const from = ++at;
        at = digitsEnd(at, end);
        if (at == from)
            return "a number without digits after its point";
    }
    const char* exponent = nullptr;
    qsizetype exponentDigits = 0;
    if (at < end && (*at | 0x20) == 'e') {
        exponent = at++;
        if (at < end && (*at == '+' || *at == '-'))
            ++at;
        const char* const from = at;
        at = digitsEnd(at, end);
        exponentDigits = at - from;
        if (exponentDigits == 0)
            return "a number without digits in its exponent";
    }
    // a double has 308 digits before its point: 200 and an exponent of two digits are always in range
    if ((at - start > 200 || exponentDigits > 2) && (exponent || at - start > 300) && isTooLarge(start, at, exponent))
        return "a number that is out of range";
    return nullptr;
}

bool less(QByteArrayView a, QByteArrayView b)
{
    const int order = std::memcmp(a.data(), b.data(), std::size_t(std::min(a.size(), b.size())));
    return order != 0 ? order < 0 : a.size() < b.size();
}

// An object or array that is not closed yet.
struct Level
{
    quint32 node;
    int keys;     // so far
    quint64 seen; // a bit for each, by its length and two of its characters: where it is new, so is the key
    bool isObject;
    bool isTwice;   // two keys are the same
    bool mustCheck; // too many to compare one by one, or some have escapes: all at the end
};

bool hasKey(const char* text, const JsonNode* node, const JsonNode* end, QByteArrayView key)
{
    for (; node != end; node += node->span) {
        if (node->keyLength == quint32(key.size()) &&
            std::memcmp(text + node->keyAt, key.data(), std::size_t(key.size())) == 0)
            return true;
    }
    return false;
}

// Notes the next key of an object whose members so far are `first` to `end`.
void addKey(
    Level& level, const char* text, const JsonNode* first, const JsonNode* end, const char* key, const JsonString& read)
{
    const auto size = quint32(read.stop - key);
    const quint64 bit = quint64(1) << ((size + 5 * static_cast<unsigned char>(key[0]) +
                                           11 * static_cast<unsigned char>(read.stop[-1])) &
                                       63);
    if (read.escaped)
        level.mustCheck = true;
    else if (level.seen & bit) {
        if (level.keys < kFewKeys)
            level.isTwice = level.isTwice || hasKey(text, first, end, {key, qsizetype(size)});
        else
            level.mustCheck = true;
    }
    level.seen |= bit;
    ++level.keys;
}

bool hasKeyTwice(const char* text, const JsonNode* node, const JsonNode* end)
{
    std::vector<QByteArray> unescaped; // what the views of keys with escapes point into
    std::vector<QByteArrayView> keys;
    for (; node != end; node += node->span) {
        const QByteArrayView key(text + node->keyAt, node->keySize());
        if (node->isKeyEscaped())
            unescaped.push_back(unescapeJson(key));
        else
            keys.push_back(key);
    }
    keys.insert(keys.end(), unescaped.begin(), unescaped.end());
    std::sort(keys.begin(), keys.end(), less);
    return std::adjacent_find(
               keys.begin(), keys.end(), [](QByteArrayView a, QByteArrayView b) { return !less(a, b); }) != keys.end();
}

// Nearly every string is plain up to its closing quote.
inline JsonString readString(const char* at, const char* end)
{
    JsonString read;
    read.stop = plainEnd(at, end);
    return read.stop != end && *read.stop == '"' ? read : readJsonString(at, end);
}

// Where the reading stands.
struct Reader
{
    // the levels are not initialised: two kilobytes that most documents need a few of
    Reader(QByteArrayView bytes, int deepest, JsonIndex::Block* nodes)
        : begin(bytes.data()), end(bytes.data() + bytes.size()), maxDepth(deepest), at(bytes.data()), block(nodes)
    {
    }

    const char* const begin;
    const char* const end;
    const int maxDepth;
    const char* at;
    JsonIndex::Block* block;
    quint32 count = 0;
    quint32 keyAt = 0; // of the value that comes next
    quint32 keyLength = 0;
    int depth = 0;
    Level levels[kMostDepth];

    const char* read(); // why the document is refused, at `at`; nullptr if it is not
    const char* readValue();
    const char* readWord(const char* word, std::size_t length);
    const char* readKey();
    const char* closeLevel();
};

const char* Reader::readWord(const char* word, std::size_t length)
{
    if (std::size_t(end - at) < length || std::memcmp(at, word, length) != 0)
        return "a word that is not true, false or null";
    at += length;
    return nullptr;
}

// A scalar, or the opening of an object or array.
inline const char* Reader::readValue()
{
    if (at == end)
        return "the text ends too early";
    if (count == block->capacity)
        block = JsonIndex::Block::grown(block);
    JsonNode& node = block->nodes()[count];
    const char* const start = at;
    const char* error = nullptr;
    quint32 flag = 0;
    switch (*at) {
    case '"': {
        const JsonString string = readString(at + 1, end);
        at = string.stop;
        if (string.error)
            return string.error;
        ++at;
        flag = string.escaped ? JsonNode::kEscaped : 0;
        break;
    }
    case '{':
    case '[':
        if (depth >= maxDepth)
            return "the value is nested too deeply";
        levels[depth++] = {count, 0, 0, *at == '{', false, false};
        ++at;
        break;
    case 't':
        error = readWord("true", 4);
        break;
    case 'f':
        error = readWord("false", 5);
        break;
    case 'n':
        error = readWord("null", 4);
        break;
    default:
        error = readNumber(at, end);
    }
    node = {quint32(start - begin), quint32(at - start) | flag, keyAt, keyLength, 1};
    ++count;
    return error;
}

inline const char* Reader::readKey()
{
    if (at == end || *at != '"')
        return "a key that is not a string";
    const char* const key = at + 1;
    const JsonString string = readString(key, end);
    at = string.stop;
    if (string.error)
        return string.error;
    Level& level = levels[depth - 1];
    const JsonNode* const nodes = block->nodes();
    addKey(level, begin, nodes + level.node + 1, nodes + count, key, string);
    keyAt = quint32(key - begin);
    keyLength = quint32(string.stop - key) | (string.escaped ? JsonNode::kEscaped : 0);
    at = skipSpace(at + 1, end);
    if (at == end || *at != ':')
        return "a key without its colon";
    at = skipSpace(at + 1, end);
    return nullptr;
}

inline const char* Reader::closeLevel()
{
    ++at;
    const Level& level = levels[--depth];
    JsonNode* const nodes = block->nodes();
    JsonNode& node = nodes[level.node];
    node.span = count - level.node;
    node.length = quint32(at - begin) - node.at;
    if (level.isTwice || (level.mustCheck && hasKeyTwice(begin, nodes + level.node + 1, nodes + count)))
        return "a key stands twice in one object";
    return nullptr;
}

const char* Reader::read()
{
    at = skipSpace(at, end);
    if (const char* error = readValue())
        return error;
    while (depth > 0) {
        const Level& level = levels[depth - 1];
        const bool isFirst = level.node + 1 == count; // nothing inside yet
        at = skipSpace(at, end);
        if (at == end)
            return "the text ends too early";
        const char* error = nullptr;
        if (*at == (level.isObject ? '}' : ']')) {
            error = closeLevel();
        } else {
            if (!isFirst) {
                if (*at != ',')
                    return "a comma is missing";
                at = skipSpace(at + 1, end);
            }
            keyLength = 0;
            if (level.isObject)
                error = readKey();
            if (!error)
                error = readValue();
        }
        if (error)
            return error;
    }
    at = skipSpace(at, end);
    return at == end ? nullptr : "something follows the value";
}

} // namespace

JsonIndex::Block* JsonIndex::Block::take()
{
    Block* const block = pool.first;
    if (!block) {
        static thread_local PoolEnd end;
        Q_UNUSED(end)
        return allocated(nullptr, kFirstCapacity);
    }
    pool.first = block->next;
    --pool.count;
    return block;
}

JsonIndex::Block* JsonIndex::Block::grown(Block* block)
{
    return allocated(block, block->capacity * 2);
}

void JsonIndex::Block::giveBack(Block* block)
{
    if (pool.over || pool.count >= kKeptBlocks || block->capacity > kKeptCapacity) {
        std::free(block);
        return;
    }
    block->next = pool.first;
    pool.first = block;
    ++pool.count;
}

JsonIndex::~JsonIndex()
{
    if (m_block)
        Block::giveBack(m_block);
}

const JsonNode* JsonIndex::root() const
{
    return m_block->nodes();
}

bool JsonIndex::build(QByteArrayView bytes, int maxDepth, JsonError& error)
{
    if (bytes.size() >= std::numeric_limits<qint32>::max()) {
        error = {"the text is too long", 0};
        return false;
    }
    if (!simdjson::validate_utf8(bytes.data(), std::size_t(bytes.size()))) {
        error = {"the text is not valid UTF-8", 0};
        return false;
    }
    if (!m_block)
        m_block = Block::take();
    Reader reader(bytes, std::min(maxDepth, kMostDepth), m_block);
    const char* const reason = reader.read();
    m_block = reader.block;
    if (reason)
        error = {reason, reader.at - reader.begin};
    return !reason;
}

} // namespace gateway::transform
