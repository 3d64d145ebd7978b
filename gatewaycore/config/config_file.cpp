#include "config/config_file.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QSet>
#include <QStringDecoder>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

namespace gateway::config {
namespace {

constexpr qsizetype kLargestFile = 4 << 20;
constexpr std::size_t kDeepest = 32;

// Thrown through yaml-cpp's parser to leave it early; never leaves this file.
struct Stop
{
};

// Builds the tree from the parser's events. Events carry what Node has thrown away: marks of keys, quotes, duplicates.
class TreeBuilder final : public YAML::EventHandler
{
public:
    TreeBuilder(QString file, Problems& problems) : m_file(std::move(file)), m_problems(problems) {}

    Value root;
    bool started = false;

    void OnDocumentStart(const YAML::Mark& mark) override
    {
        if (started)
            stop(mark, QStringLiteral("A config file holds one document, and a second one begins here."));
        started = true;
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { place(mark, anchor, {}); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override
    {
        stop(mark, QStringLiteral("Anchors and their aliases (& and *) are not read; write the value out."));
    }
    void OnScalar(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override
    {
        checkTag(mark, tag);
        Value scalar;
        scalar.text = QString::fromStdString(value);
        scalar.quoted = tag == "!";
        const bool null = !scalar.quoted && (value.empty() || value == "~" || value == "null");
        scalar.type = null ? Value::Type::Null : Value::Type::Text;
        place(mark, anchor, std::move(scalar));
    }
    void OnSequenceStart(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override
    {
        open(mark, tag, anchor, Value::Type::List);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override
    {
        open(mark, tag, anchor, Value::Type::Map);
    }
    void OnMapEnd() override { close(); }

private:
    struct Level
    {
        Value value;
        Value key; // of the member being read
        bool haveKey = false;
        QSet<QString> seen;
    };

    [[noreturn]] void stop(const YAML::Mark& mark, const QString& message)
    {
        m_problems.append(Problem{m_file, mark.line + 1, mark.column + 1, {}, message, {}});
        throw Stop{};
    }

    void checkTag(const YAML::Mark& mark, const std::string& tag)
    {
        if (!tag.empty() && tag != "?" && tag != "!")
            stop(mark, QStringLiteral("Tags (!name) are not read."));
    }

    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Value::Type type)
    {
        checkTag(mark, tag);
        if (anchor != 0)
            OnAlias(mark, anchor);
        if (!m_levels.empty() && m_levels.back().value.type == Value::Type::Map && !m_levels.back().haveKey)
            stop(mark, QStringLiteral("The name of a field must be plain text."));
        if (m_levels.size() >= kDeepest)
            stop(mark, QStringLiteral("The file is nested more than %1 levels deep.").arg(kDeepest));
        Level level;
        level.value.type = type;
        level.value.line = mark.line + 1;
        level.value.column = mark.column + 1;
        m_levels.push_back(std::move(level));
    }

    void close()
    {
        Value value = std::move(m_levels.back().value);
        m_levels.pop_back();
        attach(std::move(value));
    }

    void place(const YAML::Mark& mark, YAML::anchor_t anchor, Value value)
    {
        if (anchor != 0)
            OnAlias(mark, anchor);
        value.line = mark.line + 1;
        value.column = mark.column + 1;
        if (!m_levels.empty() && m_levels.back().value.type == Value::Type::Map && !m_levels.back().haveKey) {
            Level& level = m_levels.back();
            if (value.type != Value::Type::Text)
                stop(mark, QStringLiteral("A field without a name."));
            if (level.seen.contains(value.text))
                stop(mark, QStringLiteral("The field %1 stands here a second time.").arg(value.text));
            level.seen.insert(value.text);
            level.key = std::move(value);
            level.haveKey = true;
            return;
        }
        attach(std::move(value));
    }

    void attach(Value value)
    {
        if (m_levels.empty()) {
            root = std::move(value);
            return;
        }
        Level& level = m_levels.back();
        if (level.value.type == Value::Type::Map) {
            value.key = level.key.text;
            value.line = level.key.line;
            value.column = level.key.column;
            level.haveKey = false;
        }
        level.value.children.push_back(std::move(value));
    }

    QString m_file;
    Problems& m_problems;
    std::vector<Level> m_levels;
};

// The line (from 1) of the first byte that is not UTF-8 or is NUL, or 0. Line breaks never stand inside a character.
int firstBadLine(const QByteArray& bytes)
{
    int number = 0;
    for (const QByteArray& line : bytes.split('\n')) {
        ++number;
        QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
        const QString text = decoder.decode(line);
        if (decoder.hasError() || text.contains(QChar::Null))
            return number;
    }
    return 0;
}

} // namespace

const Value* Value::member(QStringView name) const
{
    for (const Value& child : children) {
        if (type == Type::Map && child.key == name)
            return &child;
    }
    return nullptr;
}

std::optional<ConfigFile> parseConfig(const QString& name, const QByteArray& bytes, Problems& problems)
{
    const auto refuse = [&](int line, const QString& message) {
        problems.append(Problem{name, line, line > 0 ? 1 : 0, {}, message, {}});
        return std::nullopt;
    };
    if (bytes.size() > kLargestFile)
        return refuse(0, QStringLiteral("The file is larger than 4 MiB."));
    if (const int line = firstBadLine(bytes); line > 0)
        return refuse(line, QStringLiteral("The line is not UTF-8 text."));

    TreeBuilder builder(name, problems);
    try {
        std::istringstream stream(bytes.toStdString());
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Stop&) {
        return std::nullopt;
    } catch (const YAML::Exception& error) {
        const bool placed = !error.mark.is_null();
        problems.append(Problem{name, placed ? error.mark.line + 1 : 0, placed ? error.mark.column + 1 : 0, {},
            QStringLiteral("The file is not valid YAML: %1.").arg(QString::fromStdString(error.msg)), {}});
        return std::nullopt;
    } catch (const std::exception& error) {
        return refuse(0, QStringLiteral("The file is not valid YAML: %1.").arg(QString::fromUtf8(error.what())));
    }
    if (builder.root.type == Value::Type::Null)
        return refuse(0, QStringLiteral("The file is empty."));

    ConfigFile file;
    file.name = name;
    file.bytes = bytes;
    file.root = std::move(builder.root);
    file.endsInMidLine = !bytes.endsWith('\n');
    return file;
}

std::optional<ConfigFile> readConfig(const QString& path, Problems& problems)
{
    const auto refuse = [&](const QString& message) {
        problems.append(Problem{path, 0, 0, {}, message, {}});
        return std::nullopt;
    };
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(QStringLiteral("The file cannot be read: %1.").arg(file.errorString()));
    if (QFileInfo(path).isDir())
        return refuse(QStringLiteral("This is a directory, not a file."));
    const qint64 sizeBefore = file.size();
    const QDateTime changedBefore = file.fileTime(QFileDevice::FileModificationTime);
    const QByteArray bytes = file.read(kLargestFile + 1);
    if (file.error() != QFileDevice::NoError)
        return refuse(QStringLiteral("The file cannot be read: %1.").arg(file.errorString()));
    // an editor that writes in place: half a file must not become policy
    if (file.size() != sizeBefore || file.fileTime(QFileDevice::FileModificationTime) != changedBefore)
        return refuse(QStringLiteral("The file changed while it was read; read it again when it is written."));
    return parseConfig(path, bytes, problems);
}

} // namespace gateway::config
