#include "simulator/embeddings_dialect.h"

#include "simulator/embedding.h"
#include "simulator/openai_errors.h"

#include <QJsonDocument>

namespace gateway::simulator {
namespace {

constexpr qsizetype kMaxInputs = 2048;
constexpr int kMaxDimensions = 4096;

struct Inputs
{
    QStringList texts; // token arrays as their JSON text
    int tokens = 0;
    int dimensions = kDefaultDimensions;
    bool base64 = false;
};

std::optional<Fault> wrong(const QString& message, const QString& param)
{
    return Fault{400, message, param, {}};
}

void addText(const QString& text, Inputs& inputs)
{
    inputs.texts.append(text);
    inputs.tokens += roughTokens(text.toUtf8().size(), 0);
}

void addTokens(const QJsonArray& tokens, Inputs& inputs)
{
    inputs.texts.append(QString::fromUtf8(QJsonDocument(tokens).toJson(QJsonDocument::Compact)));
    inputs.tokens += int(tokens.size());
}

bool areTokens(const QJsonArray& list)
{
    return !list.isEmpty() && std::all_of(list.begin(), list.end(), [](const QJsonValue& v) { return v.isDouble(); });
}

std::optional<Fault> readInput(const QJsonValue& input, Inputs& inputs)
{
    const auto invalid = [] {
        return wrong(QStringLiteral("'$.input' is invalid. Please check the API reference: "
                                    "https://platform.openai.com/docs/api-reference."),
            QStringLiteral("input"));
    };
    if (input.isString()) {
        if (input.toString().isEmpty())
            return invalid();
        addText(input.toString(), inputs);
        return std::nullopt;
    }
    const QJsonArray list = input.toArray();
    if (list.isEmpty() || list.size() > kMaxInputs)
        return invalid();
    if (areTokens(list)) {
        addTokens(list, inputs);
        return std::nullopt;
    }
    for (const QJsonValue& one : list) {
        if (one.isString() && !one.toString().isEmpty())
            addText(one.toString(), inputs);
        else if (areTokens(one.toArray()))
            addTokens(one.toArray(), inputs);
        else
            return invalid();
    }
    return std::nullopt;
}

std::optional<Fault> readInputs(const SimCall& call, Inputs& inputs)
{
    const auto body = jsonObject(call.http.body);
    if (!body)
        return wrong(QStringLiteral("We could not parse the JSON body of your request."), {});
    if (call.route.model.isEmpty() && (*body)[u"model"].toString().isEmpty())
        return wrong(QStringLiteral("you must provide a model parameter"), {});
    const QString format = (*body)[u"encoding_format"].toString(QStringLiteral("float"));
    if (format != QLatin1String("float") && format != QLatin1String("base64"))
        return wrong(QStringLiteral("Invalid value for 'encoding_format': expected 'float' or 'base64'."),
            QStringLiteral("encoding_format"));
    inputs.base64 = format == QLatin1String("base64");
    const QJsonValue dimensions = (*body)[u"dimensions"];
    if (!dimensions.isUndefined() && (dimensions.toInt(0) < 1 || dimensions.toInt(0) > kMaxDimensions))
        return wrong(QStringLiteral("Invalid value for 'dimensions': it must be between 1 and 4096."),
            QStringLiteral("dimensions"));
    inputs.dimensions = dimensions.toInt(kDefaultDimensions);
    return readInput((*body)[u"input"], inputs);
}

} // namespace

std::optional<Fault> EmbeddingsDialect::read(SimCall& call) const
{
    const auto body = jsonObject(call.http.body);
    call.chat.model = QString::fromUtf8(call.route.model);
    if (body && call.route.model.isEmpty())
        call.chat.model = (*body)[u"model"].toString();
    if (call.route.deployment && call.http.parameter("api-version").isEmpty())
        return Fault{404, QStringLiteral("Resource not found"), {}, "404"};
    Inputs inputs;
    return readInputs(call, inputs);
}

std::optional<Fault> EmbeddingsDialect::authenticate(const SimCall& call) const
{
    return acceptKey(call, openAiKeyOf(call));
}

Script EmbeddingsDialect::answer(const SimCall& call, Dice& dice) const
{
    Inputs inputs;
    readInputs(call, inputs);
    QByteArray rows;
    for (qsizetype i = 0; i < inputs.texts.size(); ++i) {
        const QList<float> vector = embeddingOf(inputs.texts[i], inputs.dimensions);
        rows += (rows.isEmpty() ? "" : ",") + QByteArray("{\"object\":\"embedding\",\"index\":") +
                QByteArray::number(i) +
                ",\"embedding\":" + (inputs.base64 ? "\"" + embeddingBase64(vector) + "\"" : embeddingNumbers(vector)) +
                "}";
    }
    const QByteArray tokens = QByteArray::number(inputs.tokens);
    QByteArray body = "{\"object\":\"list\",\"data\":[" + rows + "],\"model\":" + quoted(call.chat.model);
    if (!call.wishes.noUsage)
        body += ",\"usage\":{\"prompt_tokens\":" + tokens + ",\"total_tokens\":" + tokens + "}";
    return wholeScript(call, openAiHeaders(call, "application/json"), body + "}", 0, dice);
}

Script EmbeddingsDialect::error(const SimCall& call, const Fault& fault) const
{
    return openAiError(call, fault);
}

} // namespace gateway::simulator
