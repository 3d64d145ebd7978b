#include "simulator/route.h"

namespace gateway::simulator {
namespace {

struct PathRow
{
    const char* path;
    Endpoint endpoint;
};

constexpr PathRow kOpenAiPaths[] = {
    {"/chat/completions", Endpoint::Chat},
    {"/responses", Endpoint::Responses},
    {"/embeddings", Endpoint::Embeddings},
    {"/models", Endpoint::Models},
};

constexpr PathRow kAnthropicPaths[] = {
    {"/messages", Endpoint::Messages},
    {"/messages/count_tokens", Endpoint::CountTokens},
};

constexpr PathRow kGeminiVerbs[] = {
    {"generateContent", Endpoint::GeminiGenerate},
    {"streamGenerateContent", Endpoint::GeminiStream},
    {"countTokens", Endpoint::GeminiCountTokens},
    {"embedContent", Endpoint::GeminiEmbed},
    {"batchEmbedContents", Endpoint::GeminiBatchEmbed},
    {"predict", Endpoint::GeminiPredict}, // embeddings of Vertex's older models
    {"rawPredict", Endpoint::Messages},   // Claude on Vertex; which of the two is said by the body
    {"streamRawPredict", Endpoint::Messages},
};

template <size_t N>
Endpoint find(const PathRow (&rows)[N], const QByteArray& path)
{
    for (const PathRow& row : rows) {
        if (path == row.path)
            return row.endpoint;
    }
    return Endpoint::Unknown;
}

bool takePrefix(QByteArray& path, const char* prefix)
{
    if (!path.startsWith(prefix))
        return false;
    path.remove(0, qsizetype(qstrlen(prefix)));
    return true;
}

// "NAME:verb" behind .../models/
Route modelVerb(const QByteArray& rest, bool anthropic)
{
    Route route;
    const qsizetype colon = rest.lastIndexOf(':');
    if (colon <= 0)
        return route;
    route.endpoint = find(kGeminiVerbs, rest.mid(colon + 1));
    if ((route.endpoint == Endpoint::Messages) != anthropic)
        route.endpoint = Endpoint::Unknown;
    route.model = QByteArray::fromPercentEncoding(rest.left(colon));
    return route;
}

Route vertexRoute(const QByteArray& path)
{
    const QList<QByteArray> parts = path.split('/'); // "", projects, P, locations, L, publishers, X, models, NAME:verb
    if (parts.size() != 9 || parts[1] != "projects" || parts[3] != "locations" || parts[5] != "publishers" ||
        parts[7] != "models" || (parts[6] != "google" && parts[6] != "anthropic"))
        return {};
    Route route = modelVerb(parts[8], parts[6] == "anthropic");
    route.vertex = true;
    return route;
}

Route bedrockRoute(const QByteArray& rest)
{
    const qsizetype slash = rest.lastIndexOf('/');
    Route route;
    if (slash <= 0 || rest.left(slash).contains('/')) // an ARN's slash comes percent-encoded
        return route;
    const QByteArray verb = rest.mid(slash + 1);
    route.endpoint = verb == "converse"          ? Endpoint::Converse
                     : verb == "converse-stream" ? Endpoint::ConverseStream
                                                 : Endpoint::Unknown;
    route.model = QByteArray::fromPercentEncoding(rest.left(slash));
    return route;
}

Route azureRoute(QByteArray path)
{
    Route route;
    if (takePrefix(path, "/deployments/")) {
        const qsizetype slash = path.indexOf('/');
        route.model = QByteArray::fromPercentEncoding(path.left(std::max<qsizetype>(slash, 0)));
        route.endpoint = slash > 0 ? find(kOpenAiPaths, path.mid(slash)) : Endpoint::Unknown;
        route.deployment = true;
    } else if (takePrefix(path, "/v1")) {
        route.endpoint = find(kOpenAiPaths, path);
    }
    route.azure = true;
    return route;
}

} // namespace

Route routeOf(const SimRequest& request)
{
    QByteArray path = request.path;
    if (takePrefix(path, "/model/"))
        return bedrockRoute(path);
    if (takePrefix(path, "/openai"))
        return azureRoute(path);
    const bool beta = takePrefix(path, "/v1beta1") || takePrefix(path, "/v1beta");
    if (!beta && path.startsWith("/v1/"))
        path.remove(0, 3);
    if (path.startsWith("/projects/"))
        return vertexRoute(path);
    if (path.startsWith("/models/") && path.contains(':')) {
        path.remove(0, 8);
        return modelVerb(path, false);
    }
    if (path == "/token") {
        Route route;
        route.endpoint = Endpoint::GoogleToken;
        return route;
    }
    const bool google = beta || !request.header("x-goog-api-key").isEmpty();
    Route route;
    route.endpoint = find(kAnthropicPaths, path);
    if (route.endpoint == Endpoint::Unknown && (!beta || path == "/models"))
        route.endpoint = find(kOpenAiPaths, path);
    if (route.endpoint == Endpoint::Models && google)
        route.endpoint = Endpoint::GeminiModels;
    else if (route.endpoint == Endpoint::Models && !request.header("anthropic-version").isEmpty())
        route.endpoint = Endpoint::AnthropicModels;
    return route;
}

} // namespace gateway::simulator
