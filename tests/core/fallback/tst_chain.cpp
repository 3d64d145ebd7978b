// What follows a failure: a table of the rules of decisions/0065, and the share of time of each step.
#include "fallback/chain.h"

#include <QTest>

using namespace gateway;
using namespace std::chrono_literals;
using api::ErrorCode;
using fallback::Chain;
using fallback::ChainStep;

namespace {

enum class Follows
{
    Same, // the same candidate again
    Next,
    End
};

struct Rule
{
    const char* name;
    ErrorCode code;
    bool retriable;
    bool outOfTime;
    Follows beforeEqual;    // the next step is an equal
    Follows beforeDegraded; // the next step is a smaller model
    Follows atTheEnd;       // there is no next step
};

constexpr Rule kRules[] = {
    {"overloaded", ErrorCode::ProviderOverloaded, true, false, Follows::Next, Follows::Same, Follows::Same},
    {"throttled", ErrorCode::ProviderThrottled, true, false, Follows::Next, Follows::Same, Follows::Same},
    {"out of quota for good", ErrorCode::ProviderThrottled, false, false, Follows::Next, Follows::Next, Follows::End},
    {"reset", ErrorCode::ProviderUnavailable, true, false, Follows::Next, Follows::Same, Follows::Same},
    {"cut before content", ErrorCode::StreamTruncated, true, false, Follows::Next, Follows::Same, Follows::Same},
    {"its share of time ran out", ErrorCode::DeadlineExceeded, true, true, Follows::Next, Follows::Next, Follows::End},
    {"key refused", ErrorCode::ProviderAuth, false, false, Follows::Next, Follows::Next, Follows::End},
    {"model gone", ErrorCode::ModelRetired, false, false, Follows::Next, Follows::Next, Follows::End},
    {"web page", ErrorCode::TransformError, false, false, Follows::Next, Follows::Next, Follows::End},
    {"bad request", ErrorCode::ProviderBadRequest, false, false, Follows::End, Follows::End, Follows::End},
    {"content refused", ErrorCode::ContentRefused, false, false, Follows::End, Follows::End, Follows::End},
    {"context too long", ErrorCode::ContextTooLong, false, false, Follows::End, Follows::End, Follows::End},
};

} // namespace

class TestChain : public QObject
{
    Q_OBJECT

    config::Provider m_eu, m_us;
    config::Candidate m_first, m_second;
    config::ModelFacts m_small, m_large;

    static std::vector<ChainStep> only(const config::Candidate& candidate) { return {ChainStep{&candidate, {}}}; }
    Follows follow(const Rule& rule, std::vector<ChainStep> steps)
    {
        Chain chain(std::move(steps));
        const config::Candidate* before = chain.step()->candidate;
        fallback::RetryBudget retries;
        fallback::Failed failed;
        failed.code = rule.code;
        failed.retriable = rule.retriable;
        failed.outOfTime = rule.outOfTime;
        failed.longestPause = 10s;
        const Chain::Next next = chain.after(failed, retries);
        if (next.what == Chain::Next::Do::GiveUp)
            return Follows::End;
        return chain.step()->candidate == before ? Follows::Same : Follows::Next;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_eu.region = QStringLiteral("eu-west-1");
        m_us.region = QStringLiteral("us-east-1");
        m_first.provider = &m_eu;
        m_first.model = QStringLiteral("m");
        m_second.provider = &m_us;
        m_second.model = QStringLiteral("m");
        m_small.contextTokens = 8'000;
        m_large.contextTokens = 200'000;
    }

    void rules_data()
    {
        QTest::addColumn<int>("row");
        for (int i = 0; i < int(std::size(kRules)); ++i)
            QTest::newRow(kRules[i].name) << i;
    }
    void rules()
    {
        QFETCH(int, row);
        const Rule& rule = kRules[row];
        const ChainStep first{&m_first, {}};
        QCOMPARE(int(follow(rule, {first, {&m_second, config::FallbackKind::OtherProvider}})), int(rule.beforeEqual));
        QCOMPARE(int(follow(rule, {first, {&m_second, config::FallbackKind::SmallerModel}})), int(rule.beforeDegraded));
        QCOMPARE(int(follow(rule, {first})), int(rule.atTheEnd));
        QCOMPARE(int(follow(rule, {first, {nullptr, config::FallbackKind::Refuse}})),
            int(rule.atTheEnd == Follows::End && rule.beforeEqual == Follows::Next ? Follows::Next : rule.atTheEnd));
    }

    // At most two repetitions of a candidate, and none when the provider's budget for them is used up.
    void repetitionsAreFew()
    {
        Chain chain(only(m_first));
        fallback::RetryBudget retries;
        fallback::Failed failed;
        failed.code = ErrorCode::ProviderOverloaded;
        failed.retriable = true;
        failed.longestPause = 10s;
        int repetitions = 0;
        while (chain.after(failed, retries).what == Chain::Next::Do::Attempt)
            ++repetitions;
        QCOMPARE(repetitions, Chain::kRepetitions);

        while (retries.takeRepetition()) {
        }
        Chain another(only(m_first));
        QVERIFY(another.after(failed, retries).what == Chain::Next::Do::GiveUp);
    }

    void waitsOnlyWhatFits()
    {
        fallback::RetryBudget retries;
        fallback::Failed failed;
        failed.code = ErrorCode::ProviderThrottled;
        failed.retriable = true;
        failed.retryAfter = 5s;
        failed.longestPause = 10s;
        Chain patient(only(m_first));
        QCOMPARE(patient.after(failed, retries).pause.count(), 5000);
        failed.longestPause = 4s;
        Chain hurried(only(m_first));
        QVERIFY(hurried.after(failed, retries).what == Chain::Next::Do::GiveUp);
    }

    void longerContextHelps()
    {
        m_first.facts = &m_small;
        m_second.facts = &m_large;
        const Rule& tooLong = kRules[std::size(kRules) - 1];
        QCOMPARE(int(follow(tooLong, {{&m_first, {}}, {&m_second, config::FallbackKind::OtherProvider}})),
            int(Follows::Next));
        QCOMPARE(int(follow(tooLong, {{&m_second, {}}, {&m_first, config::FallbackKind::OtherProvider}})),
            int(Follows::End));
        m_second.facts = nullptr; // unknown is not larger
        QCOMPARE(int(follow(tooLong, {{&m_first, {}}, {&m_second, config::FallbackKind::OtherProvider}})),
            int(Follows::End));
        m_first.facts = nullptr;
    }

    void sharesOfTheTime()
    {
        Chain chain(std::vector<ChainStep>{{&m_first, {}}, {&m_second, config::FallbackKind::OtherProvider},
            {&m_first, config::FallbackKind::SmallerModel}});
        QCOMPARE(chain.share(std::nullopt).has_value(), false);
        QCOMPARE(chain.share(2000ms)->count(), 1000);
        QVERIFY(chain.skip());
        QCOMPARE(chain.share(1000ms)->count(), 500);
        QVERIFY(chain.skip());
        QCOMPARE(chain.share(500ms)->count(), 500);
        QVERIFY(!chain.skip());
        QVERIFY(!chain.step());
    }

    void kindsBetweenCandidates()
    {
        QCOMPARE(int(fallback::kindOf(m_first, m_second)), int(config::FallbackKind::OtherRegion));
        config::Candidate other = m_second;
        other.model = QStringLiteral("another");
        QCOMPARE(int(fallback::kindOf(m_first, other)), int(config::FallbackKind::OtherProvider));
    }
};

QTEST_APPLESS_MAIN(TestChain)
#include "tst_chain.moc"
