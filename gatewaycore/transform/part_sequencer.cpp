#include "transform/part_sequencer.h"

#include <utility>

namespace gateway::transform {

using Kind = StreamEvent::Kind;

void PartSequencer::begin(std::vector<StreamEvent>* events, QByteArray id, QByteArray model)
{
    if (std::exchange(m_begun, true) || !events)
        return;
    StreamEvent event;
    event.kind = Kind::Begin;
    event.callId = std::move(id);
    event.name = std::move(model);
    events->push_back(std::move(event));
}

void PartSequencer::openPart(std::vector<StreamEvent>* events, StreamEvent begin)
{
    close(events);
    this->begin(events, {}, {}); // a provider that never said its id
    m_open = true;
    m_kind = begin.partKind;
    begin.kind = Kind::PartBegin;
    begin.part = m_parts++;
    if (events)
        events->push_back(std::move(begin));
}

void PartSequencer::text(std::vector<StreamEvent>* events, Part::Kind kind, QByteArray text)
{
    if (!m_open || m_kind != kind) {
        StreamEvent begin;
        begin.partKind = kind;
        openPart(events, std::move(begin));
    }
    if (!events || text.isEmpty())
        return;
    StreamEvent event;
    event.kind = Kind::Delta;
    event.part = m_parts - 1;
    event.partKind = kind;
    event.text = std::move(text);
    events->push_back(std::move(event));
}

void PartSequencer::openTool(
    std::vector<StreamEvent>* events, qint64 key, QByteArray callId, QByteArray name, bool custom)
{
    StreamEvent begin;
    begin.partKind = Part::Kind::ToolCall;
    begin.callId = std::move(callId);
    begin.name = std::move(name);
    begin.custom = custom;
    openPart(events, std::move(begin));
    m_toolKey = key;
    ++m_tools;
}

bool PartSequencer::arguments(std::vector<StreamEvent>* events, qint64 key, QByteArray fragment)
{
    if (!m_open || m_kind != Part::Kind::ToolCall || m_toolKey != key)
        return fragment.isEmpty();
    if (!events || fragment.isEmpty())
        return true;
    StreamEvent event;
    event.kind = Kind::Delta;
    event.part = m_parts - 1;
    event.partKind = Part::Kind::ToolCall;
    event.text = std::move(fragment);
    events->push_back(std::move(event));
    return true;
}

void PartSequencer::signature(std::vector<StreamEvent>* events, QByteArray bytes, Signer signer)
{
    if (!m_open || !events)
        return;
    StreamEvent event;
    event.kind = Kind::Signature;
    event.part = m_parts - 1;
    event.partKind = m_kind;
    event.text = std::move(bytes);
    event.signer = signer;
    events->push_back(std::move(event));
}

void PartSequencer::redactedThinking(std::vector<StreamEvent>* events, QByteArray data, Signer signer)
{
    StreamEvent begin;
    begin.partKind = Part::Kind::Thinking;
    begin.redacted = true;
    openPart(events, std::move(begin));
    signature(events, std::move(data), signer);
    close(events);
}

void PartSequencer::close(std::vector<StreamEvent>* events)
{
    if (!std::exchange(m_open, false) || !events)
        return;
    StreamEvent event;
    event.kind = Kind::PartEnd;
    event.part = m_parts - 1;
    event.partKind = m_kind;
    events->push_back(std::move(event));
}

} // namespace gateway::transform
