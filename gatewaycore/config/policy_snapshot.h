// PolicySnapshot: one compiled, immutable config revision, in the form the hot path reads. Made by the config compiler
// on the control thread, handed to the workers as shared_ptr<const PolicySnapshot>; nobody changes one. Pointers inside
// point into the same snapshot and live as long as it does. Provider keys are resolved here and only here (Secret).
#pragma once

#include "api/money.h"
#include "base/secret.h"
#include "config/budget_policy.h"
#include "config/cache_policy.h"
#include "config/change_policy.h"
#include "config/content_policy.h"
#include "config/export_policy.h"
#include "config/price_book.h"
#include "config/quota_policy.h"
#include "config/role_grant.h"

#include <QDate>
#include <QHash>
#include <QString>
#include <QStringList>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace gateway::config {

using std::chrono::milliseconds;

enum class ProviderKind
{
    OpenAi,
    AzureOpenAi,
    Anthropic,
    Gemini,
    Vertex,
    Bedrock,
    Mistral,
    Cohere,
    Groq,
    DeepSeek,
    Xai,
    OpenRouter,
    Ollama,
    OpenAiCompatible,
    Simulator,
};
QString nameOf(ProviderKind kind);
std::optional<ProviderKind> providerKindFromName(QStringView name);

enum class WorkloadClass
{
    Interactive,
    Streaming,
    Background,
    Batch
};
constexpr int kWorkloadClasses = 4;
QString nameOf(WorkloadClass kind);
std::optional<WorkloadClass> workloadClassFromName(QStringView name);

// Where a provider is reached; a key belongs to exactly one origin and is never sent to another.
struct Origin
{
    QString host;
    quint16 port = 0;
    bool tls = true;
    QString caFile; // empty: the system's

    QString key() const
    {
        return (tls ? QStringLiteral("https://") : QStringLiteral("http://")) + host + u':' + QString::number(port);
    }
};

struct Timeouts
{
    milliseconds connect{2000};
    milliseconds firstByte{30000};
    milliseconds idle{60000};
    milliseconds total{600000};
};

struct ProviderLimits
{
    std::optional<qint64> requestsPerMinute;
    std::optional<qint64> tokensPerMinute;
    int headroomPercent = 0;
};

// How Bedrock requests are signed when no bearer key is configured.
struct AwsCredentials
{
    Secret accessKey;
    Secret secretKey;
    Secret sessionToken; // may be empty
};

struct Provider
{
    int index = 0; // in PolicySnapshot::providers
    QString name;
    ProviderKind kind = ProviderKind::OpenAiCompatible;
    Origin origin;       // port 0: the embedded simulator, whose address the engine knows once it is started
    QByteArray basePath; // "/v1", no slash at the end; may be empty
    QString baseUrl;     // as configured or the kind's default
    QString keyReference;
    Secret key;         // empty: the provider takes none (local models, simulator)
    QString awsRegion;  // bedrock
    QByteArray project; // vertex: as configured, or of its service account
    std::optional<AwsCredentials> awsCredentials;
    QString region;
    QString retention;
    ProviderLimits limits;
    Timeouts timeouts;
};

struct Candidate
{
    const Provider* provider = nullptr;
    QString model;
    QByteArray modelUtf8;
    int weight = 0;
    QString label;                     // provider/model@region
    int index = -1;                    // the same for the same provider and model everywhere in a snapshot, from 0
    std::vector<const Price*> prices;  // of this candidate in PolicySnapshot::prices, newest valid_from first
    const ModelFacts* facts = nullptr; // nullptr: the price book says nothing of the model
};

enum class FallbackKind
{
    OtherRegion,
    OtherProvider,
    SmallerModel,
    Cached,
    Refuse
};
QString nameOf(FallbackKind kind);

struct FallbackStep
{
    FallbackKind kind = FallbackKind::Refuse;
    Candidate candidate; // provider == nullptr for cached and refuse
};

// What becomes of a request that a provider of another dialect cannot be given whole.
enum class OnLoss
{
    Report, // it is sent without; the answer and the record say what is missing
    Refuse, // this candidate is passed over
};

