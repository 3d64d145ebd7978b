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
    // The way to mend it, when a person can: compare the certificate, enter a token. Empty: there is none.
    QString mending() const;
    Button* mendButton() const { return m_mend; }
    // Without a list of connections there is nothing to mend here.
    void setMendable(bool mendable);
    QSize sizeHint() const override;

Q_SIGNALS:
    void mendWanted();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void place();

    Session& m_session;
    QString m_words;
    Freshness m_state = Freshness::Live;
    bool m_mendable = false;
    Button* m_again;
    Button* m_mend;
};

// LateMark: at the right of a page's header while its data is late: a clock and how old it is.
class LateMark : public QWidget
{
    Q_OBJECT
public:
    explicit LateMark(Session& session, QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();

    Session& m_session;
    QString m_words;
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
