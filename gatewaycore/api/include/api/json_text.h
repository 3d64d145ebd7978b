// JsonText: a JSON object as the UTF-8 text it is stored and sent as. Made once where the facts are (by appending, no
// tree), carried through the record as bytes, and read as a tree only by who needs it: the console, the exports, a
// report. Empty text is the empty object. Any thread; a value (implicitly shared).
#pragma once

#include <QByteArray>
#include <QJsonObject>

namespace gateway::api {

class JsonText
{
public:
    JsonText() = default;
    JsonText(const QJsonObject& object) { *this = fromObject(object); }
    JsonText(std::initializer_list<std::pair<QString, QJsonValue>> members) : JsonText(QJsonObject(members)) {}

    static JsonText fromObject(const QJsonObject& object);
    // Text that is a JSON object already: made by a JsonWriter, or read from where it was kept. Text that is none reads
    // as the empty object later.
    static JsonText fromText(QByteArray text);

    bool isEmpty() const { return m_text.isEmpty(); }
    QByteArray text() const { return m_text.isEmpty() ? QByteArrayLiteral("{}") : m_text; }
    QJsonObject toObject() const;

    // Each of these reads the whole text: ask mayHave() first where it counts.
    QJsonValue value(QLatin1String name) const { return toObject().value(name); }
    QJsonValue value(const QString& name) const { return toObject().value(name); }
    // False: there is no such member at any depth. Only looks for the name, so a text may stand in its place.
    bool mayHave(QLatin1String name) const;

    // Replaces one that is there.
    void insert(const QString& name, const QJsonValue& value);

    friend bool operator==(const JsonText& a, const JsonText& b)
    {
        return a.m_text == b.m_text || a.toObject() == b.toObject();
    }

private:
    QByteArray m_text;
};

} // namespace gateway::api