struct Alias
{
    QString name;
    QString purpose;
    QString owner;
    std::vector<Candidate> candidates;
    std::vector<FallbackStep> fallback;
    bool degradeServes = true; // degrade: serve | refuse
    OnLoss onLoss = OnLoss::Report;
    std::optional<api::Money> costCeiling;
    std::array<milliseconds, kWorkloadClasses> latencyBudget{}; // zero: none
    CachePolicy cache;
};

struct Zone
{
    QString name;
    QStringList regions;
    QString retention;
};

// What was promised to the tenant on paper; the quarterly audit compares it with the zone in force.
struct TenantContract
{
    QString reference;
    const Zone* zone = nullptr;
    QDate dated;
    QDate effectiveFrom;   // null: from its date
    QDate effectiveUntil;  // null: open; the day after which it does not hold
    QStringList approvers; // who signed for it on our side
};

struct Tenant
{
    QString name;
    const Zone* zone = nullptr; // nullptr: no zone was configured
    std::optional<TenantContract> contract;
    std::optional<ContentPolicy> content; // instead of PolicySnapshot::content
    std::optional<qint64> requestsPerMinute;
    std::optional<qint64> inputTokensPerMinute;
    std::optional<qint64> outputTokensPerMinute;
    std::optional<qint64> concurrency;
};

struct TlsFiles
{
    QString certificate; // PEM; with `selfSigned` both are made in the data directory at the first start
    QString key;
    bool selfSigned = false; // tls: self-signed
    QString clientCa;        // PEM: client certificates of this CA are asked for (admin listener)
    QString nextPin;         // SHA-256 of the certificate that will come next, announced to those who pin; or empty
};

struct Listener
{
    QString host = QStringLiteral("127.0.0.1");
    quint16 port = 0;
    std::optional<TlsFiles> tls = {};
    QStringList hosts = {};   // names beside the listener's own that Host may state (admin listener)
    QStringList origins = {}; // of web pages that may ask (admin listener); none by default
};

// server.name and server.environment: what the engine calls itself where several are seen at once.
struct EngineName
{
    QString name;
    QString environment; // prod stage local; empty: not stated
};

enum class Acknowledge
{
    Committed,
    Queued
};
enum class WhenUnavailable
{
    Spill,
    Refuse
};

struct AuditPolicy
{
    Acknowledge acknowledge = Acknowledge::Committed;
    WhenUnavailable whenUnavailable = WhenUnavailable::Spill;
    std::chrono::hours retention{24 * 400};
    bool retentionStated = false; // by the file, so that somebody counts on it
    QString anchor;     // a file outside the data directory to which the heads of the log are appended; empty: none
    QString signingKey; // env: file: vault: reference of the Ed25519 seed; empty: made in the data directory
};

struct PolicySnapshot
{
    int revision = 1;
    QByteArray contentHash; // SHA-256 of the file's bytes, hex
    QString sourceFile;
    Listener gateway{QStringLiteral("127.0.0.1"), 4180, {}};
    Listener admin{QStringLiteral("127.0.0.1"), 4181, {}};
    EngineName engineName;
    ExportPolicy exports;
    AuditPolicy audit;
    ContentPolicy content;
    ChangePolicy changes;
    std::vector<BudgetPolicy> budgets;
    std::vector<RoleGrant> roles;
    QString priceBook = QStringLiteral("builtin"); // or a file
    PriceBook::Ptr prices;                         // never null in a compiled snapshot
    std::vector<QuotaPolicy> quotas;               // of the tenants first, then those of the list
    int candidateCount = 0;                        // candidate indexes are below it
    std::vector<std::unique_ptr<Zone>> zones;
    std::vector<std::unique_ptr<Provider>> providers;
    std::vector<std::unique_ptr<Alias>> aliases;
    std::vector<std::unique_ptr<Tenant>> tenants;
    QHash<QString, const Alias*> aliasByName;
    QHash<QString, const Tenant*> tenantByName;
    QStringList warnings; // sentences: price missing, a limit that is configured but does nothing yet ...

    PolicySnapshot() = default;
    Q_DISABLE_COPY_MOVE(PolicySnapshot)
};

using SnapshotPtr = std::shared_ptr<const PolicySnapshot>;

} // namespace gateway::config
