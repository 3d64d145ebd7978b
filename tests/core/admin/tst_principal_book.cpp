// Who may use the admin API, over a real database: tokens open what they were made for and nothing else, ends are ends,
// a pairing code is good once, the config file wins, and all of it is there after a restart.
#include "admin/principal_book.h"
#include "store/store.h"

#include <QDir>
#include <QFile>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using admin::Change;
using admin::Principal;
using admin::PrincipalBook;
using api::Failure;
using Standing = PrincipalBook::Standing;

namespace {

// Distinct bytes without a generator of the system, so that a failing run can be repeated.
class CountingRandom final : public RandomSource
{
public:
    void fill(std::span<unsigned char> bytes) override
    {
        for (unsigned char& byte : bytes)
            byte =
                static_cast<unsigned char>((m_next = m_next * 6364136223846793005ULL + 1442695040888963407ULL) >> 56);
    }

private:
    quint64 m_next = 1;
};

template <typename T>
struct Answer
{
    std::optional<api::Result<T>> result;
    std::function<void(api::Result<T>)> taker()
    {
        return [this](api::Result<T> given) { result.emplace(std::move(given)); };
    }
    const api::Result<T>& wait()
    {
        if (!QTest::qWaitFor([this] { return result.has_value(); }, 10'000))
            result.emplace(api::failure(Failure::Internal, QStringLiteral("there was no answer")));
        return *result;
    }
};

struct Room
{
    QTemporaryDir directory;
    ManualClock clock;
    CountingRandom random;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<PrincipalBook> book;
    Secret pepper{QByteArray(32, 'p')};
    int marks = 0; // of changes, in the transaction of their effect

    Room() { open(); }
    void open()
    {
        store::StoreOptions options;
        options.directory = directory.path();
        options.clock = &clock;
        auto opened = store::Store::open(options);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().message));
        store = std::move(*opened);
        book = std::make_unique<PrincipalBook>(store.get(), pepper, clock, random);
    }
    void restart()
    {
        book.reset();
        store.reset();
        open();
    }
    Change change(bool marksWell = true)
    {
        Change change;
        change.by = Principal{QStringLiteral("boss"), api::Role::Admin};
        change.reason = QStringLiteral("a test");
        change.alongside = [this, marksWell](QSqlDatabase&) {
            ++marks;
            return marksWell;
        };
        return change;
    }
    api::Result<api::IssuedPrincipal> issue(const api::PrincipalRequest& request, bool marksWell = true)
    {
        Answer<api::IssuedPrincipal> answer;
        book->issue(request, change(marksWell), answer.taker());
        return answer.wait();
    }
    api::Result<api::PrincipalInfo> revoke(const QString& name)
    {
        Answer<api::PrincipalInfo> answer;
        book->revoke(name, change(), answer.taker());
        return answer.wait();
    }
    api::Result<api::IssuedPrincipal> rotate(const QString& name)
    {
        Answer<api::IssuedPrincipal> answer;
        book->rotate(name, change(), answer.taker());
        return answer.wait();
    }
    api::Result<api::Pairing> pair(
        const api::PrincipalRequest& request, std::chrono::seconds time = PrincipalBook::kPairingTime)
    {
        Answer<api::Pairing> answer;
        book->startPairing(request, time, change(), answer.taker());
        return answer.wait();
    }
    api::Result<api::IssuedPrincipal> claim(const QString& code)
    {
        Answer<api::IssuedPrincipal> answer;
        Change change = this->change();
        change.by = book->holderOf(code.toLatin1()).principal;
        book->claim(change, answer.taker());
        return answer.wait();
    }
    Standing standing(const QString& token) const { return book->holderOf(token.toLatin1()).standing; }
};

api::PrincipalRequest request(const char* name, api::Role role = api::Role::Operator)
{
    return {QString::fromLatin1(name), role, {}, {}, QStringLiteral("made by a test")};
}

} // namespace

