// EventShape: what the last ordinary event of a stream looked like, its bytes but for the text in it. Nearly every
// event of a stream is the one before with another word in it. One whose bytes are the same around its text means the
// same but for its text, so it is known without being read: only the text itself is checked (escapes, UTF-8), as
// strictly as JsonText would. One stream, one thread; no allocation while the shape stays the same.
#pragma once

#include "transform/json_view.h"

#include <QByteArray>
#include <QVarLengthArray>

namespace gateway::transform {

class EventShape
{
public:
    // `data` was read, and says `text` and nothing else that may change from event to event: but for `number`, a count,
    // and `noise`, a string that means nothing. Both may be Missing. The views are on `data`.
    void learn(QByteArrayView data, JsonView text, JsonView number = {}, JsonView noise = {});

    // Whether it is that event again, with another text that is not empty.
    bool matches(QByteArrayView data);
    // Of the event that matched; valid as long as its bytes.
    QByteArray text() const; // unescaped
    qint64 number() const { return m_number; }
    // Where something stands that stood at `place` in the learned event, outside its text.
    qsizetype placeNow(qsizetype place) const;

private:
    enum class Kind
    {
        Text,
        Number,
        Noise,
    };
    struct Hole
    {
        Kind kind;
        qsizetype from; // in m_learned; of a string between its quotes
        qsizetype to;
        qsizetype shift = 0; // of what follows it, in the event that matched
    };
    void add(Kind kind, QByteArrayView data, JsonView value);

    QByteArray m_learned;
    QVarLengthArray<Hole, 3> m_holes; // by place; none: nothing is learned
    QByteArrayView m_text;            // as it came
    bool m_escaped = false;
    qint64 m_number = 0;
};

} // namespace gateway::transform
