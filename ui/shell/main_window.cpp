#include "shell/main_window.h"

#include "session/alarms.h"
#include "shell/bottom_bar.h"
#include "shell/command_palette.h"
#include "shell/connection_chip.h"
#include "shell/freshness_banner.h"
#include "shell/page.h"
#include "shell/page_host.h"
#include "shell/rail.h"
#include "shell/top_bar.h"
#include "theme/theme_manager.h"
#include "widgets/focus_ring.h"
#include "widgets/toast.h"

#include <QClipboard>
#include <QCloseEvent>
#include <QGuiApplication>
#include <QMenu>
#include <QSettings>
#include <QShortcut>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr QSize kLeast(1180, 720);
constexpr QSize kUsual(1440, 900);

Status statusOf(gateway::api::Health health)
{
    return health == gateway::api::Health::Down ? Status::Down : Status::Degraded;
}

} // namespace

MainWindow::MainWindow(std::shared_ptr<Session> session, PageRegistry pages, QSettings* settings, QWidget* parent)
    : QMainWindow(parent),
      m_session(std::move(session)),
      m_stack(new QStackedWidget(this)),
      m_registry(std::move(pages)),
      m_settings(settings),
      m_focusRing(new FocusRing(this))
{
    setCentralWidget(m_stack);
    refreshTitle();
    setMinimumSize(kLeast);
    resize(kUsual);
    build();
    addShortcuts();
    if (m_settings)
        restoreGeometry(m_settings->value(QStringLiteral("window/geometry")).toByteArray());
    if (ThemeManager* themes = ThemeManager::instance()) {
        connect(themes, &ThemeManager::themeChanged, this, [this] {
            // Sizes are taken from the metrics when a widget is built, so another zoom builds the frame again.
            if (qFuzzyCompare(m_builtZoom, metrics().zoom))
                return;
            while (!m_frames.empty())
                dropFrame(m_frames.back().session.get());
            build();
        });
    }
}

MainWindow::~MainWindow() = default;

void MainWindow::build()
{
    m_builtZoom = metrics().zoom;
    const int page = m_current;
    QWidget* before = m_frame;
    const TimeRange range = m_topBar ? m_topBar->range() : TimeRange();
    m_current = -1;
    m_pages = QVector<Page*>(m_registry.entries().size(), nullptr);
    // later, and hidden until then: one of them may be what somebody just pressed Enter in
    for (QWidget* gone : {static_cast<QWidget*>(m_palette), static_cast<QWidget*>(m_toast), before}) {
        if (gone) {
            gone->hide();
            gone->deleteLater();
        }
    }

    auto* frame = new QWidget;
    m_frame = frame;
    m_topBar = new TopBar(*m_session, frame);
    m_topBar->setRange(range);
    m_rail = new Rail(m_registry, frame);
    m_host = new PageHost(*m_session, frame);
    m_bottomBar = new BottomBar(*m_session, frame);
    auto* middle = new QHBoxLayout;
    middle->setContentsMargins(0, 0, 0, 0);
    middle->setSpacing(0);
    middle->addWidget(m_rail);
    middle->addWidget(m_host, 1);
    auto* column = new QVBoxLayout(frame);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_topBar);
    column->addLayout(middle, 1);
    column->addWidget(m_bottomBar);
    m_stack->addWidget(frame);
    m_stack->setCurrentWidget(frame);
    m_palette = new CommandPalette(this);
    m_toast = new Toast(this, metrics().bottomBar());
    m_rail->setCollapsed(m_settings && m_settings->value(QStringLiteral("window/railCollapsed")).toBool());

    connect(m_rail, &Rail::chosen, this, [this](int index) { showPage(index, QString()); });
    connect(m_topBar, &TopBar::rangeChanged, this, [this](const TimeRange& now) {
        if (Page* shown = currentPage())
            shown->setTimeRange(now);
    });
    connect(m_topBar, &TopBar::pausedChanged, this, [this](bool paused) {
        if (Page* shown = currentPage())
            shown->setPaused(paused);
    });
    connect(m_topBar, &TopBar::timeZoneChanged, m_bottomBar, &BottomBar::setTimeZone);
    connect(m_topBar, &TopBar::searchRequested, this, &MainWindow::openPalette);
    connect(m_topBar->connectionChip(), &QAbstractButton::clicked, this, &MainWindow::openConnectionMenu);
    // with the frame as context: a frame that is put away says nothing more
    const Session* session = m_session.get();
    connect(session, &Session::providersChanged, frame, [this, session] {
        if (m_session.get() == session)
            refreshBadges();
    });
    connect(session, &Session::statusChanged, frame, [this, session] {
        if (m_session.get() == session) {
            refreshBadges();
            refreshMissing();
        }
    });
    connect(session, &Session::identityChanged, frame, [this] { refreshTitle(); });
    connect(session, &Session::freshnessChanged, frame, [this] { refreshTitle(); });
    connect(session, &Session::recentChanged, frame, [this](const RecentChange& change) { tellChange(change); });
    // what may be done decides what is drawn, so the pages are built again; queued, for a page may be asking right now
    connect(
        session, &Session::permissionsChanged, frame,
        [this, session] {
            if (m_session.get() == session)
                build();
            else
                dropFrame(session);
        },
        Qt::QueuedConnection);
    connect(m_topBar->alarmChip(), &QAbstractButton::clicked, this, &MainWindow::openAlarmMenu);
    connect(m_host->banner(), &FreshnessBanner::mendWanted, this, &MainWindow::mendConnection);
    m_host->banner()->setMendable(isMendable());
    if (page >= 0)
        showPage(page, QString());
    refreshBadges();
}

