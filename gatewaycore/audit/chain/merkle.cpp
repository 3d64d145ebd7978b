#include "audit/chain/merkle.h"

#include <bit>
#include <cstring>

namespace gateway::audit {
namespace {

// The largest power of two below n, for n > 1.
qint64 splitOf(qint64 n)
{
    return qint64(std::bit_floor(quint64(n - 1)));
}

std::optional<Hash> rangeHash(const TreeSource& source, qint64 from, qint64 to)
{
    if (to - from == 1)
        return source.leaf(from);
    if (to - from == kTileLeaves && from % kTileLeaves == 0) {
        if (const auto kept = source.tile(from / kTileLeaves))
            return kept;
    }
    const qint64 middle = from + splitOf(to - from);
    const auto left = rangeHash(source, from, middle);
    const auto right = left ? rangeHash(source, middle, to) : std::nullopt;
    return right ? std::optional(nodeHash(*left, *right)) : std::nullopt;
}

bool addPath(const TreeSource& source, qint64 place, qint64 from, qint64 to, std::vector<Hash>& path)
{
    if (to - from == 1)
        return true;
    const qint64 middle = from + splitOf(to - from);
    const bool isLeft = place < middle;
    if (!(isLeft ? addPath(source, place, from, middle, path) : addPath(source, place, middle, to, path)))
        return false;
    const auto other = isLeft ? rangeHash(source, middle, to) : rangeHash(source, from, middle);
    if (other)
        path.push_back(*other);
    return other.has_value();
}

// Walks down as addPath does; the nearest of the path is used last.
std::optional<Hash> climb(
    const Hash& leaf, qint64 place, qint64 from, qint64 to, const std::vector<Hash>& path, std::size_t used)
{
    if (to - from == 1)
        return used == 0 ? std::optional(leaf) : std::nullopt;
    if (used == 0)
        return std::nullopt;
    const qint64 middle = from + splitOf(to - from);
    const Hash& other = path[used - 1];
    if (place < middle) {
        const auto left = climb(leaf, place, from, middle, path, used - 1);
        return left ? std::optional(nodeHash(*left, other)) : std::nullopt;
    }
    const auto right = climb(leaf, place, middle, to, path, used - 1);
    return right ? std::optional(nodeHash(other, *right)) : std::nullopt;
}

} // namespace

Hash leafHash(QByteArrayView entry)
{
    thread_local Sha256 hasher;
    hasher.add({"\0", 1});
    hasher.add(entry);
    return hasher.finish();
}

Hash nodeHash(const Hash& left, const Hash& right)
{
    std::array<char, 1 + 2 * sizeof(Hash)> bytes;
    bytes[0] = 1;
    std::memcpy(bytes.data() + 1, left.data(), sizeof(Hash));
    std::memcpy(bytes.data() + 1 + sizeof(Hash), right.data(), sizeof(Hash));
    return sha256({bytes.data(), qsizetype(bytes.size())});
}

Hash emptyRoot()
{
    return sha256({});
}

std::optional<Hash> Frontier::push(int level, Hash hash)
{
    std::optional<Hash> tile;
    while (true) {
        if (level == kTileLevel)
            tile = hash;
        if (m_peaks.empty() || m_peaks.back().level != level)
            break;
        hash = nodeHash(m_peaks.back().hash, hash);
        m_peaks.pop_back();
        ++level;
    }
    m_peaks.push_back({level, hash});
    return tile;
}

std::optional<Hash> Frontier::append(const Hash& leaf)
{
    ++m_size;
    return push(0, leaf);
}

void Frontier::appendTile(const Hash& root)
{
    m_size += kTileLeaves;
    push(kTileLevel, root);
}

Hash Frontier::root() const
{
    if (m_peaks.empty())
        return emptyRoot();
    Hash root = m_peaks.back().hash;
    for (std::size_t i = m_peaks.size() - 1; i-- > 0;)
        root = nodeHash(m_peaks[i].hash, root);
    return root;
}

std::optional<std::vector<Hash>> inclusionPath(const TreeSource& source, qint64 place, qint64 size)
{
    std::vector<Hash> path;
    if (place < 0 || place >= size || !addPath(source, place, 0, size, path))
        return std::nullopt;
    return path;
}

std::optional<Hash> rootOf(const Hash& leaf, qint64 place, qint64 size, const std::vector<Hash>& path)
{
    if (place < 0 || place >= size || path.size() > 64)
        return std::nullopt;
    return climb(leaf, place, 0, size, path, path.size());
}

} // namespace gateway::audit
