#include "transform/providers/rate_limits.h"

#include <QDateTime>

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

using http::ResponseHead;

constexpr qint64 kFarthestResetMs = 31ll * 24 * 3600 * 1000;
constexpr qsizetype kLongestValue = 64;
constexpr std::size_t kMostUnified = 8;
constexpr QByteArrayView kUnified("anthropic-ratelimit-unified-");

enum class Says
{
    Limit,
    Remaining,
    GoReset,   // "6m0s": from now on
    TimeReset, // RFC 3339
};

struct Row
{
    const char* field;
    RateWindow RateLimits::*window;
    Says says;
};
constexpr std::array kRows{
    Row{"x-ratelimit-limit-requests", &RateLimits::requests, Says::Limit},
    Row{"x-ratelimit-remaining-requests", &RateLimits::requests, Says::Remaining},
    Row{"x-ratelimit-reset-requests", &RateLimits::requests, Says::GoReset},
    Row{"x-ratelimit-limit-tokens", &RateLimits::tokens, Says::Limit},
    Row{"x-ratelimit-remaining-tokens", &RateLimits::tokens, Says::Remaining},
    Row{"x-ratelimit-reset-tokens", &RateLimits::tokens, Says::GoReset},
    Row{"anthropic-ratelimit-requests-limit", &RateLimits::requests, Says::Limit},
    Row{"anthropic-ratelimit-requests-remaining", &RateLimits::requests, Says::Remaining},
    Row{"anthropic-ratelimit-requests-reset", &RateLimits::requests, Says::TimeReset},
    Row{"anthropic-ratelimit-tokens-limit", &RateLimits::tokens, Says::Limit},
    Row{"anthropic-ratelimit-tokens-remaining", &RateLimits::tokens, Says::Remaining},
    Row{"anthropic-ratelimit-tokens-reset", &RateLimits::tokens, Says::TimeReset},
    Row{"anthropic-ratelimit-input-tokens-limit", &RateLimits::inputTokens, Says::Limit},
    Row{"anthropic-ratelimit-input-tokens-remaining", &RateLimits::inputTokens, Says::Remaining},
    Row{"anthropic-ratelimit-input-tokens-reset", &RateLimits::inputTokens, Says::TimeReset},
    Row{"anthropic-ratelimit-output-tokens-limit", &RateLimits::outputTokens, Says::Limit},
    Row{"anthropic-ratelimit-output-tokens-remaining", &RateLimits::outputTokens, Says::Remaining},
    Row{"anthropic-ratelimit-output-tokens-reset", &RateLimits::outputTokens, Says::TimeReset},
};

struct Unit
{
    const char* name;
    double ms;
};
constexpr std::array kUnits{Unit{"ns", 1e-6}, Unit{"us", 1e-3}, Unit{"\xc2\xb5s", 1e-3}, Unit{"\xce\xbcs", 1e-3},
    Unit{"ms", 1}, Unit{"s", 1e3}, Unit{"m", 60e3}, Unit{"h", 3600e3}, Unit{"d", 24 * 3600e3}};

struct Word
{
    const char* word;
    UnifiedWindow::Status status;
};
constexpr std::array kStatuses{Word{"allowed", UnifiedWindow::Status::Allowed},
    Word{"allowed_warning", UnifiedWindow::Status::Warning}, Word{"rejected", UnifiedWindow::Status::Rejected}};

// What the provider itself calls the request comes first; what stands in front of it, last.
constexpr std::array kRequestIds{"x-request-id", "request-id", "x-amzn-requestid", "apim-request-id", "x-ms-request-id",
    "x-generation-id", "cf-ray"};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

// Digits and nothing else; 18 of them always fit.
std::optional<qint64> number(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 18 || !std::all_of(text.begin(), text.end(), isDigit))
        return std::nullopt;
    qint64 value = 0;
    for (const char c : text)
        value = value * 10 + (c - '0');
    return value;
}

// "12", "0.5": digits, at most one point between them. Removed from the front of the text.
std::optional<double> takeDecimal(QByteArrayView& text)
{
    qsizetype length = 0;
    while (length < text.size() && (isDigit(text[length]) || text[length] == '.'))
        ++length;
    bool ok = false;
    const QByteArray digits = text.first(length).toByteArray();
    const double value = digits.count('.') <= 1 && digits != "." ? digits.toDouble(&ok) : 0;
    text = text.sliced(length);
    return ok ? std::optional(value) : std::nullopt;
}

// From now on in ms; empty: absurd.
std::optional<qint64> resetAfter(double ms, qint64 nowMs)
{
    if (!(ms <= double(kFarthestResetMs)))
        return std::nullopt;
    return nowMs + std::max<qint64>(0, qint64(ms));
}

// "6m0s", "1h2m3.5s", "12ms"; a number without a unit is in seconds.
std::optional<qint64> goReset(QByteArrayView text, qint64 nowMs)
{
    double sum = 0;
    bool bare = false;
    bool first = true;
    if (text.isEmpty())
        return std::nullopt;
    while (!text.isEmpty()) {
        const auto value = takeDecimal(text);
        qsizetype letters = 0;
        while (letters < text.size() && !isDigit(text[letters]) && text[letters] != '.')
            ++letters;
        const QByteArrayView name = text.first(letters);
        text = text.sliced(letters);
        const auto unit = std::find_if(
            kUnits.begin(), kUnits.end(), [&](const Unit& each) { return name == QByteArrayView(each.name); });
        if (!value || bare || (unit == kUnits.end() && !name.isEmpty()))
            return std::nullopt;
        bare = name.isEmpty();
        if (bare && !first)
            return std::nullopt;
        first = false;
        sum += *value * (bare ? 1e3 : unit->ms);
    }
    return resetAfter(sum, nowMs);
}

