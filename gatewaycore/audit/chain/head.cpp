#include "audit/chain/head.h"

#include "audit/chain/canonical.h"

namespace gateway::audit {
namespace {

template <std::size_t N>
QByteArrayView view(const std::array<unsigned char, N>& bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), qsizetype(N)};
}

template <std::size_t N>
QString hex(const std::array<unsigned char, N>& bytes)
{
    return QString::fromLatin1(view(bytes).toByteArray().toHex());
}

template <std::size_t N>
bool take(const QJsonObject& json, const char* name, std::array<unsigned char, N>& to)
{
    const QByteArray digits = json.value(QLatin1String(name)).toString().toLatin1();
    const QByteArray bytes = QByteArray::fromHex(digits);
    if (bytes.size() != qsizetype(N) || bytes.toHex() != digits)
        return false;
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(to.data()));
    return true;
}

bool take(const QJsonObject& json, const char* name, qint64& to)
{
    const QJsonValue value = json.value(QLatin1String(name));
    to = value.toInteger(-1);
    return value.isDouble() && to >= 0;
}

QByteArray message(const LogHead& head)
{
    CanonicalBytes bytes;
    bytes.raw("sbx1h");
    bytes.text(head.engine.toUtf8());
    bytes.integer(head.number);
    bytes.integer(head.size);
    bytes.raw(view(head.root));
    bytes.raw(view(head.lastEntry));
    bytes.integer(head.atMs);
    bytes.raw(view(head.previous));
    bytes.raw(view(head.publicKey));
    return bytes.view().toByteArray();
}

} // namespace

void sign(LogHead& head, const SigningKey& key)
{
    head.publicKey = key.publicKey();
    head.signature = key.sign(message(head));
}

bool isSigned(const LogHead& head)
{
    return isSignedBy(head.publicKey, message(head), head.signature);
}

Hash hashOf(const LogHead& head)
{
    return sha256(message(head));
}

QJsonObject toJson(const LogHead& head)
{
    return {
        {QStringLiteral("engine"), head.engine},
        {QStringLiteral("number"), head.number},
        {QStringLiteral("size"), head.size},
        {QStringLiteral("root"), hex(head.root)},
        {QStringLiteral("last_entry"), hex(head.lastEntry)},
        {QStringLiteral("at_ms"), head.atMs},
        {QStringLiteral("previous"), hex(head.previous)},
        {QStringLiteral("public_key"), hex(head.publicKey)},
        {QStringLiteral("signature"), hex(head.signature)},
    };
}

std::optional<LogHead> headFromJson(const QJsonObject& json)
{
    constexpr qsizetype kMembers = 9;
    LogHead head;
    head.engine = json.value(QLatin1String("engine")).toString();
    if (json.size() != kMembers || head.engine.isEmpty() || !take(json, "number", head.number) ||
        !take(json, "size", head.size) || !take(json, "root", head.root) || !take(json, "last_entry", head.lastEntry) ||
        !take(json, "at_ms", head.atMs) || !take(json, "previous", head.previous) ||
        !take(json, "public_key", head.publicKey) || !take(json, "signature", head.signature))
        return std::nullopt;
    return head;
}

} // namespace gateway::audit
