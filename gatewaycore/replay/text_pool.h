// TextPool: the few names that a hundred thousand calls repeat (tenants, aliases, models ...), each made once and
// shared. Belongs to one thread; the texts it gave out live on without it.
#pragma once

#include <QByteArray>
#include <QString>

#include <string>
#include <string_view>
#include <unordered_map>

namespace gateway::replay {

class TextPool
{
public:
    QString text(std::string_view utf8)
    {
        if (utf8.empty())
            return {};
        if (const auto found = m_texts.find(utf8); found != m_texts.end())
            return found->second;
        const QString made = QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
        if (m_texts.size() < kMost) // a name that somebody draws anew for every call is not kept
            m_texts.emplace(utf8, made);
        return made;
    }

private:
    static constexpr std::size_t kMost = 20'000;
    struct Hash
    {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::unordered_map<std::string, QString, Hash, std::equal_to<>> m_texts;
};

} // namespace gateway::replay
