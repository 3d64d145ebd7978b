#include "engine/upstream_auth.h"

#include "credential/sigv4.h"

#include <array>

namespace gateway::engine {
namespace {

using config::ProviderKind;

// The header a kind takes its key in; all others take a bearer token.
struct KeyHeader
{
    ProviderKind kind;
    const char* name;
};
constexpr std::array kKeyHeaders{
    KeyHeader{ProviderKind::Anthropic, "x-api-key"},
    KeyHeader{ProviderKind::AzureOpenAi, "api-key"},
    KeyHeader{ProviderKind::Gemini, "x-goog-api-key"},
};

void sign(const config::Provider& provider, const AuthorisedRequest& request, qint64 nowMs, http::Fields& fields)
{
    const config::AwsCredentials& aws = *provider.awsCredentials;
    const QByteArray accessKey = aws.accessKey.reveal();
    const QByteArray secretKey = aws.secretKey.reveal();
    const QByteArray sessionToken = aws.sessionToken.reveal();
    const QByteArray hash = credential::payloadHash(request.body);
    const QByteArray region = provider.awsRegion.toLatin1();
    const qsizetype question = request.path.indexOf('?');
    const QByteArrayView path(request.path);
    credential::SigV4Request aws4;
    aws4.method = request.method;
    aws4.host = request.hostField;
    aws4.path = question < 0 ? path : path.first(question);
    aws4.query = question < 0 ? QByteArrayView() : path.sliced(question + 1);
    aws4.payloadHash = hash;
    aws4.region = region;
    aws4.seconds = nowMs / 1000;
    for (const http::Field& field : fields) {
        if (field.name == "content-type")
            aws4.fields.emplace_back(field.name, field.value);
    }
    for (credential::SignedField& field : credential::signV4(aws4, {accessKey, secretKey, sessionToken}))
        fields.append({std::move(field.first), std::move(field.second)});
}

} // namespace

bool needsAccessToken(const config::Provider& provider)
{
    return provider.kind == ProviderKind::Vertex && !provider.key.isEmpty();
}

void authorise(const config::Provider& provider, const AuthorisedRequest& request, const QByteArray& token,
    qint64 nowMs, http::Fields& fields)
{
    if (provider.awsCredentials) {
        sign(provider, request, nowMs, fields);
        return;
    }
    const QByteArray key = token.isEmpty() ? QByteArray(provider.key.reveal()) : token;
    if (key.isEmpty())
        return;
    for (const KeyHeader& row : kKeyHeaders) {
        if (row.kind == provider.kind) {
            fields.append({row.name, key});
            return;
        }
    }
    fields.append({QByteArrayLiteral("authorization"), "Bearer " + key});
}

} // namespace gateway::engine
