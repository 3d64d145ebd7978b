// A table for people: columns as wide as their widest entry, numbers to the right, a faint heading where the terminal
// has colour and NO_COLOR is not set. Text from outside is stripped of control characters, so that no name can move the
// cursor.
#pragma once

#include <QStringList>
#include <QVector>

namespace ctl {

class Table
{
public:
    enum class Align
    {
        Left,
        Right
    };
    struct Column
    {
        const char* heading;
        Align align = Align::Left;
    };

    explicit Table(QVector<Column> columns) : m_columns(std::move(columns)) {}
    void add(const QStringList& row);
    void print() const;

private:
    QVector<Column> m_columns;
    QVector<QStringList> m_rows;
};

// "name   value" lines, for one object.
void printFacts(const QVector<std::pair<QString, QString>>& facts);

QString plain(const QString& text); // one line, no control characters; "-" if empty
QString faint(const QString& text); // as it is when there is no colour
bool hasColour();

} // namespace ctl
