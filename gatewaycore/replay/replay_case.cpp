#include "replay/replay_case.h"

#include "base/utc_day.h"
#include "engine/call_inputs.h"
#include "transform/dialects.h"

#include <QJsonDocument>

#include <simdjson.h>

#include <array>
#include <charconv>

namespace gateway::replay {
namespace {

using api::ErrorCode;
using routing::Moment;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;
using std::chrono::milliseconds;

std::string_view textAt(const object& from, const char* name)
{
    std::string_view text;
    return from[name].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::optional<qint64> numberAt(const object& from, const char* name)
{
    std::int64_t number = 0;
    return from[name].get(number) == simdjson::SUCCESS ? std::optional<qint64>(number) : std::nullopt;
}

bool flagAt(const object& from, const char* name)
{
    bool flag = false;
    return from[name].get(flag) == simdjson::SUCCESS && flag;
}

std::optional<object> objectAt(const object& from, const char* name)
{
    object found;
    return from[name].get(found) == simdjson::SUCCESS ? std::optional(found) : std::nullopt;
}

QLatin1String latin(std::string_view text)
{
    return QLatin1String(text.data(), qsizetype(text.size()));
}

// As api::Tokens' own names.
struct Bucket
{
    const char* name;
    std::int64_t api::Tokens::*member;
};
constexpr std::array kBuckets{
    Bucket{"in_uncached", &api::Tokens::inUncached},
    Bucket{"in_cache_read", &api::Tokens::inCacheRead},
    Bucket{"in_cache_write_5m", &api::Tokens::inCacheWrite5m},
    Bucket{"in_cache_write_30m", &api::Tokens::inCacheWrite30m},
    Bucket{"in_cache_write_1h", &api::Tokens::inCacheWrite1h},
    Bucket{"in_cache_write_12h", &api::Tokens::inCacheWrite12h},
    Bucket{"in_audio", &api::Tokens::inAudio},
    Bucket{"in_image", &api::Tokens::inImage},
    Bucket{"tool_prompt", &api::Tokens::toolPrompt},
    Bucket{"out_text", &api::Tokens::outText},
    Bucket{"out_reasoning", &api::Tokens::outReasoning},
    Bucket{"out_audio", &api::Tokens::outAudio},
    Bucket{"prediction_accepted", &api::Tokens::predictionAccepted},
    Bucket{"prediction_rejected", &api::Tokens::predictionRejected},
    Bucket{"server_tool_calls", &api::Tokens::serverToolCalls},
};

Moment momentOf(const object& row)
{
    Moment moment;
    const std::string_view breaker = textAt(row, "breaker");
    if (breaker == "open")
        moment.breaker = Moment::Breaker::Open;
    else if (breaker == "half-open")
        moment.breaker = Moment::Breaker::HalfOpen;
    const std::string_view lever = textAt(row, "lever");
    if (lever == "drained")
        moment.lever = Moment::Lever::Drained;
    else if (lever == "failing_back")
        moment.lever = Moment::Lever::FailingBack;
    else if (lever == "drill")
        moment.lever = Moment::Lever::Drill;
    if (const auto p95 = numberAt(row, "p95_ms"))
        moment.p95 = milliseconds(*p95);
    if (const auto failures = numberAt(row, "failure_permille"))
        moment.failurePermille = int(*failures);
    if (const auto weight = numberAt(row, "shifted_weight"))
        moment.weight = int(*weight);
    return moment;
}

// Only the size of a body counts: what is in it is never looked at, nor touched here.
QByteArray bodyOf(qint64 size)
{
    return size > 0 ? QByteArray(qsizetype(size), Qt::Uninitialized) : QByteArray();
}

quint64 seedFrom(std::string_view digits, const QString& callId)
{
    quint64 seed = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), seed, 16);
    const bool good = digits.size() == 16 && read.ec == std::errc() && read.ptr == digits.data() + digits.size();
    return good ? seed : engine::seedOf(callId.toLatin1());
}

} // namespace

struct CaseReader::Json
{
    simdjson::dom::parser parser;

    std::optional<object> read(std::string_view text)
    {
        object found;
        return parser.parse(text.data(), text.size()).get(found) == simdjson::SUCCESS ? std::optional(found)
                                                                                      : std::nullopt;
    }
};

