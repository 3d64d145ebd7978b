#include "transform/providers/anthropic_history.h"

#include "base/json_writer.h"
#include "transform/body_edit.h"
#include "transform/json_view.h"
#include "transform/signature.h"

namespace gateway::transform {
namespace {

bool isForeign(JsonView block)
{
    const std::optional<QByteArray> type = block.member("type").text();
    if (type != QByteArray("thinking") && type != QByteArray("redacted_thinking"))
        return false;
    const JsonView value = block.member(*type == "thinking" ? "signature" : "data");
    const QByteArray signature = value.text().value_or(QByteArray());
    return signature.isEmpty() || opened(signature, Signer::Anthropic).signer != Signer::Anthropic;
}

// Nearly every conversation has none: known without walking it.
bool maySay(QByteArrayView json)
{
    return json.contains(QByteArrayView("thinking")) &&
           (json.contains(QByteArrayView("sbx1.")) || !json.contains(QByteArrayView("\"signature\"")) ||
               json.contains(QByteArrayView("\"signature\":\"\"")) ||
               json.contains(QByteArrayView("\"signature\": \"\"")));
}

} // namespace

QByteArray withoutForeignThinking(JsonView messages, Losses& losses)
{
    if (messages.type() != JsonType::Array || !maySay(messages.raw()))
        return {};
    bool found = false;
    QByteArray out;
    JsonWriter list(out);
    list.beginArray();
    int index = 0;
    messages.eachElement([&](JsonView message) {
        const QByteArray field = "messages[" + QByteArray::number(index++) + "].content";
        const JsonView content = message.member("content");
        QByteArray kept;
        JsonWriter keptJson(kept);
        keptJson.beginArray();
        int block = 0;
        bool foundHere = false;
        content.eachElement([&](JsonView part) {
            if (isForeign(part)) {
                losses.drop(field + '[' + QByteArray::number(block) + ']', "thinking is taken back by its signer only");
                foundHere = true;
            } else {
                keptJson.raw(part.raw());
            }
            ++block;
            return true;
        });
        keptJson.endArray();
        if (!foundHere) {
            list.raw(message.raw());
            return true;
        }
        found = true;
        if (kept == "[]")
            return true; // nothing else was said
        BodyEdit edit(message.raw());
        edit.replace(content, kept);
        list.raw(edit.apply());
        return true;
    });
    list.endArray();
    return found ? out : QByteArray();
}

} // namespace gateway::transform
