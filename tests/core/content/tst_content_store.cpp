// Kept content: sealed, found again, removed in time, bounded, shredded; and a keeper that never holds up a call.
#include "base/clock.h"
#include "content/cipher.h"
#include "content/keeper.h"
#include "content/vault.h"

#include <QDirIterator>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <future>

using namespace gateway;
using content::KeptCall;
using content::Vault;

namespace {

constexpr qint64 kNow = 1'795'305'600'000;
constexpr qint64 kHour = 3'600'000;
const QByteArray kPrompt = "the letter to my bank, number 4711";

KeptCall kept(const QString& call, const QString& tenant = QStringLiteral("acme"), qint64 atMs = kNow)
{
    KeptCall one;
    one.call = call;
    one.tenant = tenant;
    one.startedMs = atMs - 10;
    one.keptMs = atMs;
    one.expiresMs = atMs + kHour;
    one.request = kPrompt + " asked by " + call.toUtf8();
    one.answer = kPrompt + " answered to " + call.toUtf8();
    return one;
}

QByteArray allBytes(const QString& directory)
{
    QByteArray bytes;
    QDirIterator files(directory, QDir::Files);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly))
            bytes += file.readAll();
    }
    return bytes;
}

} // namespace

class TestContentStore : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    SodiumRandom m_random;
    int m_number = 0;
    QString m_path;

    std::unique_ptr<Vault> open(qint64 nowMs = kNow)
    {
        auto vault = Vault::open(m_path, m_random, nowMs);
        if (!vault)
            qWarning("%s", qPrintable(vault.error().message));
        return vault ? std::move(*vault) : nullptr;
    }

