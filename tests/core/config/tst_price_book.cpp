// The price book: read strictly, matched whole unless a row says otherwise, in force by its date; the built-in one.
#include "config/price_book.h"

#include <QTest>

using namespace gateway;
using namespace gateway::config;

namespace {

QByteArray row(const QByteArray& provider, const QByteArray& model, const QByteArray& from, const QByteArray& input)
{
    return "  - {provider: " + provider + ", model: \"" + model + "\", valid_from: " + from +
           ", input_usd_per_million: \"" + input + "\", output_usd_per_million: \"9\"}\n";
}

PriceBook::Ptr parse(const QByteArray& yaml)
{
    Problems problems;
    auto book = PriceBook::parse(QStringLiteral("b.yaml"), yaml, problems);
    if (!book)
        qWarning("%s", qPrintable(describe(problems)));
    return book;
}

QString inputOf(const Price* price)
{
    return price ? price->rates.input.toDecimal() : QString();
}

const QDate kDay(2026, 11, 22);

} // namespace

class TestPriceBook : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bucketsFallBack()
    {
        const auto book = parse("version: 1\nprices:\n"
                                "  - {provider: p, model: m, valid_from: 2026-01-01, input_usd_per_million: \"1\", "
                                "output_usd_per_million: \"5\"}\n"
                                "  - {provider: p, model: n, valid_from: 2026-01-01, input_usd_per_million: \"1\", "
                                "output_usd_per_million: \"5\", cache_read_usd_per_million: \"0\", "
                                "cache_write_5m_usd_per_million: \"1.25\", reasoning_usd_per_million: \"6\", "
                                "audio_input_usd_per_million: \"10\", audio_output_usd_per_million: \"20\", tiers: "
                                "[{above_input_tokens: 10, input_usd_per_million: \"2\", output_usd_per_million: "
                                "\"7\"}]}\n");
        QVERIFY(book);
        const Rates& m = book->prices()[0].rates;
        QCOMPARE(m.cacheRead, m.input);
        QCOMPARE(m.cacheWrite5m, m.input);
        QCOMPARE(m.cacheWrite1h, m.input);
        QCOMPARE(m.audioInput, m.input);
        QCOMPARE(m.reasoning, m.output);
        QCOMPARE(m.audioOutput, m.output);
        const Price& n = book->prices()[1];
        QCOMPARE(n.rates.cacheRead.nano(), qint64(0)); // 0 is a price
        QCOMPARE(n.rates.cacheWrite1h.toDecimal(), QStringLiteral("1.25"));
        QCOMPARE(n.rates.reasoning.toDecimal(), QStringLiteral("6"));
        QCOMPARE(n.rates.audioOutput.toDecimal(), QStringLiteral("20"));
        QCOMPARE(n.at(10).input.toDecimal(), QStringLiteral("1"));
        QCOMPARE(n.at(11).input.toDecimal(), QStringLiteral("2"));
        QCOMPARE(n.at(11).cacheRead.toDecimal(), QStringLiteral("2")); // of the tier's own input
    }

    void matching()
    {
        const auto book =
            parse("version: 1\nprices:\n" + row("openai", "gpt", "2026-01-01", "1") +
                  row("openai", "gpt-*", "2026-01-01", "2") + row("openai", "gpt-6-*", "2026-01-01", "3") +
                  row("openai", "gpt-6-luna", "2026-01-01", "4") + row("eu", "gpt-*", "2026-01-01", "5") +
                  row("eu", "gpt-7", "2027-01-01", "6") + row("free", "*", "2026-01-01", "0"));
        QVERIFY(book);
        const auto find = [&](const char* provider, const char* model) {
            return inputOf(
                book->find(QString::fromLatin1(provider), QStringLiteral("openai"), QString::fromLatin1(model), kDay));
        };
        QCOMPARE(find("us", "gpt"), QStringLiteral("1"));
        QCOMPARE(find("us", "gpt-5"), QStringLiteral("2"));
        QCOMPARE(find("us", "gpt-6-sol"), QStringLiteral("3"));
        QCOMPARE(find("us", "gpt-6-luna"), QStringLiteral("4"));
        QCOMPARE(find("us", "gpt-6-luna-mini"), QStringLiteral("3")); // by the prefix that was written, not by the id
        QCOMPARE(find("eu", "gpt-6-luna"), QStringLiteral("5"));      // a name before a kind
        QCOMPARE(find("eu", "gpt-7"), QStringLiteral("5"));           // not in force yet
        QCOMPARE(find("eu", "gpt"), QStringLiteral("1"));
        QCOMPARE(find("us", "gp"), QString());
        QCOMPARE(find("us", "gpt6"), QString());
        QCOMPARE(find("us", "GPT"), QString());
        QCOMPARE(find("us", "gpt-6-*"), QStringLiteral("3")); // an id, however odd, is no row of its own
        QCOMPARE(inputOf(book->find(QStringLiteral("x"), QStringLiteral("free"), QStringLiteral("any"), kDay)),
            QStringLiteral("0"));
    }

    void dates()
    {
        const auto book = parse("version: 1\nprices:\n" + row("openai", "m", "2026-06-01", "2") +
                                row("openai", "m", "2026-01-01", "1") + row("openai", "m", "2026-09-01", "3") +
                                row("eu", "m", "2026-07-01", "8") + row("eu", "m*", "2026-03-01", "7"));
        QVERIFY(book);
        const QString openai = QStringLiteral("openai");
        const QString m = QStringLiteral("m");
        const auto on = [&](const char* provider, QDate day) {
            return inputOf(book->find(QString::fromLatin1(provider), openai, m, day));
        };
        QCOMPARE(on("us", QDate(2025, 12, 31)), QString());
        QCOMPARE(on("us", QDate(2026, 1, 1)), QStringLiteral("1"));
        QCOMPARE(on("us", QDate(2026, 5, 31)), QStringLiteral("1"));
        QCOMPARE(on("us", QDate(2026, 6, 1)), QStringLiteral("2"));
        QCOMPARE(on("us", QDate(2030, 1, 1)), QStringLiteral("3"));
        // the history of a candidate says the same as find() on every day
        for (const char* provider : {"us", "eu"}) {
            const auto history = book->history(QString::fromLatin1(provider), openai, m);
            for (QDate day(2025, 12, 1); day < QDate(2027, 1, 1); day = day.addDays(1)) {
                const auto first = std::find_if(
                    history.begin(), history.end(), [&](const Price* price) { return price->validFrom <= day; });
                QCOMPARE(first == history.end() ? QString() : inputOf(*first), on(provider, day));
            }
        }
        QCOMPARE(book->history(QStringLiteral("us"), openai, m).size(), std::size_t(3));
        QVERIFY(book->history(openai, openai, QStringLiteral("x")).empty());
    }

    void modelFacts()
    {
        const auto book =
            parse("version: 1\nprices: []\nmodels:\n"
                  "  - {provider: openai, model: a, context_tokens: 100, max_output_tokens: 10, "
                  "capabilities: [tools, images], announced: 2026-01-01, retires: 2026-12-11, successor: b}\n"
                  "  - {provider: openai, model: \"a-*\", capabilities: []}\n");
        QVERIFY(book);
        const QString openai = QStringLiteral("openai");
        const ModelFacts* a = book->facts(QStringLiteral("eu"), openai, QStringLiteral("a"));
        QVERIFY(a);
        QCOMPARE(*a->contextTokens, qint64(100));
        QCOMPARE(*a->maxOutputTokens, qint64(10));
        QCOMPARE(a->capabilities->size(), 2);
        QCOMPARE(a->retires, QDate(2026, 12, 11));
        QCOMPARE(a->successor, QStringLiteral("b"));
        const ModelFacts* dated = book->facts(QStringLiteral("eu"), openai, QStringLiteral("a-2026"));
        QVERIFY(dated && dated->capabilities && dated->capabilities->isEmpty() && !dated->contextTokens);
        QVERIFY(!book->facts(QStringLiteral("eu"), openai, QStringLiteral("b")));
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("words");
        const QByteArray head = "version: 1\nprices:\n";
        const QByteArray good = row("p", "m", "2026-01-01", "1");
        const auto changed = [&](const char* from, const char* to) {
            QByteArray text = head + good;
            text.replace(from, to);
            return text;
        };
        const auto add = [](const char* tag, const QByteArray& yaml, int line, const char* field, const char* words) {
            QTest::newRow(tag) << yaml << line << QString::fromLatin1(field) << QString::fromLatin1(words);
        };
        add("no version", "prices: []\n", 1, "version", "missing");
        add("no prices", "version: 1\n", 1, "prices", "missing");
        add("unknown field", changed("input_usd", "inptu_usd"), 3, "prices[0].inptu_usd_per_million", "Did you mean");
        add("no input", changed("input_usd_per_million: \"1\", ", ""), 3, "prices[0].input_usd_per_million", "missing");
        add("no output", changed(", output_usd_per_million: \"9\"", ""), 3, "prices[0].output_usd_per_million",
            "missing");
        add("no date", changed("valid_from: 2026-01-01, ", ""), 3, "prices[0].valid_from", "missing");
        add("wrong date", changed("2026-01-01", "2026-13-01"), 3, "prices[0].valid_from", "date");
        add("negative price", changed("\"1\"", "\"-1\""), 3, "prices[0].input_usd_per_million", "US dollars");
        add("float price", changed("\"1\"", "1e-3"), 3, "prices[0].input_usd_per_million", "US dollars");
        add("twice", head + good + good, 4, "prices[1].valid_from", "already");
        add("star within", changed("\"m\"", "\"m*n\""), 3, "prices[0].model", "only end");
        add("space", changed("\"m\"", "\"m n\""), 3, "prices[0].model", "no spaces");
        add("tiers fall",
            changed("output_usd_per_million: \"9\"",
                "output_usd_per_million: \"9\", tiers: [{above_input_tokens: 20, input_usd_per_million: \"1\", "
                "output_usd_per_million: \"1\"}, {above_input_tokens: 20, input_usd_per_million: \"1\", "
                "output_usd_per_million: \"1\"}]"),
            3, "prices[0].tiers[1].above_input_tokens", "rising");
        add("capability", "version: 1\nprices: []\nmodels:\n  - {provider: p, model: m, capabilities: [tool]}\n", 4,
            "models[0].capabilities", "Did you mean tools?");
        add("model twice",
            "version: 1\nprices: []\nmodels:\n  - {provider: p, model: m}\n  - {provider: p, model: m}\n", 5,
            "models[1].model", "already");
        add("retired before announced",
            "version: 1\nprices: []\nmodels:\n  - {provider: p, model: m, announced: 2026-02-01, retires: "
            "2026-01-01}\n",
            4, "models[0].retires", "announced");
        add("not YAML", "version: [\n", 2, "", "YAML");
    }
    void refused()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, field);
        QFETCH(QString, words);
        Problems problems;
        QVERIFY(!PriceBook::parse(QStringLiteral("b.yaml"), yaml, problems));
        QVERIFY(!problems.isEmpty());
        QCOMPARE(problems[0].file, QStringLiteral("b.yaml"));
        QTEST(problems[0].line, "line");
        QCOMPARE(problems[0].field, field);
        QVERIFY2((problems[0].message + problems[0].suggestion).contains(words), qPrintable(describe(problems)));
    }

    void versionTellsTheContent()
    {
        const QByteArray yaml = "version: v7\nprices: []\n";
        const QString version = parse(yaml)->version();
        QVERIFY(version.startsWith(QLatin1String("v7+")) && version.size() == 15);
        QCOMPARE(parse(yaml)->version(), version);
        QVERIFY(parse(yaml + "# another byte\n")->version() != version);
    }

    void builtin_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("input"); // empty: no price
        const auto row = [](const char* kind, const char* model, const char* input) {
            QTest::newRow(model) << QString::fromLatin1(kind) << QString::fromLatin1(model)
                                 << QString::fromLatin1(input);
        };
        row("openai", "gpt-6-luna", "0.1");
        row("openai", "gpt-6-luna-2026-09-01", "0.1");
        row("openai", "gpt-6-luna-mini", "");
        row("openai", "gpt-6.1-sol", ""); // no price is known of it
        row("openai", "gpt-5.6-sol", "4");
        row("anthropic", "claude-haiku-4-5-20251001", "1");
        row("anthropic", "claude-sonnet-5", "2");
        row("anthropic", "claude-sonnet-5-5", ""); // another model than claude-sonnet-5
        row("anthropic", "claude-opus-5-5", "4");
        row("anthropic", "claude-opus-5", "5");
        row("gemini", "gemini-3.1-pro-preview", "2");
        row("xai", "grok-4.3", "1.25");
        row("groq", "openai/gpt-oss-120b", "0.15");
        row("ollama", "whatever:8b", "0");
        row("simulator", "sim-small-2026-09-01", "0.2");
        row("simulator", "sim-large-2026-09-01", "2");
        row("simulator", "sim-large-429", "2");
        row("simulator", "sim-cut-3", "0.2");
    }
    void builtin()
    {
        QFETCH(QString, kind);
        QFETCH(QString, model);
        const auto book = PriceBook::builtin();
        QTEST(inputOf(book->find(QStringLiteral("any"), kind, model, kDay)), "input");
    }

    void builtinFacts()
    {
        const auto book = PriceBook::builtin();
        const QString openai = QStringLiteral("openai");
        QCOMPARE(inputOf(book->find(openai, openai, QStringLiteral("gpt-5.6-sol"), QDate(2026, 8, 1))),
            QStringLiteral("5")); // before prices moved
        QCOMPARE(book->facts(openai, openai, QStringLiteral("o3"))->retires, QDate(2026, 12, 11));
        const Price* sol = book->find(openai, openai, QStringLiteral("gpt-6-sol-2026-05-05"), kDay);
        QCOMPARE(sol->at(272'000).input.toDecimal(), QStringLiteral("2"));
        QCOMPARE(sol->at(272'001).output.toDecimal(), QStringLiteral("15"));
        const QString simulator = QStringLiteral("simulator");
        QVERIFY(book->facts(simulator, simulator, QStringLiteral("sim-429"))->maxOutputTokens);
        for (const Price& price : book->prices())
            QVERIFY2((price.rates.cacheRead <= price.rates.input && price.rates.input <= price.rates.output) ||
                         price.model.contains(QLatin1String("embedding")),
                qPrintable(price.model)); // a slip of the pen shows here first
    }
};

QTEST_APPLESS_MAIN(TestPriceBook)
#include "tst_price_book.moc"
