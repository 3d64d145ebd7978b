#include "transform/providers/gemini_path.h"

#include <array>

namespace gateway::transform::gemini {
namespace {

constexpr std::array<QByteArrayView, 3> kPrefixes{"publishers/google/models/", "google/", "models/"};

} // namespace

QByteArrayView plainModel(const Target& target)
{
    QByteArrayView model = target.model();
    for (const QByteArrayView prefix : kPrefixes) {
        if (model.startsWith(prefix))
            return model.sliced(prefix.size());
    }
    return model;
}

bool isPredictModel(const Target& target)
{
    const QByteArrayView model = plainModel(target);
    const bool embedsContent =
        (model.contains("gemini") && model != QByteArrayView("gemini-embedding-001")) || model.contains("maas");
    return isVertex(target) && !embedsContent;
}

std::variant<QByteArray, CallError> modelPath(const Target& target, QByteArrayView verb)
{
    const QByteArray model = plainModel(target).toByteArray().toPercentEncoding();
    const QByteArray call = model + ':' + verb.toByteArray();
    QByteArray path = target.provider().basePath;
    if (!isVertex(target))
        return path + "/v1beta/models/" + call;
    // a base URL may name the project itself, for keys that are ready tokens
    if (!path.contains("/projects/")) {
        if (target.project.isEmpty()) {
            CallError error;
            error.code = api::ErrorCode::ProviderAuth;
            error.message = QStringLiteral("Provider %1 has no Google Cloud project: its key is not a service account, "
                                           "and its base URL names none.")
                                .arg(target.provider().name);
            return error;
        }
        const QByteArray region = target.provider().region.toUtf8();
        path += "/v1/projects/" + target.project.toPercentEncoding() + "/locations/" +
                (region.isEmpty() ? QByteArray("global") : region.toPercentEncoding());
    }
    return path + "/publishers/google/models/" + call;
}

} // namespace gateway::transform::gemini
