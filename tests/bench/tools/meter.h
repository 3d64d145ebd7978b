// Meter: CPU and memory of the target and of this program over a span of a run. The program says itself when it is what
// was measured: 90 % of a core or more. Values; one thread.
#pragma once

#include "clock.h"
#include "json_writer.h"
#include "usage.h"

#include <unistd.h>

#include <vector>

namespace bench {

class Meter
{
public:
    explicit Meter(std::vector<int> pids) : m_pids(std::move(pids)) { m_firstKib = m_mostKib = residentKib(m_pids); }

    void start()
    {
        m_beganNs = nowNs();
        m_ownNs = ownCpuNs();
        m_targetNs = cpuNs(m_pids);
    }
    void stop()
    {
        m_seconds = double(nowNs() - m_beganNs) / 1e9;
        m_ownShare = double(ownCpuNs() - m_ownNs) / 1e9 / m_seconds;
        m_targetSeconds = double(cpuNs(m_pids) - m_targetNs) / 1e9;
        sample();
    }
    void sample()
    {
        m_lastKib = residentKib(m_pids);
        m_mostKib = m_lastKib > m_mostKib ? m_lastKib : m_mostKib;
    }
    double seconds() const { return m_seconds; }
    double targetSeconds() const { return m_targetSeconds; }
    std::int64_t firstKib() const { return m_firstKib; }
    std::int64_t mostKib() const { return m_mostKib; }
    std::int64_t lastKib() const { return m_lastKib; }

    void write(JsonWriter& json) const
    {
        json.number("seconds", m_seconds).number("own_cpu", m_ownShare).flag("load_bound", m_ownShare >= 0.9);
        json.integer("own_rss_kib", residentKib({int(::getpid())}));
        if (m_pids.empty())
            return;
        json.number("target_cpu_seconds", m_targetSeconds).number("target_cpu", m_targetSeconds / m_seconds);
        json.integer("rss_before_kib", m_firstKib)
            .integer("rss_most_kib", m_mostKib)
            .integer("rss_after_kib", m_lastKib);
    }

private:
    std::vector<int> m_pids;
    std::int64_t m_beganNs = 0;
    std::int64_t m_ownNs = 0;
    std::int64_t m_targetNs = 0;
    std::int64_t m_firstKib = 0;
    std::int64_t m_mostKib = 0;
    std::int64_t m_lastKib = 0;
    double m_seconds = 0;
    double m_ownShare = 0;
    double m_targetSeconds = 0;
};

} // namespace bench
