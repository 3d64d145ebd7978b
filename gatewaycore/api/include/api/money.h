// Money: an amount in nano-USD (1e-9 USD) as int64. Range about +-9.2 billion USD; arithmetic is checked and an
// overflow is an empty optional, never a wrapped number. On the wire and on screen money is a decimal string
// ("0.00167"), never a floating-point number. Any thread; a value.
#pragma once

#include <QString>
#include <QStringView>

#include <compare>
#include <cstdint>
#include <optional>

namespace gateway::api {

class Money
{
public:
    constexpr Money() = default;
    static constexpr Money fromNano(std::int64_t nano) { return Money(nano); }
    // "12", "0.05", "-3.000000001"; nothing else (no exponent, no sign plus, no spaces, at most nine decimals).
    static std::optional<Money> fromDecimal(QStringView text);

    constexpr std::int64_t nano() const { return m_nano; }
    QString toDecimal() const; // shortest exact form, at least one digit before the point

    std::optional<Money> plus(Money other) const;
    std::optional<Money> minus(Money other) const;
    std::optional<Money> times(std::int64_t factor) const;
    // price per million units x units, rounded up to a whole nano-USD (an estimate must not come out too small)
    std::optional<Money> perMillion(std::int64_t units) const;

    friend constexpr auto operator<=>(Money, Money) = default;

private:
    explicit constexpr Money(std::int64_t nano) : m_nano(nano) {}
    std::int64_t m_nano = 0;
};

} // namespace gateway::api
