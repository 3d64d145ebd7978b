// The Merkle tree against the vectors of RFC 6962's reference implementation, and every proof of many sizes.
#include "audit/chain/merkle.h"

#include <QTest>

using namespace gateway;
using namespace gateway::audit;

namespace {

QByteArray leafOf(int i)
{
    static const char* const leaves[] = {
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
    return QByteArray::fromHex(leaves[i]);
}

Hash numbered(qint64 place)
{
    return leafHash(QByteArray::number(place));
}

} // namespace

class TestMerkle : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knownRoots();
    void everyProofLeadsToTheRoot();
    void tilesStandForTheirLeaves();
    void anotherLeafHasNoProof();
};

void TestMerkle::knownRoots()
{
    static const char* const roots[] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
    Frontier tree;
    QCOMPARE(hexOf(tree.root()), QLatin1String(roots[0]));
    for (int i = 0; i < 8; ++i) {
        tree.append(leafHash(leafOf(i)));
        QCOMPARE(hexOf(tree.root()), QLatin1String(roots[i + 1]));
    }
}

void TestMerkle::everyProofLeadsToTheRoot()
{
    const TreeSource source{
        [](qint64 place) { return std::optional(numbered(place)); }, [](qint64) { return std::optional<Hash>(); }};
    Frontier tree;
    for (qint64 size = 1; size <= 70; ++size) {
        tree.append(numbered(size - 1));
        for (qint64 place = 0; place < size; ++place) {
            const auto path = inclusionPath(source, place, size);
            QVERIFY(path.has_value());
            QVERIFY(rootOf(numbered(place), place, size, *path) == tree.root());
        }
    }
}

void TestMerkle::tilesStandForTheirLeaves()
{
    std::vector<Hash> tiles;
    Frontier tree;
    Frontier fromTiles;
    constexpr qint64 kSize = 3 * kTileLeaves + 17;
    for (qint64 place = 0; place < kSize; ++place) {
        if (const auto tile = tree.append(numbered(place))) {
            QCOMPARE((place + 1) % kTileLeaves, qint64(0));
            tiles.push_back(*tile);
            fromTiles.appendTile(*tile);
            QVERIFY(fromTiles.root() == tree.root());
            QCOMPARE(fromTiles.size(), tree.size());
        }
    }
    QCOMPARE(tiles.size(), std::size_t(3));
    qint64 leavesRead = 0;
    const TreeSource source{[&](qint64 place) {
                                ++leavesRead;
                                return std::optional(numbered(place));
                            },
        [&](qint64 tile) {
            return tile < qint64(tiles.size()) ? std::optional(tiles[std::size_t(tile)]) : std::nullopt;
        }};
    for (const qint64 place : {qint64(0), qint64(255), qint64(256), qint64(700), kSize - 1}) {
        leavesRead = 0;
        const auto path = inclusionPath(source, place, kSize);
        QVERIFY(path.has_value());
        QVERIFY(rootOf(numbered(place), place, kSize, *path) == tree.root());
        QVERIFY(leavesRead <= kTileLeaves + 17);
    }
}

void TestMerkle::anotherLeafHasNoProof()
{
    const TreeSource source{
        [](qint64 place) { return std::optional(numbered(place)); }, [](qint64) { return std::optional<Hash>(); }};
    Frontier tree;
    for (qint64 place = 0; place < 21; ++place)
        tree.append(numbered(place));
    auto path = *inclusionPath(source, 5, 21);
    QVERIFY(rootOf(numbered(6), 5, 21, path) != tree.root());
    QVERIFY(rootOf(numbered(5), 6, 21, path) != tree.root());
    QVERIFY(!rootOf(numbered(5), 5, 4, path));
    path.pop_back();
    QVERIFY(!rootOf(numbered(5), 5, 21, path));
    QVERIFY(!inclusionPath(source, 21, 21));
}

QTEST_GUILESS_MAIN(TestMerkle)
#include "tst_merkle.moc"
