// The log as a store writes it: every record has its entry, rows from before get theirs late, work that fails leaves
// none, heads and receipts hold, and what is reported when something is not there.
#include "log_fixture.h"
#include "store/log_receipt.h"
#include "store/migrations.h"
#include "store/record_purge.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <future>

using namespace gateway;
using namespace gateway::store;

class TestAuditLog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyRecordIsUnderTheLog();
    void workThatFailsLeavesNoEntry();
    void aCallThatComesTwiceHasOneEntry();
    void theEndIsNotSigned();
    void withoutAnAnchorNothingIsCertain();
    void nothingIsNoData();
    void rowsFromBeforeAreSealedLate();
    void retentionIsAnEntry();
    void theKeyIsHandedOver();
    void anotherKeyIsFound();
    void aTornLineOfTheAnchorIsWrittenAgain();
    void receiptsAreCheckedAlone();
    void receiptsOfOthersAreNotThere();
    void piecesSayTheSame();
};

void TestAuditLog::everyRecordIsUnderTheLog()
{
    LogFixture log;
    log.run([&] {
        log.calls(37);
        log.administration(9);
        log.revision(1);
        log.head();
        log.calls(300);
        log.head();
        log.calls(1);
    });
    const auto result = log.verified();
    QVERIFY2(result.verdict == QLatin1String("PASS"), qPrintable(result.sentence));
    QCOMPARE(result.rows, 338 + 9 + 2);
    // genesis, calls, three kinds of administration (1, 1, and intent + mark + end), the revision with its draft
    QCOMPARE(result.entries, 1 + 338 + 3 * (1 + 1 + 3) + (1 + 1 + 2));
    QCOMPARE(result.heads, 3);
    QCOMPARE(result.anchored, 3);
    QCOMPARE(result.tail, 0);
    QVERIFY(result.keyIsGiven);
    // and over another run
    log.run([&] {
        log.calls(5);
        log.administration(3);
    });
    const auto again = log.verified();
    QVERIFY2(again.verdict == QLatin1String("PASS"), qPrintable(again.sentence));
    QCOMPARE(again.heads, 4);
}

void TestAuditLog::workThatFailsLeavesNoEntry()
{
    LogFixture log;
    log.run([&] {
        QVERIFY(!log.store->submitAndWait([](QSqlDatabase& database) {
            return appendToLog(database, LogKind::Note, QStringLiteral("gone"), "gone") && false;
        }));
        QVERIFY(!log.store->submitAndWait(
            [](QSqlDatabase& database) { return appendToLog(database, LogKind::Call, {}, "not kept"); }));
        QVERIFY(!log.store->submitAndWait(
            [](QSqlDatabase& database) { return appendRowToLog(database, "no_such_table", 1); }));
        QVERIFY(!log.store->submitAndWait(
            [](QSqlDatabase& database) { return appendRowToLog(database, "admin_audit", 77); }));
        log.calls(2);
        log.head();
    });
    const auto result = log.verified();
    QVERIFY2(result.verdict == QLatin1String("PASS"), qPrintable(result.sentence));
    QCOMPARE(result.entries, 3);
}

void TestAuditLog::aCallThatComesTwiceHasOneEntry()
{
    LogFixture log;
    log.run([&] {
        log.calls(40);
        log.made = 20; // twenty of them again, twenty new ones
        log.calls(40);
    });
    const auto result = log.verified();
    QVERIFY2(result.verdict == QLatin1String("PASS"), qPrintable(result.sentence));
    QCOMPARE(result.rows, 60);
    QCOMPARE(result.entries, 61);
}

void TestAuditLog::theEndIsNotSigned()
{
    LogFixture log;
    log.run([&] {
        log.calls(3);
        log.head();
        log.calls(4);
        // as after kill -9: the entries are there, the head is not; the first entry of the tail is of the wall's time
        auto options = log.options();
        options.nowMs = QDateTime::currentMSecsSinceEpoch();
        auto reader = openReader(log.file());
        auto result = verifyLog(**reader, options);
        QVERIFY2(result.verdict == QLatin1String("PASS"), qPrintable(result.sentence)); // it is not due yet
        QCOMPARE(result.tail, 4);
        options.nowMs += 10 * 60'000;
        result = verifyLog(**reader, options);
        QCOMPARE(result.verdict, QStringLiteral("INCOMPLETE"));
        QVERIFY(result.sentence.contains(QLatin1String("the last 4 entries")));
        QCOMPARE(result.findingCount, 0);
    });
    QCOMPARE(log.verified().verdict, QStringLiteral("PASS"));
}

