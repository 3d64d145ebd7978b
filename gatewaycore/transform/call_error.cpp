#include "transform/call_error.h"

#include <QRegularExpression>

namespace gateway::transform {

QString redact(QByteArrayView upstreamText, QByteArrayView providerKey)
{
    QString text = QString::fromUtf8(upstreamText.first(std::min<qsizetype>(upstreamText.size(), 4000)));
    static const QRegularExpression keyLike(QStringLiteral("(?:sk|pk|rk|gsk|xai|sbx|key|AIza|AKIA|ASIA|ya29)[-_A-Za-z0-"
                                                           "9*.]{12,}|[Bb]earer\\s+\\S+|[A-Za-z0-9_+/=-]{40,}"));
    text.replace(keyLike, QStringLiteral("[removed]"));
    if (providerKey.size() >= 8) {
        // what is left of ours: some upstreams quote a key's two ends
        const QString key = QString::fromUtf8(providerKey);
        text.replace(key, QStringLiteral("[key]"));
        text.replace(key.left(8), QStringLiteral("[key]"));
        text.replace(key.right(8), QStringLiteral("[key]"));
    }
    for (QChar& c : text) {
        if (c.unicode() < 0x20 || c.unicode() == 0x7f)
            c = u' ';
    }
    return text.size() > 400 ? text.left(400) + u'\u2026' : text;
}

} // namespace gateway::transform
