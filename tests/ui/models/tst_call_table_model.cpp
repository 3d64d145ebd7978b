// The Traffic table's model: windowed pages, live inserts in batches, holding back while not following, bounds.
#include "models/call_table_model.h"
#include "widgets/cell.h"

#include "record_transport.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace gateway::api;
using namespace testing;
using ui::models::CallFilter;
using ui::models::CallRow;
using ui::models::CallTableModel;

namespace {

CallTableModel::Bounds smallBounds()
{
    CallTableModel::Bounds bounds;
    bounds.page = 20;
    bounds.head = 50;
    bounds.trim = 20;
    bounds.cachedPages = 2;
    bounds.waiting = 10;
    bounds.batchMs = 5;
    return bounds;
}

struct Fixture
{
    explicit Fixture(int count)
        : transport(std::make_shared<RecordTransport>(count)),
          client(std::make_shared<GatewayClient>(transport)),
          model(smallBounds()),
          tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal)
    {
    }

    void open()
    {
        model.setClient(client.get());
        QTRY_COMPARE(model.state(), CallTableModel::State::Ready);
    }

    // A call that has just finished, newest of all; the record holds it too, as an engine's would.
    Call live(int number)
    {
        Call call = callAt(number, testNow().addMSecs(number));
        transport->calls.push_front(call);
        model.takeEvents({finished(call)});
        return call;
    }

    QString idAt(int row) const
    {
        const CallRow* here = model.row(row);
        return here ? here->call.id : QString();
    }

    std::shared_ptr<RecordTransport> transport;
    std::shared_ptr<GatewayClient> client;
    CallTableModel model;
    QAbstractItemModelTester tester;
};

} // namespace

class TestCallTableModel : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void firstPageThenPlaceholders();
    void placeholderAsksForItsPage();
    void everyRowIsReachableAndInOrder();
    void oldPagesAreDroppedAndFetchedAgain();
    void liveCallsComeInOneBatch();
    void aSlowCallLandsBelowQuickerOnes();
    void notFollowingCountsAndKeepsRows();
    void waitingIsBounded();
    void headIsTrimmedWhileFollowing();
    void aLiveCallMeetsTheFilter();
    void aCallInPageAndEventIsOneRow();
    void backFillInsertsWhatIsMissing();
    void failureIsAState();
    void answersToAnOldFilterAreDropped();
    void rolesOfARow();
};

void TestCallTableModel::firstPageThenPlaceholders()
{
    Fixture f(100);
    f.open();
    QCOMPARE(f.model.total(), 100);
    QCOMPARE(f.model.rowCount(), 40); // a page and a page of placeholders
    QVERIFY(f.model.row(19));
    QVERIFY(!f.model.row(20));
    QCOMPARE(f.idAt(0), QStringLiteral("req_00000100"));
}

void TestCallTableModel::placeholderAsksForItsPage()
{
    Fixture f(100);
    f.open();
    QTRY_COMPARE(f.model.rowCount(), 40);
    const int before = f.transport->questions;
    QSignalSpy changed(&f.model, &QAbstractItemModel::dataChanged);
    QVERIFY(!f.model.data(f.model.index(25, 0), Qt::DisplayRole).isValid());
    QVERIFY(!f.model.data(f.model.index(26, 0), Qt::DisplayRole).isValid());
    QTRY_VERIFY(f.model.row(25));
    QCOMPARE(f.transport->questions, before + 1); // two rows of one page are one question
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed.last().at(0).toModelIndex().row(), 20);
    QCOMPARE(changed.last().at(1).toModelIndex().row(), 39);
}

void TestCallTableModel::everyRowIsReachableAndInOrder()
{
    Fixture f(95);
    f.open();
    for (int row = 0; row < 95; ++row) {
        f.model.data(f.model.index(row, 0), Qt::DisplayRole);
        QTRY_VERIFY2(f.model.row(row), qPrintable(QString::number(row)));
        QCOMPARE(f.idAt(row), QStringLiteral("req_%1").arg(95 - row, 8, 10, QLatin1Char('0')));
    }
    QCOMPARE(f.model.rowCount(), 95);
}

void TestCallTableModel::oldPagesAreDroppedAndFetchedAgain()
{
    Fixture f(200);
    f.open();
    for (int row = 0; row < 200; row += 20) {
        f.model.data(f.model.index(row, 0), Qt::DisplayRole);
        QTRY_VERIFY(f.model.row(row));
    }
    QVERIFY(f.model.rowsInMemory() <= 3 * 20); // the head and two pages
    QVERIFY(!f.model.row(25));
    f.model.data(f.model.index(25, 0), Qt::DisplayRole);
    QTRY_VERIFY(f.model.row(25));
    QCOMPARE(f.idAt(25), QStringLiteral("req_00000175"));
    QCOMPARE(f.model.rowCount(), 200);
}

