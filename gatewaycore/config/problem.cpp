#include "config/problem.h"

#include <QStringList>

namespace gateway::config {

QString describe(const Problem& problem)
{
    QString text = problem.file;
    if (problem.line > 0)
        text += u':' + QString::number(problem.line) + u':' + QString::number(problem.column);
    text += QStringLiteral(": ");
    if (!problem.field.isEmpty())
        text += problem.field + QStringLiteral(": ");
    text += problem.message;
    if (!problem.suggestion.isEmpty())
        text += u' ' + problem.suggestion;
    return text;
}

QString describe(const Problems& problems)
{
    QStringList lines;
    for (const Problem& problem : problems)
        lines.append(describe(problem));
    return lines.join(u'\n');
}

} // namespace gateway::config
