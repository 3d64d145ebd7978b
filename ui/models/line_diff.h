// The difference of two texts by lines, with a few unchanged lines around each place; what is left out is counted.
// Greedy shortest edit (Myers); texts that differ in more than kMostEdits lines come out as one removed and one added
// block, which is true too. Any thread; pure.
#pragma once

#include <QString>
#include <QVector>

namespace ui::models {

struct DiffLine
{
    enum class Kind
    {
        Same,
        Removed,
        Added,
        LeftOut // `text` says how many
    };
    Kind kind = Kind::Same;
    int before = 0; // number in the old text, from 1; 0: not there
    int after = 0;
    QString text;
};

QVector<DiffLine> lineDiff(const QString& before, const QString& after, int context = 3);

} // namespace ui::models
