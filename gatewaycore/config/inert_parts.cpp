#include "config/inert_parts.h"

#include <algorithm>

namespace gateway::config {
namespace {

using Found = QStringList (*)(const PolicySnapshot&);

struct Row
{
    const char* sentence; // %1: the names concerned
    Found names;
};

template <typename List, typename Is>
QStringList namesIf(const List& list, Is is)
{
    QStringList names;
    for (const auto& entry : list) {
        if (is(*entry))
            names.append(entry->name);
    }
    return names;
}

QStringList whole(bool stated)
{
    return stated ? QStringList{QString()} : QStringList();
}

constexpr Row kRows[] = {
    {"The cache of aliases %1 is not in use yet; every call goes to a provider.",
        [](const PolicySnapshot& s) {
            return namesIf(s.aliases,
                [](const Alias& a) { return a.cache.exactTtl || a.cache.semantic.choice == SemanticChoice::On; });
        }},
    {"export.otlp.content does nothing: content never leaves the engine.",
        [](const PolicySnapshot& s) { return whole(s.exports.otlp && s.exports.otlp->content); }},
};

} // namespace

QStringList inertParts(const PolicySnapshot& snapshot)
{
    QStringList sentences;
    for (const Row& row : kRows) {
        const QStringList names = row.names(snapshot);
        if (names.isEmpty())
            continue;
        const QString sentence = QString::fromLatin1(row.sentence);
        sentences.append(
            sentence.contains(QLatin1String("%1")) ? sentence.arg(names.join(QStringLiteral(", "))) : sentence);
    }
    return sentences;
}

} // namespace gateway::config
