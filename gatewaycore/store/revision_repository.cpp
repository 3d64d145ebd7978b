#include "store/revision_repository.h"

#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {

std::optional<RevisionMark> readRevisionMark(QSqlDatabase& database)
{
    QSqlQuery query(database);
    if (!query.exec(QStringLiteral("SELECT value FROM meta WHERE key = 'revision'")) || !query.next())
        return std::nullopt;
    // "NUMBER HASH"
    const QByteArray value = query.value(0).toString().toLatin1();
    const qsizetype space = value.indexOf(' ');
    bool isNumber = false;
    const int revision = value.left(space).toInt(&isNumber);
    if (space < 0 || !isNumber)
        return std::nullopt;
    return RevisionMark{revision, value.mid(space + 1)};
}

bool writeRevisionMark(QSqlDatabase& database, const RevisionMark& mark)
{
    QSqlQuery query(database);
    query.prepare(QStringLiteral("INSERT OR REPLACE INTO meta (key, value) VALUES ('revision', ?)"));
    query.bindValue(0, QString::number(mark.revision) + u' ' + QString::fromLatin1(mark.contentHash));
    return query.exec();
}

} // namespace gateway::store
