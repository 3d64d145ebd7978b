// What a call is reserved at and charged: by the class of service that was asked for and the one that was given, and
// with what the provider's own tools bring.
#include "engine/attempt_cost.h"
#include "engine/estimate.h"
#include "transform/surfaces/openai_chat.h"
#include "transform/surfaces/openai_responses.h"

#include <QTest>

using namespace gateway;
using namespace gateway::engine;

namespace {

transform::CallRequest request(const transform::Surface& surface, const QByteArray& body)
{
    auto result = surface.parse({}, http::RequestHead(), body);
    return std::holds_alternative<transform::CallRequest>(result) ? std::move(std::get<transform::CallRequest>(result))
                                                                  : transform::CallRequest();
}

config::Price price()
{
    config::Price price;
    price.rates.input = price.rates.output = price.rates.reasoning = api::Money::fromNano(1'000'000'000);
    config::ServiceTier priority;
    priority.name = "priority";
    priority.rates = price.rates;
    priority.rates.output = api::Money::fromNano(2'000'000'000);
    price.serviceTiers.push_back(priority);
    return price;
}

} // namespace

class TestEstimate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void classOfServiceIsReserved()
    {
        const QByteArray body = R"({"model":"a","max_tokens":1000000,"messages":[{"role":"user","content":"x"}]%1})";
        const config::Price one = price();
        config::Candidate candidate;
        candidate.prices.push_back(&one);
        const QDate day(2026, 11, 22);
        const auto bound = [&](const char* more) {
            return upperBoundOf(candidate, request(transform::openAiChat(), QByteArray(body).replace("%1", more)), day);
        };
        const auto plain = bound("");
        const auto priority = bound(R"(,"service_tier":"priority")");
        QVERIFY(plain && priority);
        QVERIFY(priority->nano() > plain->nano() + 900'000'000);
        QVERIFY(!bound(R"(,"service_tier":"scale")")); // nobody knows what it costs
    }

    void classOfServiceIsCharged()
    {
        const config::Price one = price();
        api::Attempt attempt;
        attempt.result = api::AttemptResult::Answered;
        attempt.sentUs = 1;
        attempt.httpStatus = 200;
        attempt.tokens.source = api::TokenSource::Reported;
        attempt.tokens.outText = 1'000'000;
        QCOMPARE(costOfAttempt(attempt, &one, {}, false, "default").cost->nano(), 1'000'000'000);
        QCOMPARE(costOfAttempt(attempt, &one, {}, false, "priority").cost->nano(), 2'000'000'000);
        QVERIFY(!costOfAttempt(attempt, &one, {}, false, "scale").cost);
    }

    // A search brings pages that are billed as input: the body's size is no bound.
    void toolsOfTheProvider()
    {
        config::ModelFacts facts;
        facts.contextTokens = 200'000;
        config::Candidate candidate;
        candidate.facts = &facts;
        const auto search =
            request(transform::openAiResponses(), R"({"model":"a","input":"x","tools":[{"type":"web_search"}]})");
        QVERIFY(boundOf(candidate, search));
        QCOMPARE(boundOf(candidate, search)->inputTokens, 200'000);
        candidate.facts = nullptr;
        QVERIFY(!boundOf(candidate, search));
        QVERIFY(boundOf(candidate, request(transform::openAiResponses(), R"({"model":"a","input":"x"})")));
    }
};

QTEST_APPLESS_MAIN(TestEstimate)
#include "tst_estimate.moc"
