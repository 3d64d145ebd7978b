// Shared by the fuzzers of surfaces and providers: a candidate of any kind, a request of any surface, and what every
// byte that we send must be.
#pragma once

#include "fuzz.h"

#include "transform/dialects.h"
#include "transform/translation.h"

#include <memory>

namespace gateway::fuzz {

constexpr int kKinds = 15; // config::ProviderKind
constexpr const char* kKey = "sk-fuzz-0123456789abcdefghij";

// A provider of that kind and one model of it, chosen by the input.
struct World
{
    config::Provider provider;
    config::Candidate candidate;
};
std::unique_ptr<World> someWorld(Input& input);

// The smallest request that a surface takes, streaming or not; `embed` and `count` where it has them.
std::optional<transform::CallRequest> smallRequest(const transform::Surface& surface, bool stream, int which);
// Any body for a surface, with the path its clients use.
std::variant<transform::CallRequest, transform::CallError> anyRequest(
    const transform::Surface& surface, Input& input, QByteArray body);

http::RequestHead requestHead();

void checkJson(QByteArrayView bytes, const char* what);
// An error as the caller gets it: its dialect's body is JSON, its status one of an error, no key in it.
void checkError(const transform::Surface& surface, const transform::CallError& error);
void checkOutgoing(const transform::Outgoing& outgoing);

} // namespace gateway::fuzz
