#include "config/change/provenance.h"

#include "config/change/diff_tree.h"

#include <QFileInfo>

#include <algorithm>

namespace gateway::config {
namespace {

// The entry of the file that has the same name, wherever it stands there.
const Value* counterpart(const Value* list, const Value& entry, std::size_t index)
{
    if (!list)
        return nullptr;
    for (const char* known : {"name", "principal", "scope"}) {
        const Value* mine = entry.member(QString::fromLatin1(known));
        if (!mine)
            continue;
        for (const Value& other : list->children) {
            const Value* theirs = other.member(QString::fromLatin1(known));
            if (theirs && meansTheSame(*mine, *theirs))
                return &other;
        }
        return nullptr;
    }
    return index < list->children.size() ? &list->children[index] : nullptr;
}

class Walk
{
public:
    explicit Walk(const OriginContext& context) : m_context(context)
    {
        m_fileName = context.file ? QFileInfo(context.file->name).fileName() : QString();
    }

    QVector<api::FieldOrigin> fields;

    void visit(const Value& value, const Value* inFile, const QString& path)
    {
        const bool isLeaf =
            value.children.empty() || (value.type == Value::Type::List &&
                                          std::all_of(value.children.begin(), value.children.end(),
                                              [](const Value& child) { return child.type == Value::Type::Text; }));
        if (isLeaf)
            return leaf(value, inFile, path);
        for (std::size_t i = 0; i < value.children.size(); ++i) {
            const Value& child = value.children[i];
            if (value.type == Value::Type::List)
                visit(child, counterpart(inFile, child, i), path + QStringLiteral("[%1]").arg(i));
            else
                visit(child, inFile ? inFile->member(child.key) : nullptr,
                    path.isEmpty() ? child.key : path + u'.' + child.key);
        }
    }

private:
    void leaf(const Value& value, const Value* inFile, const QString& path)
    {
        if (fields.size() >= kMostFields)
            return;
        api::FieldOrigin field;
        field.field = path;
        field.value = shortText(value);
        const bool isInFile = inFile && meansTheSame(value, *inFile);
        field.differs = m_context.file && !isInFile;
        if (isInFile) {
            field.source = QStringLiteral("file");
            field.line = inFile->line;
            field.origin = QStringLiteral("%1:%2").arg(m_fileName).arg(inFile->line);
        } else {
            field.source = QStringLiteral("revision");
            field.line = value.line;
            field.origin = QStringLiteral("revision %1:%2").arg(m_context.revision).arg(value.line);
        }
        if (field.value.startsWith(QLatin1String("env:"))) {
            field.source = QStringLiteral("environment");
            field.origin += QStringLiteral(" -> ") + field.value;
        }
        for (const OriginContext::Override& other : m_context.overrides) {
            if (other.path != path)
                continue;
            field.source = other.source;
            field.origin = other.origin;
            field.value = other.value;
            field.differs = true;
        }
        fields.append(field);
    }

    const OriginContext& m_context;
    QString m_fileName;
};

} // namespace

QVector<api::FieldOrigin> provenance(const OriginContext& context)
{
    Walk walk(context);
    walk.visit(context.running.root, context.file ? &context.file->root : nullptr, {});
    // what is decided elsewhere and written nowhere
    for (const OriginContext::Override& other : context.overrides) {
        const bool isThere = std::any_of(walk.fields.begin(), walk.fields.end(),
            [&](const api::FieldOrigin& field) { return field.field == other.path; });
        if (!isThere)
            walk.fields.append({other.path, other.value, other.source, other.origin, 0, true});
    }
    return std::move(walk.fields);
}

} // namespace gateway::config
