// The small parts of the admin room: spelling of paths, events, idempotency, back-off, token and runtime files.
#include "admin/event_hub.h"
#include "admin/failure_backoff.h"
#include "admin/local_access.h"
#include "admin/memory_change_log.h"
#include "admin/router.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace gateway;
using namespace gateway::admin;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

class CountingRandom final : public RandomSource
{
public:
    void fill(std::span<unsigned char> bytes) override
    {
        for (unsigned char& byte : bytes)
            byte = m_next++;
    }

private:
    unsigned char m_next = 1;
};

mode_t modeOf(const QString& file)
{
    struct stat facts
    {
    };
    return ::stat(QFile::encodeName(file).constData(), &facts) == 0 ? facts.st_mode & 0777 : 0;
}

} // namespace

class TestAdminParts : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void pathsAreSpelledPlainly_data();
    void pathsAreSpelledPlainly();
    void cursorsSeeEveryEventOnce();
    void slowCursorsAreToldOfGaps();
    void aForeignPositionStartsOver();
    void boundReadersMissNoNumber();
    void repeatedRequestsGetTheFirstReply();
    void failedRequestsMayBeTriedAgain();
    void settledKeysAreVoid();
    void keysAreForgotten();
    void backoffGrowsAndIsForgotten();
    void backoffIsBounded();
    void tokensAreMadeOnceAndKept();
    void unsafeTokenFilesAreRefused_data();
    void unsafeTokenFilesAreRefused();
    void runtimeFileComesAndGoes();
};

void TestAdminParts::pathsAreSpelledPlainly_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QString>("parts"); // joined by a space; "-" for refused
    QTest::newRow("plain") << QByteArray("/api/v1/status") << QStringLiteral("api v1 status");
    QTest::newRow("encoded letter") << QByteArray("/api/v1/%73tatus") << QStringLiteral("api v1 status");
    QTest::newRow("name") << QByteArray("/api/v1/providers/a.b_c-d") << QStringLiteral("api v1 providers a.b_c-d");
    for (const char* bad : {"", "api", "/", "//", "/api/", "/api//v1", "/api/./v1", "/api/../v1", "/api/%2e%2e/v1",
             "/api/%2E/v1", "/api%2fv1", "/api%2Fv1", "/api/%252f", "/api/v1;x", "/api/v1%3bx", "/api\\v1",
             "/api/%5cv1", "/api/%00", "/api/%0a", "/api/%", "/api/%2", "/api/%zz", "/api/a b", "/api/a%20b",
             "/api/a+b", "/api/a?b", "/api/a#b", "/api/\xc3\xa9", "/api/%c3%a9", "http://x/api", "*", "/api/a|b"})
        QTest::newRow(bad[0] ? bad : "empty") << QByteArray(bad) << QStringLiteral("-");
    QTest::newRow("very long") << QByteArray("/" + QByteArray(2000, 'a')) << QStringLiteral("-");
}

void TestAdminParts::pathsAreSpelledPlainly()
{
    QFETCH(QByteArray, path);
    QFETCH(QString, parts);
    const auto got = pathParts(path);
    QCOMPARE(got ? got->join(u' ') : QStringLiteral("-"), parts);
}

void TestAdminParts::cursorsSeeEveryEventOnce()
{
    EventHub hub(100);
    QCOMPARE(hub.lastSequence(), 99);
    EventCursor fromNow(hub, -1);
    EventCursor fromStart(hub, 99);
    int told = 0;
    connect(&hub, &EventHub::published, this, [&] { ++told; });
    QCOMPARE(hub.publish(QStringLiteral("a"), {{QStringLiteral("n"), 1}}), 100);
    hub.publish(QStringLiteral("b"), {});
    hub.publish(QStringLiteral("c"), {});
    QCOMPARE(told, 3);
    for (EventCursor* cursor : {&fromNow, &fromStart}) {
        QVERIFY(cursor->hasMore());
        const auto two = cursor->take(2);
        QVERIFY(!two.gap);
        QCOMPARE(two.events.size(), 2);
        QCOMPARE(two.events[0].sequence, 100);
        QCOMPARE(two.events[0].data.value(QStringLiteral("n")).toInt(), 1);
        const auto one = cursor->take(2);
        QCOMPARE(one.events.size(), 1);
        QCOMPARE(one.events[0].type, QStringLiteral("c"));
        QVERIFY(!cursor->hasMore());
        QCOMPARE(cursor->take(10).events.size(), 0);
    }
    QCOMPARE(hub.readers(), 2);
}

