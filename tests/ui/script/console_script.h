// ConsoleScript: a person at the console, as a program: opens every page from the rail and waits until it came to rest,
// filters, opens a call, pulls levers and takes them back, raises a budget and ends that, probes, starts a drill,
// explains a route. It knows the window and the session, not which transport is below them; that is the point: the same
// script on an embedded and on an attached engine must see the same. Thread: UI.
#pragma once

#include "transcript.h"

#include "session/session.h"
#include "shell/main_window.h"

#include <QStringList>

#include <functional>
#include <memory>

class QAbstractButton;

namespace ui {
class Page;
}

namespace ui::testing {

class ConsoleScript
{
public:
    ConsoleScript(ui::MainWindow& window, ui::Session& session, Transcript& transcript);

    // All of it. What could not be done is in troubles().
    void run();
    const QStringList& troubles() const { return m_troubles; }

private:
    void lookAtEveryPage();
    void traffic();
    void drainAndResume();
    void failoverAndUndo();
    void probe();
    void drill();
    void budget();
    void routes();
    void credentials();
    void limits();

    template <typename T>
    T* openPage(const char* name);
    ui::Page* openPage(const QString& name);
    void look(const QString& step, const QJsonObject& facts = {});
    bool until(const QString& what, const std::function<bool()>& isSo, int ms = 20'000);
    void click(QAbstractButton* button, const QString& what);
    QAbstractButton* buttonWith(const QString& words) const;
    bool isRead(const QString& words) const; // somewhere in the window

    ui::MainWindow& m_window;
    ui::Session& m_session;
    Transcript& m_transcript;
    QStringList m_troubles;
};

} // namespace ui::testing
