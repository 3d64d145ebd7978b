#include "shell/connections_sheet.h"

#include "shell/attach_sheet.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/panel.h"
#include "widgets/plain_table.h"
#include "widgets/text_label.h"

#include <QFile>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QSaveFile>
#include <QVBoxLayout>

namespace ui {

using namespace gateway::api;

namespace {

QString stateWords(const Session* session)
{
    if (!session)
        return QStringLiteral("not connected");
    const LinkStatus link = session->link();
    switch (link.state) {
    case LinkStatus::State::Connected:
        return isFresh(session->freshness()) ? QStringLiteral("connected") : wordOf(session->freshness());
    case LinkStatus::State::Connecting:
        return session->status() ? QStringLiteral("connected") : QStringLiteral("connecting");
    case LinkStatus::State::Reconnecting:
        return QStringLiteral("reconnecting, attempt %1").arg(link.attempt);
    case LinkStatus::State::NotPermitted:
        return QStringLiteral("not permitted");
    case LinkStatus::State::CertificateChanged:
        return QStringLiteral("certificate changed");
    case LinkStatus::State::VersionMismatch:
        return QStringLiteral("another version");
    case LinkStatus::State::Unreachable:
        break;
    }
    return QStringLiteral("unreachable");
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

QString ageWords(const Session* session)
{
    if (!session || session->ageMs() < 0)
        return QStringLiteral("no data");
    return QStringLiteral("%1 s").arg(double(session->ageMs()) / 1000, 0, 'f', 1);
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
    m_table->setMinimumHeight(metrics().px(260));
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

void ConnectionsSheet::refill()
{
    const int row = m_table->currentIndex().row();
    m_table->clearRows();
    m_ids.clear();
    const auto add = [this](const QString& id, const Connection& connection, const Session* session) {
        const auto& status = session ? session->status() : std::nullopt;
        m_ids.append(id);
        m_table->addRow({Cell::plain(connection.name), Cell::plain(wordOf(connection.environment)),
            Cell::plain(connection.url), Cell::plain(session ? session->role() : connection.role),
            Cell::plain(stateWords(session)), Cell::plain(roundTrip(session)), Cell::plain(ageWords(session)),
            Cell::plain(status ? status->version : QString()),
            Cell::plain(id == ConnectionHub::kEmbedded ? tr("in this process") : pinWords(connection)),
            Cell::plain(id == m_hub.currentId() ? tr("shown now")
                        : connection.lastUsed   ? connection.lastUsed->toString(QStringLiteral("yyyy-MM-dd HH:mm"))
                                                : QString())});
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
    if (row >= 0 && row < m_ids.size())
        m_table->selectRow(row);
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
