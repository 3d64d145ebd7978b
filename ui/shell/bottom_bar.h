// BottomBar: the small facts of a connection: calls in flight, records waiting, event sequence and gaps, clock skew; at
// the right as-of time, engine, revision, version. Painted; refreshed by the session's signals. Thread: UI.
#pragma once

#include "session/time_range.h"

#include <QWidget>

namespace ui {

class Session;

class BottomBar : public QWidget
{
    Q_OBJECT
public:
    explicit BottomBar(Session& session, QWidget* parent = nullptr);
    void setTimeZone(TimeZoneChoice zone);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Fact
    {
        QString label;
        QString value;
        bool isWorry = false; // the value in amber
    };
    void refresh();

    Session& m_session;
    TimeZoneChoice m_zone = TimeZoneChoice::Utc;
    QVector<Fact> m_left;
    QVector<Fact> m_right;
};

} // namespace ui
