// JsonWriter: JSON written in the order it is asked for, into one buffer, without an allocation of its own. Commas and
// colons are its own; the caller keeps begin and end in pairs. Raw text must be valid JSON (checked before, or made
// here). One thread.
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QLatin1String>
#include <QStringView>

#include <type_traits>

namespace gateway {

// With the quotes; control characters, quote and backslash escaped. UTF-16 that is no text becomes U+FFFD.
void appendJsonString(QByteArray& out, QByteArrayView utf8);
void appendJsonString(QByteArray& out, QStringView text);
void appendNumber(QByteArray& out, qint64 value);

class JsonWriter
{
public:
    explicit JsonWriter(QByteArray& out) : m_out(out) {}

    JsonWriter& beginObject() { return open('{'); }
    JsonWriter& endObject() { return close('}'); }
    JsonWriter& beginArray() { return open('['); }
    JsonWriter& endArray() { return close(']'); }
    JsonWriter& key(QByteArrayView name); // plain ASCII, written as it is

    template <typename Utf8>
    requires std::is_convertible_v<const Utf8&, QByteArrayView> JsonWriter& string(const Utf8& utf8)
    {
        return text(QByteArrayView(utf8));
    }
    JsonWriter& string(QStringView utf16);
    JsonWriter& number(qint64 value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    JsonWriter& raw(QByteArrayView json);

    template <typename Utf8>
    requires std::is_convertible_v<const Utf8&, QByteArrayView> JsonWriter& member(
        QByteArrayView name, const Utf8& utf8)
    {
        return memberUtf8(name, QByteArrayView(utf8));
    }
    JsonWriter& member(QByteArrayView name, QStringView text);
    JsonWriter& member(QByteArrayView name, const QString& text) { return member(name, QStringView(text)); }
    JsonWriter& member(QByteArrayView name, qint64 value);
    // a text of ours, with nothing in it to escape, that ends with a number
    JsonWriter& memberPlain(QByteArrayView name, QByteArrayView words, qint64 number);
    JsonWriter& memberBool(QByteArrayView name, bool value) { return key(name).boolean(value); }
    JsonWriter& memberNull(QByteArrayView name) { return key(name).null(); }
    JsonWriter& memberRaw(QByteArrayView name, QByteArrayView json) { return key(name).raw(json); }
    // nothing if the text is empty
    JsonWriter& memberIf(QByteArrayView name, QByteArrayView utf8);
    JsonWriter& memberRawIf(QByteArrayView name, QByteArrayView json);

private:
    JsonWriter& text(QByteArrayView utf8);
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    JsonWriter& memberUtf8(QByteArrayView name, QByteArrayView utf8);
    void separate();
    char* grow(qsizetype size);
    char* growWithKey(QByteArrayView name, qsizetype size);

    QByteArray& m_out;
    bool m_first = true; // nothing stands before the next value at this level
};

} // namespace gateway
