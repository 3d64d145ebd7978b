// The book of connections, what is kept of them, and a hub with several engines of which one is dead.
#include "fake_transport.h"

#include "session/connection_hub.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace ui;
using namespace ui::testing;
using gateway::api::LinkStatus;

namespace {

const QString kPin = QString(64, u'a');

Connection prod()
{
    Connection connection;
    connection.name = QStringLiteral("prod-eu");
    connection.environment = Environment::Prod;
    connection.url = QStringLiteral("https://gw.example:4181");
    connection.pin = kPin;
    connection.readOnly = true;
    return connection;
}

} // namespace

class tst_Connections : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void theBookIsKept();
    void nothingSecretIsWritten();
    void anUnreadableBookIsLeftAlone();
    void anOlderFormatIsCopiedAside();
    void aLostPinIsNoConnection();
    void importLeavesOutWhatIsKnown();
    void pairingLinks_data();
    void pairingLinks();
    void switchingDoesNotWait();
    void theTokenComesFromTheKeyring();
    void theEngineSaysItsEnvironment();
    void anotherEngineIsTold();
    void anAnnouncedCertificateIsTaken();
    void productionIsLockedWhenItIsKnown();
    void closingShowsWhatIsLeft();

private:
    QString file() const { return m_directory->filePath(QStringLiteral("connections.json")); }
    std::shared_ptr<FakeTransport> fake(
        const QString& engineId, const QString& environment = {}, const QString& nextPin = {}) const;

    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_Connections::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
}

std::shared_ptr<FakeTransport> tst_Connections::fake(
    const QString& engineId, const QString& environment, const QString& nextPin) const
{
    auto transport = std::make_shared<FakeTransport>();
    gateway::api::EngineStatus status;
    status.version = QStringLiteral("0.1.0");
    status.apiMajor = gateway::api::kApiMajor;
    status.engineId = engineId;
    status.environment = environment;
    status.nextPin = nextPin;
    status.asOf = QDateTime::currentDateTimeUtc();
    transport->setReply(QStringLiteral("/api/v1/status"), gateway::api::toJson(status));
    transport->setReply(QStringLiteral("/api/v1/providers"), {{QStringLiteral("items"), QJsonArray()}});
    return transport;
}

void tst_Connections::theBookIsKept()
{
    QString id;
    {
        ConnectionBook book(file());
        QVERIFY(book.load());
        const auto put = book.put(prod());
        QVERIFY(put);
        id = *put;
        Connection again = *book.find(id);
        again.name = QStringLiteral("prod");
        QCOMPARE(*book.put(again), id);
        QCOMPARE(book.all().size(), 1);
    }
    ConnectionBook book(file());
    QVERIFY(book.load());
    QVERIFY(book.find(id));
    QCOMPARE(book.find(id)->name, QStringLiteral("prod"));
    QCOMPARE(book.find(id)->environment, Environment::Prod);
    QCOMPARE(book.find(id)->pin, kPin);
    QVERIFY(book.find(id)->readOnly);
    QVERIFY(book.findUrl(QStringLiteral("https://gw.example:4181/")));
    QVERIFY(book.remove(id));
    ConnectionBook empty(file());
    QVERIFY(empty.load());
    QVERIFY(empty.all().isEmpty());
}

