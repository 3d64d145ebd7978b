// RequestReader: the simulator's own small HTTP/1.1 request reader. It shares nothing with gatewaycore/http on purpose:
// the simulator is the witness of what the gateway sends, and a fault both readers had would stay unseen. It takes what
// a correct client sends (Content-Length or chunked) and calls the rest malformed. One thread.
#pragma once

#include "simulator/script.h"

#include <optional>

namespace gateway::simulator {

class RequestReader
{
public:
    enum class State
    {
        NeedMore,
        Ready,
        Malformed
    };

    // Adds bytes and reads as far as one whole request.
    State feed(const QByteArray& bytes);
    // The whole request; what follows it stays for the next feed().
    SimRequest take();
    // True once per request whose client waits for "100 Continue" before it sends the body.
    bool takeContinue();

private:
    State readHead();
    State readBody();
    State readChunks();

    QByteArray m_buffer;
    SimRequest m_request;
    bool m_headRead = false;
    bool m_continue = false;
    bool m_malformed = false;
    bool m_chunked = false;
    qint64 m_length = 0;
    qsizetype m_used = 0;
};

} // namespace gateway::simulator
