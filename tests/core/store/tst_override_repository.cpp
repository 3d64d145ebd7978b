// Run-time changes survive a restart and end when they should.
#include "store/override_repository.h"
#include "store_fixture.h"

#include <QTemporaryDir>
#include <QTest>

using namespace gateway::store;

class TestOverrideRepository : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keptAndEnded()
    {
        QTemporaryDir directory;
        const auto ids = [](const std::optional<std::vector<OverrideRow>>& rows) {
            QStringList list;
            for (const OverrideRow& row : rows.value_or(std::vector<OverrideRow>()))
                list.append(row.id);
            return list;
        };
        {
            auto store = openStore(directory.path());
            QVERIFY(store->submitAndWait([](QSqlDatabase& database) {
                const QJsonObject body{{QStringLiteral("limit_usd"), QStringLiteral("5")}};
                return putOverride(database, {QStringLiteral("b"), QStringLiteral("budget_raise"), body, 20, 100, 0}) &&
                       putOverride(database, {QStringLiteral("a"), QStringLiteral("lever"), {}, 10, 0, 0}) &&
                       putOverride(database, {QStringLiteral("c"), QStringLiteral("lever"), {}, 30, 0, 40});
            }));
        }
        auto store = openStore(directory.path());
        QVERIFY(store->submitAndWait([&](QSqlDatabase& database) {
            const auto rows = overridesInForce(database, 99);
            return ids(rows) == QStringList{QStringLiteral("a"), QStringLiteral("b")} &&
                   (*rows)[1].body.value(QLatin1String("limit_usd")).toString() == QLatin1String("5") &&
                   (*rows)[1].kind == QLatin1String("budget_raise") && (*rows)[1].endsMs == 100 &&
                   ids(overridesInForce(database, 100)) == QStringList{QStringLiteral("a")} &&
                   ids(allOverrides(database)).size() == 3;
        }));
        QVERIFY(store->submitAndWait([&](QSqlDatabase& database) {
            return putOverride(database, {QStringLiteral("a"), QStringLiteral("lever"), {}, 10, 0, 50}) &&
                   ids(overridesInForce(database, 100)).isEmpty();
        }));
        // one that cannot be read: no list rather than half of one
        QVERIFY(store->submitAndWait([&](QSqlDatabase& database) {
            return QSqlQuery(database).exec(QStringLiteral("UPDATE overrides SET body = '{' WHERE id = 'b'")) &&
                   !allOverrides(database) && !overridesInForce(database, 50);
        }));
    }
};

QTEST_GUILESS_MAIN(TestOverrideRepository)
#include "tst_override_repository.moc"
