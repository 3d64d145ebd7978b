#include "store/call_codec.h"

#include "base/ascii.h"

#include <QStringDecoder>
#include <QStringEncoder>

#include <array>
#include <cstring>
#include <type_traits>

namespace gateway::store {
namespace {

using namespace api;

// Writes into room that is made beforehand; the array has its size at the end.
class Writer
{
public:
    explicit Writer(QByteArray& to) : m_to(to), m_size(to.size()) {}
    ~Writer() { m_to.truncate(m_size); }
    Q_DISABLE_COPY_MOVE(Writer)

    void number(quint64 value)
    {
        char* at = room(10);
        for (; value >= 0x80; value >>= 7)
            *at++ = char(value | 0x80);
        *at++ = char(value);
        m_size = at - m_to.constData();
    }
    void bytes(QByteArrayView text)
    {
        number(quint64(text.size()));
        if (text.isEmpty())
            return;
        std::memcpy(room(text.size()), text.data(), std::size_t(text.size()));
        m_size += text.size();
    }
    void text(QStringView text)
    {
        // the usual text is ASCII: its length is known and it is copied as it is
        const qsizetype begun = m_size;
        number(quint64(text.size()));
        if (copyAscii(text, room(text.size()))) {
            m_size += text.size();
            return;
        }
        m_size = begun;
        bytes(text.toUtf8());
    }

private:
    char* room(qsizetype size)
    {
        if (m_to.size() - m_size < size)
            m_to.resize(2 * (m_size + size) + 1024);
        return m_to.data() + m_size;
    }

    QByteArray& m_to;
    qsizetype m_size; // of what is written; the array is longer
};

class Reader
{
public:
    explicit Reader(QByteArrayView bytes) : m_at(bytes.data()), m_end(bytes.data() + bytes.size()) {}

    bool isGood() const { return m_good; }
    qsizetype left() const { return m_end - m_at; }
    void fail()
    {
        m_good = false;
        m_at = m_end;
    }

