// FieldLines: fields to be sent, as the bytes they are sent as ("name: value\r\n" one after the other). Each is checked
// as it is added; after that nobody looks at them again. For whoever sends many: a Field is two allocations, a line is
// none. A name or value that could break the framing, and a framing field, is left out. One thread; a value.
#pragma once

#include "http/message.h"

#include <QStringView>

namespace gateway::http {

class FieldLines
{
public:
    FieldLines() = default;
    explicit FieldLines(qsizetype room) { m_bytes.reserve(room); }

    bool add(QByteArrayView name, QByteArrayView value);
    bool add(QByteArrayView name, QStringView value); // as UTF-8
    bool add(QByteArrayView name, qint64 value);
    // Nothing if the value is empty.
    template <typename Text>
    void addIf(QByteArrayView name, const Text& value)
    {
        if (!value.isEmpty())
            add(name, value);
    }

    QByteArrayView bytes() const { return m_bytes; }

private:
    QByteArray m_bytes;
};

} // namespace gateway::http