void TestAuditLog::withoutAnAnchorNothingIsCertain()
{
    LogFixture log;
    log.run([&] { log.calls(3); });
    auto options = log.options();
    options.anchor.reset();
    auto reader = openReader(log.file());
    QCOMPARE(verifyLog(**reader, options).verdict, QStringLiteral("INCOMPLETE"));
    // one that should be there
    QVERIFY(QFile::remove(log.anchorFile()));
    QCOMPARE(log.verified().verdict, QStringLiteral("FAIL"));
}

void TestAuditLog::nothingIsNoData()
{
    QTemporaryDir directory;
    Hand hand(directory.filePath(QStringLiteral("x.db")));
    QVERIFY(hand.run(QStringLiteral("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)")));
    QCOMPARE(verifyLog(hand.database, {}).verdict, QStringLiteral("NO_DATA"));
}

void TestAuditLog::rowsFromBeforeAreSealedLate()
{
    LogFixture log;
    log.run([&] {
        log.calls(60);
        log.administration(6);
    });
    {
        // as it was before there was a log
        Hand hand(log.file());
        for (const char* table : {"log", "log_heads", "log_tiles"})
            QVERIFY(hand.run(QStringLiteral("DELETE FROM ") + QLatin1String(table)));
    }
    QVERIFY(QFile::remove(log.anchorFile()));
    log.run([&] {
        log.calls(10);
        log.administration(3);
        qint64 left = -1;
        int turns = 0;
        for (; left != 0 && turns < 100; ++turns) {
            QVERIFY(log.store->submitAndWait([&](QSqlDatabase& database) {
                left = sealOldRows(database, 7).value_or(-1);
                return left >= 0;
            }));
            if (turns == 3) {
                log.calls(1); // they come in between
                log.administration(3);
                log.head();
                const auto half = log.verified();
                QVERIFY2(half.verdict == QLatin1String("INCOMPLETE"), qPrintable(half.sentence));
                QCOMPARE(half.unsealed, left);
            }
        }
        QVERIFY(turns >= 9);
    });
    const auto result = log.verified();
    QVERIFY2(result.verdict == QLatin1String("PASS"), qPrintable(result.sentence));
    QCOMPARE(result.rows, 71 + 12);
    QCOMPARE(result.unsealed, 0);
    Hand hand(log.file());
    QCOMPARE(hand.number(QStringLiteral("SELECT count(*) FROM log WHERE kind = 3")), 60);
    // a row of before that is put in afterwards has no entry
    QVERIFY(hand.run(QStringLiteral("DELETE FROM calls WHERE seq = 5")));
    QCOMPARE(log.verified().verdict, QStringLiteral("FAIL"));
}

void TestAuditLog::retentionIsAnEntry()
{
    // as the engine removes them, not as this test would write it: writer and verifier must mean the same
    LogFixture log;
    log.run([&] {
        log.calls(30);
        log.head();
        std::promise<bool> folded;
        log.store->fold(1000, [&folded](bool more) { folded.set_value(!more); });
        QVERIFY(folded.get_future().get());
        const qint64 later = QDateTime::currentMSecsSinceEpoch() + 86'400'000'000;
        for (const qint64 most : {7, 3}) {
            std::optional<RemovedPiece> piece;
            QVERIFY(log.store->submitAndWait([&](QSqlDatabase& database) {
                piece = removeCalls(database, later, later, most);
                return piece.has_value();
            }));
            QCOMPARE(piece->calls, most);
        }
    });
    const auto result = log.verified();
    QVERIFY2(result.verdict == QLatin1String("PASS"), qPrintable(result.sentence));
    QCOMPARE(result.purged, 10);
    Hand hand(log.file());
    QVERIFY(hand.run(QStringLiteral("DELETE FROM attempts WHERE call = 11")));
    QVERIFY(hand.run(QStringLiteral("DELETE FROM calls WHERE seq = 11")));
    QCOMPARE(log.verified().verdict, QStringLiteral("FAIL"));
}

