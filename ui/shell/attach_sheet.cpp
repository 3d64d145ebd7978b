#include "shell/attach_sheet.h"

#include "shell/certificate_view.h"
#include "shell/ladder_view.h"
#include "shell/main_window.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/choice_cells.h"
#include "widgets/input_field.h"
#include "widgets/panel.h"
#include "widgets/text_label.h"
#include "widgets/toast.h"

#include "api/gateway_client.h"
#include "api/local_engine.h"

#include <QFile>
#include <QGridLayout>
#include <QUrl>

#include <algorithm>

namespace ui {

using namespace gateway::api;

namespace {

constexpr qint64 kLargestPem = 256 * 1024;

QByteArray bytesOf(const QString& name)
{
    QFile file(name);
    return !name.isEmpty() && file.open(QIODevice::ReadOnly) ? file.read(kLargestPem) : QByteArray();
}

QSslKey keyOf(const QByteArray& pem)
{
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Ec, QSsl::Rsa}) {
        const QSslKey key(pem, algorithm, QSsl::Pem);
        if (!key.isNull())
            return key;
    }
    return {};
}

QVector<CheckRung> untouched()
{
    QVector<CheckRung> rungs;
    for (int i = 0; i <= int(CheckRung::Name::Stream); ++i)
        rungs.append({CheckRung::Name(i), CheckRung::State::Waiting, {}, {}, -1});
    return rungs;
}

} // namespace

HttpTransportOptions transportOptions(const Connection& connection, const QByteArray& token)
{
    HttpTransportOptions options;
    options.base = QUrl(connection.url, QUrl::StrictMode);
    options.token = token;
    options.pin = connection.pin;
    options.nextPin = connection.nextPin;
    options.ca = QSslCertificate::fromData(bytesOf(connection.caFile), QSsl::Pem);
    const auto own = QSslCertificate::fromData(bytesOf(connection.clientCertificateFile), QSsl::Pem);
    if (!own.isEmpty()) {
        options.clientCertificate = own.first();
        options.clientKey = keyOf(bytesOf(connection.clientKeyFile));
    }
    options.client = "signalbox " SIGNALBOX_VERSION;
    options.timeout = std::chrono::seconds(5); // a console that waits longer shows stale anyway
    return options;
}

AttachSheet::AttachSheet(QWidget* window, ConnectionHub& hub)
    : Sheet(window, tr("Attach to an engine"), 760),
      m_hub(hub),
      m_address(new InputField(tr("Address or pairing link"))),
      m_token(new InputField(tr("Token"))),
      m_name(new InputField(tr("Name"))),
      m_environment(new Segment(tr("Environment"))),
      m_lock(new Segment(tr("Changes"))),
      m_ladder(new LadderView),
      m_compare(new CertificateCompare),
      m_words(new TextLabel({}, &Type::ui, Token::Text2)),
      m_check(new Button(tr("Check"))),
      m_connect(new Button(tr("Connect"), Button::Kind::Primary))
{
    panel()->setCaption(tr("one of several; this window keeps the others open"));
    m_address->setPlaceholderText(tr("signalbox://pair?... or https://gateway.example:4181"));
    m_address->setMono(true);
    m_token->setPlaceholderText(tr("sba_..., kept in the desktop's keyring"));
    m_token->setEchoMode(QLineEdit::Password);
    m_name->setPlaceholderText(tr("prod-eu"));
    for (const Environment each : {Environment::Local, Environment::Stage, Environment::Prod})
        m_environment->addChoice(wordOf(each));
    m_environment->setCurrent(0);
    m_lock->addChoice(tr("allowed"));
    m_lock->addChoice(tr("locked until unlocked"), tr("Changes are possible for 15 minutes after unlocking"));
    m_lock->setCurrent(0);

    auto* form = new QWidget;
    auto* grid = new QGridLayout(form);
    grid->setContentsMargins(Metrics::panelPadding, 12, Metrics::panelPadding, 12);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(8);
    auto row = [this, grid, line = 0](const QString& label, QWidget* widget, bool wide) mutable {
        auto* words = new TextLabel(label, &Type::ui, Token::Text3);
        if (line >= 2)
            m_details += {words, widget};
        grid->addWidget(words, line, 0);
        grid->addWidget(widget, line, 1, wide ? Qt::Alignment() : Qt::AlignLeft);
        ++line;
    };
    row(tr("Address or link"), m_address, true);
    row(tr("Token"), m_token, true);
    row(tr("Name"), m_name, true);
    row(tr("Environment"), m_environment, false);
    row(tr("Changes"), m_lock, false);
    grid->setColumnStretch(1, 1);
    grid->setColumnMinimumWidth(0, metrics().px(110));
    content()->addWidget(form);
    content()->addWidget(new Hairline);
    m_ladder->setRungs(untouched());
    auto* ladder = new QWidget;
    auto* column = new QVBoxLayout(ladder);
    column->setContentsMargins(0, 8, 0, 8);
    column->addWidget(m_ladder);
    content()->addWidget(ladder);
    content()->addWidget(m_compare);
    m_compare->hide();

    m_words->setWrapped(false);
    foot()->addWidget(m_words, 1);
    auto* cancel = new Button(tr("Cancel"));
    cancel->setKeycap(QStringLiteral("Esc"));
    foot()->addWidget(cancel);
    foot()->addWidget(m_check);
    foot()->addWidget(m_connect);
    m_connect->setEnabled(false);
    connect(cancel, &QAbstractButton::clicked, this, &Sheet::dismiss);
    connect(m_check, &QAbstractButton::clicked, this, &AttachSheet::check);
    connect(m_connect, &QAbstractButton::clicked, this, &AttachSheet::connectNow);
    connect(this, &Sheet::accepted, this, [this] { m_connect->isEnabled() ? connectNow() : check(); });
    connect(m_address, &QLineEdit::textChanged, this, &AttachSheet::takeText);
    connect(m_environment, &ChoiceRow::chosen, this, [this](int index) {
        if (index == 2) // production is locked unless somebody says otherwise
            m_lock->setCurrent(1);
    });
    connect(m_compare, &CertificateCompare::confirmationChanged, this, [this](bool confirmed) {
        if (!confirmed || m_connection.pin == m_compare->sha256())
            return;
        m_connection.pin = m_compare->sha256();
        m_connection.nextPin.clear();
        m_connection.certificate.reset();
        // queued: it may be said while the ladder that is replaced tells of its end
        QMetaObject::invokeMethod(this, &AttachSheet::check, Qt::QueuedConnection);
    });
}

