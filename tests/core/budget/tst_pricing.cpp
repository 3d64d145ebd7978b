// Costs by hand, the worst tier, overflow, and over random prices and calls: no cost exceeds its bound, and the largest
// output that fits does fit.
#include "budget/pricing.h"

#include <QTest>

#include <random>

using namespace gateway;
using namespace gateway::budget;
using api::Money;
using api::Tokens;
using config::Price;
using config::Rates;

namespace {

Money usd(const char* text)
{
    return *Money::fromDecimal(QString::fromLatin1(text));
}

Rates rates(const char* input, const char* output)
{
    Rates r;
    r.input = r.cacheRead = r.audioInput = r.imageInput = usd(input);
    r.cacheWrite5m = r.cacheWrite30m = r.cacheWrite1h = r.cacheWrite12h = r.input;
    r.output = r.reasoning = r.audioOutput = usd(output);
    return r;
}

Price sol() // 2 / 10, above 272,000 input tokens 4 / 15
{
    Price price;
    price.rates = rates("2", "10");
    price.tiers = {{272'000, rates("4", "15")}};
    return price;
}

} // namespace

class TestPricing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyBucketAtItsPrice()
    {
        Price price;
        Rates& r = price.rates;
        r.input = usd("1");
        r.cacheRead = usd("0.1");
        r.cacheWrite5m = usd("1.25");
        r.cacheWrite30m = usd("1.5");
        r.cacheWrite1h = usd("2");
        r.cacheWrite12h = usd("4");
        r.audioInput = usd("10");
        r.imageInput = usd("3");
        r.output = usd("5");
        r.reasoning = usd("6");
        r.audioOutput = usd("20");
        const std::pair<std::int64_t Tokens::*, const char*> expected[] = {{&Tokens::inUncached, "0.001"},
            {&Tokens::inCacheRead, "0.0001"}, {&Tokens::inCacheWrite5m, "0.00125"},
            {&Tokens::inCacheWrite30m, "0.0015"}, {&Tokens::inCacheWrite1h, "0.002"},
            {&Tokens::inCacheWrite12h, "0.004"}, {&Tokens::inAudio, "0.01"}, {&Tokens::inImage, "0.003"},
            {&Tokens::toolPrompt, "0.001"}, {&Tokens::outText, "0.005"}, {&Tokens::outReasoning, "0.006"},
            {&Tokens::outAudio, "0.02"}, {&Tokens::predictionAccepted, "0.005"},
            {&Tokens::predictionRejected, "0.005"}};
        Tokens all;
        qint64 sum = 0;
        for (const auto& [bucket, cost] : expected) {
            Tokens tokens;
            tokens.*bucket = all.*bucket = 1000;
            QCOMPARE(costOf(price, tokens)->toDecimal(), QString::fromLatin1(cost));
            sum += usd(cost).nano();
        }
        QCOMPARE(costOf(price, all)->nano(), sum);
        QCOMPARE(costOf(price, Tokens())->nano(), qint64(0));
    }

    void callsOfServerToolsByTheThousand()
    {
        Price price = sol();
        Tokens tokens;
        tokens.inUncached = 1'000;
        tokens.serverToolCalls = 3;
        QVERIFY(!costOf(price, tokens)); // what a call costs is not known
        QVERIFY(!upperBound(price, {1'000, 0, 1, true, true, true, {}, 3}));
        QVERIFY(upperBound(price, {1'000, 0, 1}));
        price.serverToolPerThousand = usd("10");
        QCOMPARE(costOf(price, tokens)->toDecimal(), QStringLiteral("0.032"));
        QCOMPARE(upperBound(price, {1'000, 0, 1, true, true, true, {}, 3})->toDecimal(), QStringLiteral("0.032"));
        tokens.serverToolCalls = -1;
        QVERIFY(!costOf(price, tokens));
        tokens.serverToolCalls = INT64_MAX / 2;
        QVERIFY(!costOf(price, tokens));
        QCOMPARE(tokens.input(), qint64(1'000)); // a call is no token
    }

    void classesOfService_data()
    {
        QTest::addColumn<QByteArray>("word");
        QTest::addColumn<QString>("cost");  // of 1,000 input and 1,000 output tokens served in it; empty: no price
        QTest::addColumn<QString>("bound"); // of the same asked for
        const auto row = [](const char* word, const char* cost, const char* bound) {
            QTest::newRow(*word ? word : "nothing")
                << QByteArray(word) << QString::fromLatin1(cost) << QString::fromLatin1(bound);
        };
        for (const char* word : {"", "default", "standard", "standard_only", "on_demand", "STANDARD"})
            row(word, "0.012", "0.012");
        row("flex", "0.006", "0.012"); // a provider that has no flex may serve it as standard
        row("FLEX", "0.006", "0.012");
        row("SERVICE_TIER_FLEX", "0.006", "0.012");
        row("ON_DEMAND_PRIORITY", "0.024", "0.024");
        row("priority", "0.024", "0.024");
        row("fast", "0.06", "0.06");
        row("auto", "0.012", "0.024"); // may become priority; nobody is made fast who did not say so
        row("scale", "", "");
        row("prio", "", "");
        row("*", "", "");
    }
    void classesOfService()
    {
        QFETCH(QByteArray, word);
        Price price = sol();
        price.serviceTiers = {{"flex", rates("1", "5"), {{272'000, rates("2", "7.5")}}},
            {"priority", rates("4", "20"), {{272'000, rates("8", "30")}}}, {"fast", rates("10", "50"), {}}};
        Tokens tokens;
        tokens.inUncached = 1'000;
        tokens.outText = 1'000;
        const auto decimal = [](std::optional<Money> money) { return money ? money->toDecimal() : QString(); };
        QTEST(decimal(costOf(price, tokens, word)), "cost");
        Bound bound{1'000, 1'000, 1};
        bound.serviceTier = word;
        QTEST(decimal(upperBound(price, bound)), "bound");
        if (const auto most = upperBound(price, bound)) {
            QCOMPARE(*largestOutput(price, bound, *most), qint64(1'000));
            QVERIFY(*largestOutput(price, bound, Money::fromNano(most->nano() - 1)) < 1'000);
        } else {
            QVERIFY(!largestOutput(price, bound, usd("100")));
        }
        // a row that says so itself knows every word
        price.serviceTiers.push_back({"*", rates("2", "10"), {}});
        QVERIFY(costOf(price, tokens, word) && upperBound(price, bound));
    }

    void aClassHasTiersOfContextOfItsOwn()
    {
        Price price = sol();
        price.serviceTiers = {{"priority", rates("4", "20"), {{272'000, rates("8", "30")}}}};
        Tokens tokens;
        tokens.inCacheRead = 272'000;
        QCOMPARE(costOf(price, tokens, "priority")->toDecimal(), QStringLiteral("1.088"));
        tokens.inUncached = 1;
        QCOMPARE(costOf(price, tokens, "priority")->toDecimal(), QStringLiteral("2.176008"));
        Bound bound{272'001, 0, 1};
        bound.serviceTier = "priority";
        QCOMPARE(upperBound(price, bound)->toDecimal(), QStringLiteral("2.176008"));
        QVERIFY(formula(price, bound).contains(QLatin1String("272,001 input tokens x 8.00 USD")));
    }

    void roundsUp()
    {
        Price price;
        price.rates = rates("0.0000145", "0"); // 0.0145 nano-USD a token
        Tokens tokens;
        tokens.inUncached = 1;
        QCOMPARE(costOf(price, tokens)->nano(), qint64(1));
        tokens.inUncached = 1'000;
        QCOMPARE(costOf(price, tokens)->nano(), qint64(15));
    }

    void tierRepricesTheWholeCall()
    {
        Tokens tokens;
        tokens.inUncached = 200'000;
        tokens.inCacheRead = 72'000;
        tokens.outText = 1'000;
        QCOMPARE(costOf(sol(), tokens)->toDecimal(), QStringLiteral("0.554"));
        ++tokens.inCacheRead; // what was read from a cache counts towards the tier
        QCOMPARE(costOf(sol(), tokens)->toDecimal(), QStringLiteral("1.103004"));
    }

    void boundTakesTheWorstTier()
    {
        QCOMPARE(upperBound(sol(), {272'000, 1'000, 1})->toDecimal(), QStringLiteral("0.554"));
        QCOMPARE(upperBound(sol(), {272'001, 1'000, 1})->toDecimal(), QStringLiteral("1.103004"));
        QCOMPARE(upperBound(sol(), {1'000, 1'000, 4})->toDecimal(), QStringLiteral("0.042"));
        Price falling; // a tier may also be cheaper; a call may still stay below it
        falling.rates = rates("4", "15");
        falling.tiers = {{1'000, rates("2", "10")}};
        QCOMPARE(upperBound(falling, {1'000'000, 0, 1})->toDecimal(), QStringLiteral("4"));
    }

    void boundTakesTheDearestToken()
    {
        Price price;
        price.rates = rates("1", "5");
        price.rates.cacheWrite1h = usd("2");
        price.rates.reasoning = usd("6");
        price.rates.audioInput = usd("10");
        QCOMPARE(upperBound(price, {1'000, 0, 1})->toDecimal(), QStringLiteral("0.01"));
        QCOMPARE(upperBound(price, {1'000, 0, 1, true, false})->toDecimal(), QStringLiteral("0.002"));
        QCOMPARE(upperBound(price, {1'000, 0, 1, false, false})->toDecimal(), QStringLiteral("0.001"));
        QCOMPARE(upperBound(price, {0, 1'000, 1})->toDecimal(), QStringLiteral("0.006"));
    }

    void extremes()
    {
        const Price price = sol();
        QVERIFY(!upperBound(price, {-1, 1, 1}));
        QVERIFY(!upperBound(price, {1, -1, 1}));
        QVERIFY(!upperBound(price, {1, 1, 0}));
        QVERIFY(!upperBound(price, {INT64_MAX, INT64_MAX, INT64_MAX}));
        QVERIFY(!upperBound(price, {INT64_MAX, 1, 1}));
        QVERIFY(!upperBound(price, {1, INT64_MAX, 2}));
        QVERIFY(!upperBound(price, {1, qint64(1) << 32, qint64(1) << 32}));
        Tokens tokens;
        tokens.outText = -1;
        QVERIFY(!costOf(price, tokens));
        tokens.outText = INT64_MAX;
        QVERIFY(!costOf(price, tokens));
        tokens = {};
        tokens.inUncached = tokens.inImage = INT64_MAX;
        QVERIFY(!costOf(price, tokens));
        QVERIFY(!largestOutput(price, {INT64_MAX, 10, 1}, Money::fromNano(INT64_MAX)));
    }

    void freeIsFree()
    {
        Price price;
        QCOMPARE(upperBound(price, {1'000'000, 1'000'000, 100})->nano(), qint64(0));
        QCOMPARE(*largestOutput(price, {1'000, 4'096, 1}, Money()), qint64(4'096));
    }

    void largest()
    {
        const Price price = sol(); // 10,000 nano-USD an output token, 2,000 an input token
        QCOMPARE(*largestOutput(price, {100, 4'096, 1}, usd("0.0102")), qint64(1'000));
        QCOMPARE(*largestOutput(price, {100, 4'096, 2}, usd("0.0102")), qint64(500));
        QCOMPARE(*largestOutput(price, {100, 4'096, 1}, usd("0.0102099")), qint64(1'000));
        QCOMPARE(*largestOutput(price, {100, 4'096, 1}, usd("5")), qint64(4'096));
        QVERIFY(!largestOutput(price, {100, 4'096, 1}, usd("0.0002")));
        QVERIFY(!largestOutput(price, {100, 4'096, 1}, usd("-1")));
        QVERIFY(!largestOutput(price, {100, 0, 1}, usd("5")));
    }

    void formulaSaysWhatWasReckoned()
    {
        Price price;
        price.rates = rates("0.2", "1.2");
        QCOMPARE(formula(price, {1'200, 4'096, 1}),
            QStringLiteral(
                "1,200 input tokens x 0.20 USD per million + 1 x 4,096 output tokens x 1.20 USD per million"));
        QVERIFY(formula(sol(), {300'000, 1, 2}).contains(QLatin1String("300,000 input tokens x 4.00 USD")));
        price.rates = rates("0.0145", "15");
        QVERIFY(
            formula(price, {1, 1, 1}).contains(QLatin1String("0.0145 USD per million + 1 x 1 output tokens x 15.00")));
    }

    void inputBounds()
    {
        QCOMPARE(inputTokenBound(1'000), qint64(1'000));
        QCOMPARE(inputTokenBound(1'000, 2), 1'000 + 2 * kTokensPerNamedImage);
        QCOMPARE(inputTokenBound(INT64_MAX, 1), qint64(INT64_MAX));
        QCOMPARE(inputTokenBound(1, INT64_MAX), qint64(INT64_MAX));
        config::ModelFacts facts;
        QCOMPARE(*inputTokenBound(InputSize{1'000, 0, false}, nullptr), qint64(1'000));
        QCOMPARE(*inputTokenBound(InputSize{1'000, 0, false}, &facts), qint64(1'000));
        QVERIFY(!inputTokenBound(InputSize{1'000, 0, true}, nullptr));
        QVERIFY(!inputTokenBound(InputSize{1'000, 0, true}, &facts));
        facts.contextTokens = 400;
        QCOMPARE(*inputTokenBound(InputSize{1'000, 0, false}, &facts), qint64(400));
        QCOMPARE(*inputTokenBound(InputSize{100, 0, true}, &facts), qint64(400));
    }

    void noCostExceedsItsBound()
    {
        const quint32 seed = qEnvironmentVariable("SIGNALBOX_SEED", QStringLiteral("20261122")).toUInt();
        qInfo("SIGNALBOX_SEED=%u", seed);
        std::mt19937 dice(seed);
        const auto roll = [&](qint64 most) { return qint64(std::uniform_int_distribution<qint64>(0, most)(dice)); };
        const auto someRates = [&] {
            Rates r;
            for (Money Rates::*each : {&Rates::input, &Rates::output, &Rates::cacheRead, &Rates::cacheWrite5m,
                     &Rates::cacheWrite30m, &Rates::cacheWrite1h, &Rates::cacheWrite12h, &Rates::reasoning,
                     &Rates::audioInput, &Rates::audioOutput, &Rates::imageInput})
                r.*each = Money::fromNano(roll(3) == 0 ? 0 : roll(1) ? roll(20'000'000'000) : roll(20'000) * 1'000'000);
            return r;
        };
        for (int i = 0; i < 20'000; ++i) {
            Price price;
            price.rates = someRates();
            for (qint64 tier = 0, above = 0; tier < roll(2); ++tier)
                price.tiers.push_back({above += 1 + roll(2'000), someRates()});
            const auto someTiers = [&] {
                std::vector<config::Tier> tiers;
                for (qint64 tier = 0, above = 0; tier < roll(2); ++tier)
                    tiers.push_back({above += 1 + roll(2'000), someRates()});
                return tiers;
            };
            for (const char* name : {"flex", "priority"}) {
                if (roll(1))
                    price.serviceTiers.push_back({name, someRates(), someTiers()});
            }
            const QByteArray words[] = {"", "auto", "flex", "priority"};
            Bound bound{roll(5'000), 1 + roll(2'000), 1 + roll(3)};
            bound.serviceTier = words[roll(3)];
            Tokens tokens;
            qint64 input = roll(bound.inputTokens);
            for (auto bucket :
                {&Tokens::inUncached, &Tokens::inCacheRead, &Tokens::inCacheWrite5m, &Tokens::inCacheWrite30m,
                    &Tokens::inCacheWrite1h, &Tokens::inCacheWrite12h, &Tokens::inAudio, &Tokens::inImage}) {
                tokens.*bucket = roll(input);
                input -= tokens.*bucket;
            }
            qint64 output = roll(bound.outputTokens * bound.choices);
            for (auto bucket : {&Tokens::outText, &Tokens::outReasoning, &Tokens::outAudio, &Tokens::predictionAccepted,
                     &Tokens::predictionRejected}) {
                tokens.*bucket = roll(output);
                output -= tokens.*bucket;
            }
            const auto known = upperBound(price, bound);
            const auto asked = costOf(price, tokens, bound.serviceTier);
            QCOMPARE(known.has_value(), asked.has_value());
            if (!known)
                continue;
            const Money most = *known;
            QVERIFY2(*asked <= most, qPrintable(QString::number(i)));
            QVERIFY2(*costOf(price, tokens) <= most, qPrintable(QString::number(i))); // served as standard
            if (bound.serviceTier == "auto" && price.serviceTier("priority"))
                QVERIFY2(*costOf(price, tokens, "priority") <= most, qPrintable(QString::number(i)));

            const Money available = Money::fromNano(roll(most.nano() + 1'000));
            const auto largest = largestOutput(price, bound, available);
            if (largest) {
                QVERIFY(*largest >= 1 && *largest <= bound.outputTokens);
                const auto at = [&](qint64 output) {
                    Bound other = bound;
                    other.outputTokens = output;
                    return *upperBound(price, other);
                };
                QVERIFY(at(*largest) <= available);
                if (*largest < bound.outputTokens)
                    QVERIFY(at(*largest + 1) > available);
            } else {
                Bound one = bound;
                one.outputTokens = 1;
                QVERIFY(*upperBound(price, one) > available);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestPricing)
#include "tst_pricing.moc"
