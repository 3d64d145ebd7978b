// Result<T>: what happened, as a value. Holds a T or an Error; reading the wrong side is a programming error
// (std::get throws). Any thread; a value. Errors carry a closed code, a sentence for people and, where there is
// one, a hint that says what to do next.
#pragma once

#include <QString>

#include <utility>
#include <variant>

namespace gateway::api {

// How an operation of the contract can fail; mapped to an HTTP status and a ctl exit code in one table each.
enum class Failure
{
    Invalid,      // the request itself is wrong
    NotFound,     // no such object
    NotPermitted, // authenticated, but the role is not enough; or not authenticated
    Conflict,     // the state moved on meanwhile (revision, idempotency key)
    CheckFailed,  // a check ran and its verdict is FAIL
    NoData,       // a check ran on nothing, or on incomplete data
    Unreachable,  // the engine did not answer
    Unavailable,  // the engine answered that a part of it is down
    Internal,     // a defect of ours
};

struct Error
{
    Failure failure = Failure::Internal;
    QString message;
    QString hint;
};

template <typename T>
class [[nodiscard]] Result
{
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }
    const T& value() const& { return std::get<0>(m_state); }
    T& value() & { return std::get<0>(m_state); }
    T&& value() && { return std::get<0>(std::move(m_state)); }
    const T& operator*() const& { return value(); }
    T& operator*() & { return value(); }
    const T* operator->() const { return &value(); }
    T* operator->() { return &value(); }
    const Error& error() const { return std::get<1>(m_state); }

private:
    std::variant<T, Error> m_state;
};

struct Done
{
};
using Outcome = Result<Done>;

inline Error failure(Failure kind, QString message, QString hint = {})
{
    return Error{kind, std::move(message), std::move(hint)};
}

} // namespace gateway::api
