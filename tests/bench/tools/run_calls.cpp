// calls: C connections, each asking again as soon as it is answered (closed loop); with --rate R calls begin at R per
// second whether or not earlier ones are answered, on up to C connections, and are timed from when they should have
// begun (open loop: a slow target cannot slow its own load). --warm S before, --seconds S measured, or --requests N.
// --timeline adds what happened in each second. With several targets (one port, several credentials and models) each
// call takes the next of them.
#include "clients.h"
#include "clock.h"
#include "meter.h"
#include "runs.h"
#include "tally.h"

#include <cmath>
#include <deque>
#include <memory>

namespace bench {
namespace {

struct Second
{
    std::uint64_t good = 0;
    std::uint64_t refused = 0;
    std::uint64_t failed = 0;
    Histogram time;
};

class Calls : public Handler
{
public:
    Calls(const Options& options, std::vector<Target>& targets)
        : m_clients(*this),
          m_targets(targets),
          m_meter(targets.front().pids),
          m_rate(options.number("rate", 0)),
          m_timeoutNs(std::int64_t(options.number("timeout", 30) * 1e9)),
          m_timeline(options.has("timeline")),
          m_wanted(std::uint64_t(options.number("requests", 0)))
    {
        const auto count = std::size_t(options.number("connections", 64));
        for (std::size_t i = 0; i < count; ++i) {
            m_all.emplace_back();
            m_all.back().index = i;
            m_all.back().target = &targets.front();
        }
        m_completion.resize(count);
    }

    int run(const Options& options)
    {
        const std::int64_t begin = nowNs();
        const auto measure = begin + std::int64_t(options.number("warm", 1) * 1e9);
        const auto end = measure + std::int64_t(options.number("seconds", 3) * 1e9);
        m_dueNs = double(begin);
        for (std::size_t i = m_all.size(); i-- > 0;)
            m_rate > 0 ? m_free.push_back(&m_all[i]) : ask(m_all[i], nowNs());
        std::int64_t swept = begin;
        while (nowNs() < end && !(m_wanted > 0 && m_tally.goodTime.count() >= m_wanted)) {
            const std::int64_t now = nowNs();
            if (!m_measuring && now >= measure)
                startMeasuring();
            const std::int64_t next = m_rate > 0 ? beginDue(now) : end;
            m_clients.poll(std::min({next, end, now + 100'000'000, m_measuring ? end : measure}));
            if (now - swept > 500'000'000) {
                swept = now;
                m_meter.sample();
                for (Connection& connection : m_all)
                    m_clients.sweep(connection, m_timeoutNs);
            }
        }
        m_measuring = false;
        m_meter.stop();
        m_ending = true; // what is under way may end, so that nothing is cut at the target
        const std::int64_t grace = nowNs() + 3'000'000'000;
        while (nowNs() < grace && underWay())
            m_clients.poll(nowNs() + 20'000'000);
        report();
        for (Connection& connection : m_all)
            m_clients.close(connection);
        return m_tally.good > 0 ? 0 : 1;
    }