void tst_Connections::nothingSecretIsWritten()
{
    ConnectionBook book(file());
    SessionSecretStore secrets;
    const QString id = *book.put(prod());
    bool written = false;
    secrets.write(id, "sba_abc_verysecret", [&](bool kept, const QString& why) {
        written = true;
        QVERIFY(!kept);
        QVERIFY(!why.isEmpty());
    });
    QTRY_VERIFY(written);
    QFile read(file());
    QVERIFY(read.open(QIODevice::ReadOnly));
    QVERIFY(!read.readAll().contains("verysecret"));
    QVERIFY(!book.exported().contains("verysecret"));
    QCOMPARE(read.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
}

void tst_Connections::anUnreadableBookIsLeftAlone()
{
    QFile broken(file());
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("{\"format\": 1, \"connections\": [");
    broken.close();
    ConnectionBook book(file());
    QVERIFY(!book.load());
    QVERIFY(!book.put(prod()));
    QVERIFY(broken.open(QIODevice::ReadOnly));
    QCOMPARE(broken.readAll(), QByteArray("{\"format\": 1, \"connections\": ["));
}

void tst_Connections::anOlderFormatIsCopiedAside()
{
    QFile old(file());
    QVERIFY(old.open(QIODevice::WriteOnly));
    const QByteArray text = "{\"format\": 0, \"connections\": []}";
    old.write(text);
    old.close();
    ConnectionBook book(file());
    QVERIFY(book.load());
    QVERIFY(book.put(prod()));
    QFile copy(file() + QStringLiteral(".format0"));
    QVERIFY(copy.open(QIODevice::ReadOnly));
    QCOMPARE(copy.readAll(), text);
}

void tst_Connections::aLostPinIsNoConnection()
{
    QJsonObject json = toJson(prod());
    QVERIFY(connectionFromJson(json));
    json.insert(QStringLiteral("pin"), QStringLiteral("abcd"));
    QVERIFY(!connectionFromJson(json)); // it must not become one that any authority vouches for
    json.insert(QStringLiteral("pin"), QString());
    json.insert(QStringLiteral("url"), QStringLiteral("file:///etc/passwd"));
    QVERIFY(!connectionFromJson(json));
}

void tst_Connections::importLeavesOutWhatIsKnown()
{
    ConnectionBook from({});
    from.put(prod());
    Connection stage = prod();
    stage.url = QStringLiteral("https://stage.example:4181");
    from.put(stage);
    ConnectionBook to({});
    const QString id = *to.put(prod());
    QCOMPARE(*to.import(from.exported()), 1);
    QCOMPARE(to.all().size(), 2);
    QCOMPARE(to.all().first().id, id);
    QVERIFY(!to.import("[]"));
    QVERIFY(!to.import("{"));
}

void tst_Connections::pairingLinks_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("good");
    const QString good = QStringLiteral("signalbox://pair?url=https%3A%2F%2Fgw.example%3A4181&pin=") + kPin +
                         QStringLiteral("&code=sbp_id_secret");
    QTest::newRow("good") << good << true;
    QTest::newRow("spaces around") << QStringLiteral(" %1\n").arg(good) << true;
    QTest::newRow("another host") << QString(good).replace(QLatin1String("//pair"), QLatin1String("//steal")) << false;
    QTest::newRow("short pin") << QString(good).replace(kPin, QStringLiteral("aabb")) << false;
    QTest::newRow("a token") << QString(good).replace(QLatin1String("sbp_"), QLatin1String("sba_")) << false;
    QTest::newRow("a user in the address")
        << QString(good).replace(QLatin1String("gw.example"), QLatin1String("a%40gw.example")) << false;
    QTest::newRow("a file") << QStringLiteral("signalbox://pair?url=file%3A%2F%2F%2Fetc&code=sbp_a_b") << false;
    QTest::newRow("an address") << QStringLiteral("https://gw.example:4181") << false;
}

void tst_Connections::pairingLinks()
{
    QFETCH(QString, text);
    QFETCH(bool, good);
    const auto link = pairingLinkFromText(text);
    QCOMPARE(link.has_value(), good);
    if (good) {
        QCOMPARE(link->url, QStringLiteral("https://gw.example:4181"));
        QCOMPARE(link->pin, kPin);
    }
}

void tst_Connections::switchingDoesNotWait()
{
    ConnectionBook book({});
    SessionSecretStore secrets;
    auto dead = fake(QStringLiteral("b"));
    dead->setHeld(true); // never answers
    Connection second = prod();
    second.url = QStringLiteral("https://dead.example:4181");
    const QString id = *book.put(prod());
    const QString deadId = *book.put(second);
    ConnectionHub hub(book, secrets, [&](const Connection& connection, const QByteArray&) {
        return connection.url.contains(QLatin1String("dead")) ? dead : fake(QStringLiteral("a"));
    });
    hub.addEmbedded(fake(QStringLiteral("e")), {})->start();
    QSignalSpy changed(&hub, &ConnectionHub::currentChanged);
    hub.show(deadId);
    QCOMPARE(hub.currentId(), deadId); // at once: no event loop in between
    hub.show(id);
    QCOMPARE(hub.currentId(), id);
    hub.show(ConnectionHub::kEmbedded);
    QCOMPARE(hub.currentId(), ConnectionHub::kEmbedded);
    QCOMPARE(changed.count(), 3);
    QCOMPARE(hub.open().size(), 3);
    QTRY_VERIFY(hub.session(id)->status()); // those that are not shown go on
    QVERIFY(!hub.session(deadId)->status());
}

void tst_Connections::theTokenComesFromTheKeyring()
{
    ConnectionBook book({});
    SessionSecretStore secrets;
    const QString id = *book.put(prod());
    secrets.write(id, "sba_x_y", [](bool, const QString&) {});
    QVector<QByteArray> tokens;
    ConnectionHub hub(book, secrets, [&](const Connection&, const QByteArray& token) {
        tokens.append(token);
        return fake(QStringLiteral("a"));
    });
    hub.show(id);
    QCOMPARE(hub.currentId(), id); // at once
    QVERIFY(hub.current());
    QCOMPARE(tokens.size(), 0); // the keyring may take its time, and nobody knocks without a token meanwhile
    QCOMPARE(hub.current()->freshness(), Freshness::NoData);
    QVERIFY(hub.current()->link().reason.contains(QLatin1String("keyring")));
    QTRY_COMPARE(tokens.size(), 1);
    QCOMPARE(tokens.last(), QByteArray("sba_x_y"));
    QTRY_VERIFY(hub.current()->status());
    QCOMPARE(tokens.size(), 1);
}

