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

struct CountWord
{
    const char* word;
    int Wishes::*member;
};

constexpr CountWord kCountWords[] = {
    {"interim", &Wishes::interim},
    {"cached", &Wishes::cached},
    {"written", &Wishes::written},
};

struct SwitchWord
{
    const char* word;
    bool Wishes::*member;
};

constexpr SwitchWord kSwitchWords[] = {
    {"nodone", &Wishes::noDone},
    {"nousage", &Wishes::noUsage},
    {"refusal", &Wishes::refusal},
    {"html", &Wishes::html},
    {"think", &Wishes::think},
};

bool applyNumber(const QByteArray& word, int number, Wishes& wishes)
{
    for (const NumberWord& row : kNumberWords) {
        if (word == row.word) {
            wishes.*row.member = number;
            return true;
        }
    }
    for (const CountWord& row : kCountWords) {
        if (word == row.word) {
            wishes.*row.member = number;
            return true;
        }
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
    } else if (word == "context") {
        wishes.status = 400;
        wishes.errorCode = "context_length_exceeded";
    } else if (word == "policy") {
        wishes.status = 400;
        wishes.errorCode = "content_filter";
    } else {
        for (const SwitchWord& row : kSwitchWords) {
            if (word == row.word)
                wishes.*row.member = true;
        }
    }
}

// The words behind "sim-", wherever the provider's way of naming models puts it.
QList<QByteArray> wordsOf(const QByteArray& model)
{
    qsizetype start = model.indexOf("sim-");
    while (start > 0 && !QByteArrayView("./:").contains(model[start - 1]))
        start = model.indexOf("sim-", start + 1);
    if (start < 0)
        return {};
    QByteArray rest = model.mid(start + 4);
    return rest.replace(':', '-').replace('/', '-').split('-');
}

} // namespace

bool Wishes::quirk(QByteArrayView name) const
{
    for (const QByteArray& one : quirks) {
        if (name == one)
            return true;
    }
    return false;
}

void Wishes::behave()
{
    const std::optional<int> pace = tokensPerSecond;
    const std::optional<int> length = tokens;
    const Wishes asked = *this;
    *this = Wishes();
    tokensPerSecond = pace;
    tokens = length;
    cached = asked.cached;
    written = asked.written;
    think = asked.think;
    quirks = asked.quirks;
    quirks.removeAll("200error");
    quirks.removeAll("nodonemark");
    firstByteMs = 0;
}

Wishes wishesOf(const QByteArray& model, const HeaderList& headers)
{
    Wishes wishes;
    const QList<QByteArray> words = wordsOf(model);
    for (qsizetype i = 0; i < words.size(); ++i) {
        bool isNumber = false;
        const int number = i + 1 < words.size() ? words[i + 1].toInt(&isNumber) : 0;
        if (words[i] == "quirk" && i + 1 < words.size())
            wishes.quirks.append(words[++i]);
        else if (isNumber && applyNumber(words[i], number, wishes))
            ++i;
        else if (!applyNumber(words[i], 2, wishes)) // a number that was left out
            applyWord(words[i], wishes);
    }
    for (const auto& [name, value] : headers) {
        if (!name.startsWith("x-sim-"))
            continue;
        const QByteArray word = name.mid(6);
        bool isNumber = false;
        const int number = value.toInt(&isNumber);
        if (word == "quirk")
            wishes.quirks.append(value);
        else if (!isNumber || !applyNumber(word, number, wishes))
            applyWord(word, wishes);
    }
    return wishes;
}

} // namespace gateway::simulator
