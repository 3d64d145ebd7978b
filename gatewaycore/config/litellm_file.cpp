#include "config/litellm_file.h"

#include <yaml-cpp/yaml.h>

namespace gateway::config {
namespace {

constexpr qsizetype kLargestFile = 4 << 20;
constexpr int kDeepest = 32;
constexpr int kMostValues = 200'000;

class TreeReader
{
public:
    std::optional<Value> read(const YAML::Node& node, int level)
    {
        Value value;
        value.line = node.Mark().line + 1;
        value.column = node.Mark().column + 1;
        if (level > kDeepest || ++m_values > kMostValues)
            return std::nullopt;
        switch (node.Type()) {
        case YAML::NodeType::Undefined:
        case YAML::NodeType::Null:
            return value;
        case YAML::NodeType::Scalar:
            value.type = Value::Type::Text;
            value.text = QString::fromStdString(node.Scalar());
            value.quoted = node.Tag() == "!";
            return value;
        case YAML::NodeType::Sequence:
            value.type = Value::Type::List;
            for (const YAML::Node& entry : node) {
                auto child = read(entry, level + 1);
                if (!child)
                    return std::nullopt;
                value.children.push_back(std::move(*child));
            }
            return value;
        case YAML::NodeType::Map:
            value.type = Value::Type::Map;
            return readMap(node, level, std::move(value));
        }
        return value;
    }

private:
    std::optional<Value> readMap(const YAML::Node& node, int level, Value value)
    {
        for (const auto& member : node) {
            const QString key = member.first.IsScalar() ? QString::fromStdString(member.first.Scalar()) : QString();
            auto child = read(member.second, level + 1);
            if (!child)
                return std::nullopt;
            child->line = member.first.Mark().line + 1;
            child->column = member.first.Mark().column + 1;
            if (key != QLatin1String("<<")) {
                child->key = key;
                put(value, std::move(*child), true);
                continue;
            }
            // what stands in the map itself wins over what is merged into it
            std::vector<Value> merged;
            if (child->type == Value::Type::Map)
                merged.push_back(std::move(*child));
            else
                merged = std::move(child->children);
            for (Value& from : merged) {
                for (Value& each : from.children)
                    put(value, std::move(each), false);
            }
        }
        return value;
    }

    static void put(Value& map, Value child, bool wins)
    {
        for (Value& known : map.children) {
            if (known.key != child.key)
                continue;
            if (wins)
                known = std::move(child);
            return;
        }
        map.children.push_back(std::move(child));
    }

    int m_values = 0;
};

} // namespace

api::Result<Value> readLitellm(const QByteArray& bytes)
{
    using api::Failure;
    if (bytes.size() > kLargestFile)
        return api::failure(Failure::Invalid, QStringLiteral("The file is larger than 4 MiB."));
    try {
        const YAML::Node document = YAML::Load(std::string(bytes.constData(), std::size_t(bytes.size())));
        auto value = TreeReader().read(document, 0);
        if (!value)
            return api::failure(Failure::Invalid, QStringLiteral("The file is nested too deep, or an alias repeats too "
                                                                 "much of it."));
        if (value->type != Value::Type::Map)
            return api::failure(Failure::Invalid, QStringLiteral("This is no config of a LiteLLM proxy."),
                QStringLiteral("It begins with model_list."));
        return *value;
    } catch (const YAML::Exception& error) {
        return api::failure(Failure::Invalid, QStringLiteral("Line %1: the file is not YAML: %2.")
                                                  .arg(error.mark.line + 1)
                                                  .arg(QString::fromStdString(error.msg)));
    }
}

} // namespace gateway::config
