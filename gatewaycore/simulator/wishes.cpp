#include "simulator/wishes.h"

namespace gateway::simulator {
namespace {

struct NumberWord
{
    const char* word;
    std::optional<int> Wishes::*member;
};

constexpr NumberWord kNumberWords[] = {
    {"status", &Wishes::status},
    {"first", &Wishes::firstByteMs},
    {"rate", &Wishes::tokensPerSecond},
    {"tokens", &Wishes::tokens},
    {"retry", &Wishes::retryAfter},
    {"cut", &Wishes::cutAfter},
    {"reset", &Wishes::resetAfter},
    {"stall", &Wishes::stallAfter},
    {"error", &Wishes::errorAfter},
    {"badchunk", &Wishes::badChunkAfter},
    {"times", &Wishes::times},
    {"every", &Wishes::every},
};

bool applyNumber(const QByteArray& word, int number, Wishes& wishes)
{
    for (const NumberWord& row : kNumberWords) {
        if (word == row.word) {
            wishes.*row.member = number;
            return true;
        }
    }
    if (word == "interim") {
        wishes.interim = number;
        return true;
    }
    return false;
}

void applyWord(const QByteArray& word, Wishes& wishes)
{
    bool isNumber = false;
    const int number = word.toInt(&isNumber);
    if (isNumber && word.size() == 3 && number >= 400 && number <= 599) {
        wishes.status = number;
    } else if (word == "fast") {
        wishes.firstByteMs = 0;
        wishes.tokensPerSecond = 0;
    } else if (word == "tool") {
        wishes.toolCalls = 1;
    } else if (word == "tools") {
        wishes.toolCalls = 2;
    } else if (word == "length") {
        wishes.finishReason = "length";
    } else if (word == "filter") {
        wishes.finishReason = "content_filter";
    } else if (word == "nodone") {
        wishes.noDone = true;
    } else if (word == "nousage") {
        wishes.noUsage = true;
    } else if (word == "refusal") {
        wishes.refusal = true;
    } else if (word == "html") {
        wishes.html = true;
    } else if (word == "context") {
        wishes.status = 400;
        wishes.errorCode = "context_length_exceeded";
    } else if (word == "policy") {
        wishes.status = 400;
        wishes.errorCode = "content_filter";
    }
}

} // namespace

void Wishes::behave()
{
    const std::optional<int> pace = tokensPerSecond;
    const std::optional<int> length = tokens;
    *this = Wishes();
    tokensPerSecond = pace;
    tokens = length;
    firstByteMs = 0;
}

Wishes wishesOf(const QByteArray& model, const HeaderList& headers)
{
    Wishes wishes;
    if (model.startsWith("sim-")) {
        const QList<QByteArray> words = model.mid(4).split('-');
        for (qsizetype i = 0; i < words.size(); ++i) {
            bool isNumber = false;
            const int number = i + 1 < words.size() ? words[i + 1].toInt(&isNumber) : 0;
            if (isNumber && applyNumber(words[i], number, wishes))
                ++i;
            else if (!applyNumber(words[i], 2, wishes)) // a number that was left out
                applyWord(words[i], wishes);
        }
    }
    for (const auto& [name, value] : headers) {
        if (!name.startsWith("x-sim-"))
            continue;
        const QByteArray word = name.mid(6);
        bool isNumber = false;
        const int number = value.toInt(&isNumber);
        if (!isNumber || !applyNumber(word, number, wishes))
            applyWord(word, wishes);
    }
    return wishes;
}

} // namespace gateway::simulator