CaseReader::CaseReader() : m_json(std::make_unique<Json>()) {}

CaseReader::~CaseReader() = default;

QString RecordedRow::label() const
{
    if (provider.isEmpty())
        return {};
    const QString name = provider + u'/' + model; // as a config labels its candidates
    return region.isEmpty() ? name : name + u'@' + region;
}

bool RecordedRow::isOf(const config::Candidate& candidate) const
{
    return candidate.provider && provider == candidate.provider->name && model == candidate.model &&
           region == candidate.provider->region;
}

void CaseReader::readDetail(std::string_view text, ReplayCase& into)
{
    const std::optional<object> detail = m_json->read(text);
    if (!detail)
        return;
    if (const std::string_view name = textAt(*detail, "workload_class"); !name.empty())
        into.workloadClass =
            config::workloadClassFromName(m_texts.text(name)).value_or(config::WorkloadClass::Interactive);
    into.revision = int(numberAt(*detail, "revision").value_or(0));
    into.priceBook = m_texts.text(textAt(*detail, "price_book"));
    into.degraded = flagAt(*detail, "degraded");
    into.firstTokenUs = numberAt(*detail, "first_token_us").value_or(-1);
    if (textAt(*detail, "cache") == "repetition")
        into.gap = Gap::Repetition;
    if (const auto tokens = objectAt(*detail, "tokens")) {
        for (const Bucket& bucket : kBuckets)
            into.tokens.*bucket.member = numberAt(*tokens, bucket.name).value_or(0);
        const std::string_view source = textAt(*tokens, "source");
        into.tokens.source = source == "reported"    ? api::TokenSource::Reported
                             : source == "estimated" ? api::TokenSource::Estimated
                                                     : api::TokenSource::None;
    }
}

void CaseReader::readDecision(std::string_view text, ReplayCase& into)
{
    const std::optional<object> decision = m_json->read(text);
    const std::optional<object> inputs = decision ? objectAt(*decision, "inputs") : std::nullopt;
    if (!inputs) {
        into.gap = Gap::NoInputs;
        return;
    }
    transform::CallRequest& request = into.request;
    into.bodyBytes = std::max<qint64>(0, numberAt(*inputs, "body_bytes").value_or(0));
    request.body = bodyOf(into.bodyBytes);
    const std::string_view operation = textAt(*inputs, "operation");
    for (const auto known : {transform::Operation::Embed, transform::Operation::CountTokens}) {
        if (operation == engine::nameOf(known))
            request.operation = known;
    }
    request.stream = flagAt(*inputs, "stream");
    array features;
    if ((*inputs)["features"].get(features) == simdjson::SUCCESS) {
        for (const element& one : features) {
            std::string_view name;
            if (one.get(name) != simdjson::SUCCESS)
                continue;
            for (const engine::FeatureName& row : engine::featureNames()) {
                if (name == row.name)
                    request.features.setFlag(row.feature);
            }
        }
    }
    request.maxOutputTokens = numberAt(*inputs, "max_output_tokens");
    request.choices = numberAt(*inputs, "choices").value_or(1);
    request.namedImages = numberAt(*inputs, "named_images").value_or(0);
    request.namesOther = flagAt(*inputs, "names_other");
    const std::string_view tier = textAt(*inputs, "service_tier");
    request.serviceTier = QByteArray(tier.data(), qsizetype(tier.size()));
    into.zoneAsked = m_texts.text(textAt(*inputs, "zone"));
    if (const std::string_view ceiling = textAt(*inputs, "cost_ceiling_usd"); !ceiling.empty())
        into.ceilingAsked = api::Money::fromDecimal(QString::fromLatin1(ceiling.data(), qsizetype(ceiling.size())));
    if (const auto budget = numberAt(*inputs, "latency_budget_ms"))
        into.budgetAsked = milliseconds(*budget);
    into.degradeServes = textAt(*inputs, "degrade") != "refuse";
    into.seed = seedFrom(textAt(*inputs, "seed"), into.id);
    into.elapsed = milliseconds(numberAt(*inputs, "elapsed_ms").value_or(0));
    into.today = utcDay(into.startedMs);
    if (const std::string_view day = textAt(*inputs, "today"); !day.empty())
        into.today = QDate::fromString(latin(day), Qt::ISODate);

    const auto readRows = [&](const char* name, std::vector<RecordedRow>& rows) {
        array list;
        if ((*decision)[name].get(list) != simdjson::SUCCESS)
            return false;
        rows.reserve(list.size());
        for (const element& one : list) {
            object row;
            if (one.get(row) != simdjson::SUCCESS)
                continue;
            rows.push_back({m_texts.text(textAt(row, "kind")), m_texts.text(textAt(row, "provider")),
                m_texts.text(textAt(row, "model")), m_texts.text(textAt(row, "region")),
                m_texts.text(textAt(row, "verdict")), m_texts.text(textAt(row, "code")),
                numberAt(row, "score").value_or(0), momentOf(row)});
            if (rows.back().verdict == u"chosen") {
                const std::string_view bound = textAt(row, "upper_bound_usd");
                rows.back().moment.upperBound =
                    api::Money::fromDecimal(QString::fromLatin1(bound.data(), qsizetype(bound.size())));
            }
        }
        return true;
    };
    into.routed = readRows("candidates", into.candidates);
    readRows("fallback", into.fallback);
    if (const auto limit = objectAt(*decision, "limit"))
        into.limit = m_texts.text(textAt(*limit, "scope"));
}

