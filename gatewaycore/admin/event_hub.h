// EventHub: what happened, numbered without gaps, for consoles, `signalboxctl events` and remote attach. It keeps the
// last 10,000 events; a reader that falls behind by more is told which numbers it missed, never silently skipped ahead.
// Readers pull: an EventCursor takes the next batch when its reader is ready, so a slow one costs no memory. Calls are
// kept as records and become JSON only for a reader.
// Thread: control; records are shared and immutable. The hub must outlive its cursors.
// Numbers: an engine run begins at `first` (the engine gives the wall time in microseconds), so that they also rise
// across restarts and a reader that resumes after one is told of the gap instead of being given another run's numbers.
#pragma once

#include "admin/principal.h"
#include "api/admin_transport.h"
#include "api/call.h"

#include <QObject>

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace gateway::admin {

class EventHub : public QObject
{
    Q_OBJECT
public:
    static constexpr int kKept = 10'000;
    explicit EventHub(qint64 first = 1, QObject* parent = nullptr);

    qint64 publish(const QString& type, const QJsonObject& data);
    // "call.finished", one each, with the call as data.
    void publishCalls(const std::vector<std::shared_ptr<const api::Call>>& calls);

    qint64 lastSequence() const { return m_next - 1; } // first - 1 before the first event
    int readers() const { return m_readers; }

Q_SIGNALS:
    void published();                                        // at least one more event; readers gather before they take
    void told(const QString& type, const QJsonObject& data); // each event but the finished calls, as it is published

private:
    friend class EventCursor;
    struct Kept
    {
        QString type;
        QJsonObject data;
        std::shared_ptr<const api::Call> call; // instead of data
    };
    void keep(Kept event);

    std::deque<Kept> m_kept; // the last has number m_next - 1
    qint64 m_next;
    int m_readers = 0;
    const qint64 m_first;
};

class EventCursor
{
public:
    // Events after `since`; -1: from now on; 0: all there is of this run. A reader that is bound to tenants is given
    // the numbers of what it may not read and nothing more (event_filter.h).
    EventCursor(EventHub& hub, qint64 since, Principal reader = {});
    ~EventCursor();
    Q_DISABLE_COPY_MOVE(EventCursor)

    struct Gap
    {
        qint64 first = 0;
        qint64 last = 0;
    };
    struct Batch
    {
        std::optional<Gap> gap; // before the events
        QVector<api::Event> events;
    };
    Batch take(int most);
    bool hasMore() const;
    qint64 position() const { return m_position; } // number of the last event taken

private:
    EventHub& m_hub;
    const Principal m_reader;
    qint64 m_position;
};

} // namespace gateway::admin
