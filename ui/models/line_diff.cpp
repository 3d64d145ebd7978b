#include "models/line_diff.h"

#include <QStringList>

#include <algorithm>
#include <vector>

namespace ui::models {
namespace {

constexpr qsizetype kMostEdits = 1'000;

using Kind = DiffLine::Kind;

// The shortest edit script between the two middles, forwards; empty with a difference: too many edits.
std::vector<Kind> editsBetween(const QStringList& a, const QStringList& b)
{
    const qsizetype n = a.size();
    const qsizetype m = b.size();
    const qsizetype most = std::min(n + m, kMostEdits);
    std::vector<std::vector<qsizetype>> trace;
    std::vector<qsizetype> reach(std::size_t(2 * most + 3), 0);
    const auto at = [most](qsizetype k) { return std::size_t(k + most + 1); };
    for (qsizetype d = 0; d <= most; ++d) {
        // kept is the part that this round may read
        trace.emplace_back(reach.begin() + (most + 1 - d - 1), reach.begin() + (most + 1 + d + 2));
        for (qsizetype k = -d; k <= d; k += 2) {
            qsizetype x =
                k == -d || (k != d && reach[at(k - 1)] < reach[at(k + 1)]) ? reach[at(k + 1)] : reach[at(k - 1)] + 1;
            while (x < n && x - k < m && a[x] == b[x - k])
                ++x;
            reach[at(k)] = x;
            if (x < n || x - k < m)
                continue;
            std::vector<Kind> edits;
            qsizetype y = m;
            for (qsizetype round = d; round > 0; --round) {
                const auto& seen = trace[std::size_t(round)];
                const auto of = [&seen, round](qsizetype diagonal) { return seen[std::size_t(diagonal + round + 1)]; };
                const qsizetype here = x - y;
                const bool down = here == -round || (here != round && of(here - 1) < of(here + 1));
                const qsizetype from = down ? here + 1 : here - 1;
                const qsizetype fromX = of(from);
                const qsizetype fromY = fromX - from;
                while (x > (down ? fromX : fromX + 1)) {
                    edits.push_back(Kind::Same);
                    --x;
                    --y;
                }
                edits.push_back(down ? Kind::Added : Kind::Removed);
                x = fromX;
                y = fromY;
            }
            edits.insert(edits.end(), std::size_t(x), Kind::Same);
            std::reverse(edits.begin(), edits.end());
            return edits;
        }
    }
    return {};
}

QVector<DiffLine> withContext(const QVector<DiffLine>& lines, int context)
{
    QVector<bool> wanted(lines.size(), false);
    for (qsizetype i = 0; i < lines.size(); ++i) {
        if (lines[i].kind == Kind::Same)
            continue;
        for (qsizetype j = std::max<qsizetype>(0, i - context); j <= std::min(lines.size() - 1, i + context); ++j)
            wanted[j] = true;
    }
    QVector<DiffLine> shown;
    for (qsizetype i = 0; i < lines.size();) {
        if (wanted[i]) {
            shown.append(lines[i++]);
            continue;
        }
        qsizetype end = i;
        while (end < lines.size() && !wanted[end])
            ++end;
        const qsizetype count = end - i;
        shown.append({Kind::LeftOut, 0, 0,
            count == 1 ? QStringLiteral("1 line is the same") : QStringLiteral("%1 lines are the same").arg(count)});
        i = end;
    }
    return shown;
}

} // namespace

QVector<DiffLine> lineDiff(const QString& before, const QString& after, int context)
{
    const QStringList a = before.split(QLatin1Char('\n'));
    const QStringList b = after.split(QLatin1Char('\n'));
    qsizetype head = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head])
        ++head;
    qsizetype tail = 0;
    while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
        ++tail;
    const QStringList middleA = a.mid(head, a.size() - head - tail);
    const QStringList middleB = b.mid(head, b.size() - head - tail);
    std::vector<Kind> edits = editsBetween(middleA, middleB);
    if (edits.empty()) {
        edits.assign(std::size_t(middleA.size()), Kind::Removed);
        edits.insert(edits.end(), std::size_t(middleB.size()), Kind::Added);
    }
    QVector<DiffLine> lines;
    qsizetype x = 0;
    qsizetype y = 0;
    const auto add = [&](Kind kind) {
        const bool inOld = kind != Kind::Added;
        const bool inNew = kind != Kind::Removed;
        lines.append({kind, inOld ? int(x) + 1 : 0, inNew ? int(y) + 1 : 0, inNew ? b[y] : a[x]});
        x += inOld ? 1 : 0;
        y += inNew ? 1 : 0;
    };
    for (qsizetype i = 0; i < head; ++i)
        add(Kind::Same);
    for (const Kind kind : edits)
        add(kind);
    for (qsizetype i = 0; i < tail; ++i)
        add(Kind::Same);
    return withContext(lines, context);
}

} // namespace ui::models
