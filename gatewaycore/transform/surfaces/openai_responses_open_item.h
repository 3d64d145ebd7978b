// ResponsesOpenItem: an output item that a provider began and has not ended, as far as a relay has seen it, and the
// events that end it. A value; one thread.
#pragma once

#include "transform/json_view.h"

#include <QByteArray>

#include <functional>
#include <vector>

namespace gateway::transform {

class ResponsesOpenItem
{
public:
    ResponsesOpenItem(qint64 outputIndex, JsonView item);

    qint64 outputIndex() const { return m_outputIndex; }
    const QByteArray& id() const { return m_id; }
    // An event of this item: a part that begins, a piece, a part that is done.
    void note(QByteArrayView type, JsonView event);
    void addText(const QByteArray& delta) { m_text += delta; }

    // What ends it; `event` writes one event of that type with these members (JSON members without brackets). Gives
    // the item as it is then, status incomplete.
    using WriteEvent = std::function<void(const char* type, const QByteArray& members)>;
    QByteArray close(const WriteEvent& event);

private:
    void endPart(const WriteEvent& event);

    qint64 m_outputIndex;
    QByteArray m_item; // as added
    QByteArray m_type;
    QByteArray m_id;
    std::vector<QByteArray> m_parts; // done: content of a message, summary of reasoning
    QByteArray m_partType;           // of the open part; empty: none
    QByteArray m_text;               // of the open part; arguments of a call
    bool m_done = false;             // the arguments of a call are
};

} // namespace gateway::transform