class TestPrincipalBook : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aTokenOpensForItsPrincipal();
    void nothingElseOpens();
    void endsAreEnds();
    void rotationEndsTheOldToken();
    void aPairingCodeIsGoodOnce();
    void pairingCodesRunOutAndAreFew();
    void theConfigFileWins();
    void certificates();
    void requestsAreChecked_data();
    void requestsAreChecked();
    void aChangeWithoutItsMarkDoesNotHappen();
    void everythingIsThereAfterARestart();
    void lastUseIsToTheMinute();
    void anotherPepperIsNoticed();
    void noTokenIsInTheFiles();
};

void TestPrincipalBook::aTokenOpensForItsPrincipal()
{
    Room room;
    api::PrincipalRequest wanted = request("night-shift");
    wanted.tenants = QStringList{QStringLiteral("acme")};
    const auto issued = room.issue(wanted);
    QVERIFY(issued.ok());
    QCOMPARE(room.marks, 1);
    QVERIFY(issued->token.startsWith(QStringLiteral("sba_")));
    const PrincipalBook::Holder holder = room.book->holderOf(issued->token.toLatin1());
    QCOMPARE(int(holder.standing), int(Standing::Good));
    QCOMPARE(holder.principal.name, QStringLiteral("night-shift"));
    QCOMPARE(int(holder.principal.role), int(api::Role::Operator));
    QCOMPARE(int(holder.principal.by), int(Principal::By::Token));
    QCOMPARE(holder.principal.tenants, QStringList{QStringLiteral("acme")});
    QVERIFY(room.book->isStillGood(holder.principal));
    QCOMPARE(issued->token.section(u'_', 1, 1), holder.principal.id);
}

