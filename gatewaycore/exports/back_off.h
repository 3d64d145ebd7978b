// BackOff: when to try again. The wait doubles from the first to the longest, with up to a quarter of it added by
// chance so that many senders do not come back together; a receiver that names a time (Retry-After) is heard, within
// bounds. One thread; a value.
#pragma once

#include "base/random.h"

#include <QByteArrayView>

#include <chrono>
#include <optional>

namespace gateway::exports {

class BackOff
{
public:
    using Ms = std::chrono::milliseconds;
    BackOff(Ms first, Ms longest) : m_first(first), m_longest(longest) {}

    // After a failure: the wait before the next attempt.
    Ms next(RandomSource& random, std::optional<Ms> asked = {});
    void reset() { m_failures = 0; }
    int failures() const { return m_failures; }

private:
    Ms m_first;
    Ms m_longest;
    int m_failures = 0;
};

// Retry-After in seconds; a date in it is not read (the back-off serves as well). At most five minutes are believed.
std::optional<BackOff::Ms> retryAfter(QByteArrayView field);

} // namespace gateway::exports
