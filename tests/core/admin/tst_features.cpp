// What the engine says it offers is read off its route table, and this version's client knows every word of it: a route
// that is added without a line in api/handshake.cpp shows here.
#include "admin/features.h"
#include "admin/router.h"
#include "api/handshake.h"

#include <QTest>

#include <algorithm>

class TestFeatures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyRouteIsAFeature()
    {
        const QStringList features = gateway::admin::features();
        QVERIFY(features.contains(QStringLiteral("calls")));
        QVERIFY(features.contains(QStringLiteral("calls/summary")));
        QVERIFY(features.contains(QStringLiteral("credentials/rotate")));
        QVERIFY(std::is_sorted(features.begin(), features.end()));
        for (const QString& feature : features)
            QVERIFY2(!feature.isEmpty() && !feature.contains(QLatin1Char('{')), qPrintable(feature));
    }
    void clientAndEngineOfOneVersionKnowTheSame()
    {
        QStringList unknown = gateway::admin::features();
        for (const QString& known : gateway::api::knownFeatures())
            unknown.removeAll(known);
        QVERIFY2(unknown.isEmpty(),
            qPrintable(QStringLiteral("add to kFeatures in api/handshake.cpp: ") + unknown.join(QStringLiteral(", "))));
        QStringList missing = gateway::api::knownFeatures();
        for (const QString& feature : gateway::admin::features())
            missing.removeAll(feature);
        QVERIFY2(missing.isEmpty(),
            qPrintable(QStringLiteral("no route offers, take out of kFeatures in api/handshake.cpp: ") +
                       missing.join(QStringLiteral(", "))));
    }
};

QTEST_GUILESS_MAIN(TestFeatures)
#include "tst_features.moc"
