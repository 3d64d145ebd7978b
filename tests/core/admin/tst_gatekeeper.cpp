// Who is let in and who must wait: per peer, per account, with every address one host can call itself as one, and the
// owner of a good token never kept out by somebody else's failures.
#include "admin/gatekeeper.h"
#include "admin/principal_book.h"
#include "http/message_parser.h"

#include <QTest>

using namespace gateway;
using admin::FailureBackoff;
using admin::Gatekeeper;
using admin::Principal;

namespace {

const QByteArray kLocal = QByteArray(64, 'a');

http::RequestHead headOf(const QByteArray& headers)
{
    http::RequestParser parser{http::MessageLimits()};
    const QByteArray bytes = "GET /api/v1/status HTTP/1.1\r\nhost: localhost\r\n" + headers + "\r\n";
    QByteArrayView rest(bytes);
    if (parser.next(rest) != http::ParseStep::Head)
        qFatal("the test's head is not one");
    return std::move(const_cast<http::RequestHead&>(parser.head()));
}

http::RequestHead bearer(const QByteArray& token)
{
    return headOf("authorization: Bearer " + token + "\r\n");
}

http::Caller from(const char* address)
{
    return {QHostAddress(QString::fromLatin1(address)), {}};
}

int statusOf(const Gatekeeper::Verdict& verdict)
{
    const auto* refusal = std::get_if<Gatekeeper::Refusal>(&verdict);
    return refusal ? refusal->status : 200;
}

struct Room
{
    ManualClock clock;
    SodiumRandom random;
    admin::PrincipalBook book{nullptr, Secret(QByteArray(32, 'p')), clock, random};
    Gatekeeper gate{Secret(kLocal), &book, clock};

    QByteArray issue(const char* name)
    {
        QByteArray token;
        book.issue({QString::fromLatin1(name), api::Role::Operator, {}, {}, {}}, {},
            [&token](const api::Result<api::IssuedPrincipal>& issued) { token = issued->token.toLatin1(); });
        QTest::qWaitFor([&] { return !token.isEmpty(); });
        return token;
    }
    int status(const QByteArray& token, const char* address)
    {
        return statusOf(gate.admit(bearer(token), from(address)));
    }
    void fail(const char* address, const QByteArray& token = "wrong")
    {
        for (int i = 0; i < FailureBackoff::kFree; ++i)
            QCOMPARE(status(token, address), 401);
    }
};

// A token that has the account of another and not its secret.
QByteArray forged(const QByteArray& token)
{
    QByteArray wrong = token;
    wrong[wrong.size() - 1] = wrong.endsWith('0') ? '1' : '0';
    return wrong;
}

} // namespace

class TestGatekeeper : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whoIsWho();
    void whatIsNoToken_data();
    void whatIsNoToken();
    void refusalsSayWhatItIs();
    void aPeerThatFailsWaits();
    void onePeerIsOneHost_data();
    void onePeerIsOneHost();
    void anAccountThatIsGuessedWaits();
    void theOwnerIsNotLockedOut();
    void loopbackCannotLockTheOwnerOut();
    void waitingGrowsAndEnds();
    void forwardingHeadersAreNotRead();
    void clientsAreShownPlainly();
};

void TestGatekeeper::whoIsWho()
{
    Room room;
    const QByteArray token = room.issue("shift");
    const auto local = room.gate.admit(bearer(kLocal), from("127.0.0.1"));
    QCOMPARE(std::get<Principal>(local).name, QStringLiteral("local-token"));
    QCOMPARE(int(std::get<Principal>(local).role), int(api::Role::Admin));
    const auto shift = room.gate.admit(bearer(token), from("10.1.2.3"));
    QCOMPARE(std::get<Principal>(shift).name, QStringLiteral("shift"));
    QCOMPARE(std::get<Principal>(shift).peer, QStringLiteral("10.1.2.3"));
    QCOMPARE(room.book.find(QStringLiteral("shift"))->lastPeer, QStringLiteral("10.1.2.3"));
    // looking counts nothing, neither for nor against
    for (int i = 0; i < 20; ++i)
        QCOMPARE(statusOf(room.gate.look(bearer("wrong"), from("10.1.2.4"))), 401);
    QCOMPARE(room.status(token, "10.1.2.4"), 200);
    // a certificate counts only where TLS verified it and the config gives it a role
    room.book.setGrants({config::RoleGrant{QStringLiteral("probe"), api::Role::Viewer, {}, QString(64, u'c')}});
    http::Caller withCertificate{QHostAddress(QStringLiteral("10.0.0.9")), QByteArray(64, 'c')};
    const auto probe = room.gate.admit(headOf({}), withCertificate);
    QCOMPARE(int(std::get<Principal>(probe).by), int(Principal::By::Certificate));
    withCertificate.certificate = QByteArray(64, 'd');
    QCOMPARE(statusOf(room.gate.admit(headOf({}), withCertificate)), 401);
    // a token that is shown beside it decides
    withCertificate.certificate = QByteArray(64, 'c');
    QCOMPARE(statusOf(room.gate.admit(bearer("wrong"), withCertificate)), 401);
}

