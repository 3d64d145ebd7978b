#include "config/edit/three_way.h"

#include <algorithm>

namespace gateway::config {
namespace {

constexpr int kMostEdits = 3000;
const QByteArray kOurs = "<<<<<<< the draft\n";
const QByteArray kBase = "||||||| its base\n";
const QByteArray kMiddle = "=======\n";
const QByteArray kTheirs = ">>>>>>> in force\n";

using Lines = std::vector<QByteArray>;

Lines part(const Lines& lines, int from, int to)
{
    return {lines.begin() + from, lines.begin() + to};
}

QByteArray joined(const Lines& lines)
{
    QByteArray text;
    for (const QByteArray& line : lines)
        text += line;
    return text;
}

QByteArray wholeLines(const Lines& lines)
{
    QByteArray text = joined(lines);
    if (!text.isEmpty() && !text.endsWith('\n'))
        text += '\n';
    return text;
}

// Myers' greedy search for the shortest script of edits between a[fromA, toA) and b[fromB, toB).
void matchMiddle(const Lines& a, const Lines& b, int fromA, int toA, int fromB, int toB, std::vector<int>& found)
{
    const int n = toA - fromA;
    const int m = toB - fromB;
    const int most = std::min(n + m, kMostEdits);
    std::vector<int> furthest(std::size_t(2 * most + 3), 0);
    std::vector<std::vector<int>> trace;
    const auto at = [most](int diagonal) { return std::size_t(diagonal + most + 1); };
    int edits = 0;
    bool reached = n == 0 || m == 0;
    if (reached)
        return;
    for (; edits <= most && !reached; ++edits) {
        trace.push_back(furthest);
        for (int k = -edits; k <= edits; k += 2) {
            const bool down = k == -edits || (k != edits && furthest[at(k - 1)] < furthest[at(k + 1)]);
            int x = down ? furthest[at(k + 1)] : furthest[at(k - 1)] + 1;
            int y = x - k;
            while (x < n && y < m && a[std::size_t(fromA + x)] == b[std::size_t(fromB + y)]) {
                ++x;
                ++y;
            }
            furthest[at(k)] = x;
            if (x >= n && y >= m) {
                reached = true;
                break;
            }
        }
    }
    if (!reached)
        return; // told apart as a whole
    int x = n;
    int y = m;
    for (int d = int(trace.size()) - 1; d >= 0; --d) {
        const std::vector<int>& before = trace[std::size_t(d)];
        const int k = x - y;
        const bool down = k == -d || (k != d && before[at(k - 1)] < before[at(k + 1)]);
        const int previousK = down ? k + 1 : k - 1;
        const int previousX = before[at(previousK)];
        const int previousY = previousX - previousK;
        const int startX = down ? previousX : previousX + 1;
        while (x > startX && x > 0 && y > 0) {
            --x;
            --y;
            found[std::size_t(fromA + x)] = fromB + y;
        }
        x = previousX;
        y = previousY;
    }
}

} // namespace

std::vector<QByteArray> linesOf(const QByteArray& text)
{
    Lines lines;
    qsizetype from = 0;
    while (from < text.size()) {
        const qsizetype end = text.indexOf('\n', from);
        const qsizetype to = end < 0 ? text.size() : end + 1;
        lines.push_back(text.mid(from, to - from));
        from = to;
    }
    return lines;
}

std::vector<int> matched(const Lines& a, const Lines& b)
{
    std::vector<int> found(a.size(), -1);
    int begin = 0;
    int endA = int(a.size());
    int endB = int(b.size());
    while (begin < endA && begin < endB && a[std::size_t(begin)] == b[std::size_t(begin)]) {
        found[std::size_t(begin)] = begin;
        ++begin;
    }
    while (endA > begin && endB > begin && a[std::size_t(endA - 1)] == b[std::size_t(endB - 1)]) {
        --endA;
        --endB;
        found[std::size_t(endA)] = endB;
    }
    matchMiddle(a, b, begin, endA, begin, endB, found);
    return found;
}

api::MergeResult merged(const QByteArray& baseText, const QByteArray& oursText, const QByteArray& theirsText)
{
    const Lines base = linesOf(baseText);
    const Lines ours = linesOf(oursText);
    const Lines theirs = linesOf(theirsText);
    const std::vector<int> inOurs = matched(base, ours);
    const std::vector<int> inTheirs = matched(base, theirs);

    api::MergeResult result;
    QByteArray text;
    int b = 0;
    int o = 0;
    int t = 0;
    const auto settle = [&](int toB, int toO, int toT) {
        const Lines was = part(base, b, toB);
        const Lines mine = part(ours, o, toO);
        const Lines other = part(theirs, t, toT);
        if (mine == was || mine == other) {
            text += joined(other);
        } else if (other == was) {
            text += joined(mine);
        } else {
            if (!text.isEmpty() && !text.endsWith('\n'))
                text += '\n';
            api::MergeConflict conflict;
            conflict.fromLine = int(text.count('\n')) + 1;
            text += kOurs + wholeLines(mine) + kBase + wholeLines(was) + kMiddle + wholeLines(other) + kTheirs;
            conflict.toLine = int(text.count('\n'));
            conflict.ours = QString::fromUtf8(joined(mine));
            conflict.base = QString::fromUtf8(joined(was));
            conflict.theirs = QString::fromUtf8(joined(other));
            result.conflicts.append(conflict);
        }
    };
    for (int i = 0; i < int(base.size()); ++i) {
        const int mine = inOurs[std::size_t(i)];
        const int other = inTheirs[std::size_t(i)];
        if (mine < 0 || other < 0)
            continue; // part of what changed; settled with the next line that all three have
        settle(i, mine, other);
        text += base[std::size_t(i)];
        b = i + 1;
        o = mine + 1;
        t = other + 1;
    }
    settle(int(base.size()), int(ours.size()), int(theirs.size()));
    result.text = QString::fromUtf8(text);
    return result;
}

QVector<api::MergeConflict> conflictsIn(const QByteArray& text)
{
    QVector<api::MergeConflict> conflicts;
    api::MergeConflict one;
    QString* side = nullptr;
    int number = 0;
    for (const QByteArray& line : linesOf(text)) {
        ++number;
        if (line == kOurs) {
            one = {};
            one.fromLine = number;
            side = &one.ours;
        } else if (side && line == kBase) {
            side = &one.base;
        } else if (side && line == kMiddle) {
            side = &one.theirs;
        } else if (side && line == kTheirs) {
            one.toLine = number;
            conflicts.append(one);
            side = nullptr;
        } else if (side) {
            *side += QString::fromUtf8(line);
        }
    }
    return conflicts;
}

bool hasMergeMarks(const QByteArray& text)
{
    return text.startsWith(kOurs) || text.contains('\n' + kOurs) || text.startsWith(kTheirs) ||
           text.contains('\n' + kTheirs);
}

} // namespace gateway::config
