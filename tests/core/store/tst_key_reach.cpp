// What a key touched, against a count over the same rows by hand: totals count a call once though it stands in two
// rows, times and money add up, and a question that is too much says how far it was answered.
#include "store/database.h"
#include "store/key_reach_reader.h"
#include "store/migrations.h"

#include <QSet>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <random>

using namespace gateway;
using namespace gateway::store;

namespace {

constexpr qint64 kStart = 1'795'305'600'000;
constexpr int kCalls = 900;

struct Sent
{
    int call = 0;
    QString provider;
    qint64 nano = 0;
    bool priced = true;
};

struct Made
{
    qint64 at = 0;
    QString tenant;
    QString credential;
    QVector<Sent> attempts; // by which something left
};

} // namespace

class TestKeyReach : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    QString m_file;
    Connection m_connection;
    QVector<Made> m_made;

    void run(const QString& sql, const QVariantList& values)
    {
        QSqlQuery query(*m_connection);
        QVERIFY2(query.prepare(sql), qPrintable(query.lastError().text()));
        for (const QVariant& value : values)
            query.addBindValue(value);
        QVERIFY2(query.exec(), qPrintable(query.lastError().text()));
    }
    api::KeyReach ask(ReachQuestion question)
    {
        question.sinceMs = question.sinceMs > 0 ? question.sinceMs : kStart;
        question.untilMs = question.untilMs > 0 ? question.untilMs : kStart + kCalls * 1000;
        const auto reach = keyReach(m_file, question);
        if (!reach)
            qWarning("%s", qPrintable(reach.error().message));
        return reach ? *reach : api::KeyReach();
    }
    void compare(const api::KeyReach& reach, const QString& credential, const QString& provider, qint64 since,
        qint64 until) const
    {
        QSet<int> calls;
        qint64 attempts = 0;
        qint64 nano = 0;
        qint64 unpriced = 0;
        QSet<QString> tenants;
        for (int i = 0; i < m_made.size(); ++i) {
            const Made& made = m_made[i];
            if (made.at < since || made.at >= until || (!credential.isEmpty() && made.credential != credential))
                continue;
            bool concerned = provider.isEmpty();
            for (const Sent& sent : made.attempts) {
                if (!provider.isEmpty() && sent.provider != provider)
                    continue;
                concerned = true;
                ++attempts;
                nano += sent.priced ? sent.nano : 0;
                unpriced += sent.priced ? 0 : 1;
            }
            if (!concerned)
                continue;
            calls.insert(i);
            tenants.insert(made.tenant);
        }
        QCOMPARE(reach.calls, calls.size());
        QCOMPARE(reach.attempts, attempts);
        QCOMPARE(reach.spent.nano(), nano);
        QCOMPARE(reach.unpriced, unpriced);
        QCOMPARE(reach.tenants.size(), tenants.size());
        QVERIFY(reach.complete);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_file = m_directory.filePath(QStringLiteral("reach.db"));
        auto opened = openWriter(m_file, false, 0);
        QVERIFY(opened.ok());
        m_connection = std::move(*opened);
        QVERIFY(migrate(*m_connection, latestSchema()).ok());
        std::mt19937 random(3);
        const auto below = [&random](int most) { return int(random() % unsigned(most)); };
        for (int seq = 1; seq <= kCalls; ++seq) {
            Made made{kStart + seq * 1000 - below(900), QStringLiteral("t%1").arg(below(4)), {}, {}};
            // each belongs to one tenant; those of t3 are nobody's any more
            made.credential = QStringLiteral("c%1").arg(made.tenant.right(1).toInt() % 3);
            run(QStringLiteral("INSERT INTO calls (seq, batch, waited_us, id, started_ms, tenant, feature, agent,"
                               " credential, surface, alias, zone, outcome, error_code, served_by, tokens_in,"
                               " tokens_out, feature_proved, idempotency, routed_us, end_us, detail, decision)"
                               " VALUES (?, 1, 0, ?, ?, ?, '', '', ?, 's', ?, ?, 'answered', '', '', 0, 0, 0, '', 0, 0,"
                               " '{}', '{}')"),
                {seq, QStringLiteral("req_%1").arg(seq), made.at, made.tenant, made.credential,
                    QStringLiteral("a%1").arg(below(3)), QStringLiteral("z%1").arg(below(2))});
            const int attempts = below(4);
            for (int number = 1; number <= attempts; ++number) {
                const bool left = below(5) > 0;
                const Sent sent{seq, QStringLiteral("p%1").arg(below(3)), below(1000), below(6) > 0};
                run(QStringLiteral("INSERT INTO attempts (call, number, provider, model, region, result, error_code,"
                                   " start_us, sent_us, cost_nano, cost_known, detail)"
                                   " VALUES (?, ?, ?, 'm', ?, ?, '', 0, 0, ?, 1, '{}')"),
                    {seq, number, sent.provider, QStringLiteral("r") + sent.provider.right(1),
                        left ? QStringLiteral("answered") : QStringLiteral("skipped"),
                        sent.priced ? QVariant(sent.nano) : QVariant(QMetaType::fromType<qint64>())});
                if (left)
                    made.attempts.append(sent);
            }
            m_made.append(made);
        }
    }
    void cleanupTestCase() { m_connection = {}; }

    void ofCredentials()
    {
        for (const char* id : {"c0", "c1", "c2", "c9"})
            compare(
                ask({QString::fromLatin1(id), {}, {}}), QString::fromLatin1(id), {}, kStart, kStart + kCalls * 1000);
    }

    void withItsTenantTheSame()
    {
        const api::KeyReach whole = ask({QStringLiteral("c1"), {}, {}});
        const api::KeyReach own = ask({QStringLiteral("c1"), {}, QStringLiteral("t1")});
        QCOMPARE(own.calls, whole.calls);
        QCOMPARE(api::toJson(own), api::toJson(whole));
    }

    void ofProviders()
    {
        for (const char* name : {"p0", "p1", "p2", "p9"})
            compare(ask({{}, QString::fromLatin1(name), {}}), {}, QString::fromLatin1(name), kStart,
                kStart + kCalls * 1000);
    }

    void ofATime()
    {
        const qint64 since = kStart + 100'000;
        const qint64 until = kStart + 300'000;
        compare(ask({QStringLiteral("c1"), {}, {}, since, until}), QStringLiteral("c1"), {}, since, until);
        compare(ask({{}, QStringLiteral("p1"), {}, since, until}), {}, QStringLiteral("p1"), since, until);
        const api::KeyReach reach = ask({QStringLiteral("c1"), {}, {}, since, until});
        QVERIFY(reach.firstSeen->toMSecsSinceEpoch() >= since && reach.lastSeen->toMSecsSinceEpoch() < until);
    }

    void rowsAddUp()
    {
        const api::KeyReach reach = ask({QStringLiteral("c0"), {}, {}});
        qint64 attempts = 0;
        qint64 nano = 0;
        qint64 calls = 0;
        api::Money before = api::Money::fromNano(std::numeric_limits<qint64>::max());
        for (const api::ReachRow& row : reach.rows) {
            attempts += row.attempts;
            nano += row.spent.nano();
            calls += row.calls;
            QCOMPARE(row.credential, QStringLiteral("c0"));
            QVERIFY(row.spent <= before); // the most first
            before = row.spent;
            QVERIFY(row.provider.isEmpty() == (row.attempts == 0));
            if (!row.provider.isEmpty())
                QCOMPARE(row.region, QStringLiteral("r") + row.provider.right(1));
        }
        QCOMPARE(attempts, reach.attempts);
        QCOMPARE(nano, reach.spent.nano());
        QVERIFY(calls > reach.calls); // some reached two endpoints, and count once in the whole
    }

    void tooMuchSaysHowFar()
    {
        ReachQuestion question{QStringLiteral("c0"), {}, {}};
        question.patience = std::chrono::milliseconds(-1);
        const api::KeyReach reach = ask(question);
        QVERIFY(!reach.complete);
        QCOMPARE(reach.calls, 0);
        QVERIFY(reach.countedSince.has_value());
    }
};

QTEST_GUILESS_MAIN(TestKeyReach)
#include "tst_key_reach.moc"
