// Bills as CSV: the dialects of exports, and every line that would move money by mistake refused with its number.
#include "budget/bill.h"

#include <QTest>

using namespace gateway;
using namespace gateway::budget;

namespace {

QString line(const BillLine& l)
{
    const auto count = [](const std::optional<qint64>& n) { return n ? QString::number(*n) : QStringLiteral("-"); };
    return QStringList{QString::number(l.line), l.month, l.provider, l.model, count(l.requests), count(l.inputTokens),
        count(l.outputTokens), l.amount.toDecimal()}
        .join(u' ');
}

} // namespace

class TestBill : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void taken_data()
    {
        QTest::addColumn<QByteArray>("csv");
        QTest::addColumn<QStringList>("lines");
        const auto row = [](const char* tag, const QByteArray& csv, const char* lines) {
            QTest::newRow(tag) << csv << QString::fromLatin1(lines).split(u'|');
        };
        const QByteArray head = "month,provider,model,amount_usd\n";
        row("plain", head + "2026-11,openai,m,1.5\n2026-10,openai,n,0\n",
            "2 2026-11 openai m - - - 1.5|3 2026-10 openai n - - - 0");
        row("no last line break", head + "2026-11,openai,m,1.5", "2 2026-11 openai m - - - 1.5");
        row("CR LF, byte order mark, empty lines",
            "\xef\xbb\xbfmonth,provider,model,amount_usd\r\n\r\n2026-11,openai,m,1\r\n\r\n",
            "3 2026-11 openai m - - - 1");
        row("names of exports",
            "Start Time,Vendor,model-id,num_requests,prompt_tokens,completion_tokens,Cost\n"
            "2026-11-22T00:00:00Z,openai,m,3,100,20,0.25\n",
            "2 2026-11 openai m 3 100 20 0.25");
        row("other columns and other order", "project,amount_usd,model,day,provider\nx,2,m,2026-11-30,p\n",
            "2 2026-11 p m - - - 2");
        row("quotes", head + "2026-11,\"a,b\",\"say \"\"m\"\"\",\"1\"\n2026-11,\"two\nlines\",m,2\n2026-11,p,m,3\n",
            "2 2026-11 a,b say \"m\" - - - 1|3 2026-11 two\nlines m - - - 2|5 2026-11 p m - - - 3");
        row("counts left empty", "month,provider,model,requests,input_tokens,amount\n2026-11,p,m,,7.0,1\n",
            "2 2026-11 p m - 7 - 1");
        row("credit", head + "2026-11,p,m,-3.25\n", "2 2026-11 p m - - - -3.25");
        row("more decimals than nine",
            head + "2026-11,p,m,0.0000000014\n2026-11,p,m,0.0000000015\n2026-11,p,m,-0.0000000015\n",
            "2 2026-11 p m - - - 0.000000001|3 2026-11 p m - - - 0.000000002|4 2026-11 p m - - - -0.000000002");
        row("currency", "month,provider,model,amount,currency\n2026-11,p,m,1,usd\n", "2 2026-11 p m - - - 1");
    }
    void taken()
    {
        QFETCH(QByteArray, csv);
        const Bill bill = parseBill(csv);
        QVERIFY2(bill.unread.isEmpty(), bill.unread.isEmpty() ? "" : qPrintable(bill.unread[0].message));
        QStringList lines;
        for (const BillLine& each : bill.lines)
            lines.append(line(each));
        QTEST(lines, "lines");
    }

    void providerOfTheFile()
    {
        const Bill bill = parseBill("month,model,amount\n2026-11,m,1\n", QStringLiteral("openai"));
        QCOMPARE(bill.lines.size(), std::size_t(1));
        QCOMPARE(bill.lines[0].provider, QStringLiteral("openai"));
    }

    void refusedAsAWhole_data()
    {
        QTest::addColumn<QByteArray>("csv");
        QTest::addColumn<QString>("words");
        QTest::newRow("empty") << QByteArray() << QStringLiteral("empty");
        QTest::newRow("no provider") << QByteArray("month,model,amount\n2026-11,m,1\n") << QStringLiteral("provider");
        QTest::newRow("no month") << QByteArray("provider,model,amount\np,m,1\n") << QStringLiteral("month");
        QTest::newRow("no model") << QByteArray("provider,month,amount\np,2026-11,1\n") << QStringLiteral("model");
        QTest::newRow("no amount") << QByteArray("provider,month,model\np,2026-11,m\n") << QStringLiteral("amount_usd");
        QTest::newRow("two amounts") << QByteArray("provider,month,model,amount,cost\np,2026-11,m,1,2\n")
                                     << QStringLiteral("amount and cost say the same");
        QTest::newRow("not UTF-8") << QByteArray("month,provider,model,amount\n2026-11,p,\xff,1\n")
                                   << QStringLiteral("UTF-8");
        QTest::newRow("too large") << QByteArray(kLargestBill + 1, 'x') << QStringLiteral("16 MiB");
    }
    void refusedAsAWhole()
    {
        QFETCH(QByteArray, csv);
        QFETCH(QString, words);
        const Bill bill = parseBill(csv);
        QVERIFY(bill.lines.empty());
        QCOMPARE(bill.unread.size(), 1);
        QVERIFY2(bill.unread[0].message.contains(words), qPrintable(bill.unread[0].message));
    }

    void refusedLines_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* tag, const char* line, const char* words) {
            QTest::newRow(tag) << QByteArray(line) << QString::fromLatin1(words);
        };
        row("too few", "2026-11,p,m,1", "4 fields");
        row("too many", "2026-11,p,m,1,usd,3,4", "7 fields");
        row("no provider", "2026-11,,m,1,usd,3", "no provider");
        row("no model", "2026-11,p,,1,usd,3", "no model");
        row("no month", "November,p,m,1,usd,3", "\"November\" is no month");
        row("month 13", "2026-13,p,m,1,usd,3", "no month");
        row("a day and more", "2026-11-221,p,m,1,usd,3", "no month");
        row("no amount", "2026-11,p,m,,usd,3", "no amount");
        row("comma decimals", "2026-11,p,m,\"1,5\",usd,3", "no amount");
        row("exponent", "2026-11,p,m,1e-3,usd,3", "no amount");
        row("exponent behind nine decimals", "2026-11,p,m,1.0000000001e5,usd,3", "no amount");
        row("with a sign", "2026-11,p,m,$1,usd,3", "no amount");
        row("beyond any money", "2026-11,p,m,99999999999999,usd,3", "no amount");
        row("euros", "2026-11,p,m,1,EUR,3", "in EUR");
        row("half a request", "2026-11,p,m,1,usd,3.5", "whole number");
        row("negative requests", "2026-11,p,m,1,usd,-3", "whole number");
        row("quote within", "2026-11,p,m\"x\",1,usd,3", "quote");
        row("behind the quote", "2026-11,p,\"m\"x,1,usd,3", "quote");
        row("quote without end", "2026-11,p,\"m,1,usd,3", "does not end");
    }
    void refusedLines()
    {
        QFETCH(QByteArray, line);
        QFETCH(QString, words);
        const Bill bill =
            parseBill("month,provider,model,amount,currency,requests\n2026-11,p,a,1,usd,1\n" + line + "\n");
        QCOMPARE(bill.lines.size(), std::size_t(1)); // the good one stays
        QCOMPARE(bill.unread.size(), 1);
        QCOMPARE(bill.unread[0].line, 3);
        QVERIFY2(bill.unread[0].message.contains(words), qPrintable(bill.unread[0].message));
    }

    void manyWrongLinesAreCounted()
    {
        QByteArray csv = "month,provider,model,amount\n";
        for (int i = 0; i < 1000; ++i)
            csv += "x,p,m,1\n";
        const Bill bill = parseBill(csv);
        QCOMPARE(bill.unread.size(), kMostUnread + 1);
        QVERIFY(bill.unread.last().message.contains(QLatin1String("900 more")));
    }

    void everyByteCutAndChanged()
    {
        const QByteArray whole = "month,provider,model,requests,amount\n2026-11,p,\"a \"\"b\"\"\",3,1.5\r\n";
        for (qsizetype size = 0; size <= whole.size(); ++size) {
            const Bill bill = parseBill(whole.first(size)); // must end, and take nothing that is not there
            QVERIFY(bill.lines.size() <= 1);
        }
        const QByteArray edits("\",\n\r\0\x80", 6);
        for (qsizetype at = 0; at < whole.size(); ++at) {
            for (const char edit : edits) {
                QByteArray csv = whole;
                csv[at] = edit;
                QVERIFY(parseBill(csv).lines.size() <= 1);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestBill)
#include "tst_bill.moc"
