// "cache_control" of tools, instructions and parts, in the order of the prompt. The provider takes four marks; of more
// the last ones count, because they cover the longest beginnings. Belongs to one translation.
#pragma once

#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/losses.h"
#include "transform/unified_request.h"

namespace gateway::transform {

class CacheMarks
{
public:
    CacheMarks(const UnifiedRequest& request, Losses& losses);
    void write(JsonWriter& json, std::optional<CacheLife> life, const QByteArray& field);
    // a mark inside a tool's result stands on the result: the provider takes none inside
    static std::optional<CacheLife> markOf(const Part& part);
    static void writeControl(JsonWriter& json, CacheLife life, const QByteArray& field, Losses& losses);

private:
    int m_toSkip = 0;
    Losses& m_losses;
};

} // namespace gateway::transform
