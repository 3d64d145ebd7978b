// Problem: one thing wrong with a config file, in the words of `signalboxd --check`: where it stands, which field, what
// is wrong, and what to write instead where we can tell. Lines and columns count from 1; 0 means the file as a whole.
// The message never repeats a value that could be a key. Any thread; a value.
#pragma once

#include <QString>
#include <QVector>

namespace gateway::config {

struct Problem
{
    QString file;
    int line = 0;
    int column = 0;
    QString field; // aliases[0].candidates[1].weight; empty for the file
    QString message;
    QString suggestion; // a sentence, may be empty
};

using Problems = QVector<Problem>;

// "signalbox.yaml:12:5: aliases[0].weigth: There is no such field. Did you mean weight?"
QString describe(const Problem& problem);
QString describe(const Problems& problems); // one line each

} // namespace gateway::config