void TestAuditLog::theKeyIsHandedOver()
{
    LogFixture log;
    log.run([&] { log.calls(3); });
    const audit::SigningKey before = log.key;
    log.key = keyOf('b');
    log.run([&] {
        std::optional<audit::LogHead> last;
        QVERIFY(log.store->submitAndWait([&](QSqlDatabase& database) {
            const auto& next = log.key.publicKey();
            LogSealer old(QStringLiteral("eng_test"), before);
            return appendToLog(database, LogKind::Note, QStringLiteral("next-key"),
                       QByteArray(reinterpret_cast<const char*>(next.data()), 32).toHex()) &&
                   old.seal(database, LogFixture::kStart, last);
        }));
        QVERIFY(audit::appendToAnchor(log.anchorFile(), {*last}).ok());
        log.calls(3);
    });
    auto options = log.options();
    options.keys = {audit::fingerprintOf(before.publicKey())};
    auto reader = openReader(log.file());
    auto result = verifyLog(**reader, options);
    QVERIFY2(result.verdict == QLatin1String("PASS"), qPrintable(result.sentence));
    options.keys.clear();
    options.signsNow = log.key.publicKey();
    result = verifyLog(**reader, options);
    QVERIFY2(result.verdict == QLatin1String("PASS"), qPrintable(result.sentence));
}

void TestAuditLog::anotherKeyIsFound()
{
    LogFixture log;
    log.run([&] { log.calls(3); });
    log.key = keyOf('b');
    log.run([&] { log.calls(3); });
    auto options = log.options();
    auto reader = openReader(log.file());
    options.keys.clear();
    auto result = verifyLog(**reader, options);
    QCOMPARE(result.verdict, QStringLiteral("FAIL"));
    QCOMPARE(result.findings.first().what, QStringLiteral("key"));
    // somebody who knows of both
    options.keys = {audit::fingerprintOf(keyOf('a').publicKey()), audit::fingerprintOf(keyOf('b').publicKey())};
    result = verifyLog(**reader, options);
    QVERIFY2(result.verdict == QLatin1String("PASS"), qPrintable(result.sentence));
}

void TestAuditLog::aTornLineOfTheAnchorIsWrittenAgain()
{
    LogFixture log;
    log.run([&] {
        log.calls(3);
        log.head();
    });
    QFile anchor(log.anchorFile());
    QVERIFY(anchor.open(QIODevice::ReadWrite));
    const QByteArray whole = anchor.readAll();
    QVERIFY(anchor.resize(whole.size() - 30));
    anchor.close();
    const auto torn = audit::readAnchor(log.anchorFile(), QStringLiteral("eng_test"));
    QVERIFY(torn->endsInside);
    QVERIFY(torn->unreadable.isEmpty());
    auto reader = openReader(log.file());
    QVector<audit::LogHead> heads;
    QVERIFY(readHeadsAfter(**reader, torn->heads.size(), QStringLiteral("eng_test"), heads));
    QVERIFY(audit::appendToAnchor(log.anchorFile(), heads).ok());
    const auto result = log.verified();
    QVERIFY2(result.verdict == QLatin1String("PASS"), qPrintable(result.sentence));
}

