// Redactor: takes secrets out of a line of text just before it leaves the program. A second line of defence (the first:
// nobody logs one); it finds gateway credentials, sk- keys, bearer tokens, key parameters of URLs, and the registered
// provider keys, whole or in pieces of 12 characters and more; also behind JSON escapes, percent-encoding (either
// twice) and, for registered keys, base64 and hex. What it finds becomes [redacted]; the rest of the line stays as it
// is. learn() from any thread; apply() from any.
#pragma once

#include "base/secret.h"

#include <QByteArray>
#include <QSet>

#include <memory>
#include <mutex>

namespace gateway::observability {

class Redactor
{
public:
    void learn(const Secret& secret);
    QByteArray apply(QByteArrayView line) const;

private:
    // Pieces of the learnt secrets. Pieces, not digests: a log line must be searched at every position.
    struct Known
    {
        QSet<QByteArray> pieces; // kPiece bytes each
        QSet<QByteArray> shorts; // secrets shorter than a piece, whole
    };
    std::shared_ptr<const Known> known() const;

    mutable std::mutex m_mutex;
    std::shared_ptr<const Known> m_known = std::make_shared<Known>();
};

} // namespace gateway::observability
