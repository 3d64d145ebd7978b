// Dialect: one provider's way of speaking, as a witness knows it: how its requests are read and checked, how its
// answers and its errors look. Implementations hold no state; any thread.
#pragma once

#include "simulator/chat_answer.h"
#include "simulator/route.h"

namespace gateway::simulator {

// One call while it is answered. Lives in Simulator for the length of answer().
struct SimCall
{
    const SimRequest& http;
    const Route route;
    const Profile& profile;
    ChatRequest chat = {};
    Wishes wishes = {};
    QByteArray requestId = {}; // "req_" and hex digits
    qint64 createdSeconds = 0;
    qint64 callNumber = 0;

    QByteArray tag() const { return requestId.mid(4); } // what ids of this call are made of
};

class Dialect
{
public:
    virtual ~Dialect() = default;

    // Fills call.chat, at least as far as its model, even if there is a fault.
    virtual std::optional<Fault> read(SimCall& call) const = 0;
    // The fault if the profile requires a key and it was not presented in a way this provider accepts.
    virtual std::optional<Fault> authenticate(const SimCall& call) const = 0;
    virtual Script answer(const SimCall& call, Dice& dice) const = 0;
    virtual Script error(const SimCall& call, const Fault& fault) const = 0;
};

const Dialect& dialectOf(const Route& route);

// 401 if the profile requires another key.
std::optional<Fault> acceptKey(const SimCall& call, const QByteArray& key);

// "Bearer X" of the header authorization.
QByteArray bearerOf(const SimRequest& request);

} // namespace gateway::simulator