void MainWindow::addShortcuts()
{
    const auto add = [this](const QKeySequence& keys, auto action) {
        connect(new QShortcut(keys, this), &QShortcut::activated, this, action);
    };
    for (int i = 0; i < qMin<qsizetype>(9, m_registry.entries().size()); ++i)
        add(QKeySequence(int(Qt::CTRL) | (Qt::Key_1 + i)), [this, i] { showPage(i, QString()); });
    add(QKeySequence(QStringLiteral("Ctrl+K")), [this] { openPalette(); });
    add(QKeySequence(QStringLiteral("F5")), [this] { m_session->retryNow(); });
    add(QKeySequence(QStringLiteral("Ctrl+Shift+C")), [this] { openSwitcher(); });
    add(QKeySequence(QStringLiteral("Ctrl+B")), [this] { m_rail->setCollapsed(!m_rail->isCollapsed()); });
    add(QKeySequence(QStringLiteral("Ctrl++")), [this] { setZoom(metrics().zoom + 0.1); });
    add(QKeySequence(QStringLiteral("Ctrl+-")), [this] { setZoom(metrics().zoom - 0.1); });
    add(QKeySequence(QStringLiteral("Ctrl+0")), [this] { setZoom(1.0); });
    add(QKeySequence(QStringLiteral("Ctrl+Q")), [this] { close(); });
}

void MainWindow::setZoom(double zoom)
{
    if (ThemeManager* themes = ThemeManager::instance())
        themes->setTextZoom(zoom);
}

Page* MainWindow::pageAt(int index)
{
    Page*& page = m_pages[index];
    if (!page) {
        page = m_registry.entries().at(index).make(*m_session);
        m_host->add(page);
        connect(page, &Page::openRequested, this, &MainWindow::openPage);
        connect(page, &Page::toastRequested, this, [this](const QString& words) { m_toast->say(words); });
        connect(page, &Page::undoOffered, this,
            [this](const QString& words, const std::function<void()>& undo) { m_toast->offerUndo(words, undo); });
    }
    return page;
}

void MainWindow::showPage(int index, const QString& argument)
{
    Page* next = pageAt(index);
    if (index != m_current) {
        if (Page* before = currentPage())
            before->deactivated();
        m_current = index;
        m_rail->setCurrent(index);
        m_host->show(next);
        next->setTimeRange(m_topBar->range());
        next->setPaused(m_topBar->isPaused());
        next->activated();
        refreshMissing();
    }
    if (!argument.isEmpty())
        next->open(argument);
}

bool MainWindow::openPage(const QString& name, const QString& argument)
{
    const int index = m_registry.indexOf(name);
    if (index < 0)
        return false;
    showPage(index, argument);
    return true;
}

// An older engine lacks what a newer console can show; the page says so instead of failing at it.
void MainWindow::refreshMissing()
{
    if (m_current < 0)
        return;
    const PageEntry& entry = m_registry.entries().at(m_current);
    const bool isMissing = !entry.feature.isEmpty() && m_session->status() && !m_session->offers(entry.feature);
    m_host->setMissing(
        m_pages.at(m_current), isMissing ? tr("%1 came with a later version than its %2. Everything else works.")
                                               .arg(entry.title, m_session->status()->version)
                                         : QString());
}

QString MainWindow::currentPageName() const
{
    return m_current < 0 ? QString() : m_registry.entries().at(m_current).name;
}

Page* MainWindow::currentPage() const
{
    return m_current < 0 ? nullptr : m_pages.at(m_current);
}

void MainWindow::refreshBadges()
{
    const AlarmState state = alarmsOf(*m_session);
    for (const PageEntry& entry : m_registry.entries()) {
        int count = 0;
        Status worst = Status::Degraded;
        for (const Alarm& alarm : state.alarms) {
            if (alarm.page != entry.name)
                continue;
            // The badge counts the worst kind only: one down and two degraded read as one octagon.
            const Status status = statusOf(alarm.health);
            if (count == 0)
                worst = status;
            if (status == worst)
                ++count;
        }
        m_rail->setBadge(entry.name, worst, count);
    }
}