private Q_SLOTS:
    void init()
    {
        m_path = m_directory.filePath(QString::number(++m_number));
        QVERIFY(QDir().mkpath(m_path));
    }

    void everyBitCounts()
    {
        const Secret key = content::freshKey(m_random);
        const QByteArray sealed = content::seal(key, kPrompt, "bound", m_random);
        QVERIFY(!sealed.contains("bank"));
        QCOMPARE(content::unseal(key, sealed, "bound").value_or(QByteArray()), kPrompt);
        QVERIFY(!content::unseal(key, sealed, "bounD"));
        QVERIFY(!content::unseal(content::freshKey(m_random), sealed, "bound"));
        QVERIFY(!content::unseal(key, sealed.chopped(1), "bound"));
        QVERIFY(!content::unseal(key, {}, "bound"));
        for (qsizetype i = 0; i < sealed.size() * 8; ++i) {
            QByteArray changed = sealed;
            changed[i / 8] = char(changed[i / 8] ^ (1 << (i % 8)));
            QVERIFY(!content::unseal(key, changed, "bound"));
        }
        QVERIFY(content::seal(key, kPrompt, "bound", m_random) != sealed);
    }

    void comesBackAfterARestart()
    {
        KeptCall binary = kept(QStringLiteral("b"));
        binary.request = QByteArray("\0\xff\n", 3) + QByteArray(100'000, 'x');
        binary.answer = {};
        binary.answerCut = true;
        {
            const auto vault = open();
            QVERIFY(vault);
            const std::vector<KeptCall> calls{kept(QStringLiteral("a")), binary};
            QVERIFY(vault->keep(calls));
            QVERIFY(vault->keep(calls)); // twice is once
        }
        const auto vault = open();
        QVERIFY(vault);
        const auto a = vault->read(QStringLiteral("a"), kNow);
        QVERIFY(a.ok());
        QCOMPARE(a->request, kept(QStringLiteral("a")).request);
        QCOMPARE(a->answer, kept(QStringLiteral("a")).answer);
        QCOMPARE(a->tenant, QStringLiteral("acme"));
        QCOMPARE(a->expiresMs, kNow + kHour);
        const auto b = vault->read(QStringLiteral("b"), kNow);
        QVERIFY(b.ok());
        QCOMPARE(b->request, binary.request);
        QVERIFY(b->answerCut && !b->requestCut);
        QVERIFY(!vault->read(QStringLiteral("c"), kNow).ok());
        QCOMPARE((*vault->find(QStringLiteral("a"), kNow))->startedMs, kNow - 10);
        QVERIFY(!allBytes(m_path).contains("bank"));
        const auto sums = vault->sums();
        QVERIFY(sums.ok());
        QCOMPARE(sums->front().items, qint64(2));
        QCOMPARE(sums->front().bytes, vault->bytes());
    }

    // Who swaps rows in the database shows nothing of one call as another's.
    void swappedRowsAreNothing()
    {
        const auto vault = open();
        QVERIFY(vault->keep(std::vector<KeptCall>{kept(QStringLiteral("a")), kept(QStringLiteral("b"))}));
        auto connection = store::openWriter(m_path + QStringLiteral("/content.db"), true, kNow);
        QVERIFY(connection.ok());
        QSqlQuery query(**connection);
        QVERIFY(query.exec(QStringLiteral(
            "UPDATE content SET sealed = (SELECT sealed FROM content WHERE call = 'b') WHERE call = 'a'")));
        const auto read = vault->read(QStringLiteral("a"), kNow);
        QVERIFY(!read.ok());
        QCOMPARE(read.error().failure, api::Failure::CheckFailed);
    }

    void goesWhenItsTimeIsOver()
    {
        const auto vault = open();
        QVERIFY(vault->keep(std::vector<KeptCall>{
            kept(QStringLiteral("old")), kept(QStringLiteral("new"), QStringLiteral("acme"), kNow + kHour / 2)}));
        const qint64 later = kNow + kHour;
        QVERIFY(!vault->read(QStringLiteral("old"), later).ok()); // not purged yet, and not given all the same
        QVERIFY(!(*vault->find(QStringLiteral("old"), later)).has_value());
        QCOMPARE(vault->purge(later, 1 << 30, 100).value_or(-1), qint64(1));
        QCOMPARE(vault->purge(later, 1 << 30, 100).value_or(-1), qint64(0));
        QVERIFY(vault->read(QStringLiteral("new"), later).ok());
        QVERIFY(vault->shorten(QStringLiteral("acme"), 1000)); // the config keeps it for a second only now
        QCOMPARE(vault->purge(later, 1 << 30, 100).value_or(-1), qint64(1));
        QCOMPARE(vault->bytes(), qint64(0));
    }

    // After the purge, not even what was sealed is on the disk, nor the keys to it.
    void purgedBytesAreGone()
    {
        QByteArray sealed;
        QByteArray key;
        {
            const auto vault = open();
            QVERIFY(vault->keep(std::vector<KeptCall>{kept(QStringLiteral("a"))}));
            auto reader = store::openReader(m_path + QStringLiteral("/content.db"));
            QVERIFY(reader.ok());
            QSqlQuery query(**reader);
            QVERIFY(
                query.exec(QStringLiteral("SELECT c.sealed, k.sealed FROM content c, data_keys k")) && query.next());
            sealed = query.value(0).toByteArray();
            key = query.value(1).toByteArray();
            vault->settle(false);
        }
        QVERIFY(allBytes(m_path).contains(sealed.mid(30, 60)));
        QVERIFY(allBytes(m_path).contains(key));
        const qint64 later = kNow + 48 * kHour;
        const auto vault = open(later);
        QCOMPARE(vault->purge(later, 1 << 30, 100).value_or(-1), qint64(1));
        vault->settle(true);
        QVERIFY(!allBytes(m_path).contains(sealed.mid(30, 60)));
        QVERIFY(!allBytes(m_path).contains(key));
    }

    void theOldestMakesRoom()
    {
        const auto vault = open();
        for (int i = 0; i < 100; ++i) {
            KeptCall one = kept(QStringLiteral("c%1").arg(i), QStringLiteral("acme"), kNow + i);
            one.request.resize(2000);
            m_random.fill({reinterpret_cast<unsigned char*>(one.request.data()), 2000});
            QVERIFY(vault->keep(std::vector<KeptCall>{one}));
        }
        const qint64 most = vault->bytes() / 2;
        while (vault->purge(kNow, most, 10).value_or(0) > 0) {
        }
        QVERIFY(vault->bytes() <= most);
        QVERIFY(vault->bytes() > most / 2);
        QVERIFY(!vault->read(QStringLiteral("c0"), kNow).ok());
        QVERIFY(vault->read(QStringLiteral("c99"), kNow).ok());
    }

    void shreddedIsShredded()
    {
        const auto vault = open();
        QVERIFY(vault->keep(
            std::vector<KeptCall>{kept(QStringLiteral("a")), kept(QStringLiteral("g"), QStringLiteral("globex"))}));
        QFile::copy(m_path + QStringLiteral("/content.db"), m_path + QStringLiteral("/copy.db"));
        QVERIFY(vault->shred(QStringLiteral("acme")));
        QVERIFY(!vault->read(QStringLiteral("a"), kNow).ok());
        QVERIFY(vault->read(QStringLiteral("g"), kNow).ok());
        QVERIFY(vault->keep(std::vector<KeptCall>{kept(QStringLiteral("a2"))})); // with a key of its own
        QVERIFY(vault->read(QStringLiteral("a2"), kNow).ok());
    }

    void theMasterKeyIsNotMadeAnew()
    {
        QVERIFY(open()->keep(std::vector<KeptCall>{kept(QStringLiteral("a"))}));
        QCOMPARE(QFile::permissions(m_path + QStringLiteral("/content.key")) &
                     (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
            QFile::Permissions());
        QVERIFY(QFile::rename(m_path + QStringLiteral("/content.key"), m_path + QStringLiteral("/away")));
        QVERIFY(!open());
        QVERIFY(QFile::rename(m_path + QStringLiteral("/away"), m_path + QStringLiteral("/content.key")));
        QVERIFY(open()->read(QStringLiteral("a"), kNow).ok());
    }

    void keeperKeepsAndAnswers()
    {
        ManualClock clock(kNow);
        content::Intake intake;
        QVERIFY(!intake.offer(kept(QStringLiteral("early")))); // nobody takes yet
        QCOMPARE(intake.dropped(), qint64(1));
        {
            content::Keeper keeper({m_path, 1 << 30, std::chrono::milliseconds(0)}, intake, clock, m_random);
            keeper.begin();
            QTRY_VERIFY(keeper.health().isKeeping);
            QVERIFY(intake.offer(kept(QStringLiteral("a"))));
            QTRY_COMPARE(keeper.health().kept, qint64(1));
            std::promise<api::Result<KeptCall>> read;
            keeper.ask<KeptCall>([](Vault& vault, qint64 nowMs) { return vault.read(QStringLiteral("a"), nowMs); },
                [&read](const api::Result<KeptCall>& result) { read.set_value(result); });
            const auto answer = read.get_future().get();
            QVERIFY(answer.ok());
            QCOMPARE(answer->request, kept(QStringLiteral("a")).request);
            clock.advance(std::chrono::hours(2));
            keeper.purgeSoon();
            QTRY_COMPARE(keeper.health().purged, qint64(1));
            QVERIFY(intake.offer(kept(QStringLiteral("last"), QStringLiteral("acme"), clock.wallMs())));
        }
        QVERIFY(open()->read(QStringLiteral("last"), clock.wallMs()).ok()); // what waited at the end is kept
        QVERIFY(!intake.offer(kept(QStringLiteral("late"))));
    }

    // No room, no directory, no key: calls go on, what is lost is counted, and it is said.
    void keeperThatCannotKeepSaysSo()
    {
        ManualClock clock(kNow);
        content::Intake intake;
        content::Keeper keeper(
            {m_path + QStringLiteral("/nowhere"), 1 << 30, std::chrono::minutes(1)}, intake, clock, m_random);
        keeper.begin();
        QTRY_VERIFY(!keeper.health().trouble.isEmpty());
        QVERIFY(!intake.offer(kept(QStringLiteral("a"))));
        QCOMPARE(keeper.health().dropped, qint64(1));
        std::promise<bool> asked;
        keeper.ask<api::Done>([](Vault&, qint64) -> api::Result<api::Done> { return api::Done{}; },
            [&asked](const api::Result<api::Done>& done) { asked.set_value(done.ok()); });
        QVERIFY(!asked.get_future().get());
    }

    void theIntakeIsBounded()
    {
        content::Intake intake;
        intake.setOpen(true);
        KeptCall large = kept(QStringLiteral("large"));
        large.request = QByteArray(content::Intake::kLongest + 5, 'x');
        QVERIFY(intake.offer(large));
        int taken = 1;
        while (intake.offer(large))
            ++taken;
        QCOMPARE(taken, int(content::Intake::kBytes / (content::Intake::kLongest + large.answer.size())));
        const auto waiting = intake.take(std::chrono::milliseconds(0));
        QCOMPARE(int(waiting.size()), taken);
        QVERIFY(waiting.front().requestCut);
        QVERIFY(intake.offer(large));
    }
};

QTEST_GUILESS_MAIN(TestContentStore)
#include "tst_content_store.moc"
