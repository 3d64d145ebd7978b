// Where provider keys come from: env:NAME, file:PATH. A key in clear is refused, and no message ever repeats what stood
// in the field. The environment comes in through the constructor, so that a test brings its own. Control thread.
#pragma once

#include "api/result.h"
#include "base/secret.h"

#include <QString>

#include <functional>
#include <optional>

namespace gateway::config {

class KeySource
{
public:
    using Environment = std::function<std::optional<QByteArray>(const QByteArray& name)>;

    KeySource(); // the process's environment
    explicit KeySource(Environment environment);

    struct Key
    {
        Secret secret;
        QString warning;               // a sentence, or empty
        bool isServiceAccount = false; // Google's JSON: not a key that stands in a header
    };
    // The key a reference names. The last line break of a file does not belong to the key; a key has no white space and
    // no control characters, so that it can stand in a header; a Google service account is a JSON object instead.
    api::Result<Key> resolve(const QString& reference) const;
    // The same for what is sent as it stands: the value of a header ("Bearer x" has a space), a webhook's secret.
    api::Result<Secret> resolveText(const QString& reference) const;

private:
    struct Read
    {
        QByteArray bytes;
        QString warning;
    };
    api::Result<Read> read(const QString& reference) const;

    Environment m_environment;
};

} // namespace gateway::config
