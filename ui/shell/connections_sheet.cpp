#include "shell/connections_sheet.h"

#include "session/alarms.h"
#include "shell/attach_sheet.h"
#include "shell/connection_chip.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/panel.h"
#include "widgets/plain_table.h"
#include "widgets/text_label.h"

#include <QFile>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QSaveFile>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

using namespace gateway::api;

namespace {

// State as shape and word, and why.
Cell stateCell(const Session* session)
{
    if (!session)
        return Cell::state(Status::NotReached, QStringLiteral("Not connected"));
    const LinkStatus link = session->link();
    const auto because = [&](Status status, const QString& word) {
        Cell cell = Cell::state(status, word);
        cell.note = !link.reason.isEmpty() ? link.reason : session->problem();
        return cell;
    };
    switch (link.state) {
    case LinkStatus::State::Reconnecting:
        return because(Status::Degraded, QStringLiteral("Reconnecting, %1").arg(link.attempt));
    case LinkStatus::State::NotPermitted:
        return because(Status::Degraded, QStringLiteral("Not permitted"));
    case LinkStatus::State::CertificateChanged:
        return because(Status::Down, QStringLiteral("Certificate changed"));
    case LinkStatus::State::VersionMismatch:
        return because(Status::Down, QStringLiteral("Another version"));
    case LinkStatus::State::Unreachable:
        return because(Status::Down, QStringLiteral("Unreachable"));
    case LinkStatus::State::Connecting:
    case LinkStatus::State::Connected:
        break;
    }
    switch (session->freshness()) {
    case Freshness::Live: {
        Cell cell = Cell::state(Status::Ok, QStringLiteral("Live"));
        const AlarmState alarms = alarmsOf(*session);
        if (!alarms.alarms.isEmpty())
            cell.note = alarms.alarms.size() == 1 ? QStringLiteral("1 alarm")
                                                  : QStringLiteral("%1 alarms").arg(alarms.alarms.size());
        return cell;
    }
    case Freshness::Late:
        return because(Status::Degraded, QStringLiteral("Late"));
    case Freshness::Stale:
        return because(Status::Degraded, QStringLiteral("Stale"));
    case Freshness::Error:
        return because(Status::Down, QStringLiteral("Error"));
    case Freshness::NotPermitted:
        return because(Status::Degraded, QStringLiteral("Not permitted"));
    case Freshness::NoData:
        break;
    }
    return because(Status::Unknown, QStringLiteral("Connecting"));
}

Cell environmentCell(Environment environment)
{
    const EnvironmentLook look = lookOf(environment);
    Cell cell;
    cell.kind = CellKind::Chip;
    cell.text = wordOf(environment);
    cell.chip = {look.ink, environment == Environment::Local ? Token::LineStrong : look.ink, look.back, false};
    return cell;
}

QString roundTrip(const Session* session)
{
    if (!session)
        return {};
    const LinkStatus link = session->link();
    if (link.roundTripP50Ms && link.roundTripP95Ms)
        return QStringLiteral("%1 / %2 ms").arg(*link.roundTripP50Ms).arg(*link.roundTripP95Ms);
    return session->roundTripMs() >= 0 ? QStringLiteral("%1 ms").arg(session->roundTripMs()) : QString();
}

// The minute for today, the day for everything else.
QString lastUsedWords(const std::optional<QDateTime>& at, const QDateTime& now)
{
    if (!at)
        return {};
    const QDateTime utc = at->toUTC();
    return utc.date() == now.toUTC().date() ? utc.toString(QStringLiteral("HH:mm")) + QStringLiteral(" UTC")
                                            : utc.toString(QStringLiteral("yyyy-MM-dd"));
}

QString pinWords(const Connection& connection)
{
    if (!connection.nextPin.isEmpty())
        return QStringLiteral("pinned, next announced");
    if (!connection.pin.isEmpty())
        return QStringLiteral("pinned");
    return connection.url.startsWith(QLatin1String("https")) ? QStringLiteral("authority") : QStringLiteral("no TLS");
}

} // namespace

