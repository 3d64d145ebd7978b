// AnswerReader: reads one HTTP/1.1 answer from bytes as they come: status, body by length, in chunks, or until the end
// of the connection. Written for one peer, our own engine, and for anything that pretends to be it: every length has a
// bound, and what is not plain is refused instead of being guessed at. Private to the api library. Any thread, one at a
// time; pure.
#pragma once

#include <QByteArray>
#include <QHash>

namespace gateway::api {

class AnswerReader
{
public:
    enum class State
    {
        Head,
        Body,
        Whole,
        Broken
    };
    static constexpr qsizetype kLargestHead = 64 * 1024;

    // Takes bytes; the body as far as it is known comes out of takeBody().
    void feed(const QByteArray& bytes);
    void connectionEnded(); // a body without a length ends here; any other answer is broken
    QByteArray takeBody() { return std::exchange(m_body, {}); }

    State state() const { return m_state; }
    bool hasHead() const { return m_state == State::Body || m_state == State::Whole; }
    bool hasBegun() const { return m_hasBegun; } // at least one byte came
    int status() const { return m_status; }
    QByteArray field(const QByteArray& name) const { return m_fields.value(name); } // lower case
    bool mayReuse() const { return m_state == State::Whole && m_mayReuse && m_in.isEmpty(); }

private:
    enum class Framing
    {
        Length,
        Chunked,
        UntilEnd
    };
    enum class Chunk
    {
        Size,
        Data,
        DataEnd,
        Trailer
    };
    bool takeHead();
    bool readHead(const QByteArray& head);
    bool beginBody();
    bool takeChunk();
    bool takeLine(QByteArray& line, qsizetype longest);
    void broken() { m_state = State::Broken; }

    State m_state = State::Head;
    QByteArray m_in;
    QByteArray m_body;
    QHash<QByteArray, QByteArray> m_fields;
    Framing m_framing = Framing::Length;
    Chunk m_chunk = Chunk::Size;
    qint64 m_left = 0;
    int m_status = 0;
    int m_interim = 0;
    bool m_mayReuse = true;
    bool m_hasBegun = false;
};

} // namespace gateway::api
