// JsonWriter: a JSON object written field by field. Names are the program's own and need no escaping; texts are
// escaped.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "histogram.h"

namespace bench {

class JsonWriter
{
public:
    JsonWriter& number(std::string_view name, double value)
    {
        char text[40];
        std::snprintf(text, sizeof text, "%.9g", value);
        return raw(name, text);
    }
    JsonWriter& integer(std::string_view name, std::int64_t value) { return raw(name, std::to_string(value)); }
    JsonWriter& flag(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
    JsonWriter& text(std::string_view name, std::string_view value)
    {
        std::string quoted = "\"";
        for (const char c : value) {
            if (c == '"' || c == '\\')
                quoted += '\\';
            quoted += c >= 0 && c < 32 ? ' ' : c;
        }
        return raw(name, quoted + '"');
    }
    JsonWriter& raw(std::string_view name, std::string_view json)
    {
        m_text += m_text.empty() ? "" : ", ";
        m_text.append("\"").append(name).append("\": ").append(json);
        return *this;
    }
    // Microseconds, as people read them.
    JsonWriter& histogram(std::string_view name, const Histogram& values)
    {
        JsonWriter inner;
        inner.integer("count", std::int64_t(values.count())).number("mean_us", values.mean() / 1000);
        inner.number("p50_us", double(values.at(0.5)) / 1000).number("p90_us", double(values.at(0.9)) / 1000);
        inner.number("p99_us", double(values.at(0.99)) / 1000).number("p999_us", double(values.at(0.999)) / 1000);
        inner.number("max_us", double(values.max()) / 1000);
        return raw(name, inner.object());
    }
    std::string object() const { return "{" + m_text + "}"; }

private:
    std::string m_text;
};

} // namespace bench