void TestCallTableModel::liveCallsComeInOneBatch()
{
    Fixture f(10);
    f.open();
    QSignalSpy inserted(&f.model, &QAbstractItemModel::rowsInserted);
    for (int i = 11; i <= 15; ++i)
        f.live(i);
    QTRY_COMPARE(f.model.rowCount(), 15);
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(inserted.last().at(1).toInt(), 0);
    QCOMPARE(inserted.last().at(2).toInt(), 4);
    QCOMPARE(f.idAt(0), QStringLiteral("req_00000015"));
    QCOMPARE(f.model.total(), 15);
}

void TestCallTableModel::aSlowCallLandsBelowQuickerOnes()
{
    Fixture f(10);
    f.open();
    // It began between the second and the third row and finished only now, together with a quick one.
    const Call slow = callAt(900, testNow().addMSecs(-1500));
    const Call quick = callAt(901, testNow().addMSecs(10));
    QSignalSpy inserted(&f.model, &QAbstractItemModel::rowsInserted);
    f.model.takeEvents({finished(slow), finished(quick)});
    QTRY_COMPARE(f.model.rowCount(), 12);
    QCOMPARE(inserted.count(), 2);
    QCOMPARE(f.idAt(0), quick.id);
    QCOMPARE(f.idAt(3), slow.id);
}

void TestCallTableModel::notFollowingCountsAndKeepsRows()
{
    Fixture f(10);
    f.open();
    f.model.setFollowing(false);
    QSignalSpy counted(&f.model, &CallTableModel::newCountChanged);
    f.live(11);
    f.live(12);
    QTRY_COMPARE(f.model.newCount(), 2);
    QTRY_COMPARE(counted.count(), 1);
    QCOMPARE(counted.last().at(0).toInt(), 2);
    QCOMPARE(f.model.rowCount(), 10);
    QCOMPARE(f.idAt(0), QStringLiteral("req_00000010"));
    f.model.setFollowing(true);
    QCOMPARE(f.model.rowCount(), 12);
    QCOMPARE(f.idAt(0), QStringLiteral("req_00000012"));
    QCOMPARE(f.model.newCount(), 0);
}

void TestCallTableModel::waitingIsBounded()
{
    Fixture f(10);
    f.open();
    f.model.setFollowing(false);
    for (int i = 11; i <= 45; ++i)
        f.live(i);
    QCOMPARE(f.model.newCount(), 35);
    QVERIFY(f.model.rowsInMemory() <= 10 + 10);
    f.model.setFollowing(true); // asks the record for what was only counted
    QTRY_COMPARE(f.idAt(0), QStringLiteral("req_00000045"));
    QCOMPARE(f.model.total(), 45);
    QCOMPARE(f.model.newCount(), 0);
}

void TestCallTableModel::headIsTrimmedWhileFollowing()
{
    Fixture f(30);
    f.open();
    for (int batch = 0; batch < 10; ++batch) {
        for (int i = 0; i < 10; ++i)
            f.live(100 + batch * 10 + i);
        const QString newest = QStringLiteral("req_%1").arg(109 + batch * 10, 8, 10, QLatin1Char('0'));
        QTRY_COMPARE(f.idAt(0), newest);
    }
    QVERIFY(f.model.rowsInMemory() <= 50);
    QCOMPARE(f.model.total(), 130);
    // What was trimmed comes back when it is looked at, every call once.
    QSet<QString> seen;
    for (int row = 0; row < 130; ++row) {
        f.model.data(f.model.index(row, 0), Qt::DisplayRole);
        QTRY_VERIFY2(f.model.row(row), qPrintable(QString::number(row)));
        QVERIFY(!seen.contains(f.idAt(row)));
        seen.insert(f.idAt(row));
    }
    QCOMPARE(f.model.rowCount(), 130);
}

void TestCallTableModel::aLiveCallMeetsTheFilter()
{
    Fixture f(10);
    f.open();
    f.model.setFilter(CallFilter::parse(QStringLiteral("tenant:nordbank"), testNow()));
    QTRY_COMPARE(f.model.state(), CallTableModel::State::Ready);
    QCOMPARE(f.model.rowCount(), 0);
    f.model.takeEvents({finished(callAt(11, testNow())), finished(callAt(12, testNow(), QStringLiteral("nordbank")))});
    QTRY_COMPARE(f.model.rowCount(), 1);
    QCOMPARE(f.idAt(0), QStringLiteral("req_00000012"));
}

