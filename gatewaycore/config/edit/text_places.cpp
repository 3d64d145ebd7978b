#include "config/edit/text_places.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

namespace gateway::config {
namespace {

struct Stop
{
};

class PlaceBuilder final : public YAML::EventHandler
{
public:
    explicit PlaceBuilder(const QByteArray& text) : m_text(text)
    {
        m_lines.push_back(0);
        for (qsizetype i = 0; i < text.size(); ++i) {
            if (text[i] == '\n')
                m_lines.push_back(i + 1);
        }
    }

    std::optional<Place> root;

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override
    {
        Place place;
        place.begin = at(mark);
        put(place);
    }
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override { throw Stop{}; }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override
    {
        Place place;
        place.text = QString::fromStdString(value);
        const bool quoted = tag == "!";
        place.type =
            !quoted && (value.empty() || value == "~" || value == "null") ? Value::Type::Null : Value::Type::Text;
        place.begin = at(mark);
        place.end = endOfScalar(place.begin, value);
        put(place);
    }
    void OnSequenceStart(
        const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value style) override
    {
        open(mark, Value::Type::List, style);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(
        const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value style) override
    {
        open(mark, Value::Type::Map, style);
    }
    void OnMapEnd() override { close(); }

private:
    struct Level
    {
        Place place;
        std::optional<Place> key;
    };

    qsizetype at(const YAML::Mark& mark) const
    {
        const qsizetype line = std::min<qsizetype>(mark.line, qsizetype(m_lines.size()) - 1);
        return std::min<qsizetype>(m_lines[std::size_t(line)] + mark.column, m_text.size());
    }

    bool isInFlow() const { return !m_levels.empty() && m_levels.back().place.isFlow; }

    // Behind the last byte of a scalar that stands on one line; -1 for others.
    qsizetype endOfScalar(qsizetype begin, const std::string& value) const
    {
        if (begin >= m_text.size())
            return value.empty() ? begin : -1;
        const char quote = m_text[begin];
        if (quote == '"' || quote == '\'') {
            for (qsizetype i = begin + 1; i < m_text.size() && m_text[i] != '\n'; ++i) {
                if (quote == '"' && m_text[i] == '\\')
                    ++i;
                else if (quote == '\'' && m_text[i] == '\'' && i + 1 < m_text.size() && m_text[i + 1] == '\'')
                    ++i;
                else if (m_text[i] == quote)
                    return i + 1;
            }
            return -1;
        }
        const qsizetype end = begin + qsizetype(value.size());
        return m_text.mid(begin, qsizetype(value.size())).toStdString() == value ? end : -1;
    }

    void open(const YAML::Mark& mark, Value::Type type, YAML::EmitterStyle::value style)
    {
        Level level;
        level.place.type = type;
        level.place.isFlow = style == YAML::EmitterStyle::Flow;
        level.place.begin = at(mark);
        level.place.column = mark.column;
        m_levels.push_back(std::move(level));
    }

    void close()
    {
        Place place = std::move(m_levels.back().place);
        m_levels.pop_back();
        if (place.isFlow) {
            place.end = endOfFlow(place);
        } else if (!place.children.empty()) {
            place.end = place.children.back().end;
            if (place.children.back().type == Value::Type::Null && place.end < 0)
                place.end = std::max(place.children.back().begin, place.children.back().keyEnd + 1);
        }
        put(std::move(place));
    }

    // Behind the bracket that closes it; comments may stand before that.
    qsizetype endOfFlow(const Place& place) const
    {
        qsizetype i = place.begin + 1;
        if (!place.children.empty()) {
            const Place& last = place.children.back();
            i = last.end >= 0 ? last.end : std::max(last.keyEnd, last.begin);
            if (last.end < 0 && last.type != Value::Type::Null)
                return -1;
        }
        const char bracket = place.type == Value::Type::Map ? '}' : ']';
        for (; i < m_text.size(); ++i) {
            if (m_text[i] == bracket)
                return i + 1;
            if (m_text[i] == '#') {
                i = m_text.indexOf('\n', i);
                if (i < 0)
                    return -1;
            }
        }
        return -1;
    }

    void put(Place place)
    {
        if (m_levels.empty()) {
            root = std::move(place);
            return;
        }
        Level& level = m_levels.back();
        if (level.place.type == Value::Type::Map) {
            if (!level.key) {
                level.key = std::move(place);
                return;
            }
            place.key = level.key->text;
            place.keyBegin = level.key->begin;
            place.keyEnd = level.key->end;
            level.key.reset();
            if (place.type == Value::Type::Null && place.text.isEmpty() && place.keyEnd >= 0) {
                // nothing is written: a value would stand behind the colon
                const qsizetype colon = m_text.indexOf(':', place.keyEnd);
                place.begin = colon < 0 ? place.keyEnd : colon + 1;
                place.end = place.begin;
            }
        }
        level.place.children.push_back(std::move(place));
    }

    const QByteArray& m_text;
    std::vector<qsizetype> m_lines; // where each begins
    std::vector<Level> m_levels;
};

// The entry of a list that has this number, name or principal.
template <typename Node, typename TextOf>
const Node* entryOf(const Node& list, const QString& entry, TextOf textOf)
{
    bool isNumber = false;
    const int index = entry.toInt(&isNumber);
    if (isNumber && index >= 0 && std::size_t(index) < list.children.size())
        return &list.children[std::size_t(index)];
    for (const Node& child : list.children) {
        if (child.type == Value::Type::Text && child.text == entry)
            return &child;
        for (const Node& member : child.children) {
            if ((member.key == QLatin1String("name") || member.key == QLatin1String("principal")) &&
                textOf(member) == entry)
                return &child;
        }
    }
    return nullptr;
}

template <typename Node>
const Node* step(const Node& parent, const PathPart& part)
{
    if (!part.entry.isEmpty())
        return parent.type == Value::Type::List
                   ? entryOf(parent, part.entry, [](const Node& node) { return node.text; })
                   : nullptr;
    if (parent.type != Value::Type::Map)
        return nullptr;
    for (const Node& child : parent.children) {
        if (child.key == part.name)
            return &child;
    }
    return nullptr;
}

} // namespace

std::optional<Place> placesOf(const QByteArray& text)
{
    PlaceBuilder builder(text);
    try {
        std::istringstream stream(text.toStdString());
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Stop&) {
        return std::nullopt;
    } catch (const std::exception&) {
        return std::nullopt;
    }
    return std::move(builder.root);
}

std::optional<std::vector<PathPart>> partsOf(const QString& path)
{
    std::vector<PathPart> parts;
    qsizetype i = 0;
    while (i < path.size()) {
        PathPart part;
        if (path[i] == u'[') {
            const qsizetype end = path.indexOf(u']', i);
            if (end < 0 || end == i + 1)
                return std::nullopt;
            part.entry = path.mid(i + 1, end - i - 1);
            i = end + 1;
        } else {
            if (path[i] == u'.') {
                if (parts.empty())
                    return std::nullopt;
                ++i;
            }
            const qsizetype begin = i;
            while (i < path.size() && path[i] != u'.' && path[i] != u'[')
                ++i;
            part.name = path.mid(begin, i - begin);
            if (part.name.isEmpty())
                return std::nullopt;
        }
        parts.push_back(std::move(part));
    }
    return parts.empty() ? std::nullopt : std::optional(std::move(parts));
}

const Place* childOf(const Place& parent, const PathPart& part)
{
    return step(parent, part);
}

const Value* childOf(const Value& parent, const PathPart& part)
{
    return step(parent, part);
}

const Value* find(const Value& root, const QString& path)
{
    const auto parts = partsOf(path);
    const Value* at = parts ? &root : nullptr;
    for (std::size_t i = 0; at && i < parts->size(); ++i)
        at = childOf(*at, (*parts)[i]);
    return at;
}

} // namespace gateway::config
