#include "store/columns.h"

#include "base/json_writer.h"

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
void toSql(Statement& to, int number)
{
    to.bind(qint64(number));
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
constexpr std::array kSources{"none", "reported", "estimated"};

void writeTokens(QByteArray& text, const Tokens& tokens)
{
    JsonWriter json(text);
    json.beginObject().member("input", qint64(tokens.input())).member("output", qint64(tokens.output()));
    json.member("source", QByteArrayView(kSources[std::size_t(tokens.source)]));
    for (const auto& [name, member] : kBuckets) {
        if (tokens.*member != 0)
            json.member(name, qint64(tokens.*member));
    }
    json.endObject();
}

void toSql(Statement& to, const Tokens& tokens)
{
    if (tokens == Tokens())
        return to.bindUtf8("{}");
    QByteArray text;
    text.reserve(256);
    writeTokens(text, tokens);
    to.bindCopy(text);
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
void fromSql(const QVariant& value, int& number)
{
    number = value.toInt();
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
void fromSql(const QVariant& value, Tokens& tokens)
{
    JsonText json;
    fromSql(value, json);
    tokens = tokensFromJson(json.toObject());
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

// Kept beside the JSON for sums in SQL; read back from the JSON.
constexpr Column<Call> kTokensIn{"tokens_in",
    [](Statement& to, const Call& call) { to.bind(qint64(call.tokens.input())); }, [](Call&, const QVariant&) {}};
constexpr Column<Call> kTokensOut{"tokens_out",
    [](Statement& to, const Call& call) { to.bind(qint64(call.tokens.output())); }, [](Call&, const QVariant&) {}};

constexpr std::array kCallColumns{
    column<&Call::id>("id"),
    column<&Call::startedAt>("started_ms"),
    column<&Call::tenant>("tenant"),
    column<&Call::feature>("feature"),
    column<&Call::agent>("agent"),
    column<&Call::user>("user"),
    column<&Call::credential>("credential"),
    column<&Call::surface>("surface"),
    column<&Call::alias>("alias"),
    column<&Call::workloadClass>("workload_class"),
    column<&Call::zone>("zone"),
    column<&Call::revision>("revision"),
    column<&Call::outcome>("outcome"),
    column<&Call::error>("error_code"),
    column<&Call::errorDetail>("error_detail"),
    column<&Call::httpStatus>("http_status"),
    column<&Call::servedBy>("served_by"),
    column<&Call::fallbackKind>("fallback_kind"),
    column<&Call::degraded>("degraded"),
    column<&Call::cache>("cache"),
    kTokensIn,
    kTokensOut,
    column<&Call::tokens>("tokens"),
    column<&Call::costEstimated>("cost_estimated_nano"),
    column<&Call::cost>("cost_nano"),
    column<&Call::priceBook>("price_book"),
    column<&Call::idempotency>("idempotency"),
    column<&Call::featureProved>("feature_proved"),
    column<&Call::finishReason>("finish_reason"),
    column<&Call::streamEnd>("stream"),
    column<&Call::receivedUs>("received_us"),
    column<&Call::authenticatedUs>("authenticated_us"),
    column<&Call::routedUs>("routed_us"),
    column<&Call::firstByteUs>("first_byte_us"),
    column<&Call::firstTokenUs>("first_token_us"),
    column<&Call::endUs>("end_us"),
    column<&Call::overheadUs>("overhead_us"),
    column<&Call::requestBytes>("request_bytes"),
    column<&Call::responseBytes>("response_bytes"),
    column<&Call::decision>("decision"),
};

constexpr std::array kAttemptColumns{
    column<&Attempt::provider>("provider"),
    column<&Attempt::model>("model"),
    column<&Attempt::region>("region"),
    column<&Attempt::result>("result"),
    column<&Attempt::httpStatus>("http_status"),
    column<&Attempt::error>("error_code"),
    column<&Attempt::reason>("reason"),
    column<&Attempt::upstreamRequestId>("upstream_request_id"),
    column<&Attempt::modelReported>("model_reported"),
    column<&Attempt::finishReason>("finish_reason"),
    column<&Attempt::streamEnd>("stream"),
    column<&Attempt::connectionReused>("connection_reused"),
    column<&Attempt::startUs>("start_us"),
    column<&Attempt::connectedUs>("connected_us"),
    column<&Attempt::sentUs>("sent_us"),
    column<&Attempt::firstByteUs>("first_byte_us"),
    column<&Attempt::firstTokenUs>("first_token_us"),
    column<&Attempt::endUs>("end_us"),
    column<&Attempt::longestGapUs>("longest_gap_us"),
    column<&Attempt::bytesSent>("bytes_sent"),
    column<&Attempt::bytesReceived>("bytes_received"),
    column<&Attempt::tokens>("tokens"),
    column<&Attempt::fallbackKind>("fallback_kind"),
    column<&Attempt::costEstimated>("cost_estimated_nano"),
    column<&Attempt::cost>("cost_nano"),
    column<&Attempt::costKnown>("cost_known"),
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

QString marks(qsizetype count)
{
    return QStringList(count, QStringLiteral("?")).join(QStringLiteral(", "));
}

} // namespace gateway::store
