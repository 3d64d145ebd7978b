#include "transform/translation.h"

namespace gateway::transform {
namespace {

using api::ErrorCode;

// The model ended with an error of its own although the status was 200: not a success.
std::optional<CallError> errorOf(const AnswerFacts& facts)
{
    if (facts.stop != StopReason::ModelError)
        return std::nullopt;
    CallError error;
    error.code = ErrorCode::ProviderUnavailable;
    error.retriable = true;
    error.message = QStringLiteral("The model ended its answer with an error (%1).").arg(facts.finishReason);
    error.foreign = true;
    return error;
}

} // namespace

std::variant<AnswerFacts, CallError> ProviderDialect::readFacts(
    Operation operation, QByteArrayView body, const Target& target) const
{
    auto answer = readAnswer(operation, body, target);
    if (auto* error = std::get_if<CallError>(&answer))
        return std::move(*error);
    return std::move(std::get<Answer>(answer).facts);
}

Translation::Translation(const CallRequest& request, const Target& target, AnswerContext context)
    : m_request(request),
      m_target(target),
      m_context(std::move(context)),
      m_provider(providerDialect(target.kind(), target.model(), request.surface->dialect())),
      m_same(m_provider.dialect() == request.surface->dialect())
{
}

Translation::~Translation() = default;

OutgoingOrError Translation::request()
{
    if (m_same)
        return m_provider.passOn(m_request, m_target, m_losses);
    auto unified = m_request.surface->unify(m_request);
    if (auto* error = std::get_if<CallError>(&unified))
        return std::move(*error);
    return m_provider.translate(std::get<UnifiedRequest>(unified), m_target, m_losses);
}

std::variant<QByteArray, CallError> Translation::answer(QByteArray body)
{
    const Operation operation = m_request.operation;
    if (m_same) {
        auto facts = m_provider.readFacts(operation, body, m_target);
        if (auto* error = std::get_if<CallError>(&facts))
            return std::move(*error);
        m_facts = std::move(std::get<AnswerFacts>(facts));
        if (auto error = errorOf(m_facts))
            return *error;
        QByteArray repaired = m_request.surface->repaired(m_request, body, m_facts);
        return repaired.isEmpty() ? std::move(body) : std::move(repaired);
    }
    auto read = m_provider.readAnswer(operation, body, m_target);
    if (auto* error = std::get_if<CallError>(&read))
        return std::move(*error);
    const Answer& answer = std::get<Answer>(read);
    m_facts = answer.facts;
    if (auto error = errorOf(m_facts))
        return *error;
    return m_request.surface->answerBody(m_request, answer, m_context);
}

Translation::Step Translation::take(const Frame& frame, QByteArray& events, QByteArray& tail)
{
    if (!m_reader) {
        m_reader = m_provider.streamReader(m_target);
        if (m_same)
            m_relay = m_request.surface->streamRelay(m_request, m_context);
        else
            m_writer = m_request.surface->streamWriter(m_request, m_context);
    }
    m_events.clear();
    const StreamReader::Read read = m_reader->read(frame, m_same ? nullptr : &m_events);
    Step step{read.content, read.ended, read.error};
    if (!step.error && read.ended)
        step.error = errorOf(m_reader->facts());
    if (m_same) {
        if (!step.error)
            m_relay->relay(frame, read, m_reader->facts(), events, tail);
        return step;
    }
    for (const StreamEvent& event : m_events)
        m_writer->write(event, events);
    if (!step.error && read.ended)
        m_writer->finish(m_reader->facts(), tail);
    return step;
}

bool Translation::closed(QByteArray& events, QByteArray& tail)
{
    if (!m_reader)
        return false;
    m_events.clear();
    if (!m_reader->mayEndHere(m_same ? nullptr : &m_events) || errorOf(m_reader->facts()))
        return false;
    if (m_same) {
        m_relay->finish(tail);
        return true;
    }
    for (const StreamEvent& event : m_events)
        m_writer->write(event, events);
    m_writer->finish(m_reader->facts(), tail);
    return true;
}

QByteArray Translation::failed(const CallError& error)
{
    QByteArray tail;
    if (m_writer)
        m_writer->fail(error, tail);
    else if (m_relay)
        m_relay->fail(error, tail);
    return tail;
}

CallError Translation::error(int status, const http::ResponseHead& head, QByteArrayView body) const
{
    return m_provider.readError(status, head, body, m_target);
}

} // namespace gateway::transform
