#include "transform/effort.h"

#include <array>
#include <cstdlib>

namespace gateway::transform {
namespace {

struct Name
{
    Effort effort;
    const char* word;
};
constexpr std::array kNames{
    Name{Effort::None, "none"},
    Name{Effort::Minimal, "minimal"},
    Name{Effort::Low, "low"},
    Name{Effort::Medium, "medium"},
    Name{Effort::High, "high"},
    Name{Effort::XHigh, "xhigh"},
    Name{Effort::Max, "max"},
};

// The ladders of wire.md 0.5; "none" of Anthropic and Gemini is another field (thinking disabled, budget 0).
struct Step
{
    Dialect dialect;
    Effort effort;
    const char* word;
    bool exact;
};
constexpr std::array kLadders{
    Step{Dialect::Anthropic, Effort::Minimal, "low", false},
    Step{Dialect::Anthropic, Effort::Low, "low", true},
    Step{Dialect::Anthropic, Effort::Medium, "medium", true},
    Step{Dialect::Anthropic, Effort::High, "high", true},
    Step{Dialect::Anthropic, Effort::XHigh, "xhigh", true},
    Step{Dialect::Anthropic, Effort::Max, "max", true},
    Step{Dialect::Bedrock, Effort::Minimal, "low", false},
    Step{Dialect::Bedrock, Effort::Low, "low", true},
    Step{Dialect::Bedrock, Effort::Medium, "medium", true},
    Step{Dialect::Bedrock, Effort::High, "high", true},
    Step{Dialect::Bedrock, Effort::XHigh, "xhigh", true},
    Step{Dialect::Bedrock, Effort::Max, "max", true},
    Step{Dialect::Gemini, Effort::Minimal, "MINIMAL", true},
    Step{Dialect::Gemini, Effort::Low, "LOW", true},
    Step{Dialect::Gemini, Effort::Medium, "MEDIUM", true},
    Step{Dialect::Gemini, Effort::High, "HIGH", true},
    Step{Dialect::Gemini, Effort::XHigh, "HIGH", false},
    Step{Dialect::Gemini, Effort::Max, "HIGH", false},
    Step{Dialect::Ollama, Effort::Minimal, "low", false},
    Step{Dialect::Ollama, Effort::Low, "low", true},
    Step{Dialect::Ollama, Effort::Medium, "medium", true},
    Step{Dialect::Ollama, Effort::High, "high", true},
    Step{Dialect::Ollama, Effort::XHigh, "high", false},
    Step{Dialect::Ollama, Effort::Max, "high", false},
};

// Our own choice: no provider publishes what an effort is in tokens. Powers of two within the limits they all take.
struct Budget
{
    Effort effort;
    qint64 tokens;
};
constexpr std::array kBudgets{
    Budget{Effort::None, 0},
    Budget{Effort::Minimal, 1024},
    Budget{Effort::Low, 2048},
    Budget{Effort::Medium, 8192},
    Budget{Effort::High, 16'384},
    Budget{Effort::XHigh, 24'576},
    Budget{Effort::Max, 32'768},
};

const Step* find(Dialect dialect, Effort effort)
{
    for (const Step& step : kLadders) {
        if (step.dialect == dialect && step.effort == effort)
            return &step;
    }
    return nullptr;
}

bool hasAllWords(Dialect dialect)
{
    return dialect == Dialect::OpenAiChat || dialect == Dialect::OpenAiResponses;
}

} // namespace

std::optional<Effort> effortOf(QByteArrayView word)
{
    const QByteArray lower = word.toByteArray().toLower();
    for (const Name& name : kNames) {
        if (lower == name.word)
            return name.effort;
    }
    return std::nullopt;
}

QByteArray effortWord(Dialect dialect, Effort effort)
{
    if (hasAllWords(dialect))
        return kNames[std::size_t(effort)].word;
    const Step* step = find(dialect, effort);
    return step ? QByteArray(step->word) : QByteArray();
}

bool isExact(Dialect dialect, Effort effort)
{
    const Step* step = find(dialect, effort);
    return hasAllWords(dialect) || (step && step->exact);
}

qint64 thinkingBudget(Effort effort)
{
    return kBudgets[std::size_t(effort)].tokens;
}

Effort effortForBudget(qint64 tokens)
{
    const Budget* nearest = &kBudgets.front();
    for (const Budget& budget : kBudgets) {
        if (std::llabs(budget.tokens - tokens) < std::llabs(nearest->tokens - tokens))
            nearest = &budget;
    }
    return nearest->effort;
}

} // namespace gateway::transform