void TestGatekeeper::whatIsNoToken_data()
{
    QTest::addColumn<QByteArray>("headers");
    QTest::newRow("none") << QByteArray();
    QTest::newRow("twice") << QByteArray(
        "authorization: Bearer " + kLocal + "\r\nauthorization: Bearer " + kLocal + "\r\n");
    QTest::newRow("basic") << QByteArray("authorization: Basic " + kLocal + "\r\n");
    QTest::newRow("cookie") << QByteArray("cookie: token=" + kLocal + "\r\n");
    QTest::newRow("x-api-key") << QByteArray("x-api-key: " + kLocal + "\r\n");
    QTest::newRow("proxy") << QByteArray("proxy-authorization: Bearer " + kLocal + "\r\n");
}

void TestGatekeeper::whatIsNoToken()
{
    QFETCH(QByteArray, headers);
    Room room;
    QCOMPARE(statusOf(room.gate.admit(headOf(headers), from("127.0.0.1"))), 401);
}

void TestGatekeeper::refusalsSayWhatItIs()
{
    Room room;
    const QByteArray token = room.issue("shift");
    const auto message = [&](const QByteArray& shown) {
        return std::get<Gatekeeper::Refusal>(room.gate.look(bearer(shown), from("10.0.0.1"))).message;
    };
    QVERIFY(message("sbx_abc_def").contains(QStringLiteral("gateway credential")));
    bool done = false;
    room.book.revoke(QStringLiteral("shift"), {}, [&](const auto&) { done = true; });
    QVERIFY(QTest::qWaitFor([&] { return done; }));
    QVERIFY(message(token).contains(QStringLiteral("revoked")));
    QVERIFY(!message(forged(token)).contains(QStringLiteral("revoked"))); // only its holder is told
    QVERIFY(!message(token).contains(QString::fromLatin1(token)));
}

void TestGatekeeper::aPeerThatFailsWaits()
{
    Room room;
    const QByteArray token = room.issue("shift");
    room.fail("10.0.0.1");
    QCOMPARE(room.status("wrong", "10.0.0.1"), 429);
    const auto verdict = room.gate.admit(bearer(token), from("10.0.0.1")); // the right one is not looked at either
    QCOMPARE(statusOf(verdict), 429);
    QVERIFY(std::get<Gatekeeper::Refusal>(verdict).retryAfter.count() >= 1);
    QCOMPARE(room.status(token, "10.0.0.2"), 200); // others do not wait
    room.clock.advance(std::chrono::seconds(1));
    QCOMPARE(room.status(token, "10.0.0.1"), 200);
}

void TestGatekeeper::onePeerIsOneHost_data()
{
    QTest::addColumn<QByteArray>("one");
    QTest::addColumn<QByteArray>("other");
    QTest::addColumn<bool>("same");
    QTest::newRow("v6 of one /64") << QByteArray("2001:db8:1:2::1") << QByteArray("2001:db8:1:2:ffff:1:2:3") << true;
    QTest::newRow("v6 of another /64") << QByteArray("2001:db8:1:2::1") << QByteArray("2001:db8:1:3::1") << false;
    QTest::newRow("mapped v4") << QByteArray("10.0.0.1") << QByteArray("::ffff:10.0.0.1") << true;
    QTest::newRow("v4 neighbours") << QByteArray("10.0.0.1") << QByteArray("10.0.0.2") << false;
    QTest::newRow("loopback") << QByteArray("127.0.0.1") << QByteArray("127.99.3.4") << true;
    QTest::newRow("loopback of both kinds") << QByteArray("127.0.0.1") << QByteArray("::1") << true;
}

void TestGatekeeper::onePeerIsOneHost()
{
    QFETCH(QByteArray, one);
    QFETCH(QByteArray, other);
    QFETCH(bool, same);
    Room room;
    room.fail(one.constData(), {"sbx_a_b"}); // no account
    QCOMPARE(room.status("sbx_a_b", other.constData()), same ? 429 : 401);
}

