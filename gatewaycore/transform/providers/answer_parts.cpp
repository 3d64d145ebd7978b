#include "transform/providers/answer_parts.h"

#include <algorithm>
#include <charconv>

namespace gateway::transform {
namespace {

constexpr qint64 kMostTokens = 100'000'000; // no call has more; sums and prices stay far from an overflow
constexpr std::size_t kLongestVector = 65'536;

} // namespace

qint64 statedCount(JsonView value)
{
    return std::clamp<qint64>(value.integer().value_or(0), 0, kMostTokens);
}

bool hasCount(JsonView value)
{
    return value.type() == JsonType::Number;
}

QString shortText(JsonView value)
{
    QByteArray unescaped;
    const QByteArrayView text = value.textIn(unescaped);
    return QString::fromUtf8(text.first(std::min<qsizetype>(text.size(), 200)));
}

std::optional<std::vector<float>> vectorOf(JsonView numbers)
{
    if (numbers.type() != JsonType::Array)
        return std::nullopt;
    std::vector<float> out;
    bool good = true;
    numbers.eachElement([&](JsonView number) {
        const QByteArrayView raw = number.raw();
        float value = 0;
        const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
        // too small for a float is a zero, not an error
        good = number.type() == JsonType::Number && end == raw.data() + raw.size() &&
               (error == std::errc() || error == std::errc::result_out_of_range) && out.size() < kLongestVector;
        out.push_back(value);
        return good;
    });
    if (!good)
        return std::nullopt;
    return out;
}

bool readVectors(JsonView vectors, Answer& answer)
{
    bool good = true;
    vectors.eachElement([&](JsonView vector) {
        std::optional<std::vector<float>> read = vectorOf(vector);
        good = read.has_value();
        if (good)
            answer.embeddings.push_back(std::move(*read));
        return good;
    });
    return good;
}

CallError unreadable(const QString& message)
{
    CallError error;
    error.code = api::ErrorCode::TransformError;
    error.message = message;
    return error;
}

CallError failedGeneration(QByteArrayView word)
{
    CallError error;
    error.code = api::ErrorCode::ProviderUnavailable;
    error.message = QStringLiteral("The provider's model stopped without a usable answer (%1).")
                        .arg(QString::fromUtf8(word.first(std::min<qsizetype>(word.size(), 60))));
    error.foreign = true;
    return error;
}

StreamReader::Read readContent()
{
    StreamReader::Read read;
    read.content = true;
    return read;
}

StreamReader::Read readEnd(bool ended)
{
    StreamReader::Read read;
    read.ended = ended;
    return read;
}

StreamReader::Read readError(CallError error)
{
    StreamReader::Read read;
    read.error = std::move(error);
    return read;
}

} // namespace gateway::transform
