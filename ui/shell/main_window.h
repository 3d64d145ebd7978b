// MainWindow: the frame around one connection: top bar, rail, page, bottom bar, command palette, toast. Pages come from
// a PageRegistry and are built when first shown; a page that does not exist is not in the rail. With a ConnectionHub it
// shows one of several engines at a time; each keeps its own pages, and two are never mixed. Thread: UI. Constructed in
// a few lines by the application:
//     auto session = std::make_shared<ui::Session>(transport, options);
//     ui::MainWindow window(session, ui::allPages());
//     window.openPage("server"); window.show(); session->start();
#pragma once

#include "session/session.h"
#include "session/time_range.h"
#include "shell/command_palette.h"
#include "shell/page_registry.h"

#include <QMainWindow>
#include <QSet>

#include <memory>
#include <vector>

class QSettings;
class QStackedWidget;

namespace ui {

class BottomBar;
class CommandPalette;
class ConnectionHub;
class FocusRing;
class Page;
class PageHost;
class Rail;
class Toast;
class TopBar;

class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    // `settings` keeps geometry, theme, zoom and rail between runs; nullptr: nothing is kept. Not owned.
    MainWindow(
        std::shared_ptr<Session> session, PageRegistry pages, QSettings* settings = nullptr, QWidget* parent = nullptr);
    ~MainWindow() override;

    // From now on the window shows the hub's current session. The hub must outlive the window.
    void setHub(ConnectionHub* hub);
    // Shows this engine instead, with the pages as they were left.
    void showSession(std::shared_ptr<Session> session);
    Session& session() const { return *m_session; }

    // Shows a page, building it when needed; an unknown name changes nothing and returns false.
    bool openPage(const QString& name, const QString& argument = {});
    QString currentPageName() const;
    Page* currentPage() const;
    TopBar* topBar() const { return m_topBar; }
    Toast* toast() const { return m_toast; }
    FocusRing* focusRing() const { return m_focusRing; }
    void openPalette();
    // The sheet in which the shown connection can be mended: its ladder, its certificate, its token.
    void mendConnection();
    // Opens that sheet by itself if the first try of the shown connection fails: for a connection that was asked for on
    // the command line. Later losses open nothing.
    void mendIfFirstTryFails();
    using QMainWindow::show; // show(int, ...) below is about pages

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    // What belongs to one engine: everything between the window's edges.
    struct Frame
    {
        std::shared_ptr<Session> session;
        QWidget* widget = nullptr;
        TopBar* topBar = nullptr;
        Rail* rail = nullptr;
        PageHost* host = nullptr;
        BottomBar* bottomBar = nullptr;
        QVector<Page*> pages; // by registry index; nullptr: not built yet
        int current = -1;
    };
    void build(); // the frame of m_session, anew, with its page and range as they were
    void use(Frame frame);
    Frame inUse() const;
    void dropFrame(const Session* session);
    void putAway(QWidget* frame, std::shared_ptr<Session> session);
    void refreshTitle();
    void addShortcuts();
    void refreshMissing();
    bool isMendable() const;
    void addActionCommands(QVector<Command>& commands);
    void addConnectionCommands(QVector<Command>& commands);
    void openSwitcher();
    void tellChange(const RecentChange& change);
    Page* pageAt(int index);
    void showPage(int index, const QString& argument);
    void refreshBadges();
    void openConnectionMenu();
    void openAlarmMenu();
    void setZoom(double zoom);

    std::shared_ptr<Session> m_session;
    ConnectionHub* m_hub = nullptr;
    QStackedWidget* m_stack;
    std::vector<Frame> m_frames; // of the engines that are not shown now
    QSet<QString> m_checking;    // changes in doubt, by key
    PageRegistry m_registry;
    QSettings* m_settings;
    QVector<Page*> m_pages; // by registry index; nullptr: not built yet
    int m_current = -1;
    QWidget* m_frame = nullptr;
    double m_builtZoom = 1.0;
    TopBar* m_topBar = nullptr;
    Rail* m_rail = nullptr;
    PageHost* m_host = nullptr;
    BottomBar* m_bottomBar = nullptr;
    CommandPalette* m_palette = nullptr;
    Toast* m_toast = nullptr;
    FocusRing* m_focusRing = nullptr;
};

} // namespace ui
