#include "config/change/check_text.h"

#include "config/change/lint.h"
#include "config/compiler.h"
#include "config/edit/text_places.h"
#include "config/edit/three_way.h"

#include <QCryptographicHash>
#include <QRegularExpression>

#include <algorithm>

namespace gateway::config {
namespace {

using api::Finding;
using Severity = api::Finding::Severity;

struct RuleWord
{
    const char* part; // of the sentence
    const char* rule;
};

// What the compiler refuses, by what it says; whatever has no row is "refused".
constexpr RuleWord kRules[] = {
    {"is not valid YAML", "yaml"},
    {"There is no such field", "unknown_field"},
    {"is not known here", "dangling"},
    {"must not stand in the config file", "clear_secret"},
    {"never reached", "unreachable_fallback"},
    {"No step is reached", "unreachable_fallback"},
    {"No step of kind", "unreachable_fallback"},
    {"is not set", "key_missing"},
    {"cannot be read", "file_unreadable"},
    {"This field is missing", "field_missing"},
};

// The compiler's own warnings that lint says better, with a line.
constexpr const char* kSaidElsewhere[] = {"The price book has no price for", "Calls to ", "The tenants "};

Finding asFinding(const Problem& problem)
{
    Finding finding;
    finding.severity = Severity::Block;
    finding.rule = QStringLiteral("refused");
    for (const RuleWord& word : kRules) {
        if (problem.message.contains(QLatin1String(word.part))) {
            finding.rule = QString::fromLatin1(word.rule);
            break;
        }
    }
    finding.file = problem.file;
    finding.line = problem.line;
    finding.column = problem.column;
    finding.field = problem.field;
    finding.message = problem.message;
    finding.suggestion = problem.suggestion;
    return finding;
}

void count(api::Findings& findings)
{
    std::stable_sort(findings.items.begin(), findings.items.end(), [](const Finding& a, const Finding& b) {
        return std::pair(a.severity, a.line) < std::pair(b.severity, b.line);
    });
    findings.blocks = findings.warnings = findings.notes = 0;
    for (const Finding& finding : std::as_const(findings.items)) {
        switch (finding.severity) {
        case Severity::Block:
            ++findings.blocks;
            break;
        case Severity::Warn:
            ++findings.warnings;
            break;
        case Severity::Note:
            ++findings.notes;
            break;
        }
    }
}

bool isReference(const QString& text)
{
    static const QRegularExpression reference(QStringLiteral("^(env|file|vault):."));
    return text.isEmpty() || reference.match(text).hasMatch();
}

// Members that hold a secret's reference, by the part of the config they stand in.
void secretsIn(const Value& value, const QString& path, const QString& name, QVector<Finding>& found)
{
    static const QRegularExpression secret(
        QStringLiteral("^(providers\\[\\d+\\]\\.(key|credentials\\.(access_key|secret_key|session_token))"
                       "|export\\.webhooks\\[\\d+\\]\\.secret|export\\.otlp\\.headers\\..+|audit\\.signing_key)$"));
    if (value.type == Value::Type::Text && secret.match(path).hasMatch() && !isReference(value.text)) {
        Finding finding;
        finding.rule = QStringLiteral("clear_secret");
        finding.file = name;
        finding.line = value.line;
        finding.column = value.column;
        finding.field = path;
        finding.message = QStringLiteral("A secret must not stand in the config file.");
        finding.suggestion = QStringLiteral("Use env:NAME or file:PATH, and change the secret: it has been written.");
        found.append(finding);
    }
    int index = 0;
    for (const Value& child : value.children) {
        const QString next = value.type == Value::Type::List ? path + QStringLiteral("[%1]").arg(index++)
                             : path.isEmpty()                ? child.key
                                                             : path + u'.' + child.key;
        secretsIn(child, next, name, found);
    }
}

} // namespace

QByteArray hashOf(const QByteArray& text)
{
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex();
}

Finding findingAt(const ConfigFile& file, Severity severity, const char* rule, const QString& path,
    const QString& message, const QString& suggestion)
{
    Finding finding;
    finding.severity = severity;
    finding.rule = QString::fromLatin1(rule);
    finding.file = file.name;
    finding.field = path;
    finding.message = message;
    finding.suggestion = suggestion;
    // where a field is not written its parent is the place
    QString at = path;
    const Value* value = find(file.root, at);
    while (!value && !at.isEmpty()) {
        at.truncate(std::max(at.lastIndexOf(u'.'), at.endsWith(u']') ? at.lastIndexOf(u'[') : qsizetype(-1)));
        value = find(file.root, at);
    }
    if (value) {
        finding.line = value->line;
        finding.column = value->column;
    }
    return finding;
}

QVector<Finding> clearSecrets(const QString& name, const QByteArray& text)
{
    QVector<Finding> found;
    Problems problems;
    if (const auto file = parseConfig(name, text, problems)) {
        secretsIn(file->root, {}, name, found);
        return found;
    }
    // no tree to go by: what looks like a secret's field, or like a key of a known make
    static const QRegularExpression field(QStringLiteral(
        "\\b(?:key|secret|access_key|secret_key|session_token|signing_key)\\s*:\\s*[\"']?([^\\s\"',}#]+)"));
    static const QRegularExpression make(QStringLiteral(
        "\\b(sk-[A-Za-z0-9_-]{16,}|AKIA[A-Z0-9]{12,}|AIza[A-Za-z0-9_-]{30,}|sb[xap]_[a-z0-9]+_\\w{16,})"));
    int number = 0;
    for (const QByteArray& bytes : text.split('\n')) {
        ++number;
        const QString line = QString::fromUtf8(bytes);
        const auto match = field.match(line);
        const QString value = match.captured(1);
        // the certificate's key of a listener is a file, and named as one
        const bool isPath = value.contains(u'/') || value.endsWith(QLatin1String(".pem"));
        const bool isField = match.hasMatch() && !isReference(value) && !isPath && !value.startsWith(u'{');
        if (!isField && !make.match(line).hasMatch())
            continue;
        Finding finding;
        finding.rule = QStringLiteral("clear_secret");
        finding.file = name;
        finding.line = number;
        finding.column = int(std::max<qsizetype>(match.capturedStart(1), 0)) + 1;
        finding.message = QStringLiteral("A secret must not stand in the config file.");
        finding.suggestion = QStringLiteral("Use env:NAME or file:PATH, and change the secret: it has been written.");
        found.append(finding);
    }
    return found;
}

CheckedText checkText(const QString& name, const QByteArray& text, const CheckContext& context)
{
    CheckedText checked;
    checked.findings.hash = QString::fromLatin1(hashOf(text));
    Problems problems;
    if (hasMergeMarks(text)) {
        Finding finding;
        finding.rule = QStringLiteral("merge_marks");
        finding.file = name;
        finding.line = int(text.left(std::max<qsizetype>(text.indexOf("<<<<<<<"), 0)).count('\n')) + 1;
        finding.message = QStringLiteral("The text still has the marks of a merge.");
        finding.suggestion = QStringLiteral("Choose one side of each conflict and remove the marks.");
        checked.findings.items.append(finding);
        count(checked.findings);
        return checked;
    }
    checked.file = parseConfig(name, text, problems);
    if (checked.file)
        checked.snapshot = compile(*checked.file, context.keys, problems);
    for (const Problem& problem : std::as_const(problems))
        checked.findings.items.append(asFinding(problem));
    checked.findings.compiles = checked.snapshot != nullptr;
    if (checked.snapshot) {
        checked.findings.items += lint(*checked.file, *checked.snapshot, context);
        for (const QString& warning : std::as_const(checked.snapshot->warnings)) {
            const bool isSaid = std::any_of(std::begin(kSaidElsewhere), std::end(kSaidElsewhere),
                [&](const char* begin) { return warning.startsWith(QLatin1String(begin)); });
            if (!isSaid)
                checked.findings.items.append(findingAt(*checked.file, Severity::Warn, "engine", {}, warning));
        }
        if (context.prove)
            checked.findings.items += context.prove(*checked.file, *checked.snapshot);
    }
    count(checked.findings);
    return checked;
}

} // namespace gateway::config