ConnectionsSheet::ConnectionsSheet(QWidget* window, ConnectionHub& hub)
    : Sheet(window, tr("Connections"), 1240),
      m_hub(hub),
      m_table(new PlainTable(
          tr("Connections"), {{tr("Name")}, {tr("Environment")}, {tr("Address")}, {tr("Role")}, {tr("State")},
                                 {tr("Round trip"), true, tr("Half of the answers, and 95 of 100, came within")},
                                 {tr("Data age"), true}, {tr("Version")}, {tr("Certificate")}, {tr("Last used")}})),
      m_words(new TextLabel({}, &Type::ui, Token::Text3))
{
    panel()->setCaption(tr("tokens are in the desktop's keyring, never in this list"));
    m_table->setWidths({{120, 1}, {92, 0}, {256, 2}, {76, 0}, {140, 5}, {88, 0}, {70, 0}, {62, 0}, {114, 0}, {100, 0}});
    m_table->setMinimumHeight(m_table->heightForRows(8));
    content()->addWidget(m_table, 1);
    const auto button = [this](const QString& words, auto what, Button::Kind kind = Button::Kind::Secondary) {
        auto* made = new Button(words, kind);
        connect(made, &QAbstractButton::clicked, this, what);
        foot()->addWidget(made);
        return made;
    };
    foot()->addWidget(m_words, 1);
    button(tr("Import..."), [this] { importList(); });
    button(tr("Export..."), [this] { exportList(); });
    button(tr("Remove"), [this] { act(&ConnectionsSheet::remove); });
    button(tr("Edit and test..."), [this] { act(&ConnectionsSheet::edit); });
    button(tr("Attach..."), [this] {
        QWidget* window = parentWidget();
        dismiss();
        AttachSheet::openOn(window, m_hub);
    });
    button(
        tr("Show"), [this] { act(&ConnectionsSheet::show); }, Button::Kind::Primary);
    connect(this, &Sheet::accepted, this, [this] { act(&ConnectionsSheet::show); });
    connect(m_table, &QAbstractItemView::doubleClicked, this, [this] { act(&ConnectionsSheet::show); });
    connect(&m_hub.book(), &ConnectionBook::changed, this, &ConnectionsSheet::refill);
    connect(&m_second, &QTimer::timeout, this, &ConnectionsSheet::refill);
    m_second.start(1000);
    refill();
}

ConnectionsSheet* ConnectionsSheet::openOn(QWidget* window, ConnectionHub& hub)
{
    auto* sheet = new ConnectionsSheet(window, hub);
    sheet->open(sheet->m_table);
    return sheet;
}

QVector<Cell> ConnectionsSheet::rowOf(const QString& id, const Connection& connection, const Session* session) const
{
    const auto& status = session ? session->status() : std::nullopt;
    const auto orDash = [](const QString& words) {
        return words.isEmpty() ? Cell::notApplicable() : Cell::plain(words, Token::Text2);
    };
    Cell name = Cell::plain(connection.name.isEmpty() ? QUrl(connection.url).authority() : connection.name);
    name.strong = true;
    if (session ? session->isLocked() : connection.readOnly)
        name.note = tr("locked");
    const qint64 age = session ? session->ageMs() : -1;
    Cell aged = age < 0 ? Cell::number(tr("no data"), Token::Text3)
                        : Cell::number(ageWords(age), isFresh(session->freshness()) ? Token::Text1 : Token::Degraded);
    return {name, environmentCell(connection.environment), Cell::mono(connection.url, Token::Text2),
        orDash(session ? session->role() : connection.role), stateCell(session), Cell::number(roundTrip(session)), aged,
        orDash(status ? status->version : QString()),
        orDash(id == ConnectionHub::kEmbedded ? tr("in this process") : pinWords(connection)),
        id == m_hub.currentId()
            ? Cell::plain(tr("shown now"), Token::Accent)
            : orDash(lastUsedWords(connection.lastUsed, session ? session->now() : QDateTime::currentDateTimeUtc()))};
}

