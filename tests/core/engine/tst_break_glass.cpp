// Break-glass: two people, a scope, a time; and nothing else opens it.
#include "engine/break_glass.h"

#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using api::ContentGrant;
using engine::BreakGlass;

namespace {

admin::Change by(const char* who, const char* why = "ticket 4711")
{
    admin::Change change;
    change.by.name = QString::fromLatin1(who);
    change.reason = QString::fromLatin1(why);
    return change;
}

} // namespace

class TestBreakGlass : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    ManualClock m_clock;
    SodiumRandom m_random;
    std::unique_ptr<store::Store> m_store;
    std::unique_ptr<BreakGlass> m_glass;

    using Result = api::Result<ContentGrant>;
    Result wait(const std::function<void(BreakGlass::Done<ContentGrant>)>& act)
    {
        std::optional<Result> result;
        act([&result](const Result& done) { result = done; });
        if (!QTest::qWaitFor([&result] { return result.has_value(); }, 10'000))
            qFatal("no answer");
        return *result;
    }
    Result ask(const char* who, qint64 hours = 2)
    {
        api::ContentGrantRequest request;
        request.tenant = QStringLiteral("acme");
        request.since = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs() - 3'600'000, Qt::UTC);
        request.until = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
        request.hours = hours;
        return wait([&](auto done) { m_glass->ask(request, by(who), done); });
    }
    Result askFor(const char* who, const QString& call)
    {
        api::ContentGrantRequest request;
        request.tenant = QStringLiteral("acme");
        request.call = call;
        return wait([&](auto done) { m_glass->ask(request, by(who), done); });
    }
    Result approve(const QString& id, const char* who)
    {
        return wait([&](auto done) { m_glass->approve(id, by(who, "agreed"), done); });
    }
    Result end(const QString& id, const char* who)
    {
        return wait([&](auto done) { m_glass->end(id, by(who), done); });
    }
    bool covers(const char* reader, const char* tenant = "acme", qint64 ageMs = 1000, const char* call = "c1") const
    {
        return m_glass->covering(QString::fromLatin1(reader), QString::fromLatin1(call), QString::fromLatin1(tenant),
                   m_clock.wallMs() - ageMs) != nullptr;
    }
    void open()
    {
        m_glass.reset();
        m_store.reset();
        store::StoreOptions options;
        options.directory = m_directory.path();
        options.clock = &m_clock;
        auto store = store::Store::open(options);
        QVERIFY(store.ok());
        m_store = std::move(*store);
        m_glass = std::make_unique<BreakGlass>(*m_store, m_clock, m_random);
        QVERIFY(m_glass->load().ok());
    }

private Q_SLOTS:
    void init() { open(); }
    void cleanup()
    {
        for (const ContentGrant& grant : m_glass->grants()) {
            if (grant.state == QLatin1String("in-force") || grant.state == QLatin1String("asked"))
                QVERIFY(end(grant.id, "janitor").ok());
        }
        m_glass.reset();
        m_store.reset();
    }

    void twoPeople()
    {
        const auto asked = ask("rita");
        QVERIFY(asked.ok());
        QCOMPARE(asked->state, QStringLiteral("asked"));
        QCOMPARE(asked->reason, QStringLiteral("ticket 4711"));
        QVERIFY(!covers("rita"));
        const auto own = approve(asked->id, "rita");
        QVERIFY(!own.ok());
        QCOMPARE(own.error().failure, api::Failure::Conflict);
        QVERIFY(!covers("rita"));
        const auto approved = approve(asked->id, "otto");
        QVERIFY(approved.ok());
        QCOMPARE(approved->state, QStringLiteral("in-force"));
        QCOMPARE(approved->approvedBy, QStringLiteral("otto"));
        QCOMPARE(approved->approvalReason, QStringLiteral("agreed"));
        QVERIFY(covers("rita"));
        QVERIFY(!covers("otto"));                  // who approves does not read
        QVERIFY(!approve(asked->id, "otto").ok()); // nor twice
    }

    void theConsoleAndTheLocalTokenAreOnePerson()
    {
        const auto asked = ask("console");
        QVERIFY(!approve(asked->id, "local-token").ok());
        QVERIFY(approve(asked->id, "otto").ok());
        QVERIFY(BreakGlass::areOnePerson(QStringLiteral("local-token"), QStringLiteral("console")));
        QVERIFY(!BreakGlass::areOnePerson(QStringLiteral("rita"), QStringLiteral("otto")));
    }

    void theScopeIsTheScope()
    {
        QVERIFY(approve(ask("rita")->id, "otto").ok());
        QVERIFY(covers("rita", "acme", 0 + 1));
        QVERIFY(covers("rita", "acme", 3'600'000)); // since is part of it
        QVERIFY(!covers("rita", "acme", 3'600'001));
        QVERIFY(!covers("rita", "acme", 0)); // until is not
        QVERIFY(!covers("rita", "globex"));
        QVERIFY(approve(askFor("anna", QStringLiteral("c7"))->id, "otto").ok());
        QVERIFY(covers("anna", "acme", 999'999'999, "c7"));
        QVERIFY(!covers("anna", "acme", 1, "c8"));
        QVERIFY(!covers("anna", "globex", 1, "c7")); // an id alone is no tenant
    }

    void itEndsByItself()
    {
        const auto grant = approve(ask("rita", 2)->id, "otto");
        m_clock.advance(std::chrono::minutes(119));
        QVERIFY(
            m_glass->covering(QStringLiteral("rita"), {}, QStringLiteral("acme"), grant->since->toMSecsSinceEpoch()));
        m_clock.advance(std::chrono::minutes(1));
        QVERIFY(
            !m_glass->covering(QStringLiteral("rita"), {}, QStringLiteral("acme"), grant->since->toMSecsSinceEpoch()));
        QCOMPARE(m_glass->grant(grant->id)->state, QStringLiteral("expired"));
        QVERIFY(!wait([&](auto done) { m_glass->countRead(grant->id, done); }).ok());
    }

    void itLapses()
    {
        const auto asked = ask("rita");
        m_clock.advance(std::chrono::hours(24));
        QCOMPARE(m_glass->grant(asked->id)->state, QStringLiteral("lapsed"));
        QVERIFY(!approve(asked->id, "otto").ok());
    }

    void itCanBeEnded()
    {
        const auto grant = approve(ask("rita")->id, "otto");
        QVERIFY(covers("rita"));
        const auto ended = end(grant->id, "otto");
        QCOMPARE(ended->state, QStringLiteral("ended"));
        QVERIFY(!covers("rita"));
        const auto again = end(grant->id, "rita");
        QVERIFY(again.ok());
        QCOMPARE(again->endedBy, QStringLiteral("otto")); // the first one stands
        QVERIFY(!approve(grant->id, "otto").ok());
        QVERIFY(!end(QStringLiteral("cgr_none"), "rita").ok());
    }

    void aRestartKeepsItAndItsReads()
    {
        const auto grant = approve(ask("rita")->id, "otto");
        for (int i = 0; i < 3; ++i)
            QVERIFY(wait([&](auto done) { m_glass->countRead(grant->id, done); }).ok());
        open();
        QVERIFY(covers("rita"));
        const auto known = m_glass->grant(grant->id);
        QCOMPARE(known->reads, qint64(3));
        QVERIFY(known->lastReadAt.has_value());
        QCOMPARE(known->approvedBy, QStringLiteral("otto"));
    }

    // Nothing is in force that is not on disk, and a mark that cannot be written takes the effect with it.
    void durableBeforeItCounts()
    {
        const auto asked = ask("rita");
        admin::Change change = by("otto");
        change.alongside = [](QSqlDatabase&) { return false; };
        const auto approved = wait([&](auto done) { m_glass->approve(asked->id, change, done); });
        QVERIFY(!approved.ok());
        QVERIFY(!covers("rita"));
        open();
        QCOMPARE(m_glass->grant(asked->id)->state, QStringLiteral("asked"));
    }
};

QTEST_GUILESS_MAIN(TestBreakGlass)
#include "tst_break_glass.moc"