void TestAdminParts::slowCursorsAreToldOfGaps()
{
    EventHub hub(1);
    EventCursor cursor(hub, -1);
    for (int i = 0; i < EventHub::kKept + 5; ++i)
        hub.publish(QStringLiteral("e"), {});
    const auto batch = cursor.take(3);
    QVERIFY(batch.gap);
    QCOMPARE(batch.gap->first, 1);
    QCOMPARE(batch.gap->last, 5);
    QCOMPARE(batch.events.first().sequence, 6);
    QVERIFY(!cursor.take(3).gap);
}

// Of other tenants a bound reader learns that something happened, and nothing else; whoever adds an event decides
// whether it is of the engine.
void TestAdminParts::boundReadersMissNoNumber()
{
    EventHub hub(1);
    Principal reader;
    reader.tenants = QStringList{QStringLiteral("acme")};
    EventCursor bound(hub, 0, reader);
    const auto call = [](const char* tenant) {
        auto made = std::make_shared<gateway::api::Call>();
        made->id = QStringLiteral("req_1");
        made->tenant = QString::fromLatin1(tenant);
        return std::shared_ptr<const gateway::api::Call>(made);
    };
    hub.publishCalls({call("acme"), call("other"), call("")});
    hub.publish(QStringLiteral("revision.activated"), {{QStringLiteral("revision"), 8}});
    hub.publish(QStringLiteral("incident.opened"), {{QStringLiteral("tenant"), QStringLiteral("other")}});
    hub.publish(QStringLiteral("incident.opened"), {{QStringLiteral("tenant"), QStringLiteral("acme")}});
    hub.publish(QStringLiteral("something.new"), {{QStringLiteral("secret"), 1}});
    const auto batch = bound.take(100);
    const QStringList expected{QStringLiteral("call.finished"), QStringLiteral("hidden"), QStringLiteral("hidden"),
        QStringLiteral("revision.activated"), QStringLiteral("hidden"), QStringLiteral("incident.opened"),
        QStringLiteral("hidden")};
    QCOMPARE(batch.events.size(), expected.size());
    for (qsizetype i = 0; i < expected.size(); ++i) {
        QCOMPARE(batch.events[i].sequence, i + 1);
        QCOMPARE(batch.events[i].type, expected[i]);
        QCOMPARE(batch.events[i].data.isEmpty(), expected[i] == QStringLiteral("hidden"));
    }
}

void TestAdminParts::aForeignPositionStartsOver()
{
    EventHub hub(1000);
    hub.publish(QStringLiteral("e"), {});
    EventCursor older(hub, 500); // of an earlier run
    const auto batch = older.take(10);
    QCOMPARE(batch.gap->first, 501);
    QCOMPARE(batch.gap->last, 999);
    QCOMPARE(batch.events.size(), 1);
    EventCursor all(hub, 0);
    const auto everything = all.take(10);
    QVERIFY(!everything.gap);
    QCOMPARE(everything.events.size(), 1);
    EventCursor ahead(hub, 5000); // of another engine
    QVERIFY(ahead.hasMore());
    QCOMPARE(ahead.take(10).events.size(), 1);
    QVERIFY(!ahead.hasMore());
}

namespace {

ChangeLog::Intent intentOf(const char* key, const QByteArray& digest)
{
    ChangeLog::Intent intent;
    intent.entry.operation = QString::fromLatin1(key);
    intent.entry.reason = QStringLiteral("because");
    intent.digest = digest;
    return intent;
}

ChangeLog::Begun begin(ChangeLog& log, const QString& who, const char* key, const QByteArray& digest)
{
    ChangeLog::Begun got;
    log.begin(Principal{who}, intentOf(key, digest), [&](const api::Result<ChangeLog::Begun>& begun) { got = *begun; });
    return got;
}

} // namespace

