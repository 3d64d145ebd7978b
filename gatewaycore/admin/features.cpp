#include "admin/features.h"

#include "admin/router.h"

namespace gateway::admin {

QStringList features()
{
    static const QStringList all = [] {
        const qsizetype prefix = qsizetype(qstrlen("/api/v1/"));
        QStringList names;
        for (const Route& route : routes()) {
            QStringList fixed;
            for (const QString& part : QString::fromLatin1(route.path).mid(prefix).split(u'/')) {
                if (!part.startsWith(u'{'))
                    fixed.append(part);
            }
            names.append(fixed.join(u'/'));
        }
        names.sort();
        names.removeDuplicates();
        return names;
    }();
    return all;
}

} // namespace gateway::admin
