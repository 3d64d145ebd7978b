// Tally: what became of the calls of a run, by kind: nothing that failed is left out of a result. Values.
#pragma once

#include "clients.h"
#include "histogram.h"
#include "json_writer.h"

#include <map>

namespace bench {

struct Tally
{
    std::uint64_t good = 0;               // 2xx with an answer in it
    std::map<int, std::uint64_t> refused; // by status
    std::map<Failure, std::uint64_t> failures;
    std::uint64_t wrongBody = 0;         // 2xx, but no completion in it
    std::uint64_t withoutRetryAfter = 0; // 429 and 503 that do not say when to come again
    Histogram goodTime;
    Histogram refusedTime;

    void answered(const Connection& connection, bool completion, std::int64_t tookNs)
    {
        const int status = connection.reader.status();
        if (status / 100 == 2) {
            ++(completion ? good : wrongBody);
            goodTime.add(tookNs);
            return;
        }
        ++refused[status];
        refusedTime.add(tookNs);
        if ((status == 429 || status == 503) && !connection.reader.hasRetryAfter())
            ++withoutRetryAfter;
    }
    std::uint64_t refusedCount() const
    {
        std::uint64_t sum = 0;
        for (const auto& [status, count] : refused)
            sum += count;
        return sum;
    }
    std::uint64_t failureCount() const
    {
        std::uint64_t sum = wrongBody;
        for (const auto& [failure, count] : failures)
            sum += count;
        return sum;
    }
    void write(JsonWriter& json) const
    {
        JsonWriter byKind;
        for (const auto& [status, count] : refused)
            byKind.integer("status_" + std::to_string(status), std::int64_t(count));
        for (const auto& [failure, count] : failures)
            byKind.integer(nameOf(failure), std::int64_t(count));
        if (wrongBody > 0)
            byKind.integer("wrong_body", std::int64_t(wrongBody));
        json.integer("good", std::int64_t(good)).integer("refused", std::int64_t(refusedCount()));
        json.integer("errors", std::int64_t(refusedCount() + failureCount())).raw("errors_by_kind", byKind.object());
        json.integer("refused_without_retry_after", std::int64_t(withoutRetryAfter));
        json.histogram("time", goodTime);
        if (refusedTime.count() > 0)
            json.histogram("refused_time", refusedTime);
    }
};

} // namespace bench
