#include "config/scalars.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace gateway::config {
namespace {

using std::chrono::milliseconds;

// Largest first, so that textOf finds the largest exact unit.
constexpr std::array kUnits{
    std::pair{"d", qint64(86'400'000)},
    std::pair{"h", qint64(3'600'000)},
    std::pair{"m", qint64(60'000)},
    std::pair{"s", qint64(1'000)},
    std::pair{"ms", qint64(1)},
};

QString plainForm(const QString& text)
{
    return text.toLower().replace(u'-', u'_');
}

// Edits (insert, delete, replace, swap of neighbours) that make one text the other.
int editDistance(const QString& a, const QString& b)
{
    const auto columns = std::size_t(b.size()) + 1;
    std::vector<int> twoAgo(columns), oneAgo(columns), row(columns);
    for (std::size_t j = 0; j < columns; ++j)
        oneAgo[j] = int(j);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        row[0] = int(i);
        for (qsizetype j = 1; j <= b.size(); ++j) {
            const auto at = std::size_t(j);
            const int replace = oneAgo[at - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[at] = std::min({oneAgo[at] + 1, row[at - 1] + 1, replace});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[at] = std::min(row[at], twoAgo[at - 2] + 1);
        }
        std::swap(twoAgo, oneAgo);
        std::swap(oneAgo, row);
    }
    return oneAgo.back();
}

} // namespace

std::optional<milliseconds> durationFromText(QStringView text)
{
    qsizetype digits = 0;
    qint64 number = 0;
    while (digits < text.size() && text[digits] >= u'0' && text[digits] <= u'9') {
        if (__builtin_mul_overflow(number, qint64(10), &number) ||
            __builtin_add_overflow(number, qint64(text[digits].unicode() - u'0'), &number))
            return std::nullopt;
        ++digits;
    }
    if (digits == 0)
        return std::nullopt;
    for (const auto& [unit, factor] : kUnits) {
        qint64 total = 0;
        if (text.mid(digits) == QLatin1String(unit) && !__builtin_mul_overflow(number, factor, &total))
            return milliseconds(total);
    }
    return std::nullopt;
}

QString textOf(milliseconds duration)
{
    const qint64 total = duration.count();
    for (const auto& [unit, factor] : kUnits) {
        if (total != 0 && total % factor == 0)
            return QString::number(total / factor) + QLatin1String(unit);
    }
    return QString::number(total) + QStringLiteral("ms");
}

bool isName(QStringView text)
{
    const auto allowed = [](QChar c) {
        return (c >= u'A' && c <= u'Z') || (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'.' ||
               c == u'_' || c == u'-';
    };
    return !text.isEmpty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

std::optional<QDate> dateFromText(QStringView text)
{
    const QDate date = QDate::fromString(text.toString(), QStringLiteral("yyyy-MM-dd"));
    if (!date.isValid() || text.size() != 10)
        return std::nullopt;
    return date;
}

QString nearestName(const QString& text, const QStringList& known)
{
    const QString wanted = plainForm(text);
    if (wanted.isEmpty() || wanted.size() > 128)
        return {};
    QString best;
    int bestDistance = std::clamp(int(wanted.size()) / 3, 1, 3) + 1;
    for (const QString& name : known) {
        const int distance = editDistance(wanted, plainForm(name));
        if (distance < bestDistance && distance < int(name.size())) {
            best = name;
            bestDistance = distance;
        }
    }
    if (!best.isEmpty())
        return best;
    for (const QString& name : known) {
        const QString plain = plainForm(name);
        if (plain.size() >= 3 && wanted.size() >= 3 && (wanted.contains(plain) || plain.contains(wanted)) &&
            name.size() > best.size())
            best = name;
    }
    return best;
}

} // namespace gateway::config
