#include "target.h"

#include <algorithm>
#include <cstdlib>

namespace bench {
namespace {

constexpr std::size_t kDigits = 12;

void build(Target& target, std::size_t promptBytes, bool stream)
{
    std::string body = R"({"model":")" + target.model + R"(","messages":[{"role":"user","content":")";
    const std::size_t numberAt = body.size();
    std::string prompt(kDigits, '0');
    while (prompt.size() < promptBytes)
        prompt += " Is the line clear? Answer in one sentence, please.";
    prompt.resize(std::max(promptBytes, kDigits));
    body += prompt + R"("}])";
    if (stream)
        body += R"(,"stream":true,"stream_options":{"include_usage":true})";
    body += "}";
    std::string head = "POST " + target.path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(target.port) +
                       "\r\nContent-Type: application/json\r\n";
    for (const std::string& header : target.headers)
        head += header + "\r\n";
    head += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    target.numberAt = head.size() + numberAt;
    target.request = head + body;
}

bool readTarget(const std::string& text, Target& target)
{
    std::string parts[4];
    std::size_t at = 0;
    for (int i = 0; i < 4; ++i) {
        const std::size_t end = i == 3 ? text.size() : text.find(';', at);
        if (end == std::string::npos)
            return false;
        parts[i] = text.substr(at, end - at);
        at = end + 1;
    }
    target.name = parts[0];
    target.port = std::atoi(parts[1].c_str());
    target.path = parts[2];
    target.model = parts[3];
    return target.port > 0 && target.port < 65536 && !target.path.empty();
}

} // namespace

void Target::stamp(std::uint64_t number)
{
    for (std::size_t i = kDigits; i-- > 0; number /= 10)
        request[numberAt + i] = char('0' + number % 10);
}

std::vector<Target> targetsFrom(const Options& options)
{
    std::vector<Target> targets;
    for (const auto& [name, value] : options.given()) {
        if (name == "target") {
            targets.emplace_back();
            if (!readTarget(value, targets.back()))
                return {};
        } else if (name == "header" && !targets.empty()) {
            targets.back().headers.push_back(value);
        } else if (name == "pid" && !targets.empty()) {
            targets.back().pids.push_back(std::atoi(value.c_str()));
        }
    }
    for (Target& target : targets)
        build(target, std::size_t(options.number("prompt", 80)), options.has("stream"));
    return targets;
}

} // namespace bench