void TestPrincipalBook::nothingElseOpens()
{
    Room room;
    const QByteArray token = room.issue(request("a"))->token.toLatin1();
    const QByteArray other = room.issue(request("b"))->token.toLatin1();
    const QByteArray id = token.split('_').at(1);
    const QByteArray otherSecret = other.split('_').at(2);
    const QList<QByteArray> wrong{"", "sba_", "sba__", "sba_" + id, "sba_" + id + "_", "sba_" + id + "_" + otherSecret,
        token.chopped(1), token + 'a', token.toUpper(), QByteArray(token).replace("sba_", "sbp_"),
        QByteArray(token).replace("sba_", "sbx_"), ' ' + token, token + QByteArray(1, '\0'), QByteArray(100'000, 'a'),
        "sba_" + QByteArray(100'000, 'a')};
    for (const QByteArray& each : wrong)
        QVERIFY2(room.book->holderOf(each).standing == Standing::Unknown, each.left(80).constData());
}

void TestPrincipalBook::endsAreEnds()
{
    Room room;
    api::PrincipalRequest wanted = request("guest");
    wanted.expiresAt = QDateTime::fromMSecsSinceEpoch(room.clock.wallMs() + 60'000, Qt::UTC);
    const QString guest = room.issue(wanted)->token;
    const QString shift = room.issue(request("shift"))->token;
    const Principal held = room.book->holderOf(guest.toLatin1()).principal;
    room.clock.advance(std::chrono::seconds(59));
    QCOMPARE(int(room.standing(guest)), int(Standing::Good));
    room.clock.advance(std::chrono::seconds(1));
    QCOMPARE(int(room.standing(guest)), int(Standing::Expired));
    QVERIFY(!room.book->isStillGood(held));
    const Principal shiftHeld = room.book->holderOf(shift.toLatin1()).principal;
    QVERIFY(room.revoke(QStringLiteral("shift")).ok());
    QCOMPARE(int(room.standing(shift)), int(Standing::Revoked));
    QVERIFY(!room.book->isStillGood(shiftHeld));
    const auto again = room.revoke(QStringLiteral("shift"));
    QVERIFY(again.ok() && again->revokedAt);
    QCOMPARE(int(room.revoke(QStringLiteral("nobody")).error().failure), int(Failure::NotFound));
    // an ended name may be given again; its old token stays worthless
    const auto anew = room.issue(request("shift", api::Role::Viewer));
    QVERIFY(anew.ok());
    QCOMPARE(int(room.standing(shift)), int(Standing::Unknown));
    QCOMPARE(int(room.standing(anew->token)), int(Standing::Good));
    QVERIFY(room.issue(request("guest")).ok());
}

void TestPrincipalBook::rotationEndsTheOldToken()
{
    Room room;
    const QString old = room.issue(request("robot", api::Role::Auditor))->token;
    const auto fresh = room.rotate(QStringLiteral("robot"));
    QVERIFY(fresh.ok());
    QCOMPARE(int(room.standing(old)), int(Standing::Unknown));
    QCOMPARE(int(room.standing(fresh->token)), int(Standing::Good));
    QCOMPARE(int(room.book->holderOf(fresh->token.toLatin1()).principal.role), int(api::Role::Auditor));
    QVERIFY(room.revoke(QStringLiteral("robot")).ok());
    QCOMPARE(int(room.rotate(QStringLiteral("robot")).error().failure), int(Failure::Conflict));
    QCOMPARE(int(room.rotate(QStringLiteral("local-token")).error().failure), int(Failure::Conflict));
}

void TestPrincipalBook::aPairingCodeIsGoodOnce()
{
    Room room;
    const auto pairing = room.pair(request("hall", api::Role::Viewer));
    QVERIFY(pairing.ok());
    QVERIFY(pairing->code.startsWith(QStringLiteral("sbp_")));
    const PrincipalBook::Holder holder = room.book->holderOf(pairing->code.toLatin1());
    QCOMPARE(int(holder.standing), int(Standing::Good));
    QCOMPARE(int(holder.principal.by), int(Principal::By::Pairing));
    QVERIFY(!room.book->find(QStringLiteral("hall"))); // not before it is claimed
    Answer<api::IssuedPrincipal> first;
    Answer<api::IssuedPrincipal> second;
    Change change = room.change();
    change.by = holder.principal;
    room.book->claim(change, first.taker()); // both before either is committed
    room.book->claim(change, second.taker());
    QVERIFY(first.wait().ok());
    QVERIFY(!second.wait().ok());
    QCOMPARE(int(room.standing(pairing->code)), int(Standing::Unknown));
    QVERIFY(!room.claim(pairing->code).ok());
    QCOMPARE(int(room.standing((*first.result)->token)), int(Standing::Good));
    QCOMPARE(int(room.book->holderOf((*first.result)->token.toLatin1()).principal.role), int(api::Role::Viewer));
}

void TestPrincipalBook::pairingCodesRunOutAndAreFew()
{
    Room room;
    const QString code = room.pair(request("slow"))->code;
    room.clock.advance(PrincipalBook::kPairingTime);
    QCOMPARE(int(room.standing(code)), int(Standing::Expired));
    QVERIFY(!room.claim(code).ok());
    QVERIFY(!room.pair(request("x"), PrincipalBook::kLongestPairing + std::chrono::seconds(1)).ok());
    QVERIFY(!room.pair(request("x"), std::chrono::seconds(0)).ok());
    for (int i = 0; i < PrincipalBook::kMostPairings; ++i)
        QVERIFY(room.pair(request(qPrintable(QStringLiteral("p%1").arg(i)))).ok());
    QCOMPARE(int(room.pair(request("one-more")).error().failure), int(Failure::Conflict));
    room.clock.advance(PrincipalBook::kPairingTime); // those that have run out make room
    QVERIFY(room.pair(request("one-more")).ok());
}

void TestPrincipalBook::theConfigFileWins()
{
    Room room;
    const QString token = room.issue(request("alice", api::Role::Admin))->token;
    const Principal before = room.book->holderOf(token.toLatin1()).principal;
    room.book->setGrants({config::RoleGrant{
        QStringLiteral("alice"), api::Role::Viewer, QStringList{QStringLiteral("acme")}, QString()}});
    const Principal after = room.book->holderOf(token.toLatin1()).principal;
    QCOMPARE(int(after.role), int(api::Role::Viewer));
    QCOMPARE(after.tenants, QStringList{QStringLiteral("acme")});
    QVERIFY(!room.book->isStillGood(before)); // an open stream of the old rights ends
    QVERIFY(room.book->isStillGood(after));
    QCOMPARE(room.book->find(QStringLiteral("alice"))->source, QStringLiteral("config"));
    QVERIFY(room.revoke(QStringLiteral("alice")).ok());
    const auto wider = room.issue(request("alice", api::Role::Admin));
    QVERIFY(!wider.ok() && wider.error().message.contains(QStringLiteral("viewer")));
    // the file says that she comes with a certificate: her token is none any more
    api::PrincipalRequest same = request("alice", api::Role::Viewer);
    same.tenants = QStringList{QStringLiteral("acme")};
    const QString again = room.issue(same)->token;
    room.book->setGrants({config::RoleGrant{QStringLiteral("alice"), api::Role::Viewer, {}, QString(64, u'a')}});
    QCOMPARE(int(room.standing(again)), int(Standing::Revoked));
    QVERIFY(!room.issue(same).ok());
}

void TestPrincipalBook::certificates()
{
    Room room;
    room.book->setGrants({config::RoleGrant{QStringLiteral("probe"), api::Role::Viewer, {}, QString(64, u'a')},
        config::RoleGrant{QStringLiteral("nobody"), api::Role::Admin, {}, QString()}});
    const auto holder = room.book->holderOfCertificate(QByteArray(64, 'a'));
    QVERIFY(holder && holder->name == QStringLiteral("probe") && holder->by == Principal::By::Certificate);
    QVERIFY(!room.book->holderOfCertificate(QByteArray(64, 'b')));
    QVERIFY(!room.book->holderOfCertificate({})); // not the one without a certificate
    QVERIFY(room.book->isStillGood(*holder));
    room.book->setGrants({});
    QVERIFY(!room.book->isStillGood(*holder));
}

void TestPrincipalBook::requestsAreChecked_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("tenants");
    QTest::addColumn<qint64>("expires");
    QTest::addColumn<int>("noteSize");
    const auto row = [](const char* what, const QString& name, const QStringList& tenants = {}, qint64 expires = 0,
                         int noteSize = 0) { QTest::newRow(what) << name << tenants << expires << noteSize; };
    row("no name", QString());
    row("odd name", QStringLiteral("a b"));
    row("path in a name", QStringLiteral("../x"));
    row("long name", QString(65, u'a'));
    row("local token", QStringLiteral("local-token"));
    row("console", QStringLiteral("console"));
    row("taken", QStringLiteral("taken"));
    row("odd tenant", QStringLiteral("a"), {QStringLiteral("a\nb")});
    row("over already", QStringLiteral("a"), {}, -1);
    row("long note", QStringLiteral("a"), {}, 0, 501);
}

void TestPrincipalBook::requestsAreChecked()
{
    QFETCH(QString, name);
    QFETCH(QStringList, tenants);
    QFETCH(qint64, expires);
    QFETCH(int, noteSize);
    Room room;
    QVERIFY(room.issue(request("taken")).ok());
    api::PrincipalRequest wanted{name, api::Role::Viewer, tenants, {}, QString(noteSize, u'n')};
    if (expires != 0)
        wanted.expiresAt = QDateTime::fromMSecsSinceEpoch(room.clock.wallMs() + expires, Qt::UTC);
    QVERIFY(!room.issue(wanted).ok());
    QVERIFY(!room.pair(wanted).ok());
    QCOMPARE(room.marks, 1); // of "taken"; what is refused marks nothing
}

void TestPrincipalBook::aChangeWithoutItsMarkDoesNotHappen()
{
    Room room;
    QVERIFY(!room.issue(request("ghost"), false).ok());
    QVERIFY(!room.book->find(QStringLiteral("ghost")));
    room.restart();
    QVERIFY(room.book->load().ok());
    QVERIFY(!room.book->find(QStringLiteral("ghost")));
    QVERIFY(room.issue(request("ghost")).ok()); // and its name is not taken
}

void TestPrincipalBook::everythingIsThereAfterARestart()
{
    Room room;
    QVERIFY(room.book->load().ok());
    api::PrincipalRequest wanted = request("a", api::Role::Developer);
    wanted.tenants = QStringList{QStringLiteral("acme"), QStringLiteral("beta")};
    wanted.expiresAt = QDateTime::fromMSecsSinceEpoch(room.clock.wallMs() + 600'000, Qt::UTC);
    const QString a = room.issue(wanted)->token;
    const QString b = room.issue(request("b"))->token;
    QVERIFY(room.revoke(QStringLiteral("b")).ok());
    const QString code = room.pair(request("c"))->code;
    const QString shortCode = room.pair(request("d"), std::chrono::seconds(1))->code;
    const api::PrincipalInfo before = *room.book->find(QStringLiteral("a"));
    room.clock.advance(std::chrono::seconds(2));
    room.restart();
    const api::Outcome loaded = room.book->load();
    QVERIFY2(loaded.ok(), loaded.ok() ? "" : qPrintable(loaded.error().message));
    QCOMPARE(int(room.standing(a)), int(Standing::Good));
    QCOMPARE(int(room.standing(b)), int(Standing::Revoked));
    QCOMPARE(int(room.standing(code)), int(Standing::Good));
    QCOMPARE(int(room.standing(shortCode)), int(Standing::Unknown));
    QCOMPARE(api::toJson(*room.book->find(QStringLiteral("a"))), api::toJson(before));
    QVERIFY(room.claim(code).ok());
    room.restart();
    QVERIFY(room.book->load().ok());
    QCOMPARE(int(room.standing(code)), int(Standing::Unknown)); // once means once, over restarts too
}

void TestPrincipalBook::lastUseIsToTheMinute()
{
    Room room;
    const QString token = room.issue(request("a"))->token;
    Principal principal = room.book->holderOf(token.toLatin1()).principal;
    principal.peer = QStringLiteral("10.0.0.7");
    QVERIFY(!room.book->find(principal.name)->lastUsedAt);
    room.book->noteUse(principal);
    const qint64 minute = room.clock.wallMs() / 60'000 * 60'000;
    QCOMPARE(room.book->find(principal.name)->lastUsedAt->toMSecsSinceEpoch(), minute);
    room.restart(); // written at the end
    QVERIFY(room.book->load().ok());
    QCOMPARE(room.book->find(principal.name)->lastUsedAt->toMSecsSinceEpoch(), minute);
    QCOMPARE(room.book->find(principal.name)->lastPeer, QStringLiteral("10.0.0.7"));
}

void TestPrincipalBook::anotherPepperIsNoticed()
{
    Room room;
    QVERIFY(room.book->load().ok());
    QVERIFY(room.issue(request("a")).ok());
    room.pepper = Secret(QByteArray(32, 'q'));
    room.restart();
    QVERIFY(!room.book->load().ok());
}

void TestPrincipalBook::noTokenIsInTheFiles()
{
    Room room;
    const QByteArray token = room.issue(request("a"))->token.toLatin1();
    const QByteArray code = room.pair(request("b"))->code.toLatin1();
    room.book.reset();
    room.store.reset();
    const QDir directory(room.directory.path());
    for (const QString& name : directory.entryList(QDir::Files)) {
        QFile file(directory.filePath(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY2(!bytes.contains(token.split('_').at(2)) && !bytes.contains(code.split('_').at(2)), qPrintable(name));
    }
}

QTEST_GUILESS_MAIN(TestPrincipalBook)
#include "tst_principal_book.moc"
