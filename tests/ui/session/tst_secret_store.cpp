// Where tokens are kept: in this process' memory when there is no keyring, said plainly, and in a real Secret Service
// when there is one. The second part starts itself again inside a D-Bus session of its own with gnome-keyring-daemon,
// unlocked, in a home of its own; where those programs are missing it is skipped.
#include "session/secret_store.h"

#include <QDirIterator>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <optional>

using namespace ui;
using gateway::api::Failure;
using gateway::api::Result;

namespace {

constexpr int kPatienceMs = 20'000;
const QByteArray kSecret("sba_0123456789_correct-horse-battery-staple");

std::optional<Result<QByteArray>> readFrom(SecretStore& store, const QString& name)
{
    auto answer = std::make_shared<std::optional<Result<QByteArray>>>();
    store.read(name, [answer](const Result<QByteArray>& secret) { *answer = secret; });
    if (answer->has_value())
        return {}; // it must not answer before the call returns
    (void)QTest::qWaitFor([answer] { return answer->has_value(); }, kPatienceMs);
    return *answer;
}

struct Written
{
    bool kept = false;
    QString why;
};

std::optional<Written> writeTo(SecretStore& store, const QString& name, const QByteArray& secret)
{
    auto answer = std::make_shared<std::optional<Written>>();
    store.write(name, secret, [answer](bool kept, const QString& why) { *answer = Written{kept, why}; });
    (void)QTest::qWaitFor([answer] { return answer->has_value(); }, kPatienceMs);
    return *answer;
}

bool isInside()
{
    return qEnvironmentVariableIsSet("SIGNALBOX_INSIDE_SECRET_SERVICE");
}

} // namespace

class tst_SecretStore : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void memoryKeepsUntilTheEnd();
    void withoutAKeyringItIsSaid();
    void aRealKeyringKeepsIt();
    void insideTheSession();
};

void tst_SecretStore::memoryKeepsUntilTheEnd()
{
    SessionSecretStore store;
    auto missing = readFrom(store, QStringLiteral("a"));
    QVERIFY(missing && !*missing);
    QCOMPARE(missing->error().failure, Failure::NotFound);
    const auto written = writeTo(store, QStringLiteral("a"), kSecret);
    QVERIFY(written && !written->kept);
    QVERIFY(written->why.contains(QLatin1String("until the program ends")));
    const auto held = readFrom(store, QStringLiteral("a"));
    QVERIFY(held && *held);
    QCOMPARE(**held, kSecret);
    store.remove(QStringLiteral("a"));
    QVERIFY(!*readFrom(store, QStringLiteral("a")));
}

// No D-Bus session at all: the token is kept for this session, and the words say so.
void tst_SecretStore::withoutAKeyringItIsSaid()
{
    if (isInside())
        QSKIP("There is a keyring here.");
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/signalbox-test");
    const auto store = makeKeyringStore();
    const auto written = writeTo(*store, QStringLiteral("b"), kSecret);
    QVERIFY(written);
    QVERIFY(!written->kept);
    QVERIFY2(written->why.contains(QLatin1String("until the program ends")), qPrintable(written->why));
    QVERIFY(!written->why.contains(QString::fromLatin1(kSecret)));
    const auto held = readFrom(*store, QStringLiteral("b"));
    QVERIFY(held && *held);
    QCOMPARE(**held, kSecret);
    qunsetenv("DBUS_SESSION_BUS_ADDRESS");
}

void tst_SecretStore::aRealKeyringKeepsIt()
{
    if (isInside())
        QSKIP("This is the inner run.");
    const QString session = QStandardPaths::findExecutable(QStringLiteral("dbus-run-session"));
    const QString daemon = QStandardPaths::findExecutable(QStringLiteral("gnome-keyring-daemon"));
    if (session.isEmpty() || daemon.isEmpty())
        QSKIP("dbus-run-session and gnome-keyring-daemon are needed for a real Secret Service.");
    QTemporaryDir home;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("HOME"), home.path());
    environment.insert(QStringLiteral("XDG_DATA_HOME"), home.filePath(QStringLiteral("data")));
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), home.filePath(QStringLiteral("config")));
    environment.insert(QStringLiteral("XDG_CACHE_HOME"), home.filePath(QStringLiteral("cache")));
    environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), home.filePath(QStringLiteral("run")));
    environment.insert(QStringLiteral("SIGNALBOX_INSIDE_SECRET_SERVICE"), QStringLiteral("1"));
    environment.remove(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"));
    QVERIFY(QDir().mkpath(home.filePath(QStringLiteral("run"))));
    QFile::setPermissions(home.filePath(QStringLiteral("run")), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    QProcess inner;
    inner.setProcessEnvironment(environment);
    inner.setProcessChannelMode(QProcess::MergedChannels);
    // the daemon takes the password of its login keyring from standard input and stays in the foreground of a subshell,
    // so that it ends with the session
    inner.start(
        session, {QStringLiteral("--"), QStringLiteral("/bin/sh"), QStringLiteral("-c"),
                     QStringLiteral("printf 'test\\n' | gnome-keyring-daemon --unlock --components=secrets --daemonize "
                                    ">/dev/null && exec \"$0\" insideTheSession"),
                     QCoreApplication::applicationFilePath()});
    QVERIFY(inner.waitForFinished(60'000));
    const QByteArray said = inner.readAll();
    QVERIFY2(inner.exitStatus() == QProcess::NormalExit && inner.exitCode() == 0, said.constData());
    QVERIFY2(!said.contains("SKIP   : tst_SecretStore::insideTheSession"), said.constData());
    // Whatever the keyring wrote, it is not the token in clear.
    QDirIterator files(home.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    int seen = 0;
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly)) {
            QVERIFY2(!file.readAll().contains(kSecret), qPrintable(file.fileName()));
            ++seen;
        }
    }
    QVERIFY(seen > 0);
}

void tst_SecretStore::insideTheSession()
{
    if (!isInside())
        QSKIP("Runs inside a session of its own, started by aRealKeyringKeepsIt.");
    const QString name = QStringLiteral("connection-1");
    {
        const auto store = makeKeyringStore();
        const auto written = writeTo(*store, name, kSecret);
        QVERIFY(written);
        QVERIFY2(written->kept, qPrintable(written->why));
    }
    const auto store = makeKeyringStore(); // another one: nothing of it is in this process' memory
    auto held = readFrom(*store, name);
    QVERIFY(held);
    QVERIFY2(*held, qPrintable(*held ? QString() : held->error().message));
    QCOMPARE(**held, kSecret);
    store->remove(name);
    const auto gone = [&] {
        const auto now = readFrom(*store, name);
        return now && !*now && now->error().failure == Failure::NotFound;
    };
    QTRY_VERIFY_WITH_TIMEOUT(gone(), kPatienceMs);
}

int main(int argc, char** argv)
{
    // libsecret answers from GLib's loop; whoever runs the tests may have it switched off
    qunsetenv("QT_NO_GLIB");
    QCoreApplication application(argc, argv);
    tst_SecretStore test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_secret_store.moc"
