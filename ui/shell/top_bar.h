// TopBar: mark, connection, time range, time zone, live or paused, search, alarms. It holds the time range for all
// pages; each change is one signal. Thread: UI.
#pragma once

#include "session/time_range.h"

#include <QWidget>

class QAbstractButton;

namespace ui {

class AlarmChip;
class Button;
class ConnectionChip;
class Segment;
class Session;

class TopBar : public QWidget
{
    Q_OBJECT
public:
    explicit TopBar(Session& session, QWidget* parent = nullptr);

    const TimeRange& range() const { return m_range; }
    void setRange(const TimeRange& range);
    TimeZoneChoice timeZone() const { return m_zone; }
    void setTimeZone(TimeZoneChoice zone);
    bool isPaused() const { return m_paused; }
    void setPaused(bool paused);
    ConnectionChip* connectionChip() const { return m_connection; }
    AlarmChip* alarmChip() const { return m_alarms; }

    struct Choice
    {
        const char* label;
        const char* words;
        int seconds;
    };
    static const QVector<Choice>& choices();

Q_SIGNALS:
    void rangeChanged(const ui::TimeRange& range);
    void timeZoneChanged(ui::TimeZoneChoice zone);
    void pausedChanged(bool paused);
    void searchRequested();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refreshWords();
    void openRangeMenu();
    void openZoneMenu();

    Session& m_session;
    TimeRange m_range;
    TimeZoneChoice m_zone = TimeZoneChoice::Utc;
    bool m_paused = false;
    ConnectionChip* m_connection;
    Segment* m_segment;
    QAbstractButton* m_rangePart;
    QAbstractButton* m_zonePart;
    Button* m_live;
    AlarmChip* m_alarms;
};

} // namespace ui
