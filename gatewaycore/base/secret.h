// Secret: bytes that must not be seen (provider keys, peppers, tokens). It has no stream operator, no comparison with
// == and no implicit conversion; reading it is a visible act (reveal). The memory is wiped when the last copy goes.
// Copies share the bytes. Any thread; a value.
#pragma once

#include <QByteArray>

#include <memory>

namespace gateway {

class Secret
{
public:
    Secret() = default;
    explicit Secret(QByteArray bytes);

    bool isEmpty() const { return !m_bytes || m_bytes->isEmpty(); }
    const QByteArray& reveal() const;
    bool equals(const QByteArray& other) const; // in constant time for equal lengths

private:
    std::shared_ptr<const QByteArray> m_bytes;
};

} // namespace gateway
