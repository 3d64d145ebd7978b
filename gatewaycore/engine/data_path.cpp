#include "engine/data_path.h"

#include "transform/dialects.h"
#include "transform/surfaces/anthropic_messages.h"
#include "transform/surfaces/gemini.h"
#include "transform/surfaces/openai_chat.h"
#include "transform/surfaces/openai_embeddings.h"
#include "transform/surfaces/openai_responses.h"

namespace gateway::engine {
namespace {

using transform::Dialect;
using transform::Surface;
using What = DataPath::What;

constexpr qsizetype kLongestAlias = 256;

// Paths that are written out whole. What a path of OpenAI's begins with is cut off before: /v1, /openai/v1 (Azure).
struct Row
{
    const char* path;
    const Surface& (*surface)();
};
constexpr Row kOpenAi[] = {
    {"/chat/completions", transform::openAiChat},
    {"/responses", transform::openAiResponses},
    {"/embeddings", transform::openAiEmbeddings},
};
constexpr Row kAnthropic[] = {
    {"/v1/messages", transform::anthropicMessages},
    {"/v1/messages/count_tokens", transform::anthropicCountTokens},
};
constexpr Row kGeminiVerbs[] = {
    {"generateContent", transform::geminiGenerate},
    {"streamGenerateContent", transform::geminiGenerate},
    {"countTokens", transform::geminiCountTokens},
    {"embedContent", transform::geminiEmbed},
    {"batchEmbedContents", transform::geminiEmbed},
};

bool isAnthropic(const http::RequestHead& head)
{
    return head.has("anthropic-version");
}

bool isGoogle(const http::RequestHead& head)
{
    const QByteArrayView query = head.query();
    return head.has("x-goog-api-key") || head.has("x-goog-api-client") || query.startsWith("key=") ||
           query.contains(QByteArrayView("&key="));
}

// In whose words the caller of an unknown path is answered.
const Surface& likelySurface(const http::RequestHead& head)
{
    return isAnthropic(head) ? transform::anthropicMessages()
           : isGoogle(head)  ? transform::geminiGenerate()
                             : transform::openAiChat();
}

QString decoded(QByteArrayView segment)
{
    return QString::fromUtf8(QByteArray::fromPercentEncoding(segment.toByteArray()));
}

bool cut(QByteArrayView& path, QByteArrayView prefix)
{
    if (!path.startsWith(prefix))
        return false;
    path = path.sliced(prefix.size());
    return true;
}

DataPath call(const Surface& surface, QByteArrayView method)
{
    return {method == QByteArrayView("POST") ? What::Call : What::WrongMethod, &surface, {}};
}

bool isGet(QByteArrayView method)
{
    return method == QByteArrayView("GET") || method == QByteArrayView("HEAD");
}

// What follows "/models": the list, one model, or (Gemini) a verb on one.
DataPath models(QByteArrayView rest, const http::RequestHead& head, const Surface& surface)
{
    DataPath found{isGet(head.method) ? What::ModelList : What::WrongMethod, &surface, {}};
    if (rest.isEmpty() || rest == QByteArrayView("/"))
        return found;
    if (!cut(rest, "/") || rest.contains('/') || rest.size() > 3 * kLongestAlias)
        return {What::Nothing, &surface, {}};
    const qsizetype colon = rest.lastIndexOf(':');
    if (colon > 0) {
        for (const Row& row : kGeminiVerbs) {
            if (rest.sliced(colon + 1) != QByteArrayView(row.path))
                continue;
            found = call(row.surface(), head.method);
            found.path = {decoded(rest.first(colon)), QByteArrayView(row.path)};
            return found;
        }
    }
    if (found.what == What::ModelList)
        found.what = What::Model;
    found.path.alias = decoded(rest);
    return found;
}

DataPath openAi(QByteArrayView rest, const http::RequestHead& head)
{
    for (const Row& row : kOpenAi) {
        if (rest == QByteArrayView(row.path))
            return call(row.surface(), head.method);
    }
    if (cut(rest, "/models"))
        return models(rest, head, likelySurface(head));
    return {What::Nothing, &likelySurface(head), {}};
}

// /openai/deployments/{alias}/chat/completions and its like
DataPath azureDeployment(QByteArrayView rest, const http::RequestHead& head)
{
    const qsizetype slash = rest.indexOf('/');
    DataPath found{What::Nothing, &transform::openAiChat(), {}};
    if (slash < 1)
        return found;
    for (const Row& row : kOpenAi) {
        if (rest.sliced(slash) == QByteArrayView(row.path)) {
            found = call(row.surface(), head.method);
            found.path.alias = decoded(rest.first(slash));
        }
    }
    return found;
}

// projects/{p}/locations/{l}/publishers/google/models/{alias}:{verb}, behind its version
DataPath vertex(QByteArrayView rest, const http::RequestHead& head)
{
    const QByteArrayView mark("/publishers/google/models");
    const qsizetype at = rest.indexOf(mark);
    if (at < 0)
        return {What::Nothing, &transform::geminiGenerate(), {}};
    return models(rest.sliced(at + mark.size()), head, transform::geminiGenerate());
}

} // namespace

DataPath dataPath(const http::RequestHead& head)
{
    QByteArrayView path = head.path();
    if (path == QByteArrayView("/healthz") || path == QByteArrayView("/readyz")) {
        const What what = path == QByteArrayView("/healthz") ? What::Health : What::Ready;
        return {isGet(head.method) ? what : What::WrongMethod, &transform::openAiChat(), {}};
    }
    for (const Row& row : kAnthropic) {
        if (path == QByteArrayView(row.path))
            return call(row.surface(), head.method);
    }
    for (const char* version : {"/v1/projects/", "/v1beta1/projects/"}) {
        if (cut(path, version))
            return vertex(path, head);
    }
    if (cut(path, "/v1beta/models"))
        return models(path, head, transform::geminiGenerate());
    if (cut(path, "/openai/deployments/"))
        return azureDeployment(path, head);
    if (cut(path, "/openai/v1") || cut(path, "/v1") || cut(path, "/openai"))
        return openAi(path, head);
    return {What::Nothing, &likelySurface(head), {}};
}

QByteArray modelListBody(const Surface& surface, const QStringList& aliases)
{
    switch (surface.dialect()) {
    case Dialect::Anthropic:
        return transform::anthropicModelList(aliases);
    case Dialect::Gemini:
        return transform::geminiModelList(aliases);
    default:
        return transform::openAiModelList(aliases, 0);
    }
}

QByteArray modelBody(const Surface& surface, const QString& alias)
{
    switch (surface.dialect()) {
    case Dialect::Anthropic:
        return transform::anthropicModel(alias);
    case Dialect::Gemini:
        return transform::geminiModel(alias);
    default:
        return transform::openAiModel(alias, 0);
    }
}

} // namespace gateway::engine