// 2026-11-22T16:00:00Z, with a fraction or an offset; nothing else. QDateTime alone takes local times and bare dates.
std::optional<qint64> timeReset(QByteArrayView text, qint64 nowMs)
{
    constexpr QByteArrayView kShape("dddd-dd-ddTdd:dd:dd");
    const auto fits = [](char shape, char c) { return shape == 'd' ? isDigit(c) : shape == c; };
    const auto has = [&](QByteArrayView part, QByteArrayView shape) {
        return part.size() == shape.size() && std::equal(shape.begin(), shape.end(), part.begin(), fits);
    };
    if (text.size() <= kShape.size() || !has(text.first(kShape.size()), kShape))
        return std::nullopt;
    QByteArrayView zone = text.sliced(kShape.size());
    if (zone.startsWith('.')) {
        qsizetype length = 1;
        while (length < zone.size() && isDigit(zone[length]))
            ++length;
        if (length == 1)
            return std::nullopt;
        zone = zone.sliced(length);
    }
    if (zone != QByteArrayView("Z") && !has(zone, "+dd:dd") && !has(zone, "-dd:dd"))
        return std::nullopt;
    // whole seconds are enough, and Qt reads no fraction of nine digits
    const QByteArray plain = text.first(kShape.size()).toByteArray() + zone.toByteArray();
    const QDateTime time = QDateTime::fromString(QString::fromLatin1(plain), Qt::ISODate);
    return time.isValid() ? resetAfter(double(time.toMSecsSinceEpoch() - nowMs), nowMs) : std::nullopt;
}

void read(RateWindow& window, Says says, QByteArrayView value, qint64 nowMs)
{
    switch (says) {
    case Says::Limit:
        window.limit = number(value);
        break;
    case Says::Remaining:
        window.remaining = number(value);
        break;
    case Says::GoReset:
        window.resetAtMs = goReset(value, nowMs);
        break;
    case Says::TimeReset:
        window.resetAtMs = timeReset(value, nowMs);
        break;
    }
}

// "5h-utilization: 0.41", "status: allowed": window and what is said of it
void readUnified(std::vector<UnifiedWindow>& windows, QByteArrayView rest, QByteArrayView value, qint64 nowMs)
{
    const qsizetype dash = rest.lastIndexOf('-');
    const QByteArray name = dash < 0 ? QByteArray() : rest.first(dash).toByteArray().toLower();
    const QByteArray what = rest.sliced(dash + 1).toByteArray().toLower();
    if (name.size() > 24 || (what != "status" && what != "reset" && what != "utilization"))
        return;
    UnifiedWindow said;
    said.name = name;
    if (what == "status") {
        for (const Word& word : kStatuses) {
            if (value == QByteArrayView(word.word))
                said.status = word.status;
        }
    } else if (what == "reset") {
        if (const auto seconds = number(value); seconds && *seconds < qint64(1) << 40)
            said.resetAtMs = resetAfter(double(*seconds * 1000 - nowMs), nowMs);
    } else {
        QByteArrayView text = value;
        const auto share = takeDecimal(text);
        if (share && text.isEmpty() && *share <= 100) // more than 1 is possible: what was bought on top
            said.usedPermille = int(*share * 1000 + 0.5);
    }
    auto found =
        std::find_if(windows.begin(), windows.end(), [&](const UnifiedWindow& window) { return window.name == name; });
    if (found == windows.end()) {
        const bool nothing = said.status == UnifiedWindow::Status::Unknown && !said.usedPermille && !said.resetAtMs;
        if (nothing || windows.size() >= kMostUnified)
            return;
        windows.push_back(said);
        return;
    }
    if (said.status != UnifiedWindow::Status::Unknown)
        found->status = said.status;
    if (said.resetAtMs)
        found->resetAtMs = said.resetAtMs;
    if (said.usedPermille)
        found->usedPermille = said.usedPermille;
}

} // namespace

std::optional<RateLimits> readRateLimits(const ResponseHead& head, qint64 nowMs)
{
    RateLimits limits;
    for (const Row& row : kRows) {
        const QByteArrayView value = head.value(row.field);
        if (!value.isEmpty() && value.size() <= kLongestValue)
            read(limits.*row.window, row.says, value, nowMs);
    }
    for (const http::FieldView& field : head.fields) {
        if (field.name.size() > kUnified.size() && field.value.size() <= kLongestValue &&
            http::equalsIgnoringCase(field.name.first(kUnified.size()), kUnified))
            readUnified(limits.unified, field.name.sliced(kUnified.size()), field.value, nowMs);
    }
    for (RateWindow* window : {&limits.requests, &limits.tokens, &limits.inputTokens, &limits.outputTokens}) {
        if (window->limit && window->remaining)
            window->remaining = std::min(*window->remaining, *window->limit);
    }
    return limits == RateLimits() ? std::nullopt : std::optional(std::move(limits));
}

std::optional<qint64> waitFor(const RateLimits& limits, qint64 nowMs)
{
    std::optional<qint64> wait;
    for (const RateWindow* window : {&limits.requests, &limits.tokens, &limits.inputTokens, &limits.outputTokens}) {
        if (window->remaining == 0 && window->resetAtMs)
            wait = std::max(wait.value_or(0), *window->resetAtMs - nowMs);
    }
    return wait;
}

QString upstreamRequestId(const ResponseHead& head)
{
    for (const char* field : kRequestIds) {
        const QByteArrayView id = head.value(field);
        const bool visible = std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7f; });
        if (!id.isEmpty() && visible)
            return QString::fromLatin1(id.first(std::min<qsizetype>(id.size(), 128)));
    }
    return {};
}

} // namespace gateway::transform
