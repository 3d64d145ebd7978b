// Translation: everything between one caller's request and one provider for one attempt: the request it gets, and what
// its answer or stream becomes for the caller. The engine sends and receives bytes and knows no dialect. Two ways
// through, chosen here: the same dialect is passed on, another one goes through the unified form.
// Thread: the worker's; owned by the attempt. The request and the candidate outlive it.
#pragma once

#include "transform/surface.h"

namespace gateway::transform {

class Translation
{
public:
    Translation(const CallRequest& request, const Target& target, AnswerContext context);
    ~Translation();
    Q_DISABLE_COPY_MOVE(Translation)

    // The request as the provider gets it, once; what it could not carry is in losses().
    OutgoingOrError request();
    const Losses& losses() const { return m_losses; }
    const ProviderDialect& provider() const { return m_provider; }
    bool isSameDialect() const { return m_same; }

    // A whole 200: the caller's body.
    std::variant<QByteArray, CallError> answer(QByteArray body);

    // A stream. `events` is what the caller gets now, `tail` what ends it (held until the call is recorded).
    struct Step
    {
        bool content = false;
        bool ended = false;
        std::optional<CallError> error;
    };
    Step take(const Frame& frame, QByteArray& events, QByteArray& tail);
    // The provider closed without an end mark. true: the stream is complete all the same.
    bool closed(QByteArray& events, QByteArray& tail);
    QByteArray failed(const CallError& error); // the tail of a stream that broke

    CallError error(int status, const http::ResponseHead& head, QByteArrayView body) const;

    const AnswerFacts& facts() const { return m_reader ? m_reader->facts() : m_facts; }
    qint64 contentEvents() const { return m_reader ? m_reader->contentEvents() : 0; }

private:
    const CallRequest& m_request;
    const Target m_target;
    const AnswerContext m_context;
    const ProviderDialect& m_provider;
    const bool m_same;
    Losses m_losses;
    AnswerFacts m_facts; // of a whole answer
    std::unique_ptr<StreamReader> m_reader;
    std::unique_ptr<StreamWriter> m_writer;
    std::unique_ptr<StreamRelay> m_relay;
    std::vector<StreamEvent> m_events;
};

} // namespace gateway::transform
