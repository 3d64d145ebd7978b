// Limit lint: what compiles and still does not do what whoever wrote it counts on. Limits that can never bind, money
// that nobody can spend, zones that leave an alias without a candidate, prices that are missing. One row of a table
// each (lint.cpp, lint_limits.cpp), with its sentence, line and column. Any thread; a pure function.
#pragma once

#include "config/change/check_text.h"

namespace gateway::config {

QVector<api::Finding> lint(const ConfigFile& file, const PolicySnapshot& snapshot, const CheckContext& context);
QStringList lintRules(); // the names of all rows, each once

// Between lint.cpp and lint_limits.cpp: where a row speaks of, and what fills its sentence.
struct LintHit
{
    QString path;
    QStringList words; // %1, %2 ... of the sentence
};
using LintFind = QVector<LintHit> (*)(const PolicySnapshot&, const CheckContext&);
struct LintRow
{
    const char* rule;
    api::Finding::Severity severity;
    const char* sentence;
    const char* suggestion;
    LintFind find;
};
const std::vector<LintRow>& limitRows(); // limits and money

} // namespace gateway::config