AttachSheet* AttachSheet::openOn(QWidget* window, ConnectionHub& hub, const QString& text)
{
    auto* sheet = new AttachSheet(window, hub);
    sheet->open(sheet->m_address);
    sheet->m_address->setText(text);
    return sheet;
}

AttachSheet* AttachSheet::openFor(QWidget* window, ConnectionHub& hub, const QString& id, bool climbs)
{
    const Connection* connection = hub.book().find(id);
    if (!connection)
        return nullptr;
    auto* sheet = new AttachSheet(window, hub);
    sheet->m_connection = *connection;
    sheet->panel()->setTitle(connection->name.isEmpty() ? connection->url : connection->name);
    sheet->panel()->setCaption(tr("edit it, test it, or give it another token"));
    sheet->m_address->setText(connection->url);
    sheet->m_address->setReadOnly(true);
    sheet->m_name->setText(connection->name);
    sheet->m_environment->setCurrent(int(connection->environment));
    sheet->m_environment->setEnabled(!connection->environmentPinned);
    sheet->m_lock->setCurrent(connection->readOnly ? 1 : 0);
    sheet->m_token->setPlaceholderText(tr("unchanged"));
    sheet->open(sheet->m_check);
    if (climbs)
        sheet->check();
    return sheet;
}

void AttachSheet::takeText()
{
    const auto link = pairingLinkFromText(m_address->text());
    m_token->setEnabled(!link);
    m_code = link ? link->code : QString();
    if (link) {
        m_connection.url = link->url;
        m_connection.pin = link->pin;
        m_token->clear();
        m_token->setPlaceholderText(tr("comes with the pairing"));
        return check();
    }
    const QString url = m_address->text().trimmed();
    if (url != m_connection.url && m_connection.id.isEmpty())
        m_connection.pin.clear(); // the pin of another address
    m_connection.url = url;
}

void AttachSheet::check()
{
    m_connect->setEnabled(false);
    if (m_connection.url.isEmpty())
        return say(tr("Enter an address or paste a pairing link."), true);
    say(tr("Checking."), false);
    const QByteArray typed = m_token->text().trimmed().toUtf8();
    if (!typed.isEmpty() || !m_good.isEmpty())
        return climb(typed.isEmpty() ? m_good : typed);
    if (!m_connection.tokenFile.isEmpty()) {
        const Result<QByteArray> token = readToken(m_connection.tokenFile);
        return climb(token ? *token : QByteArray());
    }
    if (m_connection.id.isEmpty())
        return climb({});
    m_hub.secrets().read(m_connection.id, [this, alive = QPointer(this)](const Result<QByteArray>& token) {
        if (alive)
            climb(token ? *token : QByteArray());
    });
}

void AttachSheet::climb(const QByteArray& token)
{
    m_good = token;
    m_climb = std::make_unique<ConnectionCheck>(transportOptions(m_connection, token));
    connect(m_climb.get(), &ConnectionCheck::rungChanged, this, [this] { m_ladder->setRungs(m_climb->rungs()); });
    connect(m_climb.get(), &ConnectionCheck::finished, this, &AttachSheet::climbed);
    m_climb->start();
    m_ladder->setRungs(m_climb->rungs());
}

