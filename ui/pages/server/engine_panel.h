// EnginePanel: what the engine costs this computer (CPU, memory, calls in flight, records waiting, each with its last
// minutes), what happened last, and where it listens and keeps its data. Values only. Thread: UI.
#pragma once

#include "session/session.h"
#include "widgets/panel.h"

namespace ui {

class KeyValueGrid;
class LogLines;
class MetricCells;
class StateOverlay;

struct LogLine
{
    QDateTime at;
    QString what; // ready, credential, call
    QString words;
};

class EnginePanel : public Panel
{
    Q_OBJECT
public:
    explicit EnginePanel(QWidget* parent = nullptr);
    void setStatus(const gateway::api::EngineStatus& status, const QVector<StatusSample>& history, bool embedded);
    void showError(const QString& why);         // until the next status
    void setLog(const QVector<LogLine>& lines); // oldest first; the last ones that fit are shown

private:
    MetricCells* m_metrics;
    LogLines* m_log;
    KeyValueGrid* m_facts;
    StateOverlay* m_overlay;
};

// True when the URL's host is this computer alone.
bool isLoopback(const QString& url);

} // namespace ui
