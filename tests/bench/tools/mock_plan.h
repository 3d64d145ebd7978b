// MockPlan: what the mock answers, read off the first part of a request's path, so that every gateway whose upstream
// has a base URL can ask for it. plain: one chat completion; stream: server-sent events; auto (or anything else): a
// stream when the body asks for one. After it letters with numbers: -s2048 size of the plain answer in bytes (300),
// -t20 think time before the answer in ms (0), -n32 deltas (64), -d200 ms between two deltas (20; 0: all at once),
// -p1000 bytes of padding in each delta (0). "/stream-n32-d200/chat/completions". Values.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bench {

struct MockPlan
{
    enum class Kind : unsigned char
    {
        Plain,
        Stream,
        Auto
    };
    Kind kind = Kind::Auto;
    unsigned size = 300;
    unsigned thinkMs = 0;
    unsigned deltas = 64;
    unsigned paceMs = 20;
    unsigned padding = 0;
    std::string path;  // the text it was read from
    std::string plain; // the whole plain answer, head and body
};

// The plan of a path, made once and kept for the process's life; nullptr when its letters make no sense.
const MockPlan* planOf(std::string_view path);

// True if the body has "name": true.
bool saysTrue(std::string_view body, std::string_view quotedName);

} // namespace bench
