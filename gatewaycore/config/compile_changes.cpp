// changes: how a change of the config comes into force (change_policy.h).
#include "config/compile_parts.h"

#include <QRegularExpression>

#include <array>
#include <limits>

namespace gateway::config {
namespace {

constexpr std::array kReview{std::pair{"recommended", false}, std::pair{"required", true}};
constexpr std::array kFlags{std::pair{"true", true}, std::pair{"false", false}};
constexpr qint64 kMostCalls = 10'000'000;
constexpr std::chrono::minutes kLongestStep = std::chrono::hours(24 * 30);

// Percentages that rise and end with everybody.
void steps(Section& section, CanaryPolicy& canary)
{
    if (!section.has("steps"))
        return;
    const QStringList words = section.texts("steps");
    std::vector<int> steps;
    for (const QString& word : words) {
        bool ok = false;
        const int percent = word.toInt(&ok);
        if (!ok || QString::number(percent) != word || percent < 1 || percent > 100 ||
            (!steps.empty() && percent <= steps.back())) {
            section.refuse("steps", QStringLiteral("The steps are whole percentages from 1 to 100 that rise."),
                QStringLiteral("Write [1, 5, 25, 50, 100]."));
            return;
        }
        steps.push_back(percent);
    }
    if (steps.empty() || steps.back() != 100) {
        section.refuse("steps", QStringLiteral("The last step of a canary is 100, all callers."),
            QStringLiteral("Write [1, 5, 25, 50, 100]."));
        return;
    }
    canary.steps = std::move(steps);
}

void atLeast(Section& section, CanaryPolicy& canary)
{
    const std::optional<QString> word = section.has("at_least") ? section.text("at_least") : std::nullopt;
    if (!word)
        return;
    if (*word == QLatin1String("none")) {
        canary.atLeast = std::chrono::minutes(0);
        return;
    }
    const auto duration = section.duration("at_least");
    if (!duration)
        return;
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(*duration);
    if (minutes != *duration || minutes > kLongestStep) {
        section.refuse("at_least", QStringLiteral("A step takes whole minutes, at most 30d, or none."),
            QStringLiteral("Write 10m."));
        return;
    }
    canary.atLeast = minutes;
}

// A decimal from 0 to `most`. With `mayBeOff` the word off switches the guard off.
void rise(Section& section, const char* field, double most, bool mayBeOff, double& rise)
{
    static const QRegularExpression decimal(QStringLiteral("^[0-9]{1,2}(\\.[0-9]{1,6})?$"));
    const std::optional<QString> word = section.has(field) ? section.text(field) : std::nullopt;
    if (!word)
        return;
    if (mayBeOff && *word == QLatin1String("off")) {
        rise = std::numeric_limits<double>::infinity();
        return;
    }
    const double number = decimal.match(*word).hasMatch() ? word->toDouble() : -1;
    if (number < 0 || number > most) {
        section.refuse(field, QStringLiteral("Expected a decimal from 0 to %1 here.").arg(most),
            mayBeOff ? QStringLiteral("Write 0.25 for a quarter more, or off.")
                     : QStringLiteral("Write 0.02 for two points."));
        return;
    }
    rise = number;
}

} // namespace

void compileChanges(Section& root, PolicySnapshot& snapshot)
{
    std::optional<Section> changes = root.section("changes", {"review", "canary"});
    if (!changes)
        return;
    if (changes->has("review"))
        snapshot.changes.reviewRequired = changes->choice<bool>("review", kReview).value_or(false);
    std::optional<Section> section =
        changes->section("canary", {"steps", "at_least", "least_calls", "error_rise", "refusal_rise",
                                       "first_token_rise", "cost_rise", "promotes"});
    if (!section)
        return;
    CanaryPolicy& canary = snapshot.changes.canary;
    steps(*section, canary);
    atLeast(*section, canary);
    if (section->has("least_calls"))
        canary.leastCalls = int(section->integer("least_calls", 1, kMostCalls).value_or(canary.leastCalls));
    rise(*section, "error_rise", 1, false, canary.errorRise);
    rise(*section, "refusal_rise", 1, false, canary.refusalRise);
    rise(*section, "first_token_rise", 10, true, canary.firstTokenRise);
    rise(*section, "cost_rise", 10, true, canary.costRise);
    if (section->has("promotes"))
        canary.promotes = section->choice<bool>("promotes", kFlags).value_or(false);
}

} // namespace gateway::config
