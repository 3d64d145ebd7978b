// What the sums of calls and of spend share: groups found by a key of bytes (a number, then texts with their lengths).
// A key is built in room that is used again, so looking a known group up allocates nothing. One thread. Used by
// call_sums and spend_sums only.
#pragma once

#include "base/ascii.h"

#include <QByteArray>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gateway::store {

class GroupKey
{
public:
    GroupKey& begin(qint64 number)
    {
        m_bytes.assign(reinterpret_cast<const char*>(&number), sizeof number);
        return *this;
    }
    GroupKey& add(QByteArrayView text)
    {
        const auto size = std::uint32_t(text.size());
        m_bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
        m_bytes.append(text.data(), std::size_t(text.size()));
        return *this;
    }
    GroupKey& add(QStringView text)
    {
        const std::size_t at = m_bytes.size();
        const auto size = std::uint32_t(text.size());
        m_bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
        m_bytes.resize(at + sizeof size + size);
        if (!copyAscii(text, m_bytes.data() + at + sizeof size)) {
            m_bytes.resize(at);
            add(QByteArrayView(text.toUtf8()));
        }
        return *this;
    }
    std::string_view bytes() const { return m_bytes; }

    // What a key was made of, one after the other.
    static qint64 number(std::string_view& from)
    {
        qint64 number = 0;
        std::memcpy(&number, from.data(), sizeof number);
        from.remove_prefix(sizeof number);
        return number;
    }
    static QByteArrayView text(std::string_view& from)
    {
        std::uint32_t size = 0;
        std::memcpy(&size, from.data(), sizeof size);
        const QByteArrayView text(from.data() + sizeof size, qsizetype(size));
        from.remove_prefix(sizeof size + size);
        return text;
    }

private:
    std::string m_bytes;
};

struct GroupHash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

template <typename Value>
using Groups = std::unordered_map<std::string, Value, GroupHash, std::equal_to<>>;

template <typename Value>
Value& groupOf(Groups<Value>& groups, const GroupKey& key)
{
    const auto known = groups.find(key.bytes());
    return known != groups.end() ? known->second : groups[std::string(key.bytes())];
}

} // namespace gateway::store
