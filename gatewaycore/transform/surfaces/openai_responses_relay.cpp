#include "transform/surfaces/openai_responses_relay.h"

#include "http/sse.h"
#include "transform/body_edit.h"
#include "transform/surfaces/openai_responses_object.h"
#include "transform/surfaces/openai_responses_open_item.h"

#include <algorithm>

namespace gateway::transform {
namespace {

constexpr qint64 kLargestNumber = 1LL << 53;
constexpr std::size_t kMostOpen = 64; // at a time; nobody has more than one or two

class ResponsesRelay final : public StreamRelay
{
public:
    ResponsesRelay(
        const CallRequest& request, const AnswerContext& context, std::function<QByteArray(const CallError&)> signalbox)
        : m_request(request), m_context(context), m_signalbox(std::move(signalbox))
    {
    }

    void relay(const Frame& frame, const StreamReader::Read& read, const AnswerFacts&, QByteArray& out,
        QByteArray& tail) override
    {
        // what the provider says of its own failure is for fail() to say, with the next number
        if (m_over || read.error)
            return;
        if (read.shape)
            noteDelta(*read.shape);
        else
            note(read);
        m_over = read.ended;
        passOn(frame, read.ended ? tail : out);
    }

    void fail(const CallError& error, QByteArray& tail) override
    {
        if (std::exchange(m_failed, true))
            return;
        if (std::exchange(m_over, true))
            --m_next; // the provider's end was withheld: ours takes its place and its number
        const auto write = [&](const char* type, const QByteArray& members) {
            QByteArray data;
            JsonWriter json(data);
            json.beginObject().member("type", type).member("sequence_number", m_next++).raw(members).endObject();
            http::appendSseEvent(tail, type, data);
        };
        if (m_response.isEmpty()) { // SDKs take nothing before a response.created
            m_response = ResponsesObject(m_request, m_context).json({});
            write("response.created", "\"response\":" + m_response);
        }
        for (ResponsesOpenItem& item : m_open)
            m_done.push_back({item.outputIndex(), item.close(write)});
        write("response.failed", "\"response\":" + failedResponse(error));
    }

private:
    struct Done
    {
        qint64 outputIndex;
        QByteArray item;
    };

    void note(const StreamReader::Read& read)
    {
        const JsonView event = read.json;
        QByteArray type;
        JsonView item;
        qint64 outputIndex = -1;
        qint64 number = m_next;
        event.eachMember([&](QByteArrayView key, JsonView value) {
            if (key == QByteArrayView("type"))
                type = value.text().value_or(QByteArray());
            else if (key == QByteArrayView("sequence_number"))
                number = std::clamp<qint64>(value.integer().value_or(number), 0, kLargestNumber);
            else if (key == QByteArrayView("response") && value.type() == JsonType::Object)
                m_response = value.raw().toByteArray();
            else if (key == QByteArrayView("item"))
                item = value;
            else if (key == QByteArrayView("output_index"))
                outputIndex = value.integer().value_or(-1);
            return true;
        });
        m_next = number + 1;
        if (read.learned) {
            m_learnedIndex = outputIndex;
            m_learnedNumbered = event.member("sequence_number").type() == JsonType::Number;
        }
        if (outputIndex < 0)
            return;
        const auto open = std::find_if(m_open.begin(), m_open.end(),
            [&](const ResponsesOpenItem& one) { return one.outputIndex() == outputIndex; });
        if (type == "response.output_item.added") {
            if (open == m_open.end() && m_open.size() < kMostOpen && item.type() == JsonType::Object)
                m_open.emplace_back(outputIndex, item);
        } else if (type == "response.output_item.done") {
            if (open != m_open.end())
                m_open.erase(open);
            if (item.type() == JsonType::Object)
                m_done.push_back({outputIndex, item.raw().toByteArray()});
        } else if (open != m_open.end()) {
            open->note(type, event);
        }
    }

    // An event with a delta, as the one that was learned: its number and its text are all that is new.
    void noteDelta(const EventShape& shape)
    {
        m_next = (m_learnedNumbered ? shape.number() : m_next) + 1;
        for (ResponsesOpenItem& item : m_open) {
            if (item.outputIndex() == m_learnedIndex)
                return item.addText(shape.text());
        }
    }

    QByteArray failedResponse(const CallError& error)
    {
        std::stable_sort(
            m_done.begin(), m_done.end(), [](const Done& a, const Done& b) { return a.outputIndex < b.outputIndex; });
        QByteArray output;
        JsonWriter list(output);
        list.beginArray();
        for (const Done& done : m_done)
            list.raw(done.item);
        list.endArray();
        const JsonText text = JsonText::parse(m_response);
        const JsonView response = text.root;
        BodyEdit edit(m_response);
        const auto set = [&](const char* name, const QByteArray& value) {
            if (const JsonView old = response.member(name); old.isMissing())
                edit.addMember(response, name, value);
            else
                edit.replace(old, value);
        };
        set("status", "\"failed\"");
        set("error", responsesError(error, m_signalbox(error)));
        set("output", output);
        return edit.apply();
    }

    const CallRequest& m_request;
    const AnswerContext m_context;
    const std::function<QByteArray(const CallError&)> m_signalbox;
    bool m_over = false;
    bool m_failed = false;
    qint64 m_learnedIndex = -1;
    bool m_learnedNumbered = false;
    qint64 m_next = 0; // the number that the next event would have
    QByteArray m_response;
    std::vector<ResponsesOpenItem> m_open;
    std::vector<Done> m_done;
};

} // namespace

std::unique_ptr<StreamRelay> responsesRelay(
    const CallRequest& request, const AnswerContext& context, std::function<QByteArray(const CallError&)> signalbox)
{
    return std::make_unique<ResponsesRelay>(request, context, std::move(signalbox));
}

} // namespace gateway::transform
