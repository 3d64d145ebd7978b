// JsonWriter: JSON written in the order it is asked for, into one buffer. Commas and colons are its own; the caller
// keeps begin and end in pairs. Raw text must be valid JSON (what JsonText accepted, or made here). One thread.
#pragma once

#include "transform/json_view.h"

#include <QByteArray>

namespace gateway::transform {

class JsonWriter
{
public:
    explicit JsonWriter(QByteArray& out) : m_out(out) {}

    JsonWriter& beginObject() { return open('{'); }
    JsonWriter& endObject() { return close('}'); }
    JsonWriter& beginArray() { return open('['); }
    JsonWriter& endArray() { return close(']'); }
    JsonWriter& key(QByteArrayView name); // plain ASCII, written as it is

    JsonWriter& string(QByteArrayView utf8);
    JsonWriter& number(qint64 value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    JsonWriter& raw(QByteArrayView json);

    JsonWriter& member(QByteArrayView name, QByteArrayView utf8) { return key(name).string(utf8); }
    JsonWriter& member(QByteArrayView name, qint64 value) { return key(name).number(value); }
    JsonWriter& memberBool(QByteArrayView name, bool value) { return key(name).boolean(value); }
    JsonWriter& memberNull(QByteArrayView name) { return key(name).null(); }
    JsonWriter& memberRaw(QByteArrayView name, QByteArrayView json) { return key(name).raw(json); }
    // nothing if the text is empty
    JsonWriter& memberIf(QByteArrayView name, QByteArrayView utf8);
    JsonWriter& memberRawIf(QByteArrayView name, QByteArrayView json);

private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    void separate();

    QByteArray& m_out;
    bool m_first = true; // nothing stands before the next value at this level
};

} // namespace gateway::transform
