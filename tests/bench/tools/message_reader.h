// MessageReader: one HTTP/1.1 request or answer after the other from the bytes of a connection: status or path, framing
// (length, chunked, until close), body pieces. As much HTTP as gateways speak and no more; anything else is Bad. It
// copies only a head that arrives in pieces. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

class MessageReader
{
public:
    enum class State : unsigned char
    {
        Head,
        Length,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
        UntilClose,
        Done,
        Bad
    };

    enum class Side : unsigned char
    {
        Request,
        Response
    };
    explicit MessageReader(Side side) : m_side(side) {}

    void begin()
    {
        m_head.clear();
        m_path.clear();
        m_state = State::Head;
        m_status = 0;
        m_left = 0;
        m_close = false;
        m_retryAfter = false;
    }

    // Takes bytes until the message is done; body(std::string_view) gets each piece. Returns how many were taken.
    template <typename Body>
    std::size_t feed(std::string_view bytes, Body body)
    {
        const std::size_t all = bytes.size();
        while (!bytes.empty() && m_state != State::Done && m_state != State::Bad) {
            switch (m_state) {
            case State::Length:
            case State::ChunkData:
            case State::UntilClose: {
                const std::size_t n = m_state == State::UntilClose
                                          ? bytes.size()
                                          : std::size_t(std::min<std::uint64_t>(m_left, bytes.size()));
                body(bytes.substr(0, n));
                bytes.remove_prefix(n);
                m_left -= m_state == State::UntilClose ? 0 : n;
                if (m_left == 0 && m_state != State::UntilClose)
                    m_state = m_state == State::Length ? State::Done : State::ChunkEnd;
                break;
            }
            default:
                bytes.remove_prefix(feedLine(bytes));
            }
        }
        return all - bytes.size();
    }

    // The peer closed. True: that was the end of the answer.
    bool closed() { return m_state == State::UntilClose ? (m_state = State::Done, true) : false; }

    State state() const { return m_state; }
    bool begun() const { return m_state != State::Head || !m_head.empty(); }
    bool headRead() const { return m_state != State::Head; }
    int status() const { return m_status; }
    const std::string& path() const { return m_path; } // of a request
    bool isGet() const { return m_get; }
    bool keepsAlive() const { return !m_close; }
    bool hasRetryAfter() const { return m_retryAfter; }

private:
    std::size_t feedLine(std::string_view bytes); // heads, chunk sizes and the like
    void readHead(std::string_view head);
    bool readFirstLine(std::string_view line);

    std::string m_head; // what is there of a head or a line that is not whole
    std::string m_path;
    std::uint64_t m_left = 0;
    int m_status = 0;
    Side m_side;
    State m_state = State::Head;
    bool m_get = false;
    bool m_close = false;
    bool m_retryAfter = false;
};

} // namespace bench
