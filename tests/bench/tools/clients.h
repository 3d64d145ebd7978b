// Clients: keep-alive connections of one thread on epoll. A Handler says what is done with answers. Connecting belongs
// to the call that needed it. Past 2,000 connections further source addresses of 127/8 are used, because gateways bound
// the connections of one address. Call numbers in requests rise over all connections.
#pragma once

#include "message_reader.h"
#include "target.h"

#include <cstdint>
#include <map>
#include <string>

namespace bench {

enum class Failure : unsigned char
{
    Connect,
    ClosedBeforeAnswer, // connected and asked, not a byte came
    ClosedMidAnswer,
    BadAnswer, // not HTTP, or more of it than asked for
    Timeout,
    ClosedIdle, // between two calls: not an error of a call
};
const char* nameOf(Failure failure);

struct Connection
{
    int fd = -1;
    std::size_t index = 0;
    Target* target = nullptr;
    MessageReader reader{MessageReader::Side::Response};
    std::size_t sent = 0; // of the request
    std::int64_t askedNs = 0;
    bool waiting = false; // a call is under way
    bool connecting = false;
    bool watchesWrite = false;
    bool neverReads = false; // set before ask(): its answer stays in the sockets
};

class Handler
{
public:
    virtual void piece(Connection& connection, std::string_view body, std::int64_t nowNs) = 0;
    virtual void answered(Connection& connection, std::int64_t nowNs) = 0;
    virtual void failed(Connection& connection, Failure failure) = 0; // the connection is closed

protected:
    ~Handler() = default;
};

class Clients
{
public:
    explicit Clients(Handler& handler);
    ~Clients();

    void ask(Connection& connection, std::int64_t askedNs);     // connects when there is no connection
    void poll(std::int64_t untilNs);                            // events until there are some, or until that time
    void sweep(Connection& connection, std::int64_t timeoutNs); // fails a call that takes longer
    void close(Connection& connection);
    std::uint64_t connects() const { return m_connects; }

private:
    void connect(Connection& connection);
    void watch(Connection& connection, int operation);
    void send(Connection& connection);
    void receive(Connection& connection);
    void fail(Connection& connection, Failure failure);

    Handler& m_handler;
    int m_epoll = -1;
    std::uint64_t m_connects = 0;
    std::uint64_t m_calls = 0;
};

} // namespace bench