void TestAdminParts::repeatedRequestsGetTheFirstReply()
{
    ManualClock clock(0);
    MemoryChangeLog log(clock);
    const QString who = QStringLiteral("alice");
    const ChangeLog::Begun first = begin(log, who, "k", "d");
    QVERIFY(first.isNew);
    QCOMPARE(first.change.reason, QStringLiteral("because"));
    const ChangeLog::Begun meanwhile = begin(log, who, "k", "d");
    QVERIFY(!meanwhile.isNew);
    QCOMPARE(meanwhile.before.state, api::Operation::State::UnderWay);
    log.finish(first.change, {201, {{QStringLiteral("id"), 7}}}, {}, {});
    const ChangeLog::Begun second = begin(log, who, "k", "d");
    QCOMPARE(second.before.state, api::Operation::State::Applied);
    QCOMPARE(second.before.status, 201);
    QCOMPARE(second.before.reply.value(QLatin1String("id")).toInt(), 7);
    QVERIFY(!begin(log, who, "k", "other").sameRequest);
    QVERIFY(begin(log, QStringLiteral("somebody else"), "k", "d").isNew);
}

void TestAdminParts::failedRequestsMayBeTriedAgain()
{
    ManualClock clock(0);
    MemoryChangeLog log(clock);
    const ChangeLog::Begun first = begin(log, {}, "k", "d");
    log.finish(first.change, {503, {}}, {}, {});
    QVERIFY(begin(log, {}, "k", "d").isNew);
}

void TestAdminParts::settledKeysAreVoid()
{
    ManualClock clock(0);
    MemoryChangeLog log(clock);
    api::Operation said;
    log.settle(Principal{QStringLiteral("alice")}, QStringLiteral("late"),
        [&](const api::Result<api::Operation>& operation) { said = *operation; });
    QCOMPARE(said.state, api::Operation::State::NotApplied);
    const ChangeLog::Begun late = begin(log, QStringLiteral("alice"), "late", "d");
    QVERIFY(!late.isNew);
    QCOMPARE(late.before.state, api::Operation::State::NotApplied);
    QVERIFY(begin(log, QStringLiteral("bob"), "late", "d").isNew);
}

void TestAdminParts::keysAreForgotten()
{
    ManualClock clock(0);
    MemoryChangeLog log(clock);
    QVERIFY(begin(log, {}, "k", "d").isNew);
    clock.advance(MemoryChangeLog::kTime);
    QVERIFY(begin(log, {}, "k", "d").isNew);
    for (int i = 0; i < MemoryChangeLog::kKept; ++i)
        QVERIFY(begin(log, {}, QByteArray("n" + QByteArray::number(i)).constData(), "d").isNew);
    QVERIFY(begin(log, {}, "k", "d").isNew);
}

void TestAdminParts::backoffGrowsAndIsForgotten()
{
    ManualClock clock;
    FailureBackoff backoff(clock);
    const QHostAddress peer(QStringLiteral("192.0.2.1"));
    for (int i = 1; i < FailureBackoff::kFree; ++i) {
        backoff.failed(peer);
        QCOMPARE(backoff.wait(peer).count(), 0);
    }
    milliseconds expected = seconds(1);
    for (int i = 0; i < 12; ++i) {
        backoff.failed(peer);
        QCOMPARE(backoff.wait(peer), std::min<milliseconds>(expected, seconds(60)));
        QCOMPARE(backoff.wait(QHostAddress(QStringLiteral("192.0.2.2"))).count(), 0);
        clock.advance(backoff.wait(peer));
        QCOMPARE(backoff.wait(peer).count(), 0);
        expected *= 2;
    }
    clock.advance(std::chrono::minutes(11));
    backoff.failed(peer);
    QCOMPARE(backoff.wait(peer).count(), 0);
    for (int i = 0; i < 10; ++i)
        backoff.failed(peer);
    QVERIFY(backoff.wait(peer).count() > 0);
    backoff.succeeded(peer);
    QCOMPARE(backoff.wait(peer).count(), 0);
}

