#include "transform/providers/gemini_contents.h"

#include "transform/field_name.h"
#include "transform/parts.h"
#include "transform/providers/gemini_path.h"
#include "transform/providers/gemini_schema.h"
#include "transform/providers/gemini_thinking.h"
#include "transform/providers/request_parts.h"

#include <QHash>

#include <array>

namespace gateway::transform::gemini {
namespace {

// Google's own word for a step whose signature is another provider's, or lost.
constexpr QByteArrayView kForeignHistory("skip_thought_signature_validator");

// Vertex demands a type of what it is to fetch, and other dialects do not say it.
struct Ending
{
    const char* path; // how it ends
    const char* mediaType;
};
constexpr std::array kEndings{
    Ending{".png", "image/png"},
    Ending{".jpg", "image/jpeg"},
    Ending{".jpeg", "image/jpeg"},
    Ending{".gif", "image/gif"},
    Ending{".webp", "image/webp"},
    Ending{".pdf", "application/pdf"},
    Ending{".wav", "audio/wav"},
    Ending{".mp3", "audio/mp3"},
};

QByteArray mediaTypeOf(const Part& part)
{
    if (const QByteArray stated = imageType(part); !stated.isEmpty())
        return stated;
    const QByteArray path = part.url.left(part.url.indexOf('?')).toLower();
    for (const Ending& row : kEndings) {
        if (!part.url.isEmpty() && path.endsWith(row.path))
            return row.mediaType;
    }
    return part.kind == Part::Kind::Document ? "application/pdf"
           : part.kind == Part::Kind::Audio  ? "audio/wav"
                                             : "image/jpeg";
}

class Conversation
{
public:
    Conversation(JsonWriter& json, const Target& target, Losses& losses)
        : m_json(json),
          m_losses(losses),
          m_vertex(isVertex(target)),
          m_checksSignatures(checksSignatures(plainModel(target)))
    {
    }

    std::optional<CallError> write(const UnifiedRequest& request);

private:
    // the parts of one message or less that belong into one content
    enum class Group
    {
        None,
        User,
        Results,
        Model,
    };

    void enter(Group group);
    void leave();
    void writeText(const Part& part);
    void writeThinking(const Part& part);
    void writeCall(const Part& part, const QByteArray& place);
    void writeMedia(const Part& part, const QByteArray& place);
    void writeResult(const Part& part, const QByteArray& place);
    void writePart(const Part& part, const QByteArray& place, bool assistant);

