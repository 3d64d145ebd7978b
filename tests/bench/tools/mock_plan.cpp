#include "mock_plan.h"

#include "fields.h"

#include <algorithm>
#include <unordered_map>

namespace bench {
namespace {

constexpr unsigned kMost = 100'000'000;

std::string plainAnswer(unsigned size)
{
    const std::string before = R"({"id":"chatcmpl-bench","object":"chat.completion","created":1795305600,)"
                               R"("model":"m-2026-09-01","choices":[{"index":0,"message":{"role":"assistant",)"
                               R"("content":")";
    const std::string after = R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":18,"completion_tokens":12,)"
                              R"("total_tokens":30}})";
    std::string body = before;
    while (body.size() + after.size() < size)
        body += "The line is clear. ";
    body.resize(std::max<std::size_t>(before.size(), size > after.size() ? size - after.size() : 0));
    body += after;
    return "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

bool readLetters(std::string_view text, MockPlan& plan)
{
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('-'), text.size());
        const std::string_view part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        std::uint64_t number = 0;
        if (part.size() < 2 || !readDecimal(part.substr(1), number) || number > kMost)
            return false;
        unsigned* const into = part[0] == 's'   ? &plan.size
                               : part[0] == 't' ? &plan.thinkMs
                               : part[0] == 'n' ? &plan.deltas
                               : part[0] == 'd' ? &plan.paceMs
                               : part[0] == 'p' ? &plan.padding
                                                : nullptr;
        if (!into)
            return false;
        *into = unsigned(number);
    }
    return true;
}

} // namespace

const MockPlan* planOf(std::string_view path)
{
    static std::unordered_map<std::string, std::unique_ptr<MockPlan>> plans;
    if (!path.empty() && path.front() == '/')
        path.remove_prefix(1);
    const std::string first(path.substr(0, path.find_first_of("/?")));
    if (plans.size() > 1000 && !plans.contains(first))
        return nullptr; // a client that invents paths
    std::unique_ptr<MockPlan>& plan = plans[first];
    if (!plan) {
        plan = std::make_unique<MockPlan>();
        const std::size_t dash = std::min(first.find('-'), first.size());
        const std::string_view name = std::string_view(first).substr(0, dash);
        plan->path = first;
        plan->kind = name == "plain"    ? MockPlan::Kind::Plain
                     : name == "stream" ? MockPlan::Kind::Stream
                                        : MockPlan::Kind::Auto;
        if (dash < first.size() && (name == "plain" || name == "stream" || name == "auto") &&
            !readLetters(std::string_view(first).substr(dash + 1), *plan)) {
            plans.erase(first);
            return nullptr;
        }
        plan->plain = plainAnswer(plan->size);
    }
    return plan.get();
}

bool saysTrue(std::string_view body, std::string_view quotedName)
{
    for (std::size_t at = body.find(quotedName); at != std::string_view::npos; at = body.find(quotedName, at + 1)) {
        std::size_t i = at + quotedName.size();
        const auto skipSpace = [&] {
            while (i < body.size() && (body[i] == ' ' || body[i] == '\n' || body[i] == '\r' || body[i] == '\t'))
                ++i;
        };
        skipSpace();
        if (i < body.size() && body[i] == ':') {
            ++i;
            skipSpace();
            if (body.substr(i, 4) == "true")
                return true;
        }
    }
    return false;
}

} // namespace bench