void tst_Connections::theEngineSaysItsEnvironment()
{
    ConnectionBook book({});
    SessionSecretStore secrets;
    Connection connection = prod();
    connection.environment = Environment::Local;
    connection.name = QStringLiteral("wrongly local");
    const QString id = *book.put(connection);
    ConnectionHub hub(book, secrets,
        [&](const Connection&, const QByteArray&) { return fake(QStringLiteral("a"), QStringLiteral("prod")); });
    hub.show(id);
    QTRY_COMPARE(book.find(id)->environment, Environment::Prod);
    QVERIFY(book.find(id)->environmentPinned);
    QCOMPARE(hub.session(id)->options().environment, Environment::Prod);
}

void tst_Connections::anotherEngineIsTold()
{
    ConnectionBook book({});
    SessionSecretStore secrets;
    Connection connection = prod();
    connection.engineId = QStringLiteral("before");
    const QString id = *book.put(connection);
    ConnectionHub hub(book, secrets, [&](const Connection&, const QByteArray&) { return fake(QStringLiteral("now")); });
    QSignalSpy replaced(&hub, &ConnectionHub::engineReplaced);
    hub.show(id);
    QTRY_COMPARE(replaced.count(), 1);
    QCOMPARE(replaced.first().at(1).toString(), QStringLiteral("before"));
    QCOMPARE(book.find(id)->engineId, QStringLiteral("now"));
}

// The engine announced its next certificate; when that one comes nobody is asked, and it is said.
void tst_Connections::anAnnouncedCertificateIsTaken()
{
    ConnectionBook book({});
    SessionSecretStore secrets;
    const QString next(64, u'b');
    Connection connection = prod();
    connection.nextPin = next;
    const QString id = *book.put(connection);
    QVector<QString> pins;
    std::shared_ptr<FakeTransport> first;
    ConnectionHub hub(book, secrets, [&](const Connection& with, const QByteArray&) {
        pins.append(with.pin);
        auto made = fake(QStringLiteral("a"), {}, first ? QString() : next);
        if (!first) {
            first = made;
            LinkStatus changed;
            changed.state = LinkStatus::State::CertificateChanged;
            changed.offered = gateway::api::CertificateFacts();
            changed.offered->sha256 = QString(64, u'c'); // not the announced one: it blocks
            QTimer::singleShot(0, made.get(), [made = made.get(), changed] { made->setLink(changed); });
        }
        return made;
    });
    QSignalSpy advanced(&hub, &ConnectionHub::certificateAdvanced);
    hub.show(id);
    QTRY_VERIFY(first && first->link().state == LinkStatus::State::CertificateChanged);
    QCOMPARE(advanced.count(), 0);
    QCOMPARE(book.find(id)->pin, kPin);
    LinkStatus changed = first->link();
    changed.offered->sha256 = next;
    first->setLink(changed);
    QTRY_COMPARE(advanced.count(), 1);
    QCOMPARE(book.find(id)->pin, next);
    QCOMPARE(book.find(id)->nextPin, QString());
    QTRY_COMPARE(pins.size(), 2);
    QCOMPARE(pins.last(), next);
}

// Attached from the command line as LOCAL, and the engine says it is production: locked from then on.
void tst_Connections::productionIsLockedWhenItIsKnown()
{
    ConnectionBook book({});
    SessionSecretStore secrets;
    Connection connection = prod();
    connection.environment = Environment::Local;
    connection.readOnly = false;
    const QString id = *book.put(connection);
    ConnectionHub hub(book, secrets,
        [&](const Connection&, const QByteArray&) { return fake(QStringLiteral("a"), QStringLiteral("prod")); });
    hub.show(id);
    QTRY_VERIFY(book.find(id)->readOnly);
    QVERIFY(hub.session(id)->isLocked());
    // unlocked for good by a person, it stays so
    Connection open = *book.find(id);
    open.readOnly = false;
    QVERIFY(book.put(open));
    const auto before = hub.session(id);
    hub.reopen(id);
    QTRY_VERIFY(hub.session(id) != before && hub.session(id)->status());
    QVERIFY(!hub.session(id)->isLocked());
}

void tst_Connections::closingShowsWhatIsLeft()
{
    ConnectionBook book({});
    SessionSecretStore secrets;
    const QString id = *book.put(prod());
    ConnectionHub hub(book, secrets, [&](const Connection&, const QByteArray&) { return fake(QStringLiteral("a")); });
    hub.addEmbedded(fake(QStringLiteral("e")), {});
    hub.show(id);
    hub.close(id);
    QCOMPARE(hub.currentId(), ConnectionHub::kEmbedded);
    QVERIFY(!hub.session(id));
}

QTEST_MAIN(tst_Connections)
#include "tst_connections.moc"
