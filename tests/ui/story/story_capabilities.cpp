#include "story_capabilities.h"

#include <array>

namespace ui::testing {
namespace {

using namespace gateway::api;

// What is given to an OpenAI provider by callers of other dialects, and to Anthropic; y, l(ossy) or n.
struct Row
{
    const char* name;
    char openAi;
    char anthropic;
};

constexpr std::array kRows{
    Row{"tools", 'y', 'y'},
    Row{"free-text tools", 'y', 'n'},
    Row{"tools the provider runs", 'n', 'n'},
    Row{"structured output", 'y', 'y'},
    Row{"images in the request", 'y', 'y'},
    Row{"images by address", 'l', 'y'},
    Row{"documents in the request", 'y', 'l'},
    Row{"files the provider keeps", 'n', 'n'},
    Row{"audio in the request", 'y', 'n'},
    Row{"spoken answers", 'n', 'n'},
    Row{"several choices", 'n', 'n'},
    Row{"log probabilities", 'n', 'n'},
    Row{"predicted output", 'n', 'n'},
    Row{"state the provider keeps", 'n', 'n'},
    Row{"embeddings", 'y', 'n'},
    Row{"embeddings of token ids", 'y', 'n'},
};

QString wordOf(char letter)
{
    return letter == 'y' ? QStringLiteral("yes") : letter == 'l' ? QStringLiteral("lossy") : QStringLiteral("no");
}

CandidateCapabilities candidate(
    const char* label, const char* kind, const char* dialect, const QStringList& passedOn, const QStringList& aliases)
{
    CandidateCapabilities one;
    one.candidate = QString::fromLatin1(label);
    one.provider = one.candidate.section(QLatin1Char('/'), 0, 0);
    one.model = one.candidate.section(QLatin1Char('/'), 1).section(QLatin1Char('@'), 0, 0);
    one.kind = QString::fromLatin1(kind);
    one.dialect = QString::fromLatin1(dialect);
    one.passedOn = passedOn;
    one.aliases = aliases;
    const bool isAnthropic = one.dialect == QLatin1String("anthropic");
    for (const Row& row : kRows) {
        FeatureCarriage feature{QString::fromLatin1(row.name), {}};
        for (const char* dialectOfCaller : kCallerDialects) {
            const QString caller = QLatin1String(dialectOfCaller);
            const char letter = passedOn.contains(caller) ? 'y' : isAnthropic ? row.anthropic : row.openAi;
            feature.from.insert(caller, wordOf(letter));
        }
        one.features.append(feature);
    }
    return one;
}

} // namespace

QVector<CandidateCapabilities> storyCapabilities(bool isEmpty)
{
    if (isEmpty)
        return {};
    const QString fast = QStringLiteral("fast-summariser");
    const QString qa = QStringLiteral("contract-qa");
    const QString chat = QStringLiteral("support-chat");
    const QStringList openAi{QStringLiteral("openai.chat"), QStringLiteral("openai.responses")};
    return {
        candidate("azure-eu/gpt-6-luna-2026-09-01@swedencentral", "azure-openai", "openai.chat", openAi, {fast, chat}),
        candidate("openai-eu/gpt-6-luna-2026-09-01@westeurope", "openai", "openai.chat", openAi, {fast, qa, chat}),
        candidate("anthropic/claude-haiku-4-5@eu", "anthropic", "anthropic", {QStringLiteral("anthropic")},
            {fast, qa, QStringLiteral("embed-docs")}),
        candidate("openai-eu/gpt-5.4-nano-2026-03-01@westeurope", "openai", "openai.chat", openAi, {fast})};
}

} // namespace ui::testing
