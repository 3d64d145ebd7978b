#include "store/columns.h"

#include "store/detail_writer.h"

#include <QJsonDocument>

#include <array>
#include <type_traits>

namespace gateway::store {
namespace {

using namespace api;

template <typename Enum>
constexpr int kCount = 0;
template <>
constexpr int kCount<CallOutcome> = int(CallOutcome::Indeterminate) + 1;
template <>
constexpr int kCount<AttemptResult> = int(AttemptResult::Cancelled) + 1;
template <>
constexpr int kCount<StreamEnd> = int(StreamEnd::Refused) + 1;
template <>
constexpr int kCount<ErrorCode> = int(ErrorCode::Internal) + 1;

// Made once: a name costs no QString per row.
template <typename Enum>
const QByteArray& utf8NameOf(Enum value)
{
    static const std::vector<QByteArray> names = [] {
        std::vector<QByteArray> made;
        for (int i = 0; i < kCount<Enum>; ++i)
            made.push_back(nameOf(Enum(i)).toUtf8());
        return made;
    }();
    return names[std::size_t(value)];
}

void toSql(Statement& to, const QString& text)
{
    to.bind(text);
}
void toSql(Statement& to, qint64 number)
{
    to.bind(number);
}
void toSql(Statement& to, bool fact)
{
    to.bind(qint64(fact));
}
void toSql(Statement& to, const QDateTime& time)
{
    to.bind(time.toMSecsSinceEpoch());
}
void toSql(Statement& to, const std::optional<Money>& amount)
{
    if (amount)
        to.bind(qint64(amount->nano()));
    else
        to.bindNull();
}
void toSql(Statement& to, const JsonText& json)
{
    to.bindUtf8(json.text()); // shared with the call, which stays
}
template <typename Enum>
requires(kCount<Enum> > 0) void toSql(Statement& to, Enum value)
{
    to.bindUtf8(utf8NameOf(value));
}

void fromSql(const QVariant& value, QString& text)
{
    text = value.toString();
}
void fromSql(const QVariant& value, qint64& number)
{
    number = value.toLongLong();
}
void fromSql(const QVariant& value, bool& fact)
{
    fact = value.toInt() != 0;
}
void fromSql(const QVariant& value, QDateTime& time)
{
    time = QDateTime::fromMSecsSinceEpoch(value.toLongLong(), Qt::UTC);
}
void fromSql(const QVariant& value, std::optional<Money>& amount)
{
    amount = value.isNull() ? std::nullopt : std::optional(Money::fromNano(value.toLongLong()));
}
void fromSql(const QVariant& value, JsonText& json)
{
    json = JsonText::fromText(value.toString().toUtf8());
}
void fromSql(const QVariant& value, CallOutcome& outcome)
{
    outcome = callOutcomeFromName(value.toString()).value_or(CallOutcome::Indeterminate);
}
void fromSql(const QVariant& value, ErrorCode& code)
{
    const QString name = value.toString();
    code = name.isEmpty() ? ErrorCode::None : errorCodeFromName(name).value_or(ErrorCode::Internal);
}
template <typename Enum>
requires(kCount<Enum> > 0) void fromSql(const QVariant& value, Enum& into)
{
    const QString name = value.toString();
    for (int i = 0; i < kCount<Enum>; ++i) {
        if (nameOf(Enum(i)) == name)
            into = Enum(i);
    }
}

// Their names are api::toJson's, which reads them back.
constexpr std::array kBuckets{
    std::pair{"in_uncached", &Tokens::inUncached},
    std::pair{"in_cache_read", &Tokens::inCacheRead},
    std::pair{"in_cache_write_5m", &Tokens::inCacheWrite5m},
    std::pair{"in_cache_write_30m", &Tokens::inCacheWrite30m},
    std::pair{"in_cache_write_1h", &Tokens::inCacheWrite1h},
    std::pair{"in_cache_write_12h", &Tokens::inCacheWrite12h},
    std::pair{"in_audio", &Tokens::inAudio},
    std::pair{"in_image", &Tokens::inImage},
    std::pair{"tool_prompt", &Tokens::toolPrompt},
    std::pair{"out_text", &Tokens::outText},
    std::pair{"out_reasoning", &Tokens::outReasoning},
    std::pair{"out_audio", &Tokens::outAudio},
    std::pair{"prediction_accepted", &Tokens::predictionAccepted},
    std::pair{"prediction_rejected", &Tokens::predictionRejected},
    std::pair{"server_tool_calls", &Tokens::serverToolCalls},
};
constexpr std::array kSources{"\"none\"", "\"reported\"", "\"estimated\""};

void toJson(DetailWriter& json, const Tokens& tokens)
{
    const auto member = [&json](const char* name, std::int64_t value) {
        json.key(name);
        json.number(value);
    };
    json.open();
    member("input", tokens.input());
    member("output", tokens.output());
    json.key("source");
    json.word(kSources[std::size_t(tokens.source)]);
    for (const auto& [name, bucket] : kBuckets) {
        if (tokens.*bucket != 0)
            member(name, tokens.*bucket);
    }
    json.close();
}
void toJson(DetailWriter& json, const QString& text)
{
    json.string(text);
}
void toJson(DetailWriter& json, qint64 number)
{
    json.number(number);
}
void toJson(DetailWriter& json, int number)
{
    json.number(number);
}
void toJson(DetailWriter& json, bool fact)
{
    json.word(fact ? "true" : "false");
}
void toJson(DetailWriter& json, const std::optional<Money>& amount)
{
    json.number(amount ? amount->nano() : 0); // one that is empty is left out
}
template <typename Enum>
requires(kCount<Enum> > 0) void toJson(DetailWriter& json, Enum value)
{
    json.string(QString::fromUtf8(utf8NameOf(value)));
}

void fromJson(const QJsonValue& json, QString& text)
{
    text = json.toString();
}
void fromJson(const QJsonValue& json, qint64& number)
{
    number = json.toInteger();
}
void fromJson(const QJsonValue& json, int& number)
{
    number = json.toInt();
}
void fromJson(const QJsonValue& json, bool& fact)
{
    fact = json.toBool();
}
void fromJson(const QJsonValue& json, std::optional<Money>& amount)
{
    amount = Money::fromNano(json.toInteger());
}
void fromJson(const QJsonValue& json, Tokens& tokens)
{
    tokens = tokensFromJson(json.toObject());
}
template <typename Enum>
requires(kCount<Enum> > 0) void fromJson(const QJsonValue& json, Enum& into)
{
    fromSql(QVariant(json.toString()), into);
}

template <typename>
struct MemberOf;
template <typename R, typename V>
struct MemberOf<V R::*>
{
    using Row = R;
};

template <auto Member, typename Row = typename MemberOf<decltype(Member)>::Row>
constexpr Column<Row> column(const char* name)
{
    return {name, [](Statement& to, const Row& row) { toSql(to, row.*Member); },
        [](Row& row, const QVariant& value) { fromSql(value, row.*Member); }};
}

template <auto Member, typename Row = typename MemberOf<decltype(Member)>::Row>
constexpr Detail<Row> detail(const char* name)
{
    return {name,
        [](DetailWriter& json, const char* key, const Row& row) {
            static const Row unset;
            if (row.*Member != unset.*Member) {
                json.key(key);
                toJson(json, row.*Member);
            }
        },
        [](Row& row, const QJsonValue& value) { fromJson(value, row.*Member); }};
}

template <typename Row>
void bindDetail(Statement& to, const Row& row, std::span<const Detail<Row>> details)
{
    thread_local DetailWriter json; // its room is used again
    json.clear();
    json.open();
    for (const Detail<Row>& each : details)
        each.write(json, each.name, row);
    json.close();
    to.bindCopy(json.text());
}

template <typename Row>
void setDetail(Row& row, const QVariant& value, std::span<const Detail<Row>> details)
{
    const QJsonObject json = QJsonDocument::fromJson(value.toString().toUtf8()).object();
    for (const Detail<Row>& each : details) {
        if (const auto found = json.constFind(QLatin1String(each.name)); found != json.constEnd())
            each.set(row, *found);
    }
}

// Kept beside the detail for sums in SQL; read back from the detail.
constexpr Column<Call> kTokensIn{"tokens_in",
    [](Statement& to, const Call& call) { to.bind(qint64(call.tokens.input())); }, [](Call&, const QVariant&) {}};
constexpr Column<Call> kTokensOut{"tokens_out",
    [](Statement& to, const Call& call) { to.bind(qint64(call.tokens.output())); }, [](Call&, const QVariant&) {}};

constexpr std::array kCallDetails{
    detail<&Call::user>("user"),
    detail<&Call::workloadClass>("workload_class"),
    detail<&Call::revision>("revision"),
    detail<&Call::errorDetail>("error_detail"),
    detail<&Call::httpStatus>("http_status"),
    detail<&Call::fallbackKind>("fallback_kind"),
    detail<&Call::degraded>("degraded"),
    detail<&Call::cache>("cache"),
    detail<&Call::tokens>("tokens"),
    detail<&Call::costEstimated>("cost_estimated_nano"),
    detail<&Call::priceBook>("price_book"),
    detail<&Call::finishReason>("finish_reason"),
    detail<&Call::streamEnd>("stream"),
    detail<&Call::receivedUs>("received_us"),
    detail<&Call::authenticatedUs>("authenticated_us"),
    detail<&Call::firstByteUs>("first_byte_us"),
    detail<&Call::firstTokenUs>("first_token_us"),
    detail<&Call::overheadUs>("overhead_us"),
    detail<&Call::requestBytes>("request_bytes"),
    detail<&Call::responseBytes>("response_bytes"),
};

constexpr Column<Call> kCallDetail{"detail",
    [](Statement& to, const Call& call) { bindDetail(to, call, callDetails()); },
    [](Call& call, const QVariant& value) { setDetail(call, value, callDetails()); }};

constexpr std::array kCallColumns{
    column<&Call::id>("id"),
    column<&Call::startedAt>("started_ms"),
    column<&Call::tenant>("tenant"),
    column<&Call::feature>("feature"),
    column<&Call::agent>("agent"),
    column<&Call::credential>("credential"),
    column<&Call::surface>("surface"),
    column<&Call::alias>("alias"),
    column<&Call::zone>("zone"),
    column<&Call::outcome>("outcome"),
    column<&Call::error>("error_code"),
    column<&Call::servedBy>("served_by"),
    kTokensIn,
    kTokensOut,
    column<&Call::cost>("cost_nano"),
    column<&Call::featureProved>("feature_proved"),
    column<&Call::idempotency>("idempotency"),
    column<&Call::routedUs>("routed_us"),
    column<&Call::endUs>("end_us"),
    kCallDetail,
    column<&Call::decision>("decision"),
};

constexpr std::array kAttemptDetails{
    detail<&Attempt::httpStatus>("http_status"),
    detail<&Attempt::reason>("reason"),
    detail<&Attempt::upstreamRequestId>("upstream_request_id"),
    detail<&Attempt::modelReported>("model_reported"),
    detail<&Attempt::finishReason>("finish_reason"),
    detail<&Attempt::streamEnd>("stream"),
    detail<&Attempt::connectionReused>("connection_reused"),
    detail<&Attempt::connectedUs>("connected_us"),
    detail<&Attempt::firstByteUs>("first_byte_us"),
    detail<&Attempt::firstTokenUs>("first_token_us"),
    detail<&Attempt::endUs>("end_us"),
    detail<&Attempt::longestGapUs>("longest_gap_us"),
    detail<&Attempt::bytesSent>("bytes_sent"),
    detail<&Attempt::bytesReceived>("bytes_received"),
    detail<&Attempt::tokens>("tokens"),
    detail<&Attempt::fallbackKind>("fallback_kind"),
};

constexpr Column<Attempt> kAttemptDetail{"detail",
    [](Statement& to, const Attempt& attempt) { bindDetail(to, attempt, attemptDetails()); },
    [](Attempt& attempt, const QVariant& value) { setDetail(attempt, value, attemptDetails()); }};

// `number` is the writer's and the reader's: their order in the call.
constexpr std::array kAttemptColumns{
    column<&Attempt::provider>("provider"),
    column<&Attempt::model>("model"),
    column<&Attempt::region>("region"),
    column<&Attempt::result>("result"),
    column<&Attempt::error>("error_code"),
    column<&Attempt::startUs>("start_us"),
    column<&Attempt::sentUs>("sent_us"),
    column<&Attempt::costEstimated>("cost_estimated_nano"),
    column<&Attempt::cost>("cost_nano"),
    column<&Attempt::costKnown>("cost_known"),
    kAttemptDetail,
};

} // namespace

std::span<const Column<Call>> callColumns()
{
    return kCallColumns;
}

std::span<const Column<Attempt>> attemptColumns()
{
    return kAttemptColumns;
}

std::span<const Detail<Call>> callDetails()
{
    return kCallDetails;
}

std::span<const Detail<Attempt>> attemptDetails()
{
    return kAttemptDetails;
}

QString marks(qsizetype count)
{
    return QStringList(count, QStringLiteral("?")).join(QStringLiteral(", "));
}

} // namespace gateway::store