void TestCallTableModel::aCallInPageAndEventIsOneRow()
{
    Fixture f(10);
    f.transport->held = true;
    f.model.setClient(f.client.get());
    f.live(11); // finished while the first page is on its way, and is in that page
    f.transport->letGo();
    QTRY_COMPARE(f.model.state(), CallTableModel::State::Ready);
    QTest::qWait(20); // longer than a batch; nothing may come
    QCOMPARE(f.model.rowCount(), 11);
    QCOMPARE(f.model.total(), 11);
}

void TestCallTableModel::backFillInsertsWhatIsMissing()
{
    Fixture f(10);
    f.open();
    for (int i = 11; i <= 13; ++i) // recorded, but their events were lost
        f.transport->calls.push_front(callAt(i, testNow().addMSecs(i)));
    QSignalSpy reset(&f.model, &QAbstractItemModel::modelReset);
    f.model.backFill();
    QTRY_COMPARE(f.model.rowCount(), 13);
    QCOMPARE(reset.count(), 0);
    QCOMPARE(f.idAt(0), QStringLiteral("req_00000013"));
    QCOMPARE(f.model.total(), 13);
    for (int i = 14; i <= 60; ++i) // more than a page
        f.transport->calls.push_front(callAt(i, testNow().addMSecs(i)));
    f.model.backFill();
    QTRY_COMPARE(f.idAt(0), QStringLiteral("req_00000060"));
    QCOMPARE(reset.count(), 1);
}

void TestCallTableModel::failureIsAState()
{
    Fixture f(10);
    f.transport->failing = failure(Failure::Unreachable, QStringLiteral("the engine did not answer"));
    f.model.setClient(f.client.get());
    QTRY_COMPARE(f.model.state(), CallTableModel::State::Failed);
    QCOMPARE(f.model.error()->message, QStringLiteral("the engine did not answer"));
    QCOMPARE(f.model.rowCount(), 0);
    f.transport->failing.reset();
    f.model.reload();
    QTRY_COMPARE(f.model.rowCount(), 10);
    QVERIFY(!f.model.error());
}

void TestCallTableModel::answersToAnOldFilterAreDropped()
{
    Fixture f(10);
    f.transport->held = true;
    f.model.setClient(f.client.get());
    f.model.setFilter(CallFilter::parse(QStringLiteral("tenant:nobody"), testNow()));
    f.transport->letGo();
    QTRY_COMPARE(f.model.state(), CallTableModel::State::Ready);
    QCOMPARE(f.model.rowCount(), 0);
}

void TestCallTableModel::rolesOfARow()
{
    Fixture f(1);
    Call& call = f.transport->calls.front();
    call.firstTokenUs = 930'000;
    call.endUs = 2'410'000;
    call.overheadUs = 3'000;
    call.cost = Money::fromNano(1'670'000);
    call.servedBy = QStringLiteral("openai-eu/gpt-6-luna@westeurope");
    call.tokens.inUncached = 1842;
    call.tokens.outText = 212;
    call.tokens.source = TokenSource::Reported;
    Attempt failed;
    failed.result = AttemptResult::Failed;
    Attempt answered;
    answered.result = AttemptResult::Answered;
    call.attempts = {failed, answered};
    f.open();
    const auto text = [&](int column) { return f.model.data(f.model.index(0, column), Qt::DisplayRole).toString(); };
    QCOMPARE(text(CallTableModel::Time), QStringLiteral("03:22:24.000"));
    QCOMPARE(text(CallTableModel::ServedBy), QStringLiteral("openai-eu/gpt-6-luna"));
    QCOMPARE(text(CallTableModel::FirstToken), QStringLiteral("0.93"));
    QCOMPARE(text(CallTableModel::Total), QStringLiteral("2.41"));
    QCOMPARE(text(CallTableModel::Own), QStringLiteral("3.0"));
    QCOMPARE(text(CallTableModel::Tokens), QStringLiteral("1,842 / 212"));
    QCOMPARE(text(CallTableModel::Cost), QStringLiteral("0.00167"));
    QCOMPARE(text(CallTableModel::Attempts), QStringLiteral("2 attempts: failed, answered"));
    QCOMPARE(f.model.data(f.model.index(0, CallTableModel::FirstToken), ui::UnderlyingRole).toLongLong(), 930'000);
    QCOMPARE(f.model.data(f.model.index(0, CallTableModel::Cost), Qt::AccessibleTextRole).toString(),
        QStringLiteral("Cost $: 0.00167"));
    QCOMPARE(f.model.data(f.model.index(0, 0), CallTableModel::RowRole).value<const CallRow*>()->call.id, call.id);
}

QTEST_GUILESS_MAIN(TestCallTableModel)
#include "tst_call_table_model.moc"
