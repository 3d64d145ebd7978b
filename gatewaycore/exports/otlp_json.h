// The JSON form of OTLP (opentelemetry-proto, docs/specification.md, "JSON Protobuf Encoding"): names in
// lowerCamelCase, ids in hex, 64-bit numbers as decimal strings, enumerations as numbers. What both signals share:
// attributes, the resource, what a receiver answers. Pure functions; any thread.
#pragma once

#include <QByteArray>
#include <QJsonArray>
#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace gateway::exports {

// A list of attributes. A text that is empty is left out.
class Attributes
{
public:
    Attributes& text(const char* key, const QString& value);
    Attributes& texts(const char* key, const QStringList& values);
    Attributes& number(const char* key, qint64 value);
    Attributes& real(const char* key, double value);
    Attributes& flag(const char* key, bool value);
    QJsonArray take() { return std::exchange(m_list, {}); }

private:
    Attributes& add(const char* key, const QJsonObject& value);
    QJsonArray m_list;
};

// What may stand in an attribute although it came from outside (a model's name as a provider spells it, a reason to
// stop): a short word of letters, digits and -._:/@+; anything else gives an empty text, not a part of it.
QString word(const QString& text);

QString nanoText(qint64 nanoseconds); // a 64-bit number as OTLP writes it

// Who speaks: service.name, version, instance, environment.
struct Speaker
{
    QString name;        // server.name; may be empty
    QString environment; // may be empty
    QString instance;    // differs for each engine
};
QJsonObject resource(const Speaker& speaker);
QJsonObject scope();

// What an answer of 200 says of the request: how many of its spans or points were not taken, and why.
struct PartialSuccess
{
    qint64 rejected = 0;
    QString message;
};
PartialSuccess partialSuccess(const QByteArray& body, const char* rejectedField);

} // namespace gateway::exports