ReplayCase CaseReader::read(const CallRow& row)
{
    ReplayCase made;
    made.id = QString::fromLatin1(row.id.data(), qsizetype(row.id.size()));
    made.startedMs = row.startedMs;
    made.tenant = m_texts.text(row.tenant);
    made.feature = m_texts.text(row.feature);
    made.agent = m_texts.text(row.agent);
    made.credential = m_texts.text(row.credential);
    made.alias = m_texts.text(row.alias);
    made.zone = m_texts.text(row.zone);
    made.servedBy = m_texts.text(row.servedBy);
    made.answered = row.outcome == "answered";
    made.error = row.errorCode.empty()
                     ? ErrorCode::None
                     : api::errorCodeFromName(m_texts.text(row.errorCode)).value_or(ErrorCode::Internal);
    made.cost = row.cost;
    made.endUs = row.endUs;
    readDetail(row.detail, made);
    if (made.error == ErrorCode::IdempotencyConflict)
        made.gap = Gap::Repetition;
    if (made.gap != Gap::None)
        return made;
    readDecision(row.decision, made);
    if (made.gap == Gap::NoInputs && made.error == ErrorCode::InvalidRequest)
        made.gap = Gap::NotRead;
    made.request.surface = transform::surfaceByName(m_texts.text(row.surface));
    if (made.gap == Gap::None && !made.request.surface)
        made.gap = Gap::NoSurface;
    return made;
}

ReplayCase CaseReader::read(const api::Call& call)
{
    QJsonObject detail{{QStringLiteral("workload_class"), call.workloadClass},
        {QStringLiteral("revision"), call.revision}, {QStringLiteral("price_book"), call.priceBook},
        {QStringLiteral("degraded"), call.degraded}, {QStringLiteral("first_token_us"), call.firstTokenUs},
        {QStringLiteral("cache"), call.cache}, {QStringLiteral("tokens"), api::toJson(call.tokens)}};
    // held while their views are read
    const std::array texts{call.id.toUtf8(), call.tenant.toUtf8(), call.feature.toUtf8(), call.agent.toUtf8(),
        call.credential.toUtf8(), call.surface.toUtf8(), call.alias.toUtf8(), call.zone.toUtf8(),
        api::nameOf(call.outcome).toUtf8(), api::nameOf(call.error).toUtf8(), call.servedBy.toUtf8(),
        QJsonDocument(detail).toJson(QJsonDocument::Compact), call.decision.text()};
    const auto view = [&texts](std::size_t i) {
        return std::string_view(texts[i].constData(), std::size_t(texts[i].size()));
    };
    CallRow row{view(0), view(1), view(2), view(3), view(4), view(5), view(6), view(7), view(8), view(9), view(10),
        view(11), view(12), call.startedAt.toMSecsSinceEpoch(), call.endUs, call.cost};
    return read(row);
}

} // namespace gateway::replay
