#include "base/secret.h"

#include <sodium.h>

namespace gateway {

Secret::Secret(QByteArray bytes)
    : m_bytes(new QByteArray(std::move(bytes)), [](const QByteArray* held) {
          // wiped only if ours alone: an array made from reveal() shares these bytes and must not change under its
          // holder
          if (!held->isEmpty() && held->isDetached())
              sodium_memzero(const_cast<char*>(held->constData()), static_cast<std::size_t>(held->size()));
          delete held;
      })
{
}

const QByteArray& Secret::reveal() const
{
    static const QByteArray none;
    return m_bytes ? *m_bytes : none;
}

bool Secret::equals(const QByteArray& other) const
{
    const QByteArray& mine = reveal();
    return mine.size() == other.size() &&
           sodium_memcmp(mine.constData(), other.constData(), static_cast<std::size_t>(mine.size())) == 0;
}

} // namespace gateway
