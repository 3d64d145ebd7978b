// ConnectionChip: which engine this window speaks to and how fresh its word is: environment, name, role, round trip,
// freshness. A click opens its menu. AlarmChip: how many alarms, or that none are known. Thread: UI.
#pragma once

#include "session/session.h"
#include "theme/token.h"

#include <QAbstractButton>

namespace ui {

class ConnectionChip : public QAbstractButton
{
    Q_OBJECT
public:
    explicit ConnectionChip(Session& session, QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    qreal layOut(QPainter* painter) const;
    QString roleWords() const;

    Session& m_session;
    QString m_freshness;
    Freshness m_state = Freshness::NoData;
    qint64 m_travelMs = -1; // as it is drawn
};

class AlarmChip : public QAbstractButton
{
    Q_OBJECT
public:
    explicit AlarmChip(Session& session, QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    qreal layOut(QPainter* painter) const;

    Session& m_session;
    bool m_known = false;
    int m_down = 0;
    int m_degraded = 0;
};

// The age of data in few words: "0.4 s", "4 s", "2 min", "3 h". The same everywhere, so that no two places disagree.
QString ageWords(qint64 ms);

// How the environment looks: strip, chip and title mark.
struct EnvironmentLook
{
    Token ink;
    Token back;
    Token strip;
};
EnvironmentLook lookOf(Environment environment);

} // namespace ui
