// ExportHealth: how one export does. Its exporter notes what happened; the admin API reads the status. Any thread, one
// mutex, held for a few assignments. A state that changes is told once, on the thread that noted it.
#pragma once

#include "api/export_status.h"
#include "base/clock.h"

#include <functional>
#include <mutex>

namespace gateway::exports {

class ExportHealth
{
public:
    // Told when it begins to fail, and when something is taken again after that.
    using Changed = std::function<void(const api::ExportStatus&)>;
    ExportHealth(const Clock& clock, const QString& name, const QString& kind, const QString& target, Changed changed);

    void sent(qint64 count, const QString& sentence);
    void failed(const QString& error);              // nothing is lost yet: it is tried again
    void dropped(qint64 count, const QString& why); // lost: refused, given up, or no room
    void noRoom(qint64 count);                      // lost for want of room; says nothing of the receiver
    void queued(qint64 count);
    void off(const QString& why); // not running: its secret cannot be read
    void begin();                 // again, after it was off or its config has changed
    void say(const QString& sentence);
    void setTarget(const QString& target);
    void note(const QString& always); // a sentence that stands behind every other

    api::ExportStatus status() const;
    QString name() const;

private:
    void become(const char* state);

    const Clock& m_clock;
    const Changed m_changed;
    mutable std::mutex m_mutex;
    api::ExportStatus m_status;
    QString m_note;
};

} // namespace gateway::exports
