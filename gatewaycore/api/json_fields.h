// Tables of members for the JSON codecs of plain values: field("name", &T::member) rows in a std::tuple, walked by
// writeFields (value -> object) and readFields (object -> value, or the error that names the field). A missing or null
// field leaves the member at its default; a field of the wrong type is an error. A value that is itself a member of
// another (or of a list) has its rows in a specialisation of Members. Private to the api library.
#pragma once

#include "api/money.h"
#include "api/result.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QMap>
#include <QStringList>

#include <array>
#include <optional>
#include <tuple>

namespace gateway::api {

template <typename T, typename M>
struct Field
{
    const char* name;
    M T::*member;
};

template <typename T, typename M>
constexpr Field<T, M> field(const char* name, M T::*member)
{
    return {name, member};
}

// Members<T>::fields: the rows of T. Specialised in the .cpp that codes T, before its first use.
template <typename T>
struct Members;

template <typename T>
concept HasMembers = requires
{
    Members<T>::fields;
};

template <typename T, typename Fields>
QJsonObject writeFields(const T& value, const Fields& fields);
template <typename T, typename Fields>
std::optional<Error> readFields(const QJsonObject& json, T& value, const Fields& fields);

inline QJsonValue toValue(const QString& text)
{
    return text;
}
inline QJsonValue toValue(bool flag)
{
    return flag;
}
inline QJsonValue toValue(int number)
{
    return number;
}
inline QJsonValue toValue(qint64 number)
{
    return number;
}
inline QJsonValue toValue(double number)
{
    return number;
}
inline QJsonValue toValue(const QStringList& list)
{
    return QJsonArray::fromStringList(list);
}
inline QJsonValue toValue(const QMap<QString, QString>& words)
{
    QJsonObject object;
    for (auto word = words.begin(); word != words.end(); ++word)
        object.insert(word.key(), word.value());
    return object;
}
inline QJsonValue toValue(const QDateTime& time)
{
    return time.isValid() ? QJsonValue(time.toUTC().toString(Qt::ISODateWithMs)) : QJsonValue();
}
inline QJsonValue toValue(Money money)
{
    return money.toDecimal();
}
inline QJsonValue toValue(const QJsonObject& object)
{
    return object;
}
template <HasMembers T>
QJsonValue toValue(const T& value)
{
    return writeFields(value, Members<T>::fields);
}
template <typename T>
QJsonValue toValue(const QVector<T>& list)
{
    QJsonArray array;
    for (const T& item : list)
        array.append(toValue(item));
    return array;
}
template <typename T>
QJsonValue toValue(const std::optional<T>& value)
{
    return value ? toValue(*value) : QJsonValue();
}

inline bool fromValue(const QJsonValue& value, QString& out)
{
    out = value.toString();
    return value.isString();
}
inline bool fromValue(const QJsonValue& value, bool& out)
{
    out = value.toBool();
    return value.isBool();
}
inline bool fromValue(const QJsonValue& value, int& out)
{
    out = value.toInt();
    return value.isDouble();
}
inline bool fromValue(const QJsonValue& value, qint64& out)
{
    out = value.toInteger();
    return value.isDouble();
}
inline bool fromValue(const QJsonValue& value, double& out)
{
    out = value.toDouble();
    return value.isDouble();
}
inline bool fromValue(const QJsonValue& value, QStringList& out)
{
    if (!value.isArray())
        return false;
    for (const QJsonValue& item : value.toArray()) {
        if (!item.isString())
            return false;
        out.append(item.toString());
    }
    return true;
}
inline bool fromValue(const QJsonValue& value, QMap<QString, QString>& out)
{
    const QJsonObject object = value.toObject();
    for (auto word = object.begin(); word != object.end(); ++word) {
        if (!word->isString())
            return false;
        out.insert(word.key(), word->toString());
    }
    return value.isObject();
}
inline bool fromValue(const QJsonValue& value, QDateTime& out)
{
    out = QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC();
    return out.isValid();
}
inline bool fromValue(const QJsonValue& value, Money& out)
{
    const std::optional<Money> money = Money::fromDecimal(value.toString());
    out = money.value_or(Money());
    return value.isString() && money.has_value();
}
inline bool fromValue(const QJsonValue& value, QJsonObject& out)
{
    out = value.toObject();
    return value.isObject();
}
template <HasMembers T>
bool fromValue(const QJsonValue& value, T& out)
{
    return value.isObject() && !readFields(value.toObject(), out, Members<T>::fields);
}
template <typename T>
bool fromValue(const QJsonValue& value, QVector<T>& out)
{
    if (!value.isArray())
        return false;
    for (const QJsonValue& item : value.toArray()) {
        T one{};
        if (!fromValue(item, one))
            return false;
        out.append(std::move(one));
    }
    return true;
}
template <typename T>
bool fromValue(const QJsonValue& value, std::optional<T>& out)
{
    T inner{};
    if (!fromValue(value, inner))
        return false;
    out = std::move(inner);
    return true;
}

template <typename T, typename Fields>
QJsonObject writeFields(const T& value, const Fields& fields)
{
    QJsonObject json;
    std::apply(
        [&](const auto&... row) { (json.insert(QLatin1String(row.name), toValue(value.*row.member)), ...); }, fields);
    return json;
}

template <typename T, typename Fields>
std::optional<Error> readFields(const QJsonObject& json, T& value, const Fields& fields)
{
    std::optional<Error> wrong;
    const auto readOne = [&](const auto& row) {
        const QJsonValue found = json.value(QLatin1String(row.name));
        if (!found.isUndefined() && !found.isNull() && !fromValue(found, value.*row.member) && !wrong)
            wrong = failure(
                Failure::Invalid, QStringLiteral("field \"%1\" has the wrong type").arg(QLatin1String(row.name)));
    };
    std::apply([&](const auto&... row) { (readOne(row), ...); }, fields);
    return wrong;
}

template <typename T, typename Fields>
Result<T> parseFields(const QJsonObject& json, const Fields& fields)
{
    T value;
    if (auto wrong = readFields(json, value, fields))
        return std::move(*wrong);
    return value;
}

template <HasMembers T>
QJsonObject writeMembers(const T& value)
{
    return writeFields(value, Members<T>::fields);
}

template <HasMembers T>
Result<T> parseMembers(const QJsonObject& json)
{
    return parseFields<T>(json, Members<T>::fields);
}

} // namespace gateway::api