    void piece(Connection& connection, std::string_view body, std::int64_t) override
    {
        if (body.find("\"choices\"") != std::string_view::npos || body.find("\"usage\"") != std::string_view::npos)
            m_completion[connection.index] = true;
    }
    void answered(Connection& connection, std::int64_t now) override
    {
        const bool completion = m_completion[connection.index];
        m_completion[connection.index] = false;
        if (m_measuring) {
            m_tally.answered(connection, completion, now - connection.askedNs);
            if (m_timeline) {
                Second& second = at(now);
                const bool good = connection.reader.status() / 100 == 2;
                ++(good ? second.good : second.refused);
                if (good)
                    second.time.add(now - connection.askedNs);
            }
        }
        next(connection, now);
    }
    void failed(Connection& connection, Failure failure) override
    {
        m_completion[connection.index] = false;
        if (m_measuring && failure != Failure::ClosedIdle) {
            ++m_tally.failures[failure];
            if (m_timeline)
                ++at(nowNs()).failed;
        }
        if (m_rate > 0 && failure == Failure::ClosedIdle)
            return; // it is in the free list, and connects when it is used
        if (failure == Failure::Connect && m_rate <= 0)
            m_again.push_back(&connection); // not at once: a target that is gone would be hammered
        else
            next(connection, nowNs());
    }

private:
    void ask(Connection& connection, std::int64_t askedNs)
    {
        connection.target = &m_targets[m_turn++ % m_targets.size()];
        m_clients.ask(connection, askedNs);
    }
    void startMeasuring()
    {
        m_measuring = true;
        m_beganNs = nowNs();
        m_connectsBefore = m_clients.connects();
        m_meter.start();
    }
    void next(Connection& connection, std::int64_t now)
    {
        if (m_ending)
            return;
        if (m_rate > 0)
            m_free.push_back(&connection);
        else
            ask(connection, now);
        if (!m_again.empty() && !m_ending) {
            Connection* const other = m_again.front();
            m_again.pop_front();
            ask(*other, now);
        }
    }
    // Begins the calls that are due. Returns when the next one is.
    std::int64_t beginDue(std::int64_t now)
    {
        while (m_dueNs <= double(now)) {
            if (m_free.empty()) {
                m_unsent += m_measuring ? 1 : 0;
            } else {
                Connection* const connection = m_free.back();
                m_free.pop_back();
                ask(*connection, std::int64_t(m_dueNs));
            }
            m_dueNs += 1e9 / m_rate;
        }
        return std::int64_t(m_dueNs);
    }
    bool underWay() const
    {
        return std::any_of(m_all.begin(), m_all.end(), [](const Connection& c) { return c.waiting; });
    }
    Second& at(std::int64_t now)
    {
        const auto second = std::size_t((now - m_beganNs) / 1'000'000'000);
        while (m_seconds.size() <= second)
            m_seconds.emplace_back();
        return m_seconds[second];
    }
    void report()
    {
        JsonWriter json;
        json.text("run", "calls").integer("connections", std::int64_t(m_all.size()));
        json.number("calls_per_second", double(m_tally.good) / m_meter.seconds());
        json.integer("reconnects", std::int64_t(m_clients.connects() - m_connectsBefore));
        if (m_rate > 0)
            json.number("rate_asked", m_rate).integer("unsent", std::int64_t(m_unsent));
        m_tally.write(json);
        m_meter.write(json);
        if (m_tally.good > 0)
            json.number("target_cpu_us_per_call", m_meter.targetSeconds() * 1e6 / double(m_tally.good));
        if (m_timeline) {
            std::string list = "[";
            for (const Second& second : m_seconds) {
                JsonWriter one;
                one.integer("good", std::int64_t(second.good)).integer("refused", std::int64_t(second.refused));
                one.integer("failed", std::int64_t(second.failed))
                    .number("p99_us", double(second.time.at(0.99)) / 1000);
                list += (list.size() > 1 ? ", " : "") + one.object();
            }
            json.raw("timeline", list + "]");
        }
        std::puts(json.object().c_str());
    }

    Clients m_clients;
    std::vector<Target>& m_targets;
    std::size_t m_turn = 0;
    Meter m_meter;
    Tally m_tally;
    const double m_rate;
    const std::int64_t m_timeoutNs;
    const bool m_timeline;
    const std::uint64_t m_wanted;
    std::deque<Connection> m_all;
    std::vector<char> m_completion; // by connection: the answer has a completion in it
    std::vector<Connection*> m_free;
    std::deque<Connection*> m_again;
    std::deque<Second> m_seconds;
    double m_dueNs = 0;
    std::int64_t m_beganNs = 0;
    std::uint64_t m_unsent = 0;
    std::uint64_t m_connectsBefore = 0;
    bool m_measuring = false;
    bool m_ending = false;
};

} // namespace

int runCalls(const Options& options, std::vector<Target>& targets)
{
    return std::make_unique<Calls>(options, targets)->run(options);
}

} // namespace bench