void TestAuditLog::receiptsAreCheckedAlone()
{
    LogFixture log;
    log.run([&] {
        log.calls(300);
        log.administration(3);
        log.head();
        log.calls(300);
    });
    auto reader = openReader(log.file());
    const QString fingerprint = audit::fingerprintOf(log.key.publicKey());
    for (const int number : {0, 7, 255, 256, 299, 303, 602}) {
        const QString id = QStringLiteral("req_%1").arg(number, 6, 10, QLatin1Char('0'));
        const auto receipt = makeReceipt(**reader, id, {});
        QVERIFY2(receipt.ok(), receipt.ok() ? "" : qPrintable(receipt.error().message));
        // as a file brings it
        const QJsonObject document =
            QJsonDocument::fromJson(QJsonDocument(receipt->document).toJson(QJsonDocument::Indented)).object();
        const ReceiptVerdict verdict = checkReceipt(document, {fingerprint});
        QVERIFY2(verdict.isGood, qPrintable(verdict.sentence));
        QCOMPARE(verdict.call, id);
        QCOMPARE(verdict.engine, QStringLiteral("eng_test"));
        QVERIFY(verdict.keyIsGiven);
        QVERIFY(!checkReceipt(document, {audit::fingerprintOf(keyOf('b').publicKey())}).isGood);
        QVERIFY(checkReceipt(document, {}).isGood);
    }
    // every leaf of the document counts
    const QJsonObject good = makeReceipt(**reader, QStringLiteral("req_000299"), {})->document;
    int changes = 0;
    std::function<QJsonValue(const QJsonValue&, int&)> spoilt = [&](const QJsonValue& value, int& left) -> QJsonValue {
        if (value.isObject()) {
            QJsonObject object = value.toObject();
            for (auto it = object.begin(); it != object.end(); ++it)
                *it = spoilt(*it, left);
            return object;
        }
        if (value.isArray()) {
            QJsonArray array = value.toArray();
            for (qsizetype i = 0; i < array.size(); ++i)
                array[i] = spoilt(array[i], left);
            return array;
        }
        if (left-- != 0)
            return value;
        ++changes;
        if (value.isString())
            return value.toString().isEmpty() ? QJsonValue(QStringLiteral("x"))
                                              : QJsonValue(value.toString().chopped(1));
        return value.isBool() ? QJsonValue(!value.toBool()) : QJsonValue(value.toInteger() + 1);
    };
    for (int at = 0;; ++at) {
        int left = at;
        const int before = changes;
        const QJsonObject document = spoilt(good, left).toObject();
        if (changes == before)
            break;
        QVERIFY2(!checkReceipt(document, {}).isGood,
            qPrintable(QStringLiteral("leaf %1: %2")
                           .arg(at)
                           .arg(QString::fromUtf8(QJsonDocument(document).toJson(QJsonDocument::Compact)))));
    }
    QVERIFY(changes > 100);
}

void TestAuditLog::receiptsOfOthersAreNotThere()
{
    LogFixture log;
    log.run([&] {
        log.calls(3);
        auto reader = openReader(log.file());
        QCOMPARE(makeReceipt(**reader, QStringLiteral("req_000001"), {}).error().failure, api::Failure::NoData);
        log.head();
        QVERIFY(makeReceipt(**reader, QStringLiteral("req_000001"), {QStringLiteral("tenant-1")}).ok());
        QCOMPARE(makeReceipt(**reader, QStringLiteral("req_000001"), {QStringLiteral("tenant-2")}).error().failure,
            api::Failure::NotFound);
        QCOMPARE(makeReceipt(**reader, QStringLiteral("req_none"), {}).error().failure, api::Failure::NotFound);
    });
}

void TestAuditLog::piecesSayTheSame()
{
    LogFixture log;
    log.run([&] {
        for (int i = 0; i < 6; ++i) {
            log.calls(17);
            log.administration(3);
            log.head();
        }
    });
    auto reader = openReader(log.file());
    const auto whole = log.verified();
    for (const qint64 piece : {1, 2, 7, 50, 117}) {
        auto options = log.options();
        options.piece = piece;
        const auto result = verifyLog(**reader, options);
        QVERIFY2(result.verdict == QLatin1String("PASS"), qPrintable(result.sentence));
        QCOMPARE(result.entries, whole.entries);
        QCOMPARE(result.rows, whole.rows);
        QCOMPARE(result.heads, whole.heads);
    }
    Hand hand(log.file());
    QVERIFY(hand.run(QStringLiteral("UPDATE calls SET tenant = 'x' WHERE seq = 60")));
    for (const qint64 piece : {1, 7, 1000}) {
        auto options = log.options();
        options.piece = piece;
        const auto result = verifyLog(**reader, options);
        QCOMPARE(result.verdict, QStringLiteral("FAIL"));
        QCOMPARE(result.findingCount, 1);
        QCOMPARE(result.findings.first().where, QStringLiteral("calls"));
    }
}

QTEST_GUILESS_MAIN(TestAuditLog)
#include "tst_audit_log.moc"