    quint64 number()
    {
        quint64 value = 0;
        for (int shift = 0; shift < 64 && m_at < m_end; shift += 7) {
            const auto byte = quint8(*m_at++);
            if (shift == 63 && byte > 1)
                break;
            value |= quint64(byte & 0x7f) << shift;
            if (byte < 0x80) {
                if (byte == 0 && shift > 0) // the encoder writes no empty groups
                    break;
                return value;
            }
        }
        fail();
        return 0;
    }
    QByteArrayView bytes()
    {
        const quint64 size = number();
        if (size > quint64(m_end - m_at)) {
            fail();
            return {};
        }
        const QByteArrayView text(m_at, qsizetype(size));
        m_at += size;
        return text;
    }
    QString text()
    {
        const QByteArrayView raw = bytes();
        QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
        QString text = decoder(raw);
        if (decoder.hasError())
            fail();
        return text;
    }

private:
    const char* m_at;
    const char* m_end;
    bool m_good = true;
};

template <typename Enum>
constexpr Enum kLast{};
template <>
constexpr CallOutcome kLast<CallOutcome> = CallOutcome::Indeterminate;
template <>
constexpr AttemptResult kLast<AttemptResult> = AttemptResult::Cancelled;
template <>
constexpr StreamEnd kLast<StreamEnd> = StreamEnd::Refused;
template <>
constexpr ErrorCode kLast<ErrorCode> = ErrorCode::Internal;
template <>
constexpr TokenSource kLast<TokenSource> = TokenSource::Estimated;

void put(Writer& to, const QString& value)
{
    to.text(value);
}
void put(Writer& to, const QByteArray& value)
{
    to.bytes(value);
}
void put(Writer& to, qint64 value)
{
    to.number(quint64(value) << 1 ^ quint64(value >> 63));
}
void put(Writer& to, int value)
{
    put(to, qint64(value));
}
void put(Writer& to, bool value)
{
    to.number(value ? 1 : 0);
}
void put(Writer& to, const QDateTime& value)
{
    put(to, value.isValid() ? value.toMSecsSinceEpoch() : qint64(0));
}
void put(Writer& to, const std::optional<Money>& value)
{
    to.number(value ? 1 : 0);
    if (value)
        put(to, qint64(value->nano()));
}
void put(Writer& to, const JsonText& value)
{
    to.bytes(value.isEmpty() ? QByteArray() : value.text());
}
template <typename Enum>
requires std::is_enum_v<Enum>
void put(Writer& to, Enum value)
{
    to.number(quint64(value));
}

void take(Reader& from, QString& value)
{
    value = from.text();
}
void take(Reader& from, QByteArray& value)
{
    value = from.bytes().toByteArray();
}
void take(Reader& from, qint64& value)
{
    const quint64 raw = from.number();
    value = qint64(raw >> 1) ^ -qint64(raw & 1);
}
void take(Reader& from, int& value)
{
    qint64 wide = 0;
    take(from, wide);
    value = int(wide);
    if (value != wide)
        from.fail();
}
void take(Reader& from, bool& value)
{
    const quint64 raw = from.number();
    value = raw == 1;
    if (raw > 1)
        from.fail();
}
void take(Reader& from, QDateTime& value)
{
    qint64 ms = 0;
    take(from, ms);
    value = QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
    if (!value.isValid())
        from.fail();
}
void take(Reader& from, std::optional<Money>& value)
{
    bool there = false;
    take(from, there);
    qint64 nano = 0;
    if (there)
        take(from, nano);
    value = there ? std::optional(Money::fromNano(nano)) : std::nullopt;
}
void take(Reader& from, JsonText& value)
{
    value = JsonText::fromText(from.bytes().toByteArray());
}
template <typename Enum>
requires std::is_enum_v<Enum>
void take(Reader& from, Enum& value)
{
    const quint64 raw = from.number();
    value = Enum(std::min(raw, quint64(kLast<Enum>)));
    if (raw > quint64(kLast<Enum>))
        from.fail();
}

constexpr std::array kTokenCounts{&Tokens::inUncached, &Tokens::inCacheRead, &Tokens::inCacheWrite5m,
    &Tokens::inCacheWrite30m, &Tokens::inCacheWrite1h, &Tokens::inCacheWrite12h, &Tokens::inAudio, &Tokens::inImage,
    &Tokens::toolPrompt, &Tokens::outText, &Tokens::outReasoning, &Tokens::outAudio, &Tokens::predictionAccepted,
    &Tokens::predictionRejected, &Tokens::serverToolCalls};

// Most counts are zero: a mask says which are not.
void put(Writer& to, const Tokens& value)
{
    quint64 mask = 0;
    for (std::size_t i = 0; i < kTokenCounts.size(); ++i)
        mask |= quint64(value.*kTokenCounts[i] != 0) << i;
    to.number(mask);
    for (const auto count : kTokenCounts) {
        if (value.*count != 0)
            put(to, qint64(value.*count));
    }
    put(to, value.source);
}
void take(Reader& from, Tokens& value)
{
    const quint64 mask = from.number();
    if (mask >> kTokenCounts.size() != 0)
        return from.fail();
    for (std::size_t i = 0; i < kTokenCounts.size(); ++i) {
        if ((mask >> i & 1) == 0)
            continue;
        qint64 count = 0;
        take(from, count);
        value.*kTokenCounts[i] = count;
        if (count == 0)
            from.fail();
    }
    take(from, value.source);
}

// One list of fields for both ways, so that they cannot disagree.
template <typename AttemptOrConst, typename Visitor>
void eachField(AttemptOrConst& a, Visitor&& visit)
{
    visit(a.number), visit(a.provider), visit(a.model), visit(a.region), visit(a.result), visit(a.httpStatus);
    visit(a.error), visit(a.reason), visit(a.upstreamRequestId), visit(a.modelReported), visit(a.finishReason);
    visit(a.streamEnd), visit(a.connectionReused), visit(a.startUs), visit(a.connectedUs), visit(a.sentUs);
    visit(a.firstByteUs), visit(a.firstTokenUs), visit(a.endUs), visit(a.longestGapUs), visit(a.bytesSent);
    visit(a.bytesReceived), visit(a.tokens), visit(a.fallbackKind), visit(a.costEstimated), visit(a.cost);
    visit(a.costKnown);
}

template <typename CallOrConst, typename Visitor>
void eachFieldOfCall(CallOrConst& c, Visitor&& visit)
{
    visit(c.id), visit(c.startedAt), visit(c.tenant), visit(c.feature), visit(c.agent), visit(c.user);
    visit(c.credential), visit(c.surface), visit(c.alias), visit(c.workloadClass), visit(c.zone), visit(c.revision);
    visit(c.outcome), visit(c.error), visit(c.errorDetail), visit(c.httpStatus), visit(c.servedBy);
    visit(c.fallbackKind), visit(c.degraded), visit(c.cache), visit(c.tokens), visit(c.costEstimated), visit(c.cost);
    visit(c.priceBook), visit(c.featureProved), visit(c.idempotency), visit(c.traceparent), visit(c.finishReason);
    visit(c.streamEnd), visit(c.receivedUs), visit(c.authenticatedUs), visit(c.routedUs), visit(c.firstByteUs);
    visit(c.firstTokenUs), visit(c.endUs), visit(c.overheadUs), visit(c.requestBytes), visit(c.responseBytes);
    visit(c.decision);
}

} // namespace

void encodeCall(const Call& call, QByteArray& to)
{
    Writer writer(to); // gives `to` its size when it goes
    writer.number(kCallCodecVersion);
    const auto write = [&writer](const auto& field) { put(writer, field); };
    eachFieldOfCall(call, write);
    writer.number(quint64(call.attempts.size()));
    for (const Attempt& attempt : call.attempts)
        eachField(attempt, write);
}

std::optional<Call> decodeCall(QByteArrayView bytes)
{
    Reader reader(bytes);
    if (reader.number() != kCallCodecVersion)
        return std::nullopt;
    Call call;
    const auto read = [&reader](auto& field) { take(reader, field); };
    eachFieldOfCall(call, read);
    const quint64 attempts = reader.number();
    if (!reader.isGood() || attempts > quint64(reader.left())) // each is longer than a byte
        return std::nullopt;
    call.attempts.resize(qsizetype(attempts));
    for (Attempt& attempt : call.attempts) {
        eachField(attempt, read);
        if (!reader.isGood())
            return std::nullopt;
    }
    return reader.isGood() && reader.left() == 0 ? std::optional(std::move(call)) : std::nullopt;
}

} // namespace gateway::store
