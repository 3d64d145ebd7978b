// The table of the audit log: what is written is read back, pages and filters, one row for a key.
#include "store/audit_repository.h"
#include "store_fixture.h"

#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using namespace gateway::store;

namespace {

constexpr qint64 kStart = 1'795'305'600'000;

api::AuditEntry sample(int number)
{
    api::AuditEntry entry;
    entry.at = QDateTime::fromMSecsSinceEpoch(kStart + number * 1000, Qt::UTC);
    entry.principal = number % 2 ? QStringLiteral("anna") : QStringLiteral("ops");
    entry.role = QStringLiteral("operator");
    entry.by = QStringLiteral("token");
    entry.client = QStringLiteral("signalboxctl 0.1.0");
    entry.peer = QStringLiteral("10.0.0.7");
    entry.action =
        number % 3 ? QStringLiteral("POST /api/v1/providers/{name}/drain") : QStringLiteral("POST /api/v1/credentials");
    entry.object = QStringLiteral("p%1").arg(number % 5);
    entry.reason = QStringLiteral("why d\u00e9j\u00e0");
    entry.revision = 7;
    entry.outcome = QStringLiteral("refused");
    entry.status = 403;
    entry.message = QStringLiteral("no");
    entry.asked = {{QStringLiteral("a"), number}};
    entry.before = {{QStringLiteral("b"), true}};
    entry.after = {{QStringLiteral("c"), QJsonValue()}};
    return entry;
}

} // namespace

