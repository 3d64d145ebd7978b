// Heads of HTTP/1.1 messages as parsed: the start line's parts and the fields in order, as views into one buffer that
// the head owns. Names are compared without case; repeated fields stay apart. Any thread; movable, not copyable (the
// views).
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QVarLengthArray>

#include <optional>

namespace gateway::http {

struct FieldView
{
    QByteArrayView name;
    QByteArrayView value;
};

bool equalsIgnoringCase(QByteArrayView a, QByteArrayView b);
bool isTokenChar(unsigned char c);
bool isToken(QByteArrayView text);
// May stand in a field value that we send: visible ASCII, space, tab and obs-text; no CR, LF, NUL or other control.
bool isFieldValue(QByteArrayView text);

enum class BodyFraming
{
    None,
    Length,
    Chunked,
    UntilClose
};

struct MessageHead
{
    QByteArray bytes; // the head as received, start line to the empty line
    QVarLengthArray<FieldView, 32> fields;
    int minorVersion = 1;
    bool keepAlive = true;
    BodyFraming framing = BodyFraming::None;
    qint64 contentLength = 0;

    MessageHead() = default;
    MessageHead(MessageHead&&) = default;
    MessageHead& operator=(MessageHead&&) = default;
    MessageHead(const MessageHead&) = delete;
    MessageHead& operator=(const MessageHead&) = delete;

    QByteArrayView value(QByteArrayView name) const; // of the first such field; empty if there is none
    bool has(QByteArrayView name) const;
    int count(QByteArrayView name) const;
};

struct RequestHead : MessageHead
{
    QByteArrayView method;
    QByteArrayView target;
    bool expectContinue = false;

    QByteArrayView path() const;  // target without its query
    QByteArrayView query() const; // after '?', may be empty
};

struct ResponseHead : MessageHead
{
    int status = 0;
};

// Why a message is not accepted: the status a server answers, and a plain reason without the peer's bytes in it.
struct ParseError
{
    int status = 400;
    const char* reason = "";
};

// A field to be sent. Serialising checks every name and value; a bad one is left out and counted as a defect.
struct Field
{
    QByteArray name;
    QByteArray value;
};
using Fields = QVarLengthArray<Field, 16>;

// Appends "name: value\r\n"; false (and nothing appended) if a byte in it could break the framing.
bool appendField(QByteArray& out, QByteArrayView name, QByteArrayView value);

// Whether a field says where a message ends or what becomes of its connection. Only this room writes those.
bool isFramingField(QByteArrayView name);

const char* reasonPhrase(int status);

} // namespace gateway::http
