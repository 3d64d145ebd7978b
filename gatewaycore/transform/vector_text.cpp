#include "transform/vector_text.h"

#include <QtEndian>

#include <charconv>
#include <cmath>
#include <cstring>

namespace gateway::transform {
namespace {

// A number that is too small for a float is zero, as every reader of floats has it; one too large is none.
std::optional<float> readFloat(QByteArrayView text)
{
    float value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (stop != end)
        return std::nullopt;
    if (error == std::errc::result_out_of_range) {
        double wide = 0;
        const auto again = std::from_chars(text.data(), end, wide);
        if (again.ec != std::errc() || std::abs(wide) > 1)
            return std::nullopt;
        return static_cast<float>(wide);
    }
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<std::vector<float>> readList(JsonView json)
{
    std::vector<float> vector;
    bool wrong = false;
    json.eachElement([&](JsonView number) {
        const auto value = number.type() == JsonType::Number ? readFloat(number.raw()) : std::nullopt;
        wrong = !value;
        if (value)
            vector.push_back(*value);
        return !wrong;
    });
    if (wrong)
        return std::nullopt;
    return vector;
}

std::optional<std::vector<float>> readBase64(const QByteArray& text)
{
    const auto decoded = QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || (*decoded).size() % qsizetype(sizeof(float)) != 0)
        return std::nullopt;
    const QByteArray& bytes = *decoded;
    std::vector<float> vector(std::size_t(bytes.size()) / sizeof(float));
    qFromLittleEndian<float>(bytes.constData(), qsizetype(vector.size()), vector.data());
    for (const float value : vector) {
        if (!std::isfinite(value))
            return std::nullopt;
    }
    return vector;
}

} // namespace

std::optional<std::vector<float>> readVector(JsonView json)
{
    if (json.type() == JsonType::Array)
        return readList(json);
    if (json.type() == JsonType::String)
        return readBase64(json.text().value_or(QByteArray()));
    return std::nullopt;
}

QByteArray vectorAsList(std::span<const float> vector)
{
    QByteArray out;
    out.reserve(qsizetype(vector.size()) * 13 + 2);
    out += '[';
    char text[32];
    for (std::size_t i = 0; i < vector.size(); ++i) {
        if (i > 0)
            out += ',';
        const auto [end, error] = std::to_chars(text, text + sizeof(text), vector[i]);
        if (error == std::errc() && std::isfinite(vector[i]))
            out.append(text, end - text);
        else
            out += '0';
    }
    return out + ']';
}

QByteArray vectorAsBase64(std::span<const float> vector)
{
    QByteArray bytes(qsizetype(vector.size() * sizeof(float)), Qt::Uninitialized);
    qToLittleEndian<float>(vector.data(), qsizetype(vector.size()), bytes.data());
    return '"' + bytes.toBase64() + '"';
}

} // namespace gateway::transform
