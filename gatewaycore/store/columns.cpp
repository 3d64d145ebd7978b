#include "store/columns.h"

#include <QJsonDocument>

#include <array>
#include <type_traits>

namespace gateway::store {
namespace {

using namespace api;

QVariant toSql(const QString& text)
{
    return text.isNull() ? QVariant(QLatin1String("")) : QVariant(text); // a null string would be NULL
}
QVariant toSql(qint64 number)
{
    return number;
}
QVariant toSql(int number)
{
    return number;
}
QVariant toSql(bool fact)
{
    return int(fact);
}
QVariant toSql(const QDateTime& time)
{
    return time.toMSecsSinceEpoch();
}
QVariant toSql(const std::optional<Money>& amount)
{
    return amount ? QVariant(qint64(amount->nano())) : QVariant(QMetaType::fromType<qint64>());
}
QVariant toSql(const JsonText& json)
{
    return QString::fromUtf8(json.text());
}
QVariant toSql(const Tokens& tokens)
{
    return tokens == Tokens() ? QVariant(QStringLiteral("{}")) : toSql(toJson(tokens));
}
template <typename Enum>
requires std::is_enum_v<Enum> QVariant toSql(Enum value)
{
    return toSql(nameOf(value));
}

template <typename Enum>
constexpr int kCount = 0;
template <>
constexpr int kCount<AttemptResult> = int(AttemptResult::Cancelled) + 1;
template <>
constexpr int kCount<StreamEnd> = int(StreamEnd::Refused) + 1;

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
    return {name, [](const Row& row) { return toSql(row.*Member); },
        [](Row& row, const QVariant& value) { fromSql(value, row.*Member); }};
}

// Kept beside the JSON for sums in SQL; read back from the JSON.
constexpr Column<Call> kTokensIn{
    "tokens_in", [](const Call& call) { return QVariant(qint64(call.tokens.input())); }, [](Call&, const QVariant&) {}};
constexpr Column<Call> kTokensOut{"tokens_out", [](const Call& call) { return QVariant(qint64(call.tokens.output())); },
    [](Call&, const QVariant&) {}};

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
    column<&Attempt::number>("number"),
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