class TestAuditRepository : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Store> m_store;

    void add(const std::vector<api::AuditEntry>& entries)
    {
        QVERIFY(m_store->submitAndWait([&](QSqlDatabase& database) {
            return std::all_of(entries.begin(), entries.end(),
                [&](const api::AuditEntry& entry) { return insertEntry(database, entry).has_value(); });
        }));
    }
    api::AuditPage read(const api::AuditQuery& query = {})
    {
        const auto page = readAudit(m_store->databaseFile(), query);
        return page ? *page : api::AuditPage();
    }

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_store = openStore(m_directory->path());
    }
    void cleanup() { m_store.reset(); }

    void anEmptyLogIsAnEmptyPage()
    {
        const auto page = readAudit(m_store->databaseFile(), {});
        QVERIFY(page.ok());
        QVERIFY(page->entries.isEmpty() && page->next == 0 && page->total == 0);
    }

    void whatIsWrittenIsReadBack()
    {
        const api::AuditEntry written = sample(1);
        add({written, api::AuditEntry()}); // one without anything, too
        const api::AuditPage page = read();
        QCOMPARE(page.total, 2);
        api::AuditEntry expected = written;
        expected.sequence = 1;
        QCOMPARE(api::toJson(page.entries.last()), api::toJson(expected));
        const auto decoded = api::auditEntryFromJson(api::toJson(page.entries.last()));
        QVERIFY(decoded.ok());
        QCOMPARE(api::toJson(*decoded), api::toJson(expected));
        QVERIFY(page.entries.first().asked.isEmpty());
    }

    void pagesNeitherRepeatNorSkip()
    {
        std::vector<api::AuditEntry> entries;
        for (int i = 0; i < 25; ++i)
            entries.push_back(sample(i));
        add(entries);
        api::AuditQuery query;
        query.limit = 10;
        QVector<qint64> seen;
        int pages = 0;
        for (; pages < 5; ++pages) {
            const api::AuditPage page = read(query);
            QCOMPARE(page.total, 25 + pages); // that grows does not move the cursor
            for (const api::AuditEntry& entry : page.entries)
                seen.append(entry.sequence);
            query.before = page.next;
            add({sample(100 + pages)});
            if (page.next == 0)
                break;
        }
        QCOMPARE(pages, 2);
        QCOMPARE(seen.size(), 25);
        for (int i = 0; i < 25; ++i)
            QCOMPARE(seen[i], qint64(25 - i));
    }

    void filters_data()
    {
        QTest::addColumn<QString>("principal");
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("object");
        QTest::addColumn<QString>("outcome");
        QTest::addColumn<int>("since");
        QTest::addColumn<int>("until");
        QTest::addColumn<int>("found");
        QTest::newRow("none") << QStringLiteral("") << QStringLiteral("") << QStringLiteral("") << QStringLiteral("")
                              << -1 << -1 << 30;
        QTest::newRow("principal") << QStringLiteral("anna") << QStringLiteral("") << QStringLiteral("")
                                   << QStringLiteral("") << -1 << -1 << 15;
        QTest::newRow("part of the action") << QStringLiteral("") << QStringLiteral("/drain") << QStringLiteral("")
                                            << QStringLiteral("") << -1 << -1 << 20;
        QTest::newRow("no wildcards") << QStringLiteral("") << QStringLiteral("%drain") << QStringLiteral("")
                                      << QStringLiteral("") << -1 << -1 << 0;
        QTest::newRow("object") << QStringLiteral("") << QStringLiteral("") << QStringLiteral("p0")
                                << QStringLiteral("") << -1 << -1 << 6;
        QTest::newRow("outcome") << QStringLiteral("") << QStringLiteral("") << QStringLiteral("")
                                 << QStringLiteral("applied") << -1 << -1 << 0;
        QTest::newRow("since, inclusive")
            << QStringLiteral("") << QStringLiteral("") << QStringLiteral("") << QStringLiteral("") << 20 << -1 << 10;
        QTest::newRow("until, exclusive")
            << QStringLiteral("") << QStringLiteral("") << QStringLiteral("") << QStringLiteral("") << -1 << 20 << 20;
        QTest::newRow("together") << QStringLiteral("ops") << QStringLiteral("/drain") << QStringLiteral("")
                                  << QStringLiteral("refused") << 10 << 20 << 3;
        QTest::newRow("quotes are values") << QStringLiteral("' OR 1=1 --") << QStringLiteral("") << QStringLiteral("")
                                           << QStringLiteral("") << -1 << -1 << 0;
    }
    void filters()
    {
        QFETCH(QString, principal);
        QFETCH(QString, action);
        QFETCH(QString, object);
        QFETCH(QString, outcome);
        QFETCH(int, since);
        QFETCH(int, until);
        QFETCH(int, found);
        std::vector<api::AuditEntry> entries;
        for (int i = 0; i < 30; ++i)
            entries.push_back(sample(i));
        add(entries);
        api::AuditQuery query;
        query.principal = principal;
        query.action = action;
        query.object = object;
        query.outcome = outcome;
        if (since >= 0)
            query.since = sample(since).at;
        if (until >= 0)
            query.until = sample(until).at;
        const api::AuditPage page = read(query);
        QCOMPARE(page.total, found);
        QCOMPARE(page.entries.size(), found);
    }

    // However two requests race, a key of a principal stands for one change.
    void aKeyHasOneRow()
    {
        api::AuditEntry entry = sample(0);
        entry.operation = QStringLiteral("k");
        const auto intend = [&] {
            return m_store->submitAndWait([&](QSqlDatabase& database) {
                return insertIntent(database, entry, QByteArray("d"), true).has_value();
            });
        };
        QVERIFY(intend());
        QVERIFY(!intend());
        entry.principal = QStringLiteral("anna");
        QVERIFY(intend());
        entry.operation.clear(); // without a key there is nothing to be unique
        QVERIFY(intend() && intend());
        QCOMPARE(read().total, 4);
        QCOMPARE(read().entries.first().sequence, 4); // and what was refused left no gap
    }

    void anEndIsFinal()
    {
        api::AuditEntry entry = sample(0);
        entry.operation = QStringLiteral("k");
        QString first;
        QString second;
        bool marked = true;
        QVERIFY(m_store->submitAndWait([&](QSqlDatabase& database) {
            const auto sequence = insertIntent(database, entry, QByteArray("d"), true);
            first = endOperation(database, {*sequence, kStart, 404, {}, {}, {}, {}}).value_or(QString());
            second = endOperation(database, {*sequence, kStart, 200, {}, {}, {}, {}}).value_or(QString());
            marked = markEffect(database, *sequence);
            return true;
        }));
        QCOMPARE(first, QStringLiteral("refused"));
        QCOMPARE(second, first);
        QVERIFY(!marked);
    }
};

QTEST_GUILESS_MAIN(TestAuditRepository)
#include "tst_audit_repository.moc"
