#include "simulator/chat_answer.h"

#include <QJsonDocument>

namespace gateway::simulator {
namespace {

// Sentences about the trade the program is named after. Some hold characters of two to four bytes in UTF-8.
constexpr const char* kSentences[] = {
    "A signal box is the room from which lines are watched and routes are set.",
    "The signaller pulls a lever, and the points move before the signal may clear.",
    "Interlocking makes it impossible to set two routes that would meet.",
    "Every train that passes is written into the register, with its time.",
    "When a line is closed, traffic is led round it over the next best one.",
    "A bell code tells the next box what is coming: ein Zug, un train, одно движение, 列車.",
    "The block is held until the tail lamp has been seen, naïve as that may sound.",
    "At night the lamps burn low, and the instruments do the talking \xF0\x9F\x9A\x82.",
    "No route is given away before the road ahead is known to be free.",
    "A failure is shown at the lever that it concerns, not somewhere in a list.",
};

QStringList piecesOf(const QString& text)
{
    QStringList pieces;
    qsizetype start = 0;
    for (qsizetype i = 1; i <= text.size(); ++i) {
        if (i == text.size() || text[i] == QLatin1Char(' ')) {
            pieces.append(text.mid(start, i - start));
            start = i;
        }
    }
    return pieces;
}

QStringList spokenText(int tokens, Dice& dice)
{
    QStringList pieces;
    constexpr int count = int(std::size(kSentences));
    int sentence = dice.between(0, count - 1);
    while (pieces.size() < tokens) {
        QString text = QString::fromUtf8(kSentences[sentence]);
        if (!pieces.isEmpty())
            text.prepend(QLatin1Char(' '));
        pieces += piecesOf(text);
        sentence = (sentence + 1 + dice.between(0, 1)) % count;
    }
    return pieces.first(tokens);
}

QString sampleText(const QString& name)
{
    if (name.contains(QLatin1String("city")) || name.contains(QLatin1String("location")))
        return QStringLiteral("Swindon");
    if (name.contains(QLatin1String("date")))
        return QStringLiteral("2026-11-22");
    return QStringLiteral("platform 2");
}

// A value that fits the schema, as far as a simulator need go: types, enums, minimum, required or not.
QJsonValue sampleFor(const QJsonObject& schema, const QString& name, Dice& dice, int depth)
{
    if (const QJsonArray choices = schema[u"enum"].toArray(); !choices.isEmpty())
        return choices[int(dice.next() % quint64(choices.size()))];
    QString type = schema[u"type"].toString();
    if (schema[u"type"].isArray())
        type = schema[u"type"].toArray().first().toString();
    if (type == QLatin1String("integer") || type == QLatin1String("number"))
        return schema[u"minimum"].toInteger(0) + dice.between(1, 9);
    if (type == QLatin1String("boolean"))
        return (dice.next() & 1) != 0;
    if (type == QLatin1String("array"))
        return depth > 4 ? QJsonArray() : QJsonArray{sampleFor(schema[u"items"].toObject(), name, dice, depth + 1)};
    if (type == QLatin1String("object") || schema.contains(u"properties")) {
        QJsonObject object;
        const QJsonObject properties = schema[u"properties"].toObject();
        for (auto it = properties.begin(); it != properties.end() && depth <= 4; ++it)
            object.insert(it.key(), sampleFor(it.value().toObject(), it.key(), dice, depth + 1));
        return object;
    }
    return sampleText(name);
}

QString jsonText(const QJsonObject& object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

QStringList cutEvery(const QString& text, int length)
{
    QStringList pieces;
    for (qsizetype i = 0; i < text.size(); i += length)
        pieces.append(text.mid(i, length));
    return pieces;
}

bool asksForTool(const ChatRequest& request)
{
    if (request.prompt.contains(QLatin1String("tool"), Qt::CaseInsensitive))
        return true;
    for (const ChatTool& tool : request.tools) {
        if (request.prompt.contains(tool.name))
            return true;
    }
    return false;
}

int wantedToolCalls(const ChatRequest& request, const Wishes& wishes)
{
    if (!request.mayCallTool)
        return 0;
    int wanted = wishes.toolCalls;
    // after a tool has answered, the model speaks, unless it is forced to call again
    if (wanted == 0 && (request.mustCallTool || (request.toolResult.isEmpty() && asksForTool(request))))
        wanted = request.prompt.contains(QLatin1String("both")) ? 2 : 1;
    return request.parallelTools ? wanted : std::min(wanted, 1);
}

void callTools(int count, const ChatRequest& request, Dice& dice, ChatAnswer& answer)
{
    for (int i = 0; i < count; ++i) {
        ChatTool tool = request.tools[i % request.tools.size()];
        for (const ChatTool& one : request.tools) {
            if (one.name == request.namedTool)
                tool = one;
        }
        const QString arguments = jsonText(sampleFor(tool.parameters, tool.name, dice, 0).toObject());
        ChatToolCall call;
        call.tag = QByteArray::number(dice.next(), 16).rightJustified(16, '0');
        call.name = tool.name;
        call.argumentPieces = cutEvery(arguments, 7);
        answer.spokenTokens += int(call.argumentPieces.size()) + 6;
        answer.toolCalls.append(call);
    }
    answer.finishReason = "tool_calls";
}

// What is said ends before the first stop sequence that occurs in it.
void stopEarly(const ChatRequest& request, ChatAnswer& answer)
{
    const QString text = answer.text();
    qsizetype end = -1;
    for (const QString& sequence : request.stopSequences) {
        const qsizetype at = sequence.isEmpty() ? -1 : text.indexOf(sequence);
        if (at < 0 || (end >= 0 && at >= end))
            continue;
        end = at;
        answer.stopSequence = sequence;
    }
    if (end >= 0)
        answer.textPieces = piecesOf(text.left(end));
}

void think(ChatAnswer& answer)
{
    answer.thinkingPieces = piecesOf(
        QStringLiteral("First the block ahead must be free; then the points are set, and locked. « Ça va. » 了解。"));
    answer.thoughtTokens = int(answer.thinkingPieces.size());
}

void speak(const ChatRequest& request, const Wishes& wishes, const Profile& profile, Dice& dice, ChatAnswer& answer)
{
    const int length = wishes.tokens.value_or(dice.between(profile.answerTokensMin, profile.answerTokensMax));
    if (request.wantsJson)
        answer.textPieces = cutEvery(jsonText(sampleFor(request.jsonSchema, {}, dice, 0).toObject()), 5);
    else if (request.prompt.startsWith(QLatin1String("echo:")))
        answer.textPieces = piecesOf(request.prompt.mid(5).trimmed());
    else if (!request.toolResult.isEmpty())
        answer.textPieces = piecesOf(QStringLiteral("The tool said: ") + request.toolResult);
    else
        answer.textPieces = spokenText(std::max(1, length), dice);
    answer.finishReason = "stop";
    stopEarly(request, answer);
    if (request.maxTokens && answer.textPieces.size() > *request.maxTokens) {
        answer.textPieces = answer.textPieces.first(*request.maxTokens);
        answer.finishReason = "length";
        answer.stopSequence.clear();
    }
    answer.spokenTokens = int(answer.textPieces.size());
}

} // namespace

ChatAnswer composeAnswer(const ChatRequest& request, const Wishes& wishes, const Profile& profile, Dice& dice)
{
    ChatAnswer answer;
    answer.freshTokens = request.promptTokens;
    answer.cachedTokens = std::max(0, wishes.cached);
    answer.writtenTokens = std::max(0, wishes.written);
    if (request.thinks || wishes.think)
        think(answer);
    if (wishes.refusal) {
        answer.refusal = QStringLiteral("I cannot help with that.");
        answer.spokenTokens = 6;
        answer.finishReason = "stop";
    } else if (const int calls = wantedToolCalls(request, wishes); calls > 0) {
        callTools(calls, request, dice, answer);
    } else {
        speak(request, wishes, profile, dice, answer);
    }
    if (!wishes.finishReason.isEmpty()) {
        answer.finishReason = wishes.finishReason;
        answer.stopSequence.clear();
    }
    return answer;
}

} // namespace gateway::simulator
