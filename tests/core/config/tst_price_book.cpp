// The price book: read strictly, matched whole unless a row says otherwise, in force by its date; the built-in one.
#include "config/price_book.h"

#include <QTest>

using namespace gateway;
using namespace gateway::config;
using api::Money;

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
        QCOMPARE(m.imageInput, m.input);
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

    void writesFallBackToTheNextLifetime_data()
    {
        QTest::addColumn<QByteArray>("stated");
        QTest::addColumn<QStringList>("rates"); // of 5 minutes, 30 minutes, 1 hour, 12 hours
        const auto row = [](const char* tag, const QByteArray& stated, const QStringList& rates) {
            QTest::newRow(tag) << stated << rates;
        };
        const auto words = [](const char* text) { return QString::fromLatin1(text).split(u' '); };
        row("none: input", "", words("1 1 1 1"));
        row("one: all", ", cache_write_30m_usd_per_million: \"3\"", words("3 3 3 3"));
        row("the next longer one", ", cache_write_5m_usd_per_million: \"2\", cache_write_1h_usd_per_million: \"4\"",
            words("2 4 4 4"));
        row("5m and 12h", ", cache_write_5m_usd_per_million: \"2\", cache_write_12h_usd_per_million: \"9\"",
            words("2 9 9 9"));
        row("all",
            ", cache_write_5m_usd_per_million: \"2\", cache_write_30m_usd_per_million: \"3\", "
            "cache_write_1h_usd_per_million: \"4\", cache_write_12h_usd_per_million: \"0\"",
            words("2 3 4 0"));
    }
    void writesFallBackToTheNextLifetime()
    {
        QFETCH(QByteArray, stated);
        QFETCH(QStringList, rates);
        const auto book = parse("version: 1\nprices:\n" + row("p", "m", "2026-01-01", "1").chopped(2) + stated + "}\n");
        QVERIFY(book);
        const Rates& m = book->prices()[0].rates;
        const Money found[] = {m.cacheWrite5m, m.cacheWrite30m, m.cacheWrite1h, m.cacheWrite12h};
        for (int i = 0; i < 4; ++i)
            QCOMPARE(found[i].toDecimal(), rates[i]);
    }

    void classesOfService()
    {
        const auto book =
            parse("version: 1\nprices:\n" + row("p", "m", "2026-01-01", "1").chopped(2) +
                  ", tiers: [{above_input_tokens: 10, input_usd_per_million: \"2\", "
                  "output_usd_per_million: \"12\"}], server_tool_usd_per_thousand: \"10\", currency: USD, "
                  "source: the price page, service_tiers: [{name: [priority, Fast], multiplier: \"1.8\"}, "
                  "{name: flex, input_usd_per_million: \"0.5\", output_usd_per_million: \"4\"}]}\n");
        QVERIFY(book);
        const Price& m = book->prices()[0];
        QCOMPARE(m.serviceTiers.size(), std::size_t(3));
        QCOMPARE(m.at(10, "priority")->input.toDecimal(), QStringLiteral("1.8"));
        QCOMPARE(m.at(11, "priority")->input.toDecimal(), QStringLiteral("3.6"));
        QCOMPARE(m.at(11, "FAST")->output.toDecimal(), QStringLiteral("21.6"));
        QCOMPARE(m.at(11, "flex")->input.toDecimal(), QStringLiteral("0.5")); // its own rates state its own tiers
        QCOMPARE(m.at(11, "")->input.toDecimal(), QStringLiteral("2"));
        QCOMPARE(m.at(11, "default"), m.at(11, "auto"));
        QVERIFY(!m.at(1, "batch"));
        QCOMPARE(m.serverToolPerThousand->toDecimal(), QStringLiteral("10"));
    }

    void listsStandForEveryPair()
    {
        const auto book = parse("version: 1\nprices:\n  - {provider: [p, q], model: [m, \"m-20*\"], valid_from: "
                                "2026-01-01, input_usd_per_million: \"1\", output_usd_per_million: \"2\"}\n"
                                "models:\n  - {provider: [p, q], model: [m, n], context_tokens: 10}\n");
        QVERIFY(book);
        QCOMPARE(book->prices().size(), std::size_t(4));
        QCOMPARE(book->models().size(), std::size_t(4));
        const QString q = QStringLiteral("q");
        QCOMPARE(inputOf(book->find(q, q, QStringLiteral("m-2026"), kDay)), QStringLiteral("1"));
        QCOMPARE(*book->facts(q, q, QStringLiteral("n"))->contextTokens, qint64(10));
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
        const auto changed = [&](const char* from, const QByteArray& to) {
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
        const QByteArray priority = ", service_tiers: [{name: priority, multiplier: \"2\"}]}";
        add("multiplier and rates", changed("}", priority.chopped(3) + ", input_usd_per_million: \"1\"}]}"), 3,
            "prices[0].service_tiers[0].input_usd_per_million", "not both");
        add("neither", changed("}", ", service_tiers: [{name: priority}]}"), 3,
            "prices[0].service_tiers[0].input_usd_per_million", "missing");
        add("negative multiplier", changed("}", QByteArray(priority).replace("2", "-2")), 3,
            "prices[0].service_tiers[0].multiplier", "decimal");
        add("multiplier too large", changed("}", QByteArray(priority).replace("2", "9000000000")), 3,
            "prices[0].service_tiers[0].multiplier", "too large");
        add("standard is no class", changed("}", QByteArray(priority).replace("priority", "default")), 3,
            "prices[0].service_tiers[0].name", "standard");
        add("auto is no class", changed("}", QByteArray(priority).replace("priority", "auto")), 3,
            "prices[0].service_tiers[0].name", "wish");
        add("class twice", changed("}", QByteArray(priority).replace("priority", "[flex, FLEX]")), 3,
            "prices[0].service_tiers[0].name", "already");
        add("other currency", changed("}", ", currency: EUR}"), 3, "prices[0].currency", "US dollars");
        add("empty list", changed("provider: p", "provider: []"), 3, "prices[0].provider", "1 to 64");
        add("one of a list twice", changed("provider: p", "provider: [p, p]"), 3, "prices[0].valid_from", "already");
        add("wrong name in a list", changed("provider: p", "provider: [p, a/b]"), 3, "prices[0].provider", "letters");
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
        row("anthropic", "claude-haiku-5-5", "");
        row("anthropic", "claude-opus-4-8-20260601", "5");
        row("azure-openai", "gpt-5.4-2026-03-05", "2.5");
        row("bedrock", "global.anthropic.claude-opus-5-5", "4");
        row("bedrock", "global.anthropic.claude-opus-5-5-v1:0", "4");
        row("bedrock", "eu.anthropic.claude-opus-5-5", "4.4"); // a region costs a tenth more
        row("bedrock", "anthropic.claude-sonnet-5-v1:0", "2.2");
        row("bedrock", "global.anthropic.claude-sonnet-5-5", "");
        row("bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", "1.1");
        row("vertex", "claude-sonnet-5@20260630", "2");
        row("vertex", "claude-sonnet-5-5", "");
        row("vertex", "gemini-3.8-flash", "0.75");
        row("openrouter", "anthropic/claude-opus-5.5", "4");
        row("gemini", "gemini-2.5-pro", ""); // answers as another model, at that one's price
        row("xai", "grok-4.7-mini", "");
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
        QCOMPARE(sol->at(1, "priority")->output.toDecimal(), QStringLiteral("20"));
        QCOMPARE(sol->at(1, "flex")->cacheWrite12h.toDecimal(), QStringLiteral("1.25"));
        const QString gemini = QStringLiteral("gemini");
        const QString flash = QStringLiteral("gemini-3.8-flash");
        QCOMPARE(inputOf(book->find(gemini, gemini, flash, QDate(2026, 12, 31))), QStringLiteral("0.75"));
        QCOMPARE(inputOf(book->find(gemini, gemini, flash, QDate(2027, 1, 1))), QStringLiteral("1.5"));
        const QString simulator = QStringLiteral("simulator");
        QVERIFY(book->facts(simulator, simulator, QStringLiteral("sim-429"))->maxOutputTokens);
        for (const Price& price : book->prices()) { // a slip of the pen shows here first
            const Rates& r = price.rates;
            QVERIFY2((r.cacheRead <= r.input && r.input <= r.output) || price.model.contains(QLatin1String("embed")),
                qPrintable(price.model));
            QVERIFY2(r.input <= r.cacheWrite5m && r.cacheWrite5m <= r.cacheWrite1h, qPrintable(price.model));
            for (const Tier& tier : price.tiers)
                QVERIFY2(r.input < tier.rates.input && r.output < tier.rates.output, qPrintable(price.model));
        }
    }
};

QTEST_APPLESS_MAIN(TestPriceBook)
#include "tst_price_book.moc"
