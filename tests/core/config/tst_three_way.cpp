// Three texts made one: what either side changed is there, what both changed is shown, and nothing is lost. Random
// edits are compared with what they must give.
#include "config/edit/three_way.h"

#include <QRandomGenerator>
#include <QTest>

using namespace gateway;

class TestThreeWay : public QObject
{
    Q_OBJECT

    static QByteArray text(const QList<QByteArray>& lines)
    {
        return lines.isEmpty() ? QByteArray() : lines.join('\n') + '\n';
    }

private Q_SLOTS:
    void merges_data();
    void merges();
    void conflictsAreShown();
    void marksAreReadBack();
    void matchesAreLongest();
    void randomEditsMeet();
    void muchIsMergedAsWell();
};

void TestThreeWay::merges_data()
{
    QTest::addColumn<QByteArray>("base");
    QTest::addColumn<QByteArray>("ours");
    QTest::addColumn<QByteArray>("theirs");
    QTest::addColumn<QByteArray>("merged");
    QTest::newRow("nobody changed") << QByteArray("a\nb\n") << QByteArray("a\nb\n") << QByteArray("a\nb\n")
                                    << QByteArray("a\nb\n");
    QTest::newRow("we did") << QByteArray("a\nb\nc\n") << QByteArray("a\nB\nc\n") << QByteArray("a\nb\nc\n")
                            << QByteArray("a\nB\nc\n");
    QTest::newRow("they did") << QByteArray("a\nb\nc\n") << QByteArray("a\nb\nc\n") << QByteArray("a\nb\nC\n")
                              << QByteArray("a\nb\nC\n");
    QTest::newRow("both, apart") << QByteArray("a\nb\nc\nd\ne\n") << QByteArray("A\nb\nc\nd\ne\n")
                                 << QByteArray("a\nb\nc\nd\nE\n") << QByteArray("A\nb\nc\nd\nE\n");
    QTest::newRow("both the same") << QByteArray("a\nb\n") << QByteArray("a\nx\n") << QByteArray("a\nx\n")
                                   << QByteArray("a\nx\n");
    QTest::newRow("we added, they removed") << QByteArray("a\nb\nc\nd\n") << QByteArray("0\na\nb\nc\nd\n")
                                            << QByteArray("a\nb\nc\n") << QByteArray("0\na\nb\nc\n");
    QTest::newRow("everything new") << QByteArray() << QByteArray("x\n") << QByteArray() << QByteArray("x\n");
    QTest::newRow("the end of a text without a line break")
        << QByteArray("a\nb") << QByteArray("a\nb\nc") << QByteArray("a\nb") << QByteArray("a\nb\nc");
}

void TestThreeWay::merges()
{
    QFETCH(QByteArray, base);
    QFETCH(QByteArray, ours);
    QFETCH(QByteArray, theirs);
    QFETCH(QByteArray, merged);
    const api::MergeResult result = config::merged(base, ours, theirs);
    QCOMPARE(result.text.toUtf8(), merged);
    QVERIFY(result.conflicts.isEmpty());
}

void TestThreeWay::conflictsAreShown()
{
    const api::MergeResult result = config::merged("a\nb\nc\n", "a\nours\nc\n", "a\ntheirs\nc\n");
    QCOMPARE(result.conflicts.size(), 1);
    const api::MergeConflict& one = result.conflicts[0];
    QCOMPARE(one.ours, QStringLiteral("ours\n"));
    QCOMPARE(one.base, QStringLiteral("b\n"));
    QCOMPARE(one.theirs, QStringLiteral("theirs\n"));
    const QStringList lines = result.text.split(u'\n');
    QVERIFY(lines[one.fromLine - 1].startsWith(QLatin1String("<<<<<<<")));
    QVERIFY(lines[one.toLine - 1].startsWith(QLatin1String(">>>>>>>")));
    QVERIFY(config::hasMergeMarks(result.text.toUtf8()));
    QVERIFY(!config::hasMergeMarks("a: b\n"));
}

