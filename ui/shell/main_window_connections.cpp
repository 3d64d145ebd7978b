// MainWindow's side of several engines: frames that come and go, the chip's menu, the switcher, changes in doubt.
#include "session/alarms.h"
#include "session/connection_hub.h"
#include "shell/attach_sheet.h"
#include "shell/bottom_bar.h"
#include "shell/connection_chip.h"
#include "shell/connections_sheet.h"
#include "shell/freshness_banner.h"
#include "shell/main_window.h"
#include "shell/page.h"
#include "shell/page_host.h"
#include "shell/rail.h"
#include "shell/top_bar.h"
#include "theme/status_paint.h"
#include "widgets/toast.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QStackedWidget>

#include <algorithm>

namespace ui {
namespace {

constexpr std::chrono::minutes kUnlocked{15};

Status statusOf(Freshness freshness)
{
    switch (freshness) {
    case Freshness::Live:
        return Status::Ok;
    case Freshness::Late:
    case Freshness::Stale:
    case Freshness::NotPermitted:
        return Status::Degraded;
    case Freshness::Error:
        return Status::Down;
    case Freshness::NoData:
        break;
    }
    return Status::Unknown;
}

// How an engine stands that is not on the screen: its freshness, and what needs a person there.
QString standing(const Session& session)
{
    const AlarmState alarms = alarmsOf(session);
    const QString words = wordOf(session.freshness());
    if (!alarms.known || alarms.alarms.isEmpty())
        return words;
    return QStringLiteral("%1, %2 %3")
        .arg(words)
        .arg(alarms.alarms.size())
        .arg(alarms.alarms.size() == 1 ? QStringLiteral("alarm") : QStringLiteral("alarms"));
}

} // namespace

void MainWindow::setHub(ConnectionHub* hub)
{
    m_hub = hub;
    connect(hub, &ConnectionHub::currentChanged, this, [this] {
        // the frames of sessions that are not open any more go with them
        QVector<const Session*> open;
        for (const QString& id : m_hub->open())
            open.append(m_hub->session(id).get());
        for (std::size_t i = m_frames.size(); i-- > 0;) {
            if (!open.contains(m_frames[i].session.get()))
                dropFrame(m_frames[i].session.get());
        }
        if (const auto session = m_hub->current())
            showSession(session);
    });
    connect(hub, &ConnectionHub::certificateAdvanced, this, [this](const QString& id) {
        const Connection* connection = m_hub->book().find(id);
        m_toast->say(
            tr("The certificate that was announced is in use now at %1.").arg(connection ? connection->name : id));
    });
    connect(hub, &ConnectionHub::engineReplaced, this, [this](const QString& id, const QString&, const QString&) {
        const Connection* connection = m_hub->book().find(id);
        m_toast->say(tr("Another engine answers at %1 than before.").arg(connection ? connection->url : id));
    });
    if (const auto session = hub->current())
        showSession(session);
    m_host->banner()->setMendable(isMendable());
}

bool MainWindow::isMendable() const
{
    return m_hub && m_hub->book().find(m_hub->currentId());
}

void MainWindow::mendConnection()
{
    if (isMendable() && !findChild<AttachSheet*>())
        AttachSheet::openFor(this, *m_hub, m_hub->currentId());
}

void MainWindow::mendIfFirstTryFails()
{
    if (!isMendable())
        return;
    auto* watch = new QObject(this);
    const auto look = [this, watch, id = m_hub->currentId()] {
        const auto session = m_hub->session(id);
        const bool isOver = !session || session->status() || m_hub->currentId() != id;
        const Freshness freshness = session ? session->freshness() : Freshness::NoData;
        const bool failed = freshness == Freshness::Error || freshness == Freshness::NotPermitted;
        if (!isOver && !failed)
            return;
        watch->deleteLater();
        disconnect(m_hub, nullptr, watch, nullptr);
        if (!isOver)
            mendConnection();
    };
    connect(m_hub, &ConnectionHub::changed, watch, look);
}

MainWindow::Frame MainWindow::inUse() const
{
    return {m_session, m_frame, m_topBar, m_rail, m_host, m_bottomBar, m_pages, m_current};
}

void MainWindow::use(Frame frame)
{
    m_session = std::move(frame.session);
    m_frame = frame.widget;
    m_topBar = frame.topBar;
    m_rail = frame.rail;
    m_host = frame.host;
    m_bottomBar = frame.bottomBar;
    m_pages = std::move(frame.pages);
    m_current = frame.current;
}

void MainWindow::dropFrame(const Session* session)
{
    const auto found = std::find_if(
        m_frames.begin(), m_frames.end(), [session](const Frame& frame) { return frame.session.get() == session; });
    if (found == m_frames.end())
        return;
    // the widgets first: they hold references to the session
    const Frame frame = std::move(*found);
    m_frames.erase(found);
    // later: its own menu may have closed it; the session lives until the widgets that refer to it are gone
    frame.widget->hide();
    connect(frame.widget, &QObject::destroyed, [session = frame.session] { Q_UNUSED(session) });
    frame.widget->deleteLater();
}

void MainWindow::showSession(std::shared_ptr<Session> session)
{
    if (session == m_session)
        return;
    const int page = m_current;
    if (Page* shown = currentPage())
        shown->deactivated();
    m_frames.push_back(inUse());
    const auto found =
        std::find_if(m_frames.begin(), m_frames.end(), [&](const Frame& frame) { return frame.session == session; });
    if (found != m_frames.end()) {
        Frame frame = std::move(*found);
        m_frames.erase(found);
        use(std::move(frame));
        m_stack->setCurrentWidget(m_frame);
        if (Page* shown = currentPage())
            shown->activated();
        refreshBadges();
    } else {
        use({std::move(session), nullptr, nullptr, nullptr, nullptr, nullptr, {}, page});
        build();
    }
    refreshTitle();
}

void MainWindow::refreshTitle()
{
    const Freshness freshness = m_session->freshness();
    QString title =
        QStringLiteral("Signalbox %1 %2 [%3]")
            .arg(QString(QChar(0x2013)), m_session->options().name, wordOf(m_session->options().environment));
    const auto& status = m_session->status();
    if (status && !m_session->options().embedded) {
        const QString engine = status->name.isEmpty() ? status->engineId.left(8) : status->name;
        if (!engine.isEmpty() && engine != m_session->options().name)
            title += u' ' + engine;
    }
    if (!isFresh(freshness) && freshness != Freshness::NoData)
        title += QStringLiteral(" (%1)").arg(wordOf(freshness));
    if (title != windowTitle())
        setWindowTitle(title);
}

void MainWindow::tellChange(const RecentChange& change)
{
    if (change.state == RecentChange::State::Checking)
        m_toast->say(tr("%1: the answer did not come. Checking whether it was applied.").arg(change.what));
    else if (change.state == RecentChange::State::Applied && m_checking.contains(change.key))
        m_toast->say(tr("%1: it was applied.").arg(change.what));
    else if (change.state == RecentChange::State::NotApplied && m_checking.contains(change.key))
        m_toast->say(tr("%1: it was not applied, and will not be.").arg(change.what));
    if (change.state == RecentChange::State::Checking)
        m_checking.insert(change.key);
    else if (change.state != RecentChange::State::Sent)
        m_checking.remove(change.key);
}

void MainWindow::openConnectionMenu()
{
    QMenu menu(this);
    const auto copy = [&menu](const QString& label, const QString& value) {
        if (!value.isEmpty())
            menu.addAction(QStringLiteral("Copy %1\t%2").arg(label, value), &menu,
                [value] { QGuiApplication::clipboard()->setText(value); });
    };
    if (m_hub) {
        for (const QString& id : m_hub->open()) {
            const auto session = m_hub->session(id);
            QAction* action = menu.addAction(statusIcon(statusOf(session->freshness())),
                QStringLiteral("%1  %2\t%3")
                    .arg(wordOf(session->options().environment), session->options().name, standing(*session)),
                m_hub, [this, id] { m_hub->show(id); });
            action->setCheckable(true);
            action->setChecked(id == m_hub->currentId());
        }
        menu.addSeparator();
        menu.addAction(tr("Connections..."), this, [this] { ConnectionsSheet::openOn(this, *m_hub); });
        menu.addAction(tr("Attach to an engine..."), this, [this] { AttachSheet::openOn(this, *m_hub); });
        if (m_hub->currentId() != ConnectionHub::kEmbedded)
            menu.addAction(tr("Close this connection"), m_hub, [this] { m_hub->close(m_hub->currentId()); });
        menu.addSeparator();
    }
    if (m_session->options().readOnly) {
        if (m_session->isLocked())
            menu.addAction(
                tr("Unlock for changes for 15 minutes"), m_session.get(), [this] { m_session->unlockFor(kUnlocked); });
        else
            menu.addAction(tr("Lock against changes"), m_session.get(), &Session::lockNow);
        menu.addSeparator();
    }
    if (const auto& status = m_session->status()) {
        copy(QStringLiteral("base URL"), status->gatewayUrl + QStringLiteral("/v1"));
        copy(QStringLiteral("admin URL"), status->adminUrl);
        copy(QStringLiteral("data directory"), status->dataDirectory);
        copy(QStringLiteral("engine id"), status->engineId);
        menu.addSeparator();
    }
    menu.addAction(QStringLiteral("Ask the engine now\tF5"), m_session.get(), &Session::retryNow);
    menu.exec(m_topBar->connectionChip()->mapToGlobal(QPoint(0, m_topBar->connectionChip()->height() + 4)));
}

// Ctrl+Shift+C: the engines alone, as commands of the palette.
void MainWindow::openSwitcher()
{
    if (!m_hub)
        return;
    QVector<Command> commands;
    addConnectionCommands(commands);
    m_palette->open(std::move(commands));
}

void MainWindow::addConnectionCommands(QVector<Command>& commands)
{
    if (!m_hub)
        return;
    for (const QString& id : m_hub->open()) {
        const auto session = m_hub->session(id);
        if (id != m_hub->currentId())
            commands.append({tr("Show %1").arg(session->options().name),
                wordOf(session->options().environment) + QStringLiteral(", ") + standing(*session), QString(),
                [this, id] { m_hub->show(id); }});
    }
    for (const Connection& connection : m_hub->book().all()) {
        if (!m_hub->session(connection.id))
            commands.append({tr("Connect to %1").arg(connection.name.isEmpty() ? connection.url : connection.name),
                wordOf(connection.environment), QString(), [this, id = connection.id] { m_hub->show(id); }});
    }
    commands.append(
        {tr("Connections"), tr("connection"), QString(), [this] { ConnectionsSheet::openOn(this, *m_hub); }});
    commands.append(
        {tr("Attach to an engine"), tr("connection"), QString(), [this] { AttachSheet::openOn(this, *m_hub); }});
}

// What can be done to the engine, and of what cannot be done here, why: the pages do not show it at all.
void MainWindow::addActionCommands(QVector<Command>& commands)
{
    for (const ActionFacts& facts : allActions()) {
        const int page = m_registry.indexOf(QString::fromLatin1(facts.page));
        if (page < 0)
            continue;
        const QString words = QString::fromLatin1(facts.words);
        const QString why = m_session->whyNot(facts.action);
        const bool isForOthers = !m_session->may(QString::fromLatin1(facts.method), QString::fromLatin1(facts.route));
        const QString hint = why.isEmpty()           ? tr("on %1").arg(m_registry.entries().at(page).title)
                             : isForOthers           ? tr("needs the role %1").arg(rolesFor(facts))
                             : m_session->isLocked() ? tr("the connection is locked")
                                                     : tr("not now");
        commands.append({words, hint, QString(), [this, page, why] {
                             if (why.isEmpty())
                                 showPage(page, QString());
                             else
                                 m_toast->say(why);
                         }});
    }
    for (const RecentChange& change : m_session->recentChanges().mid(0, 5)) {
        static const char* const kStates[] = {"sent", "checking whether it was applied", "applied", "not applied"};
        const QString state = QString::fromLatin1(kStates[int(change.state)]);
        const QString when = change.at.toUTC().toString(QStringLiteral("HH:mm:ss")) + QStringLiteral(" UTC");
        commands.append({change.what, QStringLiteral("%1, %2").arg(state, when), QString(), [this, change, state] {
                             m_toast->say(change.message.isEmpty()
                                              ? QStringLiteral("%1: %2.").arg(change.what, state)
                                              : QStringLiteral("%1: %2").arg(change.what, change.message));
                         }});
    }
}

} // namespace ui
