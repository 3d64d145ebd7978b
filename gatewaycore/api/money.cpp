#include "api/money.h"

namespace gateway::api {
namespace {

constexpr std::int64_t kNanoPerUsd = 1'000'000'000;

} // namespace

std::optional<Money> Money::fromDecimal(QStringView text)
{
    const bool negative = text.startsWith(u'-');
    if (negative)
        text = text.mid(1);
    const qsizetype point = text.indexOf(u'.');
    const QStringView whole = point < 0 ? text : text.left(point);
    const QStringView fraction = point < 0 ? QStringView() : text.mid(point + 1);
    if (whole.isEmpty() || (point >= 0 && fraction.isEmpty()) || fraction.size() > 9)
        return std::nullopt;

    std::int64_t nano = 0;
    const auto push = [&nano](QChar digit) {
        if (digit < u'0' || digit > u'9')
            return false;
        return !__builtin_mul_overflow(nano, std::int64_t(10), &nano) &&
               !__builtin_add_overflow(nano, std::int64_t(digit.unicode() - u'0'), &nano);
    };
    for (const QChar digit : whole) {
        if (!push(digit))
            return std::nullopt;
    }
    for (qsizetype i = 0; i < 9; ++i) {
        if (!push(i < fraction.size() ? fraction[i] : QChar(u'0')))
            return std::nullopt;
    }
    return Money(negative ? -nano : nano);
}

QString Money::toDecimal() const
{
    const bool negative = m_nano < 0;
    const std::uint64_t size = negative ? 0 - static_cast<std::uint64_t>(m_nano) : static_cast<std::uint64_t>(m_nano);
    QString text = QString::number(size / kNanoPerUsd);
    if (const std::uint64_t rest = size % kNanoPerUsd; rest != 0) {
        QString fraction = QString::number(rest).rightJustified(9, u'0');
        while (fraction.endsWith(u'0'))
            fraction.chop(1);
        text += u'.' + fraction;
    }
    return negative ? u'-' + text : text;
}

std::optional<Money> Money::plus(Money other) const
{
    std::int64_t sum = 0;
    if (__builtin_add_overflow(m_nano, other.m_nano, &sum))
        return std::nullopt;
    return Money(sum);
}

std::optional<Money> Money::minus(Money other) const
{
    std::int64_t rest = 0;
    if (__builtin_sub_overflow(m_nano, other.m_nano, &rest))
        return std::nullopt;
    return Money(rest);
}

std::optional<Money> Money::times(std::int64_t factor) const
{
    std::int64_t product = 0;
    if (__builtin_mul_overflow(m_nano, factor, &product))
        return std::nullopt;
    return Money(product);
}

std::optional<Money> Money::perMillion(std::int64_t units) const
{
    __extension__ using Wide = __int128; // price x tokens passes int64 long before the quotient does
    const Wide product = Wide(m_nano) * units;
    Wide quotient = product / 1'000'000;
    if (product % 1'000'000 > 0)
        ++quotient;
    if (quotient > INT64_MAX || quotient < INT64_MIN)
        return std::nullopt;
    return Money(static_cast<std::int64_t>(quotient));
}

} // namespace gateway::api
