// FreshnessBanner: the line above a page whose data is not fresh, and StaleVeil, the wash and hatch over the page
// itself: what was there stays readable and cannot be taken for what is. Shown when stale, error or not permitted; gone
// by itself. Both follow the session once a second at most and cost nothing while it is live. Thread: UI.
#pragma once

#include "session/session.h"

#include <QWidget>

namespace ui {

class Button;

// One sentence for people: "As of 03:04:11 UTC (2 min ago). The engine at ... does not answer." Empty when fresh.
QString freshnessSentence(const Session& session);

class FreshnessBanner : public QWidget
{
    Q_OBJECT
public:
    explicit FreshnessBanner(Session& session, QWidget* parent = nullptr);
    QString words() const { return m_words; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();

    Session& m_session;
    QString m_words;
    Freshness m_state = Freshness::Live;
    Button* m_again;
};

class StaleVeil : public QWidget
{
    Q_OBJECT
public:
    StaleVeil(Session& session, QWidget* over);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();

    Session& m_session;
    QWidget* m_over;
};

} // namespace ui
