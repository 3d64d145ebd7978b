#include "csv.h"

namespace ctl {
namespace {

// What Unicode folds to = + - @ in a spreadsheet counts too: full-width forms.
bool startsFormula(QChar c)
{
    return c == u'=' || c == u'+' || c == u'-' || c == u'@' || c == u'\t' || c == u'\r' || c == u'\n' ||
           c == QChar(0xff1d) || c == QChar(0xff0b) || c == QChar(0xff0d) || c == QChar(0xff20);
}

} // namespace

QString safeCell(const QString& text)
{
    // spreadsheets trim: blanks before the sign do not hide it
    qsizetype first = 0;
    while (first < text.size() && text[first] == u' ')
        ++first;
    return first < text.size() && startsFormula(text[first]) ? u'\'' + text : text;
}

QByteArray csvLine(const QStringList& cells)
{
    QString line;
    for (const QString& cell : cells) {
        if (!line.isEmpty() || &cell != &cells.first())
            line += u',';
        const bool quoted = cell.contains(u',') || cell.contains(u'"') || cell.contains(u'\n') ||
                            cell.contains(u'\r') || cell.startsWith(u' ') || cell.endsWith(u' ');
        line += quoted ? u'"' + QString(cell).replace(u'"', QStringLiteral("\"\"")) + u'"' : cell;
    }
    return line.toUtf8() + "\r\n";
}

} // namespace ctl
