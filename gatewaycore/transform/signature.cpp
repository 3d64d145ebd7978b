#include "transform/signature.h"

#include <QList>

#include <array>

namespace gateway::transform {
namespace {

constexpr QByteArrayView kPrefix("sbx1.");

struct SignerName
{
    Signer signer;
    const char* name;
};
constexpr std::array kSigners{
    SignerName{Signer::OpenAi, "openai"},
    SignerName{Signer::Anthropic, "anthropic"},
    SignerName{Signer::Google, "google"},
    SignerName{Signer::Bedrock, "bedrock"},
};

struct PlaceName
{
    SignaturePlace place;
    const char* name;
};
constexpr std::array kPlaces{
    PlaceName{SignaturePlace::Thinking, "t"},
    PlaceName{SignaturePlace::NextPart, "n"},
    PlaceName{SignaturePlace::Redacted, "r"},
};

struct ReasoningFormat
{
    const char* name;
    Signer signer;
};
constexpr std::array kReasoningFormats{
    ReasoningFormat{"anthropic-claude-v1", Signer::Anthropic}, // who comes back where two have one word
    ReasoningFormat{"anthropic-claude-v1", Signer::Bedrock},
    ReasoningFormat{"google-gemini-v1", Signer::Google},
    ReasoningFormat{"openai-responses-v1", Signer::OpenAi},
};

} // namespace

QByteArray sealed(const Signature& signature)
{
    QByteArray out = kPrefix.toByteArray();
    for (const SignerName& row : kSigners) {
        if (row.signer == signature.signer)
            out += row.name;
    }
    out += '.';
    for (const PlaceName& row : kPlaces) {
        if (row.place == signature.place)
            out += row.name;
    }
    return out + '.' + signature.bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

Signature opened(QByteArrayView value, Signer native)
{
    const Signature own{value.toByteArray(), native, SignaturePlace::Thinking};
    if (!value.startsWith(kPrefix))
        return own;
    const QList<QByteArray> parts = value.sliced(kPrefix.size()).toByteArray().split('.');
    if (parts.size() != 3)
        return own;
    Signature signature;
    for (const SignerName& row : kSigners) {
        if (parts[0] == row.name)
            signature.signer = row.signer;
    }
    for (const PlaceName& row : kPlaces) {
        if (parts[1] == row.name)
            signature.place = row.place;
    }
    const auto decoded = QByteArray::fromBase64Encoding(
        parts[2], QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || signature.signer == Signer::Unknown)
        return own;
    signature.bytes = *decoded;
    return signature;
}

const char* reasoningFormat(Signer signer)
{
    for (const ReasoningFormat& row : kReasoningFormats) {
        if (row.signer == signer)
            return row.name;
    }
    return "unknown";
}

Signer signerOfFormat(QByteArrayView format)
{
    for (const ReasoningFormat& row : kReasoningFormats) {
        if (format == QByteArrayView(row.name))
            return row.signer;
    }
    return Signer::Unknown;
}

} // namespace gateway::transform