void TestGatekeeper::anAccountThatIsGuessedWaits()
{
    Room room;
    const QByteArray token = room.issue("shift");
    const QByteArray other = room.issue("other");
    // one guess from each of many peers: no peer fails often, the account does
    for (int i = 0; i < FailureBackoff::kFree; ++i)
        QCOMPARE(room.status(forged(token), qPrintable(QStringLiteral("10.0.%1.1").arg(i))), 401);
    QCOMPARE(room.status(forged(token), "10.9.9.9"), 429);
    QCOMPARE(room.status(token, "10.9.9.9"), 429);
    QCOMPARE(room.status(other, "10.9.9.9"), 200); // another account does not wait
    room.clock.advance(std::chrono::seconds(1));
    QCOMPARE(room.status(token, "10.9.9.9"), 200);
}

// Somebody who knows an account's id fails in its name without end, from the owner's own network: the owner's console,
// which has been in before, is let in every time.
void TestGatekeeper::theOwnerIsNotLockedOut()
{
    Room room;
    const QByteArray token = room.issue("shift");
    QCOMPARE(room.status(token, "10.0.0.1"), 200);
    int guesses = 0;
    for (int second = 0; second < 1800; ++second) {
        room.clock.advance(std::chrono::seconds(1));
        if (room.status(forged(token), "10.0.0.66") == 401)
            ++guesses;
        if (room.status(forged(token), "10.0.0.1") == 401)
            ++guesses;
        if (second % 60 == 0)
            QCOMPARE(room.status(token, "10.0.0.1"), 200);
    }
    QVERIFY2(guesses < 600, qPrintable(QString::number(guesses))); // of 3,600 tries
    room.clock.advance(Gatekeeper::kTrusted);
    room.fail("10.0.0.1");
    QCOMPARE(room.status(token, "10.0.0.1"), 429); // what was long ago is no proof
}

void TestGatekeeper::loopbackCannotLockTheOwnerOut()
{
    Room room;
    const QByteArray token = room.issue("shift");
    for (int second = 0; second < 600; ++second) {
        room.clock.advance(std::chrono::milliseconds(100));
        for (int i = 0; i < 20; ++i) {
            const int wrong = room.status("wrong", "127.0.0.5");
            QVERIFY(wrong == 401 || wrong == 429);
            room.status(forged(token), "127.0.0.6");
        }
        QCOMPARE(room.status(kLocal, "127.0.0.1"), 200); // never been here before, and still
        QCOMPARE(room.status(token, "::1"), 200);
    }
}

void TestGatekeeper::waitingGrowsAndEnds()
{
    Room room;
    room.fail("10.0.0.1", "sbx_a_b");
    for (const int seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {
        const auto verdict = room.gate.admit(bearer("sbx_a_b"), from("10.0.0.1"));
        QCOMPARE(int(std::get<Gatekeeper::Refusal>(verdict).retryAfter.count()), seconds);
        room.clock.advance(std::chrono::seconds(seconds));
        QCOMPARE(room.status("sbx_a_b", "10.0.0.1"), 401);
    }
    room.clock.advance(FailureBackoff::kForget);
    QCOMPARE(room.status("sbx_a_b", "10.0.0.1"), 401);
    QCOMPARE(room.status("sbx_a_b", "10.0.0.1"), 401);
}

void TestGatekeeper::forwardingHeadersAreNotRead()
{
    Room room;
    for (int i = 0; i < FailureBackoff::kFree; ++i) {
        const QByteArray other = "10.0.0." + QByteArray::number(i);
        const auto head = headOf("x-forwarded-for: " + other + "\r\nforwarded: for=" + other + "\r\n");
        QCOMPARE(statusOf(room.gate.admit(head, from("192.0.2.1"))), 401);
    }
    QCOMPARE(statusOf(room.gate.admit(headOf("x-forwarded-for: 127.0.0.1\r\n"), from("192.0.2.1"))), 429);
}

void TestGatekeeper::clientsAreShownPlainly()
{
    Room room;
    const auto head =
        headOf("authorization: Bearer " + kLocal + "\r\nuser-agent: sig\tnal\xc3\xa9 " + QByteArray(500, 'x') + "\r\n");
    const auto principal = std::get<Principal>(room.gate.admit(head, from("127.0.0.1")));
    QVERIFY(principal.client.startsWith(QStringLiteral("signal xxx")));
    QCOMPARE(principal.client.size(), 64);
}

QTEST_GUILESS_MAIN(TestGatekeeper)
#include "tst_gatekeeper.moc"
