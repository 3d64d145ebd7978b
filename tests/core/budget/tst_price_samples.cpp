// What usage costs by the built-in book, to the nano-USD, beside what an independent book says (price_samples.tsv, made
// by make_samples.mjs). Where the two differ, the table says why.
#include "budget/pricing.h"

#include <QFile>
#include <QTest>

using namespace gateway;
using namespace gateway::budget;

namespace {

enum Column
{
    Name,
    Kind,
    Model,
    Day,
    Class,
    Buckets,
    Oracle,
    Ours,
    Reason,
    Columns,
};

} // namespace

class TestPriceSamples : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sample_data()
    {
        QTest::addColumn<QStringList>("row");
        QFile file(QFINDTESTDATA("price_samples.tsv"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        int rows = 0;
        const QStringList lines = QString::fromUtf8(file.readAll()).split(u'\n', Qt::SkipEmptyParts);
        for (const QString& line : lines) {
            if (line.startsWith(u'#'))
                continue;
            const QStringList row = line.split(u'\t');
            QCOMPARE(row.size(), qsizetype(Columns));
            QTest::newRow(qPrintable(row[Name])) << row;
            ++rows;
        }
        QVERIFY(rows >= 30);
    }
    void sample()
    {
        QFETCH(QStringList, row);
        // a difference has a reason
        QCOMPARE(row[Reason] == QLatin1String("-"), row[Oracle] == row[Ours]);

        QJsonObject json{{QStringLiteral("source"), QStringLiteral("reported")}};
        const QStringList buckets = row[Buckets].split(u' ');
        for (const QString& bucket : buckets) {
            const QStringList parts = bucket.split(u'=');
            json.insert(parts[0], parts[1].toLongLong());
        }
        const api::Tokens tokens = api::tokensFromJson(json);
        const QJsonObject read = api::toJson(tokens);
        for (auto it = json.constBegin(); it != json.constEnd(); ++it)
            QCOMPARE(read.value(it.key()), it.value()); // a bucket that is misspelt would cost nothing

        const QDate day = QDate::fromString(row[Day], Qt::ISODate);
        const config::Price* price = config::PriceBook::builtin()->find(row[Kind], row[Kind], row[Model], day);
        const QByteArray served = row[Class] == QLatin1String("-") ? QByteArray() : row[Class].toUtf8();
        const auto cost = price ? costOf(*price, tokens, served) : std::nullopt;
        QCOMPARE(cost ? QString::number(cost->nano()) : QStringLiteral("none"), row[Ours]);

        if (!price || !cost)
            return;
        const api::Money spent = *cost;
        Bound bound{tokens.input(), tokens.output(), 1};
        bound.serviceTier = served;
        bound.serverToolCalls = tokens.serverToolCalls;
        QVERIFY(*upperBound(*price, bound) >= spent);
        bound.serviceTier = "auto";
        QVERIFY(row[Class] == QLatin1String("fast") || *upperBound(*price, bound) >= spent);
    }
};

QTEST_APPLESS_MAIN(TestPriceSamples)
#include "tst_price_samples.moc"