    JsonWriter& m_json;
    Losses& m_losses;
    const bool m_vertex;
    const bool m_checksSignatures;
    Group m_group = Group::None;
    bool m_stepSigned = false;                 // a function call of the open content has its signature
    QByteArray m_carried;                      // a signature that stood on empty thinking, for the next part
    QHash<QByteArray, QByteArray> m_callNames; // call id -> function
    std::optional<CallError> m_wrong;
};

void Conversation::enter(Group group)
{
    if (m_group == group)
        return;
    leave();
    m_group = group;
    m_stepSigned = false;
    m_json.beginObject().member("role", group == Group::Model ? "model" : "user").key("parts").beginArray();
}

void Conversation::leave()
{
    if (m_group != Group::None)
        m_json.endArray().endObject();
    m_group = Group::None;
}

void Conversation::writeText(const Part& part)
{
    const QByteArray signature =
        part.signer == Signer::Google && !part.signature.isEmpty() ? part.signature : std::exchange(m_carried, {});
    m_json.beginObject().member("text", part.text).memberIf("thoughtSignature", signature).endObject();
}

void Conversation::writeThinking(const Part& part)
{
    if (part.text.isEmpty()) {
        m_carried = part.signature;
        return;
    }
    m_json.beginObject().member("text", part.text).memberBool("thought", true);
    m_json.memberIf("thoughtSignature", part.signature).endObject();
}

void Conversation::writeCall(const Part& part, const QByteArray& place)
{
    const QByteArray arguments = argumentsObject(part, place + ".arguments", m_losses);
    QByteArray signature = std::exchange(m_carried, {});
    if (part.signer == Signer::Google && !part.signature.isEmpty())
        signature = part.signature;
    else if (!part.signature.isEmpty())
        m_losses.drop(place + ".signature", "it is another provider's");
    if (signature.isEmpty() && m_checksSignatures && !m_stepSigned)
        signature = kForeignHistory.toByteArray();
    m_stepSigned = true;
    m_json.beginObject().key("functionCall").beginObject();
    if (!m_vertex)
        m_json.memberIf("id", part.callId);
    m_json.member("name", part.name).memberRaw("args", arguments).endObject();
    m_json.memberIf("thoughtSignature", signature).endObject();
    if (!part.callId.isEmpty())
        m_callNames.insert(part.callId, part.name);
}

void Conversation::writeMedia(const Part& part, const QByteArray& place)
{
    if (!part.fileId.isEmpty()) {
        m_wrong = invalidRequest(
            QStringLiteral("A message names a file by its id, and that file is kept by another provider."), "messages");
        return;
    }
    if (!part.fileName.isEmpty())
        m_losses.drop(place + ".filename");
    if (!part.detail.isEmpty() && part.detail != "auto")
        m_losses.drop(place + ".detail");
    m_json.beginObject();
    if (!part.url.isEmpty())
        m_json.key("fileData").beginObject().member("mimeType", mediaTypeOf(part)).member("fileUri", part.url);
    else
        m_json.key("inlineData").beginObject().member("mimeType", mediaTypeOf(part)).member("data", part.data);
    m_json.endObject().endObject();
}

// The answer of a function must be an object. A text that is one stands as it is; any other becomes a member of one.
void Conversation::writeResult(const Part& part, const QByteArray& place)
{
    const QByteArray name = part.name.isEmpty() ? m_callNames.value(part.callId) : part.name;
    if (name.isEmpty()) {
        m_wrong = invalidRequest(
            QStringLiteral("The result of the tool call \"%1\" answers no call of this conversation, and "
                           "the provider needs the function's name.")
                .arg(QString::fromUtf8(part.callId.left(80))),
            "messages");
        m_wrong->foreign = true; // an id may be any text
        return;
    }
    QByteArray joined = part.text;
    std::vector<const Part*> media;
    for (const Part& inner : part.content) {
        if (inner.kind == Part::Kind::Text || inner.kind == Part::Kind::Refusal) {
            if (!joined.isEmpty() && !inner.text.isEmpty())
                joined += '\n';
            joined += inner.text;
        } else {
            media.push_back(&inner);
        }
    }
    const JsonText text = JsonText::parse(joined);
    const bool isObject = !text.error && text.root.type() == JsonType::Object && !hasReference(text.root);
    m_json.beginObject().key("functionResponse").beginObject();
    if (!m_vertex)
        m_json.memberIf("id", part.callId);
    m_json.member("name", name).key("response");
    if (isObject && !part.isError)
        m_json.raw(text.root.raw());
    else
        m_json.beginObject().member(part.isError ? "error" : "result", joined).endObject();
    const bool inside = m_checksSignatures; // Gemini 3 and later take media in the answer itself
    if (inside && !media.empty()) {
        m_json.key("parts").beginArray();
        for (const Part* inner : media)
            writeMedia(*inner, place + ".content");
        m_json.endArray();
    }
    m_json.endObject().endObject();
    if (!inside && !media.empty()) {
        m_losses.change(place + ".content", "the model takes no media in a tool's result: they stand beside it");
        for (const Part* inner : media)
            writeMedia(*inner, place + ".content");
    }
}

void Conversation::writePart(const Part& part, const QByteArray& place, bool assistant)
{
    switch (part.kind) {
    case Part::Kind::ToolResult:
        enter(Group::Results);
        writeResult(part, place);
        return;
    case Part::Kind::Thinking:
        if (part.signer != Signer::Google || part.redacted) {
            m_losses.drop(place, "it is another provider's, and not signed by this one");
            return;
        }
        if (!part.text.isEmpty())
            enter(Group::Model);
        writeThinking(part);
        return;
    case Part::Kind::ToolCall:
        enter(Group::Model);
        writeCall(part, place);
        return;
    case Part::Kind::Text:
    case Part::Kind::Refusal:
        if (!part.signature.isEmpty() && part.signer != Signer::Google)
            m_losses.drop(place + ".signature", "it is another provider's");
        if (part.kind == Part::Kind::Refusal)
            m_losses.change(place, "the provider has no such part: it stands as text");
        if (part.text.isEmpty() && (part.signer != Signer::Google || part.signature.isEmpty()))
            return; // Google refuses a part without text
        enter(assistant ? Group::Model : Group::User);
        writeText(part);
        return;
    case Part::Kind::Image:
    case Part::Kind::Document:
    case Part::Kind::Audio:
        enter(assistant ? Group::Model : Group::User);
        writeMedia(part, place);
        return;
    }
}

std::optional<CallError> Conversation::write(const UnifiedRequest& request)
{
    QByteArray system;
    JsonWriter texts(system);
    for (const Part& part : request.system) {
        if (!part.text.isEmpty())
            texts.beginObject().member("text", part.text).endObject();
    }
    bool hasContent = false;
    for (const Message& message : request.messages)
        hasContent = hasContent || !message.parts.empty();
    if (!system.isEmpty() && hasContent)
        m_json.key("systemInstruction").beginObject().key("parts").beginArray().raw(system).endArray().endObject();
    m_json.key("contents").beginArray();
    if (!system.isEmpty() && !hasContent) {
        m_losses.change("system", "the provider needs a user's message: the instruction stands as one");
        m_json.beginObject().member("role", "user").key("parts").beginArray().raw(system).endArray().endObject();
    } else if (!hasContent) {
        m_wrong = invalidRequest(QStringLiteral("The conversation has no message with any content."), "messages");
    }
    for (std::size_t i = 0; i < request.messages.size() && !m_wrong; ++i) {
        const Message& message = request.messages[i];
        const QByteArray place = indexed("messages", i);
        if (!message.name.isEmpty())
            m_losses.drop(place + ".name");
        if (message.role == Role::System)
            m_losses.change(place + ".role",
                "the provider takes instructions at the beginning only: this one stands as a user's text");
        // results answer the calls before them: they stand first
        for (const bool results : {true, false}) {
            for (std::size_t j = 0; j < message.parts.size() && !m_wrong; ++j) {
                const Part& part = message.parts[j];
                if ((part.kind == Part::Kind::ToolResult) == results)
                    writePart(part, partField(i, j), message.role == Role::Assistant);
            }
        }
    }
    leave();
    m_json.endArray();
    return m_wrong;
}

} // namespace

std::optional<CallError> writeConversation(
    JsonWriter& json, const UnifiedRequest& request, const Target& target, Losses& losses)
{
    return Conversation(json, target, losses).write(request);
}

} // namespace gateway::transform::gemini
