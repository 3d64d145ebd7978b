// Content blocks of Bedrock Converse: one part of a message as one block. Documents need names of few characters, each
// once in a request, and tool calls ids of few characters, so the writer of a request's blocks remembers what it gave.
// Belongs to one request; one thread.
#pragma once

#include "transform/call_error.h"
#include "transform/losses.h"
#include "transform/providers/bedrock_models.h"
#include "transform/providers/request_parts.h"

#include <QSet>

#include <optional>
#include <variant>

namespace gateway::transform {

class BedrockBlocks
{
public:
    BedrockBlocks(const BedrockModel& model, Losses& losses) : m_model(model), m_losses(losses) {}

    // Empty: nothing to say (a blank text, thinking that another provider signed).
    std::variant<QByteArray, CallError> block(const Part& part, const CallRefs::Ref& ref, const QByteArray& field);
    // {"cachePoint": ...}; empty where the model takes none or the request has its four already.
    QByteArray cachePoint(CacheLife life, const QByteArray& field);

private:
    using Block = std::variant<QByteArray, CallError>;
    Block image(const Part& part, const QByteArray& field);
    Block document(const Part& part, const QByteArray& field);
    Block audio(const Part& part, const QByteArray& field);
    Block toolResult(const Part& part, const CallRefs::Ref& ref, const QByteArray& field);
    QByteArray thinking(const Part& part, const QByteArray& field);
    QByteArray documentName(const Part& part, const QByteArray& field);

    const BedrockModel m_model;
    Losses& m_losses;
    QSet<QByteArray> m_documentNames;
    QHash<QByteArray, int> m_documentNumbers; // the last one given to a name that came before
    int m_cachePoints = 0;
};

// An id that Bedrock takes: the caller's own, or one made from it (the same for call and result).
QByteArray bedrockToolUseId(const QByteArray& id);
bool isBedrockToolName(QByteArrayView name);

} // namespace gateway::transform