void AttachSheet::climbed()
{
    showLadder(m_climb->rungs(), m_climb->offered(), m_climb->isGood());
    const QString stated = m_climb->environment();
    for (const Environment each : {Environment::Prod, Environment::Stage, Environment::Local}) {
        if (stated == wordOf(each).toLower()) {
            m_environment->setCurrent(int(each));
            m_environment->setEnabled(false);
            m_connection.environmentPinned = true;
            if (each == Environment::Prod && m_connection.id.isEmpty())
                m_lock->setCurrent(1);
        }
    }
    if (m_name->text().isEmpty() && !m_climb->engineName().isEmpty())
        m_name->setText(m_climb->engineName());
    m_connection.role = m_climb->role();
    if (m_climb->offered() && m_climb->offered()->sha256 == m_connection.pin)
        m_connection.certificate = m_climb->offered();
    const bool verified = m_climb->rungs().value(int(CheckRung::Name::Tls)).state == CheckRung::State::Ok;
    if (!m_code.isEmpty() && verified && m_good.isEmpty())
        claim();
}

void AttachSheet::showLadder(const QVector<CheckRung>& rungs, const std::optional<CertificateFacts>& offered, bool good)
{
    m_ladder->setRungs(rungs);
    const bool tlsFailed = rungs.value(int(CheckRung::Name::Tls)).state == CheckRung::State::Failed;
    m_compare->setVisible(tlsFailed && offered);
    // one thing at a time, and room for it in a small window
    for (QWidget* detail : m_details)
        detail->setVisible(!tlsFailed || !offered);
    if (tlsFailed && offered && !m_connection.id.isEmpty() && !m_connection.pin.isEmpty()) {
        panel()->setTitle(tr("The certificate of %1 changed").arg(m_connection.name));
        panel()->setCaption(tr("nothing is sent until somebody compares it"));
    }
    if (tlsFailed && offered)
        m_compare->setCertificate(*offered, m_connection.pin, m_connection.certificate);
    // whole: somebody was let in and events came; a ladder without a token ends after TLS and is no connection yet
    const auto stood = [&rungs](CheckRung::Name name) {
        const CheckRung::State state = rungs.value(int(name)).state;
        return state == CheckRung::State::Ok || state == CheckRung::State::Warning;
    };
    const bool isWhole = good && stood(CheckRung::Name::Auth) && stood(CheckRung::Name::Stream);
    m_connect->setEnabled(isWhole);
    if (isWhole)
        say(m_connection.role.isEmpty() ? tr("All is well.")
                                        : tr("All is well; the role here is %1.").arg(m_connection.role),
            false);
    else if (tlsFailed && offered)
        say(tr("Compare the certificate to go on."), true);
    else if (good && m_good.isEmpty() && m_code.isEmpty())
        say(tr("The engine is there. Enter a token to go on."), false);
    else if (std::any_of(rungs.begin(), rungs.end(),
                 [](const CheckRung& rung) { return rung.state == CheckRung::State::Failed; }))
        say(tr("Not yet: see the line that failed."), true);
}

void AttachSheet::claim()
{
    say(tr("Pairing."), false);
    HttpTransportOptions options = transportOptions(m_connection, m_code.toUtf8());
    m_claiming = std::make_shared<HttpTransport>(options);
    GatewayClient client(m_claiming);
    client.claimPairing(tr("paired with the console")).then(this, [this](const Result<IssuedPrincipal>& issued) {
        m_code.clear(); // good for one use, whatever came of it
        if (!issued)
            return say(issued.error().message, true);
        m_connection.principal = issued->name;
        climb(issued->token.toUtf8());
    });
}

void AttachSheet::connectNow()
{
    m_connection.name = m_name->text().trimmed();
    m_connection.environment = Environment(m_environment->current());
    m_connection.readOnly = m_lock->current() == 1;
    const Result<QString> id = m_hub.book().put(m_connection);
    if (!id)
        return say(id.error().message, true);
    const bool wasOpen = m_hub.session(*id) != nullptr;
    const auto open = [hub = &m_hub, id = *id, wasOpen] { wasOpen ? hub->reopen(id) : hub->show(id); };
    if (m_good.isEmpty() || !m_connection.tokenFile.isEmpty()) {
        open();
        return dismiss();
    }
    m_connect->setEnabled(false);
    m_hub.secrets().write(*id, m_good, [this, alive = QPointer(this), open](bool kept, const QString& why) {
        open();
        if (!alive)
            return;
        if (const auto* window = qobject_cast<MainWindow*>(parentWidget()); window && !kept)
            window->toast()->say(tr("Attached. No keyring takes the token, so it is kept until the program ends."));
        Q_UNUSED(why)
        dismiss();
    });
}

void AttachSheet::say(const QString& words, bool isProblem)
{
    m_words->setInk(isProblem ? Token::Degraded : Token::Text2);
    m_words->setText(words);
}

QString AttachSheet::problem() const
{
    return m_words->text();
}

} // namespace ui
