#include "simulator/script.h"

#include "http/message.h"

#include <QString>

namespace gateway::simulator {

QByteArray SimRequest::header(QByteArrayView name) const
{
    for (const auto& [key, value] : headers) {
        if (name == key)
            return value;
    }
    return {};
}

QByteArray SimRequest::parameter(QByteArrayView name) const
{
    for (const QByteArray& pair : query.split('&')) {
        const qsizetype equals = pair.indexOf('=');
        if (name == QByteArrayView(pair).first(equals < 0 ? pair.size() : equals))
            return equals < 0 ? QByteArray() : QByteArray::fromPercentEncoding(pair.mid(equals + 1));
    }
    return {};
}

QByteArray Script::wire() const
{
    QByteArray all;
    for (const Piece& piece : pieces)
        all += piece.bytes;
    return all;
}

QByteArray headBytes(int status, const HeaderList& headers)
{
    const char* phrase = http::reasonPhrase(status);
    QByteArray out = "HTTP/1.1 " + QByteArray::number(status) + ' ' + (phrase ? phrase : "") + "\r\n";
    for (const auto& [name, value] : headers)
        out += name + ": " + value + "\r\n";
    return out + "\r\n";
}

QByteArray chunkBytes(const QByteArray& data)
{
    return QByteArray::number(data.size(), 16) + "\r\n" + data + "\r\n";
}

QByteArray quoted(const QString& text)
{
    QString out(QLatin1Char('"'));
    for (const QChar c : text) {
        if (c == QLatin1Char('"') || c == QLatin1Char('\\'))
            out += QLatin1Char('\\') + QString(c);
        else if (c == QLatin1Char('\n'))
            out += QStringLiteral("\\n");
        else if (c.unicode() < 0x20)
            out += QStringLiteral("\\u%1").arg(int(c.unicode()), 4, 16, QLatin1Char('0'));
        else
            out += c;
    }
    return (out + QLatin1Char('"')).toUtf8();
}

QByteArray sseEvent(const QByteArray& data, QByteArrayView name)
{
    const QByteArray line = "data: " + data + "\n\n";
    return name.isEmpty() ? line : "event: " + name.toByteArray() + '\n' + line;
}

} // namespace gateway::simulator
