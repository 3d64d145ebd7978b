#include "table.h"

#include "output.h"

#include <algorithm>
#include <unistd.h>

namespace ctl {
namespace {

const QString kBetween = QStringLiteral("  ");

QString padded(const QString& text, qsizetype width, Table::Align align)
{
    return align == Table::Align::Left ? text.leftJustified(width) : text.rightJustified(width);
}

QString trimmedEnd(QString text)
{
    while (text.endsWith(u' '))
        text.chop(1);
    return text;
}

} // namespace

bool hasColour()
{
    return qEnvironmentVariableIsEmpty("NO_COLOR") && ::isatty(STDOUT_FILENO) == 1;
}

QString faint(const QString& text)
{
    return hasColour() ? QStringLiteral("\x1b[2m") + text + QStringLiteral("\x1b[0m") : text;
}

QString plain(const QString& text)
{
    QString out;
    for (const QChar c : text)
        out.append(c.category() == QChar::Other_Control || c.category() == QChar::Other_Format ? QChar(u' ') : c);
    return out.isEmpty() ? QStringLiteral("-") : out;
}

void Table::add(const QStringList& row)
{
    QStringList safe;
    for (const QString& cell : row)
        safe.append(plain(cell));
    m_rows.append(safe);
}

void Table::print() const
{
    QVector<qsizetype> widths;
    for (qsizetype i = 0; i < m_columns.size(); ++i) {
        qsizetype width = qsizetype(qstrlen(m_columns[i].heading));
        for (const QStringList& row : m_rows)
            width = std::max(width, row.value(i).size());
        widths.append(width);
    }
    QStringList heading;
    for (qsizetype i = 0; i < m_columns.size(); ++i)
        heading.append(padded(QString::fromLatin1(m_columns[i].heading), widths[i], m_columns[i].align));
    printLine(faint(trimmedEnd(heading.join(kBetween))));
    for (const QStringList& row : m_rows) {
        QStringList cells;
        for (qsizetype i = 0; i < m_columns.size(); ++i)
            cells.append(padded(row.value(i), widths[i], m_columns[i].align));
        printLine(trimmedEnd(cells.join(kBetween)));
    }
}

void printFacts(const QVector<std::pair<QString, QString>>& facts)
{
    qsizetype width = 0;
    for (const auto& [name, value] : facts)
        width = std::max(width, name.size());
    for (const auto& [name, value] : facts)
        printLine(faint(name.leftJustified(width)) + kBetween + plain(value));
}

} // namespace ctl
