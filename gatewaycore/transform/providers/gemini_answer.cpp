#include "transform/providers/gemini_answer.h"

#include "transform/providers/answer_parts.h"
#include "transform/providers/gemini_error.h"

#include <algorithm>

namespace gateway::transform::gemini {
namespace {

qint64 ofModality(JsonView details, QByteArrayView modality)
{
    qint64 sum = 0;
    details.eachElement([&](JsonView row) {
        if (row.member("modality").text() == modality)
            sum += statedCount(row.member("tokenCount"));
        return true;
    });
    return sum;
}

} // namespace

api::Tokens readUsage(JsonView usage)
{
    api::Tokens tokens;
    if (usage.type() != JsonType::Object)
        return tokens;
    tokens.source = api::TokenSource::Reported;
    const JsonView in = usage.member("promptTokensDetails");
    const JsonView cached = usage.member("cacheTokensDetails");
    const qint64 prompt = statedCount(usage.member("promptTokenCount"));
    tokens.inCacheRead = std::min(prompt, statedCount(usage.member("cachedContentTokenCount")));
    const auto uncached = [&](QByteArrayView modality) {
        return std::max<qint64>(0, ofModality(in, modality) - ofModality(cached, modality));
    };
    const qint64 rest = prompt - tokens.inCacheRead;
    tokens.inAudio = std::min(rest, uncached("AUDIO"));
    tokens.inImage = std::min(rest - tokens.inAudio, uncached("IMAGE"));
    tokens.inUncached = rest - tokens.inAudio - tokens.inImage;
    tokens.toolPrompt = statedCount(usage.member("toolUsePromptTokenCount"));
    const qint64 out = statedCount(usage.member("candidatesTokenCount"));
    tokens.outAudio = std::min(out, ofModality(usage.member("candidatesTokensDetails"), "AUDIO"));
    tokens.outText = out - tokens.outAudio;
    tokens.outReasoning = statedCount(usage.member("thoughtsTokenCount"));
    return tokens;
}

std::optional<CallError> FactsReader::read(JsonView chunk, QByteArrayView providerKey, AnswerFacts& facts)
{
    if (const JsonView error = chunk.member("error"); error.type() == JsonType::Object)
        return readErrorObject(0, error, providerKey);
    if (const JsonView usage = chunk.member("usageMetadata"); usage.type() == JsonType::Object) {
        facts.tokens = readUsage(usage);
        for (const QByteArrayView name : {QByteArrayView("serviceTier"), QByteArrayView("trafficType")}) {
            if (const auto tier = usage.member(name).text(); tier && !tier->isEmpty() && facts.serviceTier.isEmpty())
                facts.serviceTier = tier->left(60);
        }
    }
    if (const QString model = shortText(chunk.member("modelVersion")); !model.isEmpty())
        facts.model = model;
    if (const auto id = chunk.member("responseId").text(); id && facts.id.isEmpty())
        facts.id = id->left(200);
    bool any = false;
    chunk.member("candidates").eachElement([&](JsonView candidate) {
        any = true;
        const qint64 index = candidate.member("index").integer().value_or(0);
        if (m_begun.size() < 64)
            m_begun.insert(index);
        const QString reason = shortText(candidate.member("finishReason"));
        if (reason.isEmpty() || reason == QLatin1String("FINISH_REASON_UNSPECIFIED"))
            return true;
        if (m_begun.contains(index))
            m_finished.insert(index);
        if (index == 0) {
            facts.finishReason = reason;
            facts.stopExplanation = candidate.member("finishMessage").text().value_or(QByteArray()).left(1000);
        }
        return true;
    });
    // a prompt that is refused has no candidates, only this
    const JsonView feedback = chunk.member("promptFeedback");
    const QString block = shortText(feedback.member("blockReason"));
    if (!any && !block.isEmpty() && block != QLatin1String("BLOCKED_REASON_UNSPECIFIED")) {
        m_blocked = true;
        facts.finishReason = block;
        facts.stop = StopReason::Safety;
        facts.stopCategory = block.toUtf8();
        facts.stopExplanation = feedback.member("blockReasonMessage").text().value_or(QByteArray()).left(1000);
    }
    return std::nullopt;
}

void FactsReader::settle(AnswerFacts& facts, bool toolCalled) const
{
    if (m_blocked || facts.finishReason.isEmpty())
        return;
    const StopReason stop = stopReasonOf(Dialect::Gemini, facts.finishReason.toUtf8()).reason;
    facts.stop = promoted(stop, toolCalled);
    if (facts.stop == StopReason::Safety)
        facts.stopCategory = facts.finishReason.toUtf8();
}

JsonView partsOf(JsonView chunk)
{
    JsonView parts;
    chunk.member("candidates").eachElement([&](JsonView candidate) {
        if (candidate.member("index").integer().value_or(0) != 0)
            return true;
        parts = candidate.member("content").member("parts");
        return false;
    });
    return parts;
}

void PartReader::setAnswerId(QByteArrayView id)
{
    if (!m_answerId.isEmpty())
        return;
    for (const char c : id) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (plain && m_answerId.size() < 24)
            m_answerId += c;
    }
}

QByteArray PartReader::callId(JsonView functionCall)
{
    const QByteArray id = functionCall.member("id").text().value_or(QByteArray());
    if (!id.isEmpty() && id.size() <= 200)
        return id;
    return "call_" + m_answerId + (m_answerId.isEmpty() ? "" : "_") + QByteArray::number(++m_minted);
}

std::optional<Part> PartReader::read(JsonView json)
{
    Part part;
    const JsonView call = json.member("functionCall");
    const JsonView media = json.member("inlineData");
    const JsonView file = json.member("fileData");
    if (call.type() == JsonType::Object) {
        part.kind = Part::Kind::ToolCall;
        part.callId = callId(call);
        part.name = call.member("name").text().value_or(QByteArray());
        const JsonView arguments = call.member("args");
        part.arguments = arguments.type() == JsonType::Object ? arguments.raw().toByteArray() : QByteArray("{}");
    } else if (json.member("text").type() == JsonType::String) {
        part.kind = json.member("thought").boolean().value_or(false) ? Part::Kind::Thinking : Part::Kind::Text;
        part.text = *json.member("text").text();
    } else if (media.type() == JsonType::Object || file.type() == JsonType::Object) {
        const JsonView from = media.type() == JsonType::Object ? media : file;
        part.mediaType = from.member("mimeType").text().value_or(QByteArray());
        part.kind = part.mediaType.startsWith("audio/")   ? Part::Kind::Audio
                    : part.mediaType.startsWith("image/") ? Part::Kind::Image
                                                          : Part::Kind::Document;
        part.data = media.member("data").text().value_or(QByteArray());
        part.url =
            media.type() == JsonType::Object ? QByteArray() : file.member("fileUri").text().value_or(QByteArray());
    } else {
        return std::nullopt;
    }
    if (const auto signature = json.member("thoughtSignature").text(); signature && !signature->isEmpty()) {
        part.signature = *signature;
        part.signer = Signer::Google;
    }
    return part;
}

} // namespace gateway::transform::gemini
