#include "transform/providers/gemini_arguments.h"

namespace gateway::transform::gemini {
namespace {

constexpr std::size_t kDeepest = 32;
constexpr qsizetype kMostPaths = 10'000;

} // namespace

// $.a.b[0].c and $['a key'].b
std::optional<PartialArguments::Path> PartialArguments::pathOf(QByteArrayView text)
{
    Path path;
    if (text.startsWith("$"))
        text = text.sliced(1);
    while (!text.isEmpty()) {
        Step step;
        if (text.startsWith("['") || text.startsWith("[\"")) {
            const qsizetype end = text.indexOf(QByteArray(1, text[1]) + ']', 2);
            if (end < 0)
                return std::nullopt;
            step.key = text.sliced(2, end - 2).toByteArray();
            text = text.sliced(end + 2);
        } else if (text.startsWith("[")) {
            const qsizetype end = text.indexOf(']');
            bool ok = false;
            step.index = end < 2 ? -1 : text.sliced(1, end - 1).toByteArray().toLongLong(&ok);
            if (!ok || step.index < 0)
                return std::nullopt;
            text = text.sliced(end + 1);
        } else {
            if (text.startsWith("."))
                text = text.sliced(1);
            qsizetype end = 0;
            while (end < text.size() && text[end] != '.' && text[end] != '[')
                ++end;
            if (end == 0)
                return std::nullopt;
            step.key = text.first(end).toByteArray();
            text = text.sliced(end);
        }
        path.push_back(std::move(step));
        if (path.size() > kDeepest)
            return std::nullopt;
    }
    if (path.empty() || path.front().isIndex())
        return std::nullopt;
    return path;
}

QByteArray PartialArguments::nameOf(const Path& path)
{
    QByteArray name;
    for (const Step& step : path)
        name += step.isIndex() ? '[' + QByteArray::number(step.index) + ']' : '.' + jsonString(step.key);
    return name;
}

void PartialArguments::closeString(QByteArray& out)
{
    if (m_inString)
        out += '"';
    m_inString = false;
}

void PartialArguments::closeTo(QByteArray& out, std::size_t depth)
{
    while (m_levels.size() > depth) {
        out += m_levels.back().list ? ']' : '}';
        m_levels.pop_back();
        if (!m_open.empty())
            m_open.pop_back();
    }
}

// Goes from the open container to the one the path's last step lies in, and writes the value there.
bool PartialArguments::put(QByteArray& out, const Path& path, QByteArrayView json)
{
    closeString(out);
    if (m_levels.empty()) {
        out += '{';
        m_levels.push_back({});
    }
    std::size_t common = 0;
    while (common < m_open.size() && common + 1 < path.size() && m_open[common] == path[common])
        ++common;
    closeTo(out, common + 1);
    for (std::size_t i = common; i < path.size(); ++i) {
        const Step& step = path[i];
        Level& level = m_levels.back();
        const QByteArray name = nameOf(Path(path.begin(), path.begin() + std::ptrdiff_t(i) + 1));
        if (level.list != step.isIndex() || (step.isIndex() && step.index != level.members) ||
            m_written.contains(name) || m_written.size() >= kMostPaths)
            return false;
        m_written.insert(name);
        if (level.members++ > 0)
            out += ',';
        if (!step.isIndex())
            out += jsonString(step.key) + ':';
        if (i + 1 == path.size()) {
            out.append(json.data(), json.size());
        } else {
            const bool list = path[i + 1].isIndex();
            out += list ? '[' : '{';
            m_levels.push_back({list, 0});
            m_open.push_back(step);
        }
    }
    return true;
}

std::optional<QByteArray> PartialArguments::take(JsonView partialArgs)
{
    QByteArray out;
    bool ok = true;
    partialArgs.eachElement([&](JsonView piece) {
        QByteArray where = piece.member("jsonPath").text().value_or(QByteArray());
        const bool endsList = where.endsWith("[]"); // a list's end, or an empty list
        if (endsList)
            where.chop(2);
        const std::optional<Path> path = pathOf(where);
        if (!path) {
            ok = false;
            return false;
        }
        const bool goesOn = piece.member("willContinue").boolean().value_or(false);
        const JsonView string = piece.member("stringValue");
        if (string.type() == JsonType::String) {
            const QByteArray quoted = jsonString(*string.text());
            if (m_inString && m_string == *path)
                out += quoted.sliced(1, quoted.size() - 2);
            else
                ok = put(out, *path, QByteArrayView(quoted).chopped(1));
            m_string = *path;
            m_inString = true;
            if (!goesOn)
                closeString(out);
        } else if (const JsonView number = piece.member("numberValue"); number.type() == JsonType::Number) {
            ok = put(out, *path, number.raw());
        } else if (const JsonView truth = piece.member("boolValue"); truth.type() == JsonType::Bool) {
            ok = put(out, *path, truth.raw());
        } else if (!piece.member("nullValue").isMissing()) {
            ok = put(out, *path, "null");
        } else if (m_inString && m_string == *path) {
            if (!goesOn)
                closeString(out);
        } else if (!goesOn && !m_written.contains(nameOf(*path))) {
            ok = put(out, *path, endsList ? "[]" : "{}");
        }
        return ok;
    });
    return ok ? std::optional(out) : std::nullopt;
}

QByteArray PartialArguments::close()
{
    QByteArray out;
    if (m_levels.empty())
        return QByteArrayLiteral("{}");
    closeString(out);
    closeTo(out, 0);
    return out;
}

} // namespace gateway::transform::gemini
