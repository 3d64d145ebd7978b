// FNV-1a, 64 bits: a hash that is the same on every machine, in every version and after every restart (qHash is not).
// For what a record must be able to repeat; not for tables an attacker fills. Pure; any thread.
#pragma once

#include <QByteArrayView>
#include <QtGlobal>

namespace gateway {

constexpr quint64 kFnvBasis = 0xcbf29ce484222325ULL;

constexpr quint64 fnv1a64(QByteArrayView bytes, quint64 basis = kFnvBasis)
{
    quint64 hash = basis;
    for (const char byte : bytes) {
        hash ^= quint8(byte);
        hash *= 0x100000001b3ULL;
    }
    return hash;
}

} // namespace gateway