void TestThreeWay::marksAreReadBack()
{
    const api::MergeResult result = config::merged("a\nb\nc\nd\ne\n", "a\n1\nc\nd\n2\n", "a\n3\nc\nd\n4\n5\n");
    QCOMPARE(result.conflicts.size(), 2);
    const auto read = config::conflictsIn(result.text.toUtf8());
    QCOMPARE(read.size(), 2);
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(read[i].fromLine, result.conflicts[i].fromLine);
        QCOMPARE(read[i].toLine, result.conflicts[i].toLine);
        QCOMPARE(read[i].ours, result.conflicts[i].ours);
        QCOMPARE(read[i].base, result.conflicts[i].base);
        QCOMPARE(read[i].theirs, result.conflicts[i].theirs);
    }
}

// Against the table of all common subsequences.
void TestThreeWay::matchesAreLongest()
{
    QRandomGenerator random(20261123);
    for (int round = 0; round < 400; ++round) {
        const auto lines = [&] {
            std::vector<QByteArray> made;
            const int count = int(random.bounded(14));
            for (int i = 0; i < count; ++i)
                made.push_back(QByteArray::number(random.bounded(5)) + '\n');
            return made;
        };
        const auto a = lines();
        const auto b = lines();
        std::vector<std::vector<int>> longest(a.size() + 1, std::vector<int>(b.size() + 1, 0));
        for (std::size_t i = 1; i <= a.size(); ++i) {
            for (std::size_t j = 1; j <= b.size(); ++j)
                longest[i][j] =
                    a[i - 1] == b[j - 1] ? longest[i - 1][j - 1] + 1 : std::max(longest[i - 1][j], longest[i][j - 1]);
        }
        const std::vector<int> found = config::matched(a, b);
        int count = 0;
        int last = -1;
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (found[i] < 0)
                continue;
            QCOMPARE(a[i], b[std::size_t(found[i])]);
            QVERIFY(found[i] > last);
            last = found[i];
            ++count;
        }
        QCOMPARE(count, longest[a.size()][b.size()]);
    }
}

// Each side changes lines of its own, never beside one of the other: the merge has all of them.
void TestThreeWay::randomEditsMeet()
{
    QRandomGenerator random(7);
    for (int round = 0; round < 200; ++round) {
        QList<QByteArray> base;
        QList<QByteArray> ours;
        QList<QByteArray> theirs;
        QList<QByteArray> all;
        for (int i = 0; i < 60; ++i) {
            const QByteArray line = "line " + QByteArray::number(i);
            const QByteArray other = "round " + QByteArray::number(round) + ' ' + QByteArray::number(i);
            base << line;
            const int what = i % 2 == 1 ? int(random.bounded(7)) : 6; // the others keep the changes apart
            const bool isOurs = random.bounded(2) == 0;
            QList<QByteArray>& side = isOurs ? ours : theirs;
            QList<QByteArray>& still = isOurs ? theirs : ours;
            still << line;
            if (what == 0) { // gone
            } else if (what == 1) {
                side << other;
                all << other;
            } else if (what == 2) {
                side << line << other;
                all << line << other;
            } else {
                side << line;
                all << line;
            }
        }
        const api::MergeResult result = config::merged(text(base), text(ours), text(theirs));
        QVERIFY(result.conflicts.isEmpty());
        QCOMPARE(result.text.toUtf8(), text(all));
    }
}

void TestThreeWay::muchIsMergedAsWell()
{
    QList<QByteArray> base;
    for (int i = 0; i < 20'000; ++i)
        base << "line " + QByteArray::number(i);
    QList<QByteArray> ours = base;
    QList<QByteArray> theirs = base;
    for (int i = 0; i < 20'000; i += 100) {
        ours[i] = "ours " + QByteArray::number(i);
        theirs[i + 50] = "theirs " + QByteArray::number(i);
    }
    const api::MergeResult result = config::merged(text(base), text(ours), text(theirs));
    QVERIFY(result.conflicts.isEmpty());
    QCOMPARE(result.text.count(QStringLiteral("ours ")), 200);
    QCOMPARE(result.text.count(QStringLiteral("theirs ")), 200);
}

QTEST_GUILESS_MAIN(TestThreeWay)
#include "tst_three_way.moc"
