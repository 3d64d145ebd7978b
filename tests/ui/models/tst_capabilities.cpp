// Values behind the capability matrix and the translation section: the model's words, changes and columns, and what a
// record says was lost.
#include "models/capability_table_model.h"
#include "models/translation_facts.h"

#include "story_capabilities.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

using namespace gateway::api;
using namespace ui::models;

class TestCapabilities : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void columnsAreTheAliasesCandidates();
    void aFeatureOnlyOneNames();
    void wordsAreNeverColourAlone();
    void theSurfaceChangesCells();
    void equalNamesKeepTheirRegion();
    void lossesAreSentences();
    void oddRecordsInventNothing();
};

namespace {

QString words(const CapabilityTableModel& model, int row, int column)
{
    return model.index(row, column).data().toString();
}

} // namespace

void TestCapabilities::columnsAreTheAliasesCandidates()
{
    CapabilityTableModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 0);
    model.setAlias(QStringLiteral("contract-qa"));
    model.setCapabilities(ui::testing::storyCapabilities(false));
    QCOMPARE(model.columnCount(), 3);
    QCOMPARE(model.headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(),
        QStringLiteral("openai-eu/gpt-6-luna-2026-09-01"));
    QCOMPARE(model.headerData(1, Qt::Horizontal, Qt::ToolTipRole).toString(),
        QStringLiteral("openai-eu/gpt-6-luna-2026-09-01@westeurope"));
    model.setAlias(QStringLiteral("nobody"));
    QCOMPARE(model.rowCount(), 0);
    model.setAlias(QStringLiteral("fast-summariser"));
    QCOMPARE(model.columnCount(), 5);
    model.setCapabilities({});
    QCOMPARE(model.columnCount(), 1);
}

void TestCapabilities::aFeatureOnlyOneNames()
{
    CandidateCapabilities old;
    old.candidate = QStringLiteral("a/m@r");
    old.aliases = QStringList{QStringLiteral("x")};
    CandidateCapabilities knowing = old;
    knowing.candidate = QStringLiteral("b/m@r");
    knowing.features = {{QStringLiteral("video"), {{QStringLiteral("openai.chat"), QStringLiteral("yes")}}}};
    CapabilityTableModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setAlias(QStringLiteral("x"));
    model.setCapabilities({old, knowing});
    QCOMPARE(words(model, 1, 1), QStringLiteral("unknown"));
    QCOMPARE(words(model, 1, 2), QStringLiteral("carried"));
}

void TestCapabilities::wordsAreNeverColourAlone()
{
    CapabilityTableModel model;
    model.setAlias(QStringLiteral("fast-summariser"));
    model.setCapabilities(ui::testing::storyCapabilities(false));
    for (int row = 1; row < model.rowCount(); ++row) {
        for (int column = 1; column < model.columnCount(); ++column) {
            const QModelIndex index = model.index(row, column);
            const auto cell = index.data(ui::CellRole).value<ui::Cell>();
            QVERIFY(cell.painter);
            QVERIFY(!cell.text.isEmpty());
            QCOMPARE(index.data(Qt::AccessibleTextRole).toString(), cell.text);
            QVERIFY(!index.data(Qt::ToolTipRole).toString().isEmpty());
        }
    }
}

void TestCapabilities::theSurfaceChangesCells()
{
    CapabilityTableModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setAlias(QStringLiteral("contract-qa"));
    model.setCapabilities(ui::testing::storyCapabilities(false));
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    QCOMPARE(words(model, 1, 1), QStringLiteral("same"));
    model.setSurface(QStringLiteral("gemini"));
    QCOMPARE(words(model, 1, 1), QStringLiteral("carried"));
    model.setSurface(QStringLiteral("openai.responses"));
    QCOMPARE(words(model, 0, 1), QStringLiteral("openai.responses"));
    QCOMPARE(words(model, 0, 2), QStringLiteral("anthropic"));
    QCOMPARE(changed.size(), 2);
    QCOMPARE(reset.size(), 0); // columns and selection stay
}

void TestCapabilities::equalNamesKeepTheirRegion()
{
    CandidateCapabilities east;
    east.candidate = QStringLiteral("azure/m@east");
    east.aliases = QStringList{QStringLiteral("x")};
    CandidateCapabilities west = east;
    west.candidate = QStringLiteral("azure/m@west");
    CapabilityTableModel model;
    model.setAlias(QStringLiteral("x"));
    model.setCapabilities({east, west});
    QCOMPARE(model.headerData(2, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("azure/m@west"));
}

void TestCapabilities::lossesAreSentences()
{
    Call call;
    call.surface = QStringLiteral("openai.chat");
    const QJsonArray losses{QJsonObject{{QStringLiteral("field"), QStringLiteral("seed")},
                                {QStringLiteral("how"), QStringLiteral("dropped")},
                                {QStringLiteral("reason"), QStringLiteral("the provider has no such field")}},
        QJsonObject{{QStringLiteral("field"), QStringLiteral("`bad` **one**")}}};
    call.decision.insert(QStringLiteral("translation"),
        QJsonArray{QJsonObject{{QStringLiteral("attempt"), 2}, {QStringLiteral("candidate"), QStringLiteral("a/m@r")},
            {QStringLiteral("dialect"), QStringLiteral("anthropic")}, {QStringLiteral("losses"), losses}}});
    const QVector<TranslatedAttempt> all = translationOf(call);
    QCOMPARE(all.size(), 1);
    QCOMPARE(all[0].title, QStringLiteral("openai.chat \u2192 anthropic"));
    QCOMPARE(whereOf(all[0]), QStringLiteral("attempt 2, a/m@r"));
    QCOMPARE(all[0].sentences[0], QStringLiteral("`seed` was dropped: the provider has no such field."));
    QCOMPARE(all[0].sentences[1], QStringLiteral("`bad one` was not carried."));
}

void TestCapabilities::oddRecordsInventNothing()
{
    Call call;
    QVERIFY(translationOf(call).isEmpty());
    const QJsonObject noLosses{
        {QStringLiteral("attempt"), 1}, {QStringLiteral("losses"), QJsonArray{7, QJsonObject()}}};
    call.decision.insert(QStringLiteral("translation"), QJsonArray{QStringLiteral("x"), noLosses, QJsonValue()});
    QVERIFY(translationOf(call).isEmpty());
    call.decision.insert(QStringLiteral("translation"), QStringLiteral("all of it"));
    QVERIFY(translationOf(call).isEmpty());
}

QTEST_GUILESS_MAIN(TestCapabilities)
#include "tst_capabilities.moc"
