// MainWindow: the frame around one connection: top bar, rail, page, bottom bar, command palette, toast. Pages come from
// a PageRegistry and are built when first shown; a page that does not exist is not in the rail. Thread: UI. Constructed
// in a few lines by the application:
//     auto session = std::make_shared<ui::Session>(transport, options);
//     ui::MainWindow window(session, ui::allPages());
//     window.openPage("server"); window.show(); session->start();
#pragma once

#include "session/session.h"
#include "session/time_range.h"
#include "shell/page_registry.h"

#include <QMainWindow>

#include <memory>

class QSettings;

namespace ui {

class BottomBar;
class CommandPalette;
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

    // Shows a page, building it when needed; an unknown name changes nothing and returns false.
    bool openPage(const QString& name, const QString& argument = {});
    QString currentPageName() const;
    Page* currentPage() const;
    TopBar* topBar() const { return m_topBar; }
    Toast* toast() const { return m_toast; }
    FocusRing* focusRing() const { return m_focusRing; }
    void openPalette();
    using QMainWindow::show; // show(int, ...) below is about pages

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void build();
    void addShortcuts();
    Page* pageAt(int index);
    void showPage(int index, const QString& argument);
    void refreshBadges();
    void openConnectionMenu();
    void openAlarmMenu();
    void setZoom(double zoom);

    std::shared_ptr<Session> m_session;
    PageRegistry m_registry;
    QSettings* m_settings;
    QVector<Page*> m_pages; // by registry index; nullptr: not built yet
    int m_current = -1;
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
