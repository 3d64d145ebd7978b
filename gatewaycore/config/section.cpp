#include "config/section.h"

#include "config/scalars.h"

namespace gateway::config {
namespace {

QString didYouMean(const QString& word, const QStringList& known)
{
    const QString near = nearestName(word, known);
    return near.isEmpty() ? QStringLiteral("Known: %1.").arg(known.join(QStringLiteral(", ")))
                          : QStringLiteral("Did you mean %1?").arg(near);
}

} // namespace

void Reader::refuse(const Value& at, const QString& field, const QString& message, const QString& suggestion)
{
    m_problems.append(Problem{m_file, at.line, at.column, field, message, suggestion});
}

Section::Section(Reader& reader, const Value& value, QString path, std::initializer_list<const char*> fields)
    : m_reader(&reader), m_value(&value), m_path(std::move(path))
{
    if (value.type != Value::Type::Map) {
        reader.refuse(value, m_path, QStringLiteral("Expected fields with values here."));
        return;
    }
    QStringList known;
    for (const char* field : fields)
        known.append(QString::fromLatin1(field));
    for (const Value& member : value.children) {
        if (!known.contains(member.key)) {
            const QString name = member.key.left(80);
            reader.refuse(member, m_path.isEmpty() ? name : m_path + u'.' + name,
                QStringLiteral("There is no such field."), didYouMean(member.key, known));
        }
    }
}

QString Section::pathOf(const char* field) const
{
    return m_path.isEmpty() ? QString::fromLatin1(field) : m_path + u'.' + QLatin1String(field);
}

const Value* Section::find(const char* field) const
{
    return m_value->member(QString::fromLatin1(field));
}

bool Section::require(const char* field)
{
    if (find(field))
        return true;
    if (m_value->type == Value::Type::Map)
        m_reader->refuse(*m_value, pathOf(field), QStringLiteral("This field is missing."));
    return false;
}

void Section::refuse(const char* field, const QString& message, const QString& suggestion)
{
    const Value* at = find(field);
    m_reader->refuse(at ? *at : *m_value, pathOf(field), message, suggestion);
}

void Section::refuseEntry(
    const char* list, std::size_t index, const char* member, const QString& message, const QString& suggestion)
{
    const Value* entries = find(list);
    if (!entries || index >= entries->children.size())
        return refuse(list, message, suggestion);
    const Value& entry = entries->children[index];
    const Value* at = entry.member(QString::fromLatin1(member));
    m_reader->refuse(at ? *at : entry, pathOf(list) + QStringLiteral("[%1].%2").arg(index).arg(QLatin1String(member)),
        message, suggestion);
}

void Section::refuseWord(const char* field, const QString& word, const QStringList& known)
{
    refuse(field, QStringLiteral("\"%1\" is not known here.").arg(word.left(80)), didYouMean(word, known));
}

std::optional<QString> Section::text(const char* field)
{
    const Value* value = find(field);
    if (!value)
        return std::nullopt;
    if (value->type == Value::Type::Null || (value->type == Value::Type::Text && value->text.isEmpty())) {
        refuse(field, QStringLiteral("This field is empty."));
        return std::nullopt;
    }
    if (value->type != Value::Type::Text) {
        refuse(field, QStringLiteral("Expected text here."));
        return std::nullopt;
    }
    return value->text;
}

std::optional<QString> Section::name(const char* field)
{
    const std::optional<QString> word = text(field);
    if (word && !isName(*word)) {
        refuse(field, QStringLiteral("A name has 1 to 64 letters, digits, dots, dashes or underscores."));
        return std::nullopt;
    }
    return word;
}

std::optional<qint64> Section::integer(const char* field, qint64 least, qint64 most)
{
    const std::optional<QString> word = text(field);
    if (!word)
        return std::nullopt;
    if (find(field)->quoted) {
        refuse(field, QStringLiteral("Expected a number here, not text."), QStringLiteral("Leave out the quotes."));
        return std::nullopt;
    }
    bool ok = false;
    const qint64 number = word->toLongLong(&ok);
    // toLongLong takes "+5" and " 5"; the file's language does not
    if (!ok || QString::number(number) != *word) {
        refuse(field, QStringLiteral("Expected a whole number here."));
        return std::nullopt;
    }
    if (number < least || number > most) {
        refuse(field, QStringLiteral("The number must be from %1 to %2.").arg(least).arg(most));
        return std::nullopt;
    }
    return number;
}

std::optional<std::chrono::milliseconds> Section::duration(const char* field)
{
    const std::optional<QString> word = text(field);
    if (!word)
        return std::nullopt;
    const auto duration = durationFromText(*word);
    // ten thousand days keep every later sum far from an overflow
    if (!duration || duration->count() < 1 || *duration > std::chrono::hours(24 * 10'000)) {
        refuse(field, QStringLiteral("Expected a duration here."), QStringLiteral("Write 250ms, 2s, 5m, 1h or 30d."));
        return std::nullopt;
    }
    return duration;
}

std::optional<api::Money> Section::money(const char* field)
{
    const std::optional<QString> word = text(field);
    if (!word)
        return std::nullopt;
    const auto amount = api::Money::fromDecimal(*word);
    if (!amount || amount->nano() < 0) {
        refuse(field, QStringLiteral("Expected an amount in US dollars here."),
            QStringLiteral("Write a decimal such as \"0.05\"."));
        return std::nullopt;
    }
    return amount;
}

std::optional<QDate> Section::date(const char* field)
{
    const std::optional<QString> word = text(field);
    if (!word)
        return std::nullopt;
    const auto date = dateFromText(*word);
    if (!date)
        refuse(field, QStringLiteral("Expected a date here."),
            QStringLiteral("Write year-month-day, such as 2026-11-22."));
    return date;
}

QStringList Section::texts(const char* field)
{
    const Value* value = find(field);
    if (!value)
        return {};
    if (value->type != Value::Type::List) {
        refuse(field, QStringLiteral("Expected a list here."));
        return {};
    }
    QStringList words;
    for (std::size_t i = 0; i < value->children.size(); ++i) {
        const Value& child = value->children[i];
        if (child.type == Value::Type::Text && !child.text.isEmpty())
            words.append(child.text);
        else
            m_reader->refuse(
                child, pathOf(field) + QStringLiteral("[%1]").arg(i), QStringLiteral("Expected text here."));
    }
    return words;
}

std::vector<Section> Section::sections(const char* field, std::initializer_list<const char*> fields)
{
    const Value* value = find(field);
    std::vector<Section> list;
    if (!value || value->type == Value::Type::Null)
        return list;
    if (value->type != Value::Type::List) {
        refuse(field, QStringLiteral("Expected a list here."), QStringLiteral("Begin each entry with a dash."));
        return list;
    }
    for (std::size_t i = 0; i < value->children.size(); ++i)
        list.emplace_back(*m_reader, value->children[i], pathOf(field) + QStringLiteral("[%1]").arg(i), fields);
    return list;
}

std::optional<Section> Section::section(const char* field, std::initializer_list<const char*> fields)
{
    const Value* value = find(field);
    if (!value)
        return std::nullopt;
    return Section(*m_reader, *value, pathOf(field), fields);
}

} // namespace gateway::config
