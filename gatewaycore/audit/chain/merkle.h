// The Merkle tree of RFC 6962 (section 2.1) over SHA-256: leaves are hashed with 0x00 before them, nodes with 0x01, and
// a tree of n leaves splits at the largest power of two below n. Frontier grows a tree leaf by leaf and knows its root
// at every size; path and proof show that a leaf is in a tree whose root is known. Values and functions; any thread.
#pragma once

#include "base/sha256.h"

#include <functional>
#include <optional>
#include <vector>

namespace gateway::audit {

constexpr qint64 kTileLeaves = 256; // of a whole subtree whose root is kept beside the log
constexpr int kTileLevel = 8;

Hash leafHash(QByteArrayView entry);
Hash nodeHash(const Hash& left, const Hash& right);
Hash emptyRoot(); // of no leaves

class Frontier
{
public:
    // The root of a tile that this leaf has completed, if it has.
    std::optional<Hash> append(const Hash& leaf);
    void appendTile(const Hash& root); // of kTileLeaves leaves; the size is a multiple of that
    qint64 size() const { return m_size; }
    Hash root() const;

private:
    struct Peak
    {
        int level;
        Hash hash;
    };
    std::optional<Hash> push(int level, Hash hash);

    std::vector<Peak> m_peaks; // of whole subtrees, the largest first
    qint64 m_size = 0;
};

// What a proof is made from: the leaf's hash at a place from 0, and the root of tile n, where it is kept.
struct TreeSource
{
    std::function<std::optional<Hash>(qint64 place)> leaf;
    std::function<std::optional<Hash>(qint64 tile)> tile;
};

// The path of the leaf at `place` in the tree over the first `size` leaves, nearest first. Nothing if the source lacks
// something.
std::optional<std::vector<Hash>> inclusionPath(const TreeSource& source, qint64 place, qint64 size);
// The root that the leaf and its path lead to; nothing if the path is not as long as it must be.
std::optional<Hash> rootOf(const Hash& leaf, qint64 place, qint64 size, const std::vector<Hash>& path);

} // namespace gateway::audit
