// Section: one map of the config file, read field by field. It refuses fields that nobody asked to know (with a
// suggestion), values of the wrong type and missing ones, and notes every problem with its place instead of stopping at
// the first. A getter gives an empty optional both for "not stated" and for "wrong"; what was wrong is in the problems.
// Control thread; lives no longer than the Reader and the tree.
#pragma once

#include "api/money.h"
#include "config/config_file.h"
#include "config/problem.h"

#include <QDate>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace gateway::config {

// Collects the problems of one file.
class Reader
{
public:
    Reader(QString file, Problems& problems) : m_file(std::move(file)), m_problems(problems) {}
    void refuse(const Value& at, const QString& field, const QString& message, const QString& suggestion = {});
    bool clean() const { return m_problems.isEmpty(); }

private:
    QString m_file;
    Problems& m_problems;
};

class Section
{
public:
    Section(Reader& reader, const Value& value, QString path, std::initializer_list<const char*> fields);

    const QString& path() const { return m_path; }
    QString pathOf(const char* field) const;
    const Value& value() const { return *m_value; }
    const Value* find(const char* field) const;
    bool has(const char* field) const { return find(field) != nullptr; }
    bool require(const char* field); // notes a problem when it is missing
    void refuse(const char* field, const QString& message, const QString& suggestion = {});

    std::optional<QString> text(const char* field);
    std::optional<QString> name(const char* field);
    std::optional<qint64> integer(const char* field, qint64 least, qint64 most);
    std::optional<std::chrono::milliseconds> duration(const char* field); // at least 1 ms
    std::optional<api::Money> money(const char* field);                   // not negative
    std::optional<QDate> date(const char* field);
    QStringList texts(const char* field);
    std::vector<Section> sections(const char* field, std::initializer_list<const char*> fields); // a list of maps
    std::optional<Section> section(const char* field, std::initializer_list<const char*> fields);

    template <typename Enum>
    using Names = std::span<const std::pair<const char*, Enum>>;
    template <typename Enum>
    std::optional<Enum> choice(const char* field, Names<Enum> names)
    {
        const std::optional<QString> word = text(field);
        if (!word)
            return std::nullopt;
        QStringList known;
        for (const auto& [name, value] : names) {
            if (*word == QLatin1String(name))
                return value;
            known.append(QString::fromLatin1(name));
        }
        refuseWord(field, *word, known);
        return std::nullopt;
    }
    // A member of an entry of a list, seen from outside when all entries are known; the entry if it has no such member.
    void refuseEntry(const char* list, std::size_t index, const char* member, const QString& message,
        const QString& suggestion = {});
    // A word that is not among the known ones.
    void refuseWord(const char* field, const QString& word, const QStringList& known);

private:
    Reader* m_reader;
    const Value* m_value;
    QString m_path;
};

} // namespace gateway::config
