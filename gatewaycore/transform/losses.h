// Losses: what a translation could not carry over. Nothing is dropped in silence: a provider dialect notes every field
// it leaves out or changes, the answer names them in x-signalbox-warnings, the record keeps them, and an alias with
// `on_loss: refuse` does not send such a request at all. Not thread-safe; belongs to one attempt.
#pragma once

#include <QByteArray>
#include <QJsonArray>

#include <vector>

namespace gateway::transform {

struct Loss
{
    enum class How
    {
        Dropped,
        Changed, // carried over in another form: the reason says which
    };
    QByteArray field; // in the caller's words: "seed", "messages[2].content[0].cache_control"
    How how = How::Dropped;
    const char* reason = ""; // a clause: "the provider has no such field"
};

class Losses
{
public:
    void drop(QByteArray field, const char* reason = "the provider has no such field");
    void change(QByteArray field, const char* reason);
    bool isEmpty() const { return m_losses.empty(); }
    const std::vector<Loss>& all() const { return m_losses; }

    QByteArray headerValue() const; // "dropped seed, changed temperature"; at most 900 bytes, printable
    // For the record: [{"field": ..., "how": "dropped", "reason": ...}]. Of a field the caller made up the place alone.
    QJsonArray toJson() const;

private:
    void add(Loss loss); // each field once

    std::vector<Loss> m_losses;
};

} // namespace gateway::transform
