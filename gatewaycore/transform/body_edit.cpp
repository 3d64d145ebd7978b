#include "transform/body_edit.h"

#include <algorithm>
#include <cstring>

namespace gateway::transform {
namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

} // namespace

void BodyEdit::add(Cut cut)
{
    // what is added at a place comes before what is taken out there
    const auto after = std::upper_bound(m_cuts.begin(), m_cuts.end(), cut,
        [](const Cut& a, const Cut& b) { return a.from != b.from ? a.from < b.from : a.isRemoval < b.isRemoval; });
    m_cuts.insert(after, std::move(cut));
}

void BodyEdit::replace(QByteArrayView bytes, QByteArray by)
{
    const qsizetype from = bytes.data() - m_document.data();
    add({from, from + bytes.size(), std::move(by)});
}

void BodyEdit::addMember(JsonView object, QByteArrayView key, QByteArrayView json)
{
    const qsizetype inside = object.raw().data() - m_document.data() + 1;
    QByteArray member;
    member.reserve(key.size() + json.size() + 4);
    member += '"';
    member.append(key.data(), key.size());
    member += "\":";
    member.append(json.data(), json.size());
    const bool empty = object.isEmpty();
    // two members added to one object both stand at its front: only the last of them may miss its comma
    auto cut = std::lower_bound(
        m_cuts.begin(), m_cuts.end(), inside, [](const Cut& one, qsizetype place) { return one.from < place; });
    const bool joined = cut != m_cuts.end() && cut->from == inside && cut->to == inside; // additions come first
    if (joined && empty)
        member.prepend(',');
    else if (!empty)
        member += ',';
    add({inside, inside, std::move(member)});
}

void BodyEdit::removeMember(JsonView object, QByteArrayView key)
{
    const JsonView value = object.member(key);
    if (value.isMissing())
        return;
    const qsizetype at = value.rawKey().data() - 1 - m_document.data();
    add({at, value.raw().data() + value.raw().size() - m_document.data(), {}, true});
}

// After a member was taken out: its comma goes with it, whichever side it stands on.
qsizetype BodyEdit::closeGap(const char* begin, char*& to, qsizetype from) const
{
    qsizetype next = from;
    while (isSpace(m_document[next]))
        ++next;
    char* last = to - 1;
    while (last > begin && isSpace(*last))
        --last;
    if (m_document[next] == ',')
        return next + 1;
    if (*last == ',')
        to = last;
    return from;
}

QByteArray BodyEdit::apply() const
{
    qsizetype size = m_document.size();
    for (const Cut& cut : m_cuts)
        size += cut.insert.size();
    QByteArray out(size, Qt::Uninitialized);
    char* const begin = out.data();
    char* to = begin;
    const auto write = [&to](const char* bytes, qsizetype count) {
        if (count <= 0)
            return;
        std::memcpy(to, bytes, std::size_t(count));
        to += count;
    };
    qsizetype from = 0;
    for (const Cut& cut : m_cuts) {
        write(m_document.data() + from, cut.from - from);
        write(cut.insert.constData(), cut.insert.size());
        from = cut.isRemoval ? closeGap(begin, to, cut.to) : cut.to;
    }
    write(m_document.data() + from, m_document.size() - from);
    out.truncate(to - begin);
    return out;
}

} // namespace gateway::transform