void MainWindow::openPalette()
{
    QVector<Command> commands;
    for (int i = 0; i < m_registry.entries().size(); ++i) {
        const PageEntry& entry = m_registry.entries().at(i);
        commands.append({QStringLiteral("Open %1").arg(entry.title), QStringLiteral("page"),
            i < 9 ? QStringLiteral("Ctrl %1").arg(i + 1) : QString(), [this, i] { showPage(i, QString()); }});
    }
    commands.append({m_topBar->isPaused() ? QStringLiteral("Go live") : QStringLiteral("Pause live lists"),
        QStringLiteral("view"), QString(), [this] { m_topBar->setPaused(!m_topBar->isPaused()); }});
    commands.append({QStringLiteral("Ask the engine now"), QStringLiteral("connection"), QStringLiteral("F5"),
        [this] { m_session->retryNow(); }});
    addActionCommands(commands);
    addConnectionCommands(commands);
    if (m_session->status()) {
        const QString url = m_session->status()->gatewayUrl + QStringLiteral("/v1");
        commands.append(
            {QStringLiteral("Copy base URL"), url, QString(), [url] { QGuiApplication::clipboard()->setText(url); }});
    }
    for (const TopBar::Choice& choice : TopBar::choices()) {
        commands.append({QStringLiteral("Show the %1").arg(QString::fromLatin1(choice.words)),
            QStringLiteral("time range"), QString(), [this, choice] {
                TimeRange range;
                range.seconds = choice.seconds;
                m_topBar->setRange(range);
            }});
    }
    if (ThemeManager* themes = ThemeManager::instance()) {
        const std::pair<ThemeChoice, const char*> choices[] = {
            {ThemeChoice::System, "Follow the desktop's light or dark"}, {ThemeChoice::Dark, "Use the dark theme"},
            {ThemeChoice::Light, "Use the light theme"}, {ThemeChoice::HighContrast, "Use the high contrast theme"}};
        for (const auto& [choice, words] : choices) {
            if (choice != themes->choice())
                commands.append({QString::fromLatin1(words), QStringLiteral("theme"), QString(),
                    [themes, choice = choice] { themes->setChoice(choice); }});
        }
    }
    commands.append({QStringLiteral("Larger text"), QStringLiteral("view"), QStringLiteral("Ctrl +"),
        [this] { setZoom(metrics().zoom + 0.1); }});
    commands.append({QStringLiteral("Smaller text"), QStringLiteral("view"), QStringLiteral("Ctrl -"),
        [this] { setZoom(metrics().zoom - 0.1); }});
    commands.append({QStringLiteral("Collapse or open the rail"), QStringLiteral("view"), QStringLiteral("Ctrl B"),
        [this] { m_rail->setCollapsed(!m_rail->isCollapsed()); }});
    commands.append(
        {QStringLiteral("Quit"), QStringLiteral("application"), QStringLiteral("Ctrl Q"), [this] { close(); }});
    m_palette->open(std::move(commands));
}

void MainWindow::openAlarmMenu()
{
    QMenu menu(this);
    const AlarmState state = alarmsOf(*m_session);
    for (const Alarm& alarm : state.alarms) {
        QAction* action = menu.addAction(statusIcon(statusOf(alarm.health)),
            alarm.words.isEmpty() ? alarm.subject : QStringLiteral("%1: %2").arg(alarm.subject, alarm.words), this,
            [this, alarm] { openPage(alarm.page, alarm.argument); });
        action->setEnabled(m_registry.indexOf(alarm.page) >= 0);
    }
    if (state.alarms.isEmpty()) {
        menu.addAction(state.known ? QStringLiteral("No part and no provider of this engine needs a person.")
                                   : QStringLiteral("The engine has not answered, so nothing is known of its alarms."))
            ->setEnabled(false);
    }
    menu.exec(m_topBar->alarmChip()->mapToGlobal(QPoint(0, m_topBar->alarmChip()->height() + 4)));
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_settings) {
        m_settings->setValue(QStringLiteral("window/geometry"), saveGeometry());
        m_settings->setValue(QStringLiteral("window/railCollapsed"), m_rail->isCollapsed());
        if (const ThemeManager* themes = ThemeManager::instance()) {
            m_settings->setValue(QStringLiteral("theme"), nameOf(themes->choice()));
            m_settings->setValue(QStringLiteral("textZoom"), themes->textZoom());
        }
    }
    QMainWindow::closeEvent(event);
}

} // namespace ui