void TestAdminParts::backoffIsBounded()
{
    ManualClock clock;
    FailureBackoff backoff(clock);
    for (quint32 i = 0; i < 5000; ++i) {
        clock.advance(milliseconds(1));
        backoff.failed(QHostAddress(0x0a000000 + i));
    }
    QCOMPARE(backoff.peers(), FailureBackoff::kPeers);
}

void TestAdminParts::tokensAreMadeOnceAndKept()
{
    QTemporaryDir directory;
    CountingRandom random;
    const auto first = adminToken(directory.path(), random);
    QVERIFY(first.ok());
    QCOMPARE(first->reveal().size(), 64);
    QVERIFY(first->reveal().startsWith("01020304"));
    QCOMPARE(modeOf(api::tokenFile(directory.path())), mode_t(0600));
    const auto second = adminToken(directory.path(), random);
    QVERIFY(second.ok());
    QVERIFY(second->equals(first->reveal()));
    QCOMPARE(*api::readToken(api::tokenFile(directory.path())), first->reveal());
    QCOMPARE(QDir(directory.path()).entryList(QDir::Files).size(), 1);
    QVERIFY(!adminToken(directory.filePath(QStringLiteral("missing")), random).ok());
}

void TestAdminParts::unsafeTokenFilesAreRefused_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<int>("mode");
    QTest::newRow("others may read it") << QByteArray(64, 'a') << 0644;
    QTest::newRow("the group may read it") << QByteArray(64, 'a') << 0640;
    QTest::newRow("empty") << QByteArray() << 0600;
    QTest::newRow("short") << QByteArray("sk-1234") << 0600;
    QTest::newRow("not hex") << QByteArray(64, 'x') << 0600;
    QTest::newRow("too long") << QByteArray(65, 'a') << 0600;
}

void TestAdminParts::unsafeTokenFilesAreRefused()
{
    QFETCH(QByteArray, content);
    QFETCH(int, mode);
    QTemporaryDir directory;
    CountingRandom random;
    QFile file(api::tokenFile(directory.path()));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
    file.close();
    QCOMPARE(::chmod(QFile::encodeName(file.fileName()).constData(), mode_t(mode)), 0);
    QVERIFY(!adminToken(directory.path(), random).ok());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), content); // refused, not repaired
    file.close();
    // a link is refused whatever it points to
    const QString target = directory.filePath(QStringLiteral("elsewhere"));
    QVERIFY(QFile::rename(file.fileName(), target));
    QVERIFY(QFile::link(target, file.fileName()));
    QVERIFY(!adminToken(directory.path(), random).ok());
}

void TestAdminParts::runtimeFileComesAndGoes()
{
    QTemporaryDir directory;
    QCOMPARE(api::readRuntime(directory.path()).error().failure, api::Failure::Unreachable);
    api::RuntimeFacts facts;
    facts.pid = 12;
    facts.version = QStringLiteral("0.1.0");
    facts.startedAt = QDateTime::fromMSecsSinceEpoch(1'795'305'600'000, Qt::UTC);
    facts.gatewayUrl = QStringLiteral("http://127.0.0.1:1");
    facts.adminUrl = QStringLiteral("http://127.0.0.1:2");
    QVERIFY(writeRuntime(directory.path(), facts).ok());
    QCOMPARE(modeOf(api::runtimeFile(directory.path())), mode_t(0600));
    const auto read = api::readRuntime(directory.path());
    QVERIFY(read.ok());
    QCOMPARE(api::toJson(*read), api::toJson(facts));
    removeRuntime(directory.path());
    QVERIFY(!api::readRuntime(directory.path()).ok());
    QFile broken(api::runtimeFile(directory.path()));
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("{\"pid\":");
    broken.close();
    QCOMPARE(api::readRuntime(directory.path()).error().failure, api::Failure::Invalid);
}

QTEST_GUILESS_MAIN(TestAdminParts)
#include "tst_admin_parts.moc"