void ConnectionsSheet::refill()
{
    QStringList ids;
    QVector<QVector<Cell>> rows;
    const auto add = [&](const QString& id, const Connection& connection, const Session* session) {
        ids.append(id);
        rows.append(rowOf(id, connection, session));
    };
    if (const auto session = m_hub.session(ConnectionHub::kEmbedded)) {
        Connection own;
        own.name = session->options().name;
        own.environment = session->options().environment;
        own.url = session->status() ? session->status()->adminUrl : tr("embedded");
        add(ConnectionHub::kEmbedded, own, session.get());
    }
    for (const Connection& connection : m_hub.book().all())
        add(connection.id, connection, m_hub.session(connection.id).get());
    const auto same = [](const QVector<Cell>& a, const QVector<Cell>& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Cell& one, const Cell& other) {
            return one.text == other.text && one.note == other.note && one.status == other.status;
        });
    };
    // a table that is filled again every second loses its reader
    if (ids == m_ids && std::equal(rows.begin(), rows.end(), m_rows.begin(), m_rows.end(), same))
        return;
    const QString before = chosen();
    m_table->clearRows();
    m_ids = ids;
    m_rows = rows;
    for (const QVector<Cell>& row : rows)
        m_table->addRow(row);
    const int at = int(m_ids.indexOf(before.isEmpty() ? m_hub.currentId() : before));
    if (at >= 0)
        m_table->selectRow(at);
    m_words->setText(m_ids.size() == 1 ? tr("1 engine") : tr("%1 engines").arg(m_ids.size()));
}

QString ConnectionsSheet::chosen() const
{
    return m_ids.value(m_table->currentIndex().row());
}

void ConnectionsSheet::act(void (ConnectionsSheet::*what)(const QString& id))
{
    const QString id = chosen();
    if (id.isEmpty())
        m_words->setText(tr("Select a connection first."));
    else
        (this->*what)(id);
}

void ConnectionsSheet::show(const QString& id)
{
    m_hub.show(id);
    dismiss();
}

void ConnectionsSheet::edit(const QString& id)
{
    if (id == ConnectionHub::kEmbedded)
        return m_words->setText(tr("The embedded engine needs no address and no token."));
    QWidget* window = parentWidget();
    dismiss();
    AttachSheet::openFor(window, m_hub, id);
}

void ConnectionsSheet::remove(const QString& id)
{
    if (id == ConnectionHub::kEmbedded)
        return m_words->setText(tr("The embedded engine ends with the program."));
    m_hub.close(id);
    m_hub.secrets().remove(id);
    if (const Outcome removed = m_hub.book().remove(id); !removed)
        m_words->setText(removed.error().message);
}

void ConnectionsSheet::exportList()
{
    const QString name = QFileDialog::getSaveFileName(
        this, tr("Export the connections, without secrets"), QStringLiteral("signalbox-connections.json"));
    if (name.isEmpty())
        return;
    QSaveFile file(name);
    const QByteArray text = m_hub.book().exported();
    const bool good = file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.commit();
    m_words->setText(
        good ? tr("Written to %1.").arg(name) : tr("%1 cannot be written: %2").arg(name, file.errorString()));
}

void ConnectionsSheet::importList()
{
    const QString name = QFileDialog::getOpenFileName(this, tr("Import connections"));
    QFile file(name);
    if (name.isEmpty())
        return;
    if (!file.open(QIODevice::ReadOnly))
        return m_words->setText(tr("%1 cannot be read: %2").arg(name, file.errorString()));
    const Result<int> added = m_hub.book().import(file.read(1 << 20));
    m_words->setText(added
                         ? tr("%1 were new. Their tokens are not in the file; enter them at the first use.").arg(*added)
                         : added.error().message);
}

} // namespace ui
