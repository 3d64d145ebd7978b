#include "api/series.h"

#include "json_fields.h"

#include <QJsonArray>

#include <numeric>

namespace gateway::api {
namespace {

constexpr std::array kFailureClassNames{"5xx", "429", "timeout", "connection", "truncated", "other"};
static_assert(kFailureClassNames.size() == kFailureClasses);

constexpr auto kQueryFields = std::tuple{
    field("provider", &SeriesQuery::provider),
    field("alias", &SeriesQuery::alias),
    field("from", &SeriesQuery::from),
    field("to", &SeriesQuery::to),
    field("step_seconds", &SeriesQuery::stepSeconds),
};

constexpr auto kBucketFields = std::tuple{
    field("start", &SeriesBucket::start),
    field("attempts", &SeriesBucket::attempts),
    field("answered", &SeriesBucket::answered),
    field("fallback", &SeriesBucket::fallback),
    field("first_token_p50_ms", &SeriesBucket::firstTokenP50Ms),
    field("first_token_p95_ms", &SeriesBucket::firstTokenP95Ms),
    field("first_token_p99_ms", &SeriesBucket::firstTokenP99Ms),
    field("total_p95_ms", &SeriesBucket::totalP95Ms),
};

} // namespace

QString nameOf(FailureClass kind)
{
    return QString::fromLatin1(kFailureClassNames[static_cast<std::size_t>(kind)]);
}

qint64 SeriesBucket::failed() const
{
    return std::accumulate(failures.begin(), failures.end(), qint64(0));
}

QJsonObject toJson(const Series& series)
{
    QJsonArray buckets;
    for (const SeriesBucket& bucket : series.buckets) {
        QJsonObject json = writeFields(bucket, kBucketFields);
        QJsonObject failures;
        for (int i = 0; i < kFailureClasses; ++i) {
            if (bucket.failures[i] != 0)
                failures.insert(QLatin1String(kFailureClassNames[i]), bucket.failures[i]);
        }
        json.insert(QStringLiteral("failures"), failures);
        buckets.append(json);
    }
    return {{QStringLiteral("query"), writeFields(series.query, kQueryFields)},
        {QStringLiteral("as_of"), toValue(series.asOf)}, {QStringLiteral("buckets"), buckets}};
}

Result<Series> seriesFromJson(const QJsonObject& json)
{
    Series series;
    if (const auto wrong = readFields(json.value(QLatin1String("query")).toObject(), series.query, kQueryFields))
        return *wrong;
    fromValue(json.value(QLatin1String("as_of")), series.asOf);
    for (const QJsonValue& value : json.value(QLatin1String("buckets")).toArray()) {
        SeriesBucket bucket;
        const QJsonObject object = value.toObject();
        if (const auto wrong = readFields(object, bucket, kBucketFields))
            return *wrong;
        const QJsonObject failures = object.value(QLatin1String("failures")).toObject();
        for (int i = 0; i < kFailureClasses; ++i)
            bucket.failures[i] = failures.value(QLatin1String(kFailureClassNames[i])).toInteger();
        series.buckets.append(bucket);
    }
    return series;
}

} // namespace gateway::api
