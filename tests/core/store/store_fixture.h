// What the store tests share: calls with every field set, a sink that counts, a plain look into the database.
#pragma once

#include "api/call.h"
#include "audit/recorder.h"
#include "store/database.h"
#include "store/store.h"

#include <QDir>
#include <QFile>
#include <QHash>
#include <QSqlQuery>
#include <QTest>
#include <QVariant>

#include <mutex>

inline std::shared_ptr<gateway::api::Call> sampleCall(const QString& id, qint64 startedMs = 1'795'305'600'000)
{
    using namespace gateway::api;
    auto call = std::make_shared<Call>();
    call->id = id;
    call->startedAt = QDateTime::fromMSecsSinceEpoch(startedMs, Qt::UTC);
    call->tenant = QStringLiteral("acme");
    call->feature = QStringLiteral("search");
    call->agent = QStringLiteral("bot");
    call->user = QStringLiteral("u-1");
    call->credential = QStringLiteral("0abc");
    call->surface = QStringLiteral("openai.chat");
    call->alias = QStringLiteral("chat");
    call->zone = QStringLiteral("eu-only");
    call->revision = 7;
    call->outcome = CallOutcome::Answered;
    call->error = ErrorCode::None;
    call->errorDetail = QStringLiteral("d\u00e9tail \U0001F600");
    call->httpStatus = 200;
    call->servedBy = QStringLiteral("p/m@r");
    call->fallbackKind = QStringLiteral("smaller-model");
    call->degraded = true;
    call->tokens.inUncached = 5;
    call->tokens.outText = 6;
    call->tokens.source = TokenSource::Reported;
    call->costEstimated = Money::fromNano(1'234'567'890);
    call->cost = Money::fromNano(987);
    call->priceBook = QStringLiteral("1+abc");
    call->idempotency = QStringLiteral("0123abcd");
    call->featureProved = true;
    call->finishReason = QStringLiteral("stop");
    call->streamEnd = StreamEnd::Complete;
    call->receivedUs = 10;
    call->authenticatedUs = 20;
    call->routedUs = 30;
    call->firstByteUs = 40;
    call->firstTokenUs = 50;
    call->endUs = 60;
    call->overheadUs = 7;
    call->requestBytes = 1000;
    call->responseBytes = 2000;
    call->decision = QJsonObject{{QStringLiteral("why"), QStringLiteral("weight")}};
    for (int number = 1; number <= 2; ++number) {
        Attempt attempt;
        attempt.number = number;
        attempt.provider = QStringLiteral("p%1").arg(number);
        attempt.model = QStringLiteral("m");
        attempt.region = QStringLiteral("r");
        attempt.result = number == 1 ? AttemptResult::Failed : AttemptResult::Answered;
        attempt.httpStatus = number == 1 ? 529 : 200;
        attempt.error = number == 1 ? ErrorCode::ProviderOverloaded : ErrorCode::None;
        attempt.reason = QStringLiteral("because");
        attempt.upstreamRequestId = QStringLiteral("up-1");
        attempt.modelReported = QStringLiteral("m-1");
        attempt.finishReason = QStringLiteral("stop");
        attempt.streamEnd = StreamEnd::Stalled;
        attempt.connectionReused = true;
        attempt.startUs = 1;
        attempt.connectedUs = 2;
        attempt.sentUs = 3;
        attempt.firstByteUs = 4;
        attempt.firstTokenUs = 5;
        attempt.endUs = 6;
        attempt.longestGapUs = 7;
        attempt.bytesSent = 8;
        attempt.bytesReceived = 9;
        attempt.tokens.inUncached = 11;
        attempt.fallbackKind = number == 2 ? QStringLiteral("smaller-model") : QString();
        attempt.costKnown = number == 2;
        attempt.costEstimated = Money::fromNano(77);
        if (number == 2)
            attempt.cost = Money::fromNano(0);
        call->attempts.append(attempt);
    }
    return call;
}

// Counts acknowledgements by token; asked from the test, told on the journalling thread.
class CountingSink final : public gateway::audit::CommitSink
{
public:
    void recordsSettled(std::vector<gateway::audit::Acknowledgement> acknowledgements) override
    {
        const std::lock_guard lock(m_mutex);
        ++m_wakes;
        for (const auto& each : acknowledgements) {
            ++m_counts[each.token];
            ++m_byDurability[int(each.durability)];
        }
    }
    int settled() const
    {
        const std::lock_guard lock(m_mutex);
        return int(m_counts.size());
    }
    int count(gateway::audit::Durability durability) const
    {
        const std::lock_guard lock(m_mutex);
        return m_byDurability.value(int(durability));
    }
    bool eachOnce() const
    {
        const std::lock_guard lock(m_mutex);
        return std::all_of(m_counts.begin(), m_counts.end(), [](int count) { return count == 1; });
    }
    int wakes() const
    {
        const std::lock_guard lock(m_mutex);
        return m_wakes;
    }

private:
    mutable std::mutex m_mutex;
    QHash<quint64, int> m_counts;
    QHash<int, int> m_byDurability;
    int m_wakes = 0;
};

inline std::unique_ptr<gateway::store::Store> openStore(const QString& directory, qint64 journalBytes = 16 << 20,
    bool refuse = false, std::function<void(const char*)> atPoint = {})
{
    gateway::store::StoreOptions options;
    options.directory = directory;
    options.journalBytes = journalBytes;
    options.refuseWhenUnavailable = refuse;
    options.atPoint = std::move(atPoint);
    auto store = gateway::store::Store::open(options);
    if (!store)
        qWarning("%s", qPrintable(store.error().message));
    return store ? std::move(*store) : nullptr;
}

// What was recorded is in the database.
inline bool isFiled(const gateway::store::Store& store)
{
    return store.waitUntilFiled(std::chrono::seconds(60));
}

inline void copyJournal(const QString& from, const QString& to)
{
    QVERIFY(QDir().mkpath(to + QStringLiteral("/journal")));
    const QDir journal(from + QStringLiteral("/journal"));
    for (const QString& name : journal.entryList(QDir::Files)) {
        if (!QFile::copy(journal.filePath(name), to + QStringLiteral("/journal/") + name) &&
            QFile::exists(journal.filePath(name)))
            QFAIL("the journal cannot be copied");
    }
}

// The first value of a query on the database file, as text.
inline QString ask(const QString& file, const QString& sql)
{
    auto connection = gateway::store::openReader(file);
    if (!connection)
        return connection.error().message;
    QSqlQuery query(**connection);
    return query.exec(sql) && query.next() ? query.value(0).toString() : QStringLiteral("(failed)");
}
