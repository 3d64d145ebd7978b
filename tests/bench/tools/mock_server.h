// MockServer: an OpenAI-compatible provider that costs next to nothing: one thread, epoll, answers made beforehand, a
// wheel for think times and paces. What it answers stands in mock_plan.h. GET /stats tells what it did and how late it
// was with its own deltas (late: the mock or the machine was busy, not the gateway); GET /stats/reset begins anew. Any
// other GET is a list of models. Pipelined requests are answered one after the other.
#pragma once

#include "histogram.h"
#include "message_reader.h"
#include "mock_plan.h"
#include "wheel.h"

#include <memory>
#include <vector>

namespace bench {

struct MockConnection
{
    int fd = -1;
    MessageReader reader{MessageReader::Side::Request};
    std::string body; // of a request whose body decides what is answered
    std::string in;   // what came after a request that is still being answered
    std::string out;  // what the socket did not take
    std::size_t outAt = 0;
    const MockPlan* plan = nullptr;
    Wheel::Timer timer;
    std::int64_t receivedNs = 0;
    std::uint64_t stream = 0;
    unsigned nextDelta = 0;
    bool busy = false; // a request is read, its answer not yet written
    bool streaming = false;
    bool wantsUsage = false;
    bool watchesWrite = false;
    bool gone = false;
    std::size_t place = 0; // in MockServer's list
};

class MockServer
{
public:
    explicit MockServer(unsigned thinkMs); // before every answer, beside what its plan says
    ~MockServer();

    int listen(int port); // on 127.0.0.1; the port, or -1
    void run();           // for ever

private:
    void accept();
    void readFrom(MockConnection& connection);
    void take(MockConnection& connection, std::string_view bytes);
    void requestRead(MockConnection& connection);
    void answer(MockConnection& connection);
    void answerGet(MockConnection& connection);
    void sendDeltas(MockConnection& connection);
    void due(Wheel::Timer& timer);
    void send(MockConnection& connection, std::string_view bytes);
    void writable(MockConnection& connection);
    void finished(MockConnection& connection);
    void close(MockConnection& connection);
    std::string stats() const;
    void resetStats();

    struct Counters
    {
        std::uint64_t requests = 0;
        std::uint64_t refused = 0; // paths that make no sense
        std::uint64_t streams = 0;
        std::uint64_t streamsCut = 0; // by the peer, before their end
        std::uint64_t deltas = 0;
        std::uint64_t blocked = 0; // the peer did not take what was sent: it waits, and is not called late
        std::size_t mostConnections = 0;
        std::int64_t sinceNs = 0;
        std::int64_t cpuNs = 0;
        Histogram late;
    };

    const unsigned m_thinkMs;
    int m_listener = -1;
    int m_epoll = -1;
    Wheel m_wheel;
    std::uint64_t m_nextStream = 1;
    std::vector<std::unique_ptr<MockConnection>> m_connections;
    std::vector<std::unique_ptr<MockConnection>> m_gone; // until the batch of events is done
    std::string m_scratch;
    Counters m_counters;
};

} // namespace bench
