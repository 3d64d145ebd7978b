// paired: one call at a time, each target asked once in each round, in an order drawn anew; the first target is the
// reference and is asked a second time in each round over a connection of its own: reference against reference is the
// noise floor of the very same run. What a target adds is the difference to the reference within a round; the 95 %
// intervals of its median and 99th percentile come from order statistics and suppose nothing about the shape.
// --seconds S or --rounds N, --warm ROUNDS (200), --pause US between two calls (0).
#include "clients.h"
#include "clock.h"
#include "meter.h"
#include "runs.h"
#include "tally.h"

#include <unistd.h>

#include <cmath>
#include <deque>
#include <memory>
#include <random>

namespace bench {
namespace {

struct Lane
{
    Connection connection;
    std::string name;
    std::vector<double> took;  // us, by round
    std::vector<double> added; // us, to the reference in the same round
    Tally tally;
    Meter meter{{}};
};

// A percentile with its interval.
std::string percentile(std::vector<double>& sorted, double share)
{
    const double n = double(sorted.size());
    const double spread = 1.96 * std::sqrt(n * share * (1 - share));
    const auto at = [&](double place) { return sorted[std::size_t(std::clamp(place, 0.0, n - 1))]; };
    JsonWriter json;
    json.number("us", at(n * share)).number("low_us", at(n * share - spread)).number("high_us", at(n * share + spread));
    return json.object();
}

class Paired : public Handler
{
public:
    explicit Paired(std::vector<Target>& targets) : m_clients(*this)
    {
        addLane(targets.front(), targets.front().name);
        addLane(targets.front(), targets.front().name + ", again");
        for (std::size_t i = 1; i < targets.size(); ++i)
            addLane(targets[i], targets[i].name);
    }

    int run(const Options& options)
    {
        const auto rounds = std::size_t(options.number("rounds", 1e9));
        const auto warm = std::size_t(options.number("warm", 200));
        const auto pause = useconds_t(options.number("pause", 0));
        std::vector<std::size_t> order(m_lanes.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::mt19937 random(6); // the same order in every run
        std::int64_t end = 0;
        Meter own({});
        for (std::size_t round = 0; round < warm + rounds; ++round) {
            if (round == warm) {
                end = nowNs() + std::int64_t(options.number("seconds", 10) * 1e9);
                own.start();
                for (Lane& lane : m_lanes) {
                    lane.meter.start();
                    lane.tally = {};
                }
                m_measuring = true;
            }
            if (end != 0 && nowNs() >= end)
                break;
            std::shuffle(order.begin(), order.end(), random);
            m_round.assign(m_lanes.size(), -1);
            for (const std::size_t i : order) {
                call(m_lanes[i]);
                if (pause > 0)
                    ::usleep(pause);
            }
            if (m_measuring)
                keepRound();
        }
        own.stop();
        report(own);
        return m_lanes.front().took.empty() ? 1 : 0;
    }

    void piece(Connection&, std::string_view body, std::int64_t) override
    {
        m_completion = m_completion || body.find("\"choices\"") != std::string_view::npos;
    }
    void answered(Connection& connection, std::int64_t now) override
    {
        Lane& lane = m_lanes[connection.index];
        lane.tally.answered(connection, m_completion, now - connection.askedNs);
        if (connection.reader.status() / 100 == 2 && m_completion)
            m_round[connection.index] = double(now - connection.askedNs) / 1000;
    }
    void failed(Connection& connection, Failure failure) override
    {
        if (failure != Failure::ClosedIdle)
            ++m_lanes[connection.index].tally.failures[failure];
    }

private:
    void addLane(Target& target, const std::string& name)
    {
        Lane& lane = m_lanes.emplace_back();
        lane.connection.index = m_lanes.size() - 1;
        lane.connection.target = &target;
        lane.name = name;
        lane.meter = Meter(target.pids);
    }
    void call(Lane& lane)
    {
        m_completion = false;
        m_clients.ask(lane.connection, nowNs());
        while (lane.connection.waiting) {
            m_clients.poll(nowNs() + 1'000'000'000);
            m_clients.sweep(lane.connection, 30'000'000'000);
        }
    }
    // Only a round in which every target answered is compared.
    void keepRound()
    {
        for (const double took : m_round) {
            if (took < 0)
                return;
        }
        for (std::size_t i = 0; i < m_lanes.size(); ++i) {
            m_lanes[i].took.push_back(m_round[i]);
            m_lanes[i].added.push_back(m_round[i] - m_round[0]);
        }
    }
    void report(Meter& own)
    {
        std::string list = "[";
        std::uint64_t errors = 0;
        for (Lane& lane : m_lanes) {
            lane.meter.stop();
            JsonWriter one;
            one.text("name", lane.name);
            lane.tally.write(one);
            errors += lane.tally.refusedCount() + lane.tally.failureCount();
            if (!lane.took.empty()) {
                std::sort(lane.took.begin(), lane.took.end());
                std::sort(lane.added.begin(), lane.added.end());
                one.raw("p50", percentile(lane.took, 0.5)).raw("p99", percentile(lane.took, 0.99));
                if (&lane != &m_lanes.front()) {
                    one.raw("added_p50", percentile(lane.added, 0.5)).raw("added_p99", percentile(lane.added, 0.99));
                    const auto at = [](const std::vector<double>& sorted, double share) {
                        return sorted[std::size_t(double(sorted.size() - 1) * share)];
                    };
                    one.number("p99_minus_p99_us", at(lane.took, 0.99) - at(m_lanes.front().took, 0.99));
                }
            }
            JsonWriter use;
            lane.meter.write(use);
            one.raw("use", use.object());
            list += (list.size() > 1 ? ", " : "") + one.object();
        }
        JsonWriter json;
        json.text("run", "paired").integer("rounds", std::int64_t(m_lanes.front().took.size()));
        json.integer("errors", std::int64_t(errors));
        own.write(json);
        json.raw("targets", list + "]");
        std::puts(json.object().c_str());
    }

    Clients m_clients;
    std::deque<Lane> m_lanes;
    std::vector<double> m_round;
    bool m_completion = false;
    bool m_measuring = false;
};

} // namespace

int runPaired(const Options& options, std::vector<Target>& targets)
{
    return std::make_unique<Paired>(targets)->run(options);
}

} // namespace bench
