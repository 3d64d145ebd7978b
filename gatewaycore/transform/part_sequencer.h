// PartSequencer: keeps StreamEvent's order for a stream reader: one part open at a time, numbered from 0, each ended
// before the next begins. Providers number and interleave as they like. One stream, one thread.
#pragma once

#include "transform/unified_answer.h"

namespace gateway::transform {

class PartSequencer
{
public:
    // `events` may be nullptr: then only the order is kept.
    void begin(std::vector<StreamEvent>* events, QByteArray id, QByteArray model); // once; later calls do nothing

    // Text, thinking, refusal: opens the part if the open one is of another kind.
    void text(std::vector<StreamEvent>* events, Part::Kind kind, QByteArray text);
    // Tool calls are known by the provider's own key (index, id): a fragment of a call that is already over cannot be
    // put anywhere and is refused (false).
    void openTool(
        std::vector<StreamEvent>* events, qint64 key, QByteArray callId, QByteArray name, bool custom = false);
    bool arguments(std::vector<StreamEvent>* events, qint64 key, QByteArray fragment);
    void signature(std::vector<StreamEvent>* events, QByteArray bytes, Signer signer); // of the open part
    void redactedThinking(std::vector<StreamEvent>* events, QByteArray data, Signer signer);
    void close(std::vector<StreamEvent>* events); // the open part, if any

    bool hasTools() const { return m_tools > 0; }
    bool isOpen() const { return m_open; }
    Part::Kind openKind() const { return m_kind; }

private:
    void openPart(std::vector<StreamEvent>* events, StreamEvent begin);

    bool m_begun = false;
    bool m_open = false;
    Part::Kind m_kind = Part::Kind::Text;
    qint64 m_toolKey = -1; // of the open call
    int m_parts = 0;
    int m_tools = 0;
};

} // namespace gateway::transform
