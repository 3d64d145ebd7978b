// hold: --connections N, each of which makes one call and then does nothing (--unread: asks and never reads a byte,
// with the smallest receive buffer). When all are there it prints {"held": N}, and holds them for --seconds S or until
// standard input ends, whichever comes first; then it prints how many the target had closed, and the target's memory.
#include "clients.h"
#include "clock.h"
#include "meter.h"
#include "runs.h"
#include "tally.h"

#include <poll.h>
#include <unistd.h>

#include <deque>
#include <memory>

namespace bench {
namespace {

constexpr std::size_t kAtOnce = 64; // calls under way while connections are opened

class Hold : public Handler
{
public:
    Hold(const Options& options, Target& target)
        : m_clients(*this),
          m_meter(target.pids),
          m_unread(options.has("unread")),
          m_ramp(options.number("ramp", 2000)),
          m_seconds(options.number("seconds", 600))
    {
        for (std::size_t i = 0; i < std::size_t(options.number("connections", 1000)); ++i) {
            Connection& connection = m_all.emplace_back();
            connection.index = i;
            connection.target = &target;
            connection.neverReads = m_unread;
        }
    }

    int run()
    {
        m_meter.start();
        const std::int64_t began = nowNs();
        for (Connection& connection : m_all) {
            const auto due = began + std::int64_t(1e9 / m_ramp * double(connection.index));
            while (nowNs() < due || (!m_unread && m_underWay >= kAtOnce))
                m_clients.poll(nowNs() + 1'000'000);
            ++m_underWay;
            m_clients.ask(connection, nowNs());
        }
        while (!m_unread && m_underWay > 0) {
            m_clients.poll(nowNs() + 100'000'000);
            for (Connection& connection : m_all)
                m_clients.sweep(connection, 30'000'000'000);
        }
        m_holding = true;
        std::printf("{\"held\": %zu}\n", open());
        std::fflush(stdout);
        m_meter.sample();
        const std::int64_t end = nowNs() + std::int64_t(m_seconds * 1e9);
        while (nowNs() < end && !inputEnded()) {
            m_clients.poll(nowNs() + 100'000'000);
            m_meter.sample();
        }
        m_meter.stop();
        JsonWriter json;
        json.text("run", "hold").integer("connections", std::int64_t(m_all.size()));
        json.integer("held_at_end", std::int64_t(open())).integer("closed_by_target", std::int64_t(m_closed));
        m_tally.write(json);
        m_meter.write(json);
        json.number("kib_per_connection",
            double(m_meter.mostKib() - m_meter.firstKib()) / double(std::max<std::size_t>(1, m_all.size())));
        std::puts(json.object().c_str());
        for (Connection& connection : m_all)
            m_clients.close(connection);
        return m_unread || m_tally.good > 0 ? 0 : 1;
    }

    void piece(Connection&, std::string_view, std::int64_t) override {}
    void answered(Connection& connection, std::int64_t now) override
    {
        m_tally.answered(connection, true, now - connection.askedNs);
        --m_underWay;
    }
    void failed(Connection&, Failure failure) override
    {
        if (m_holding || failure == Failure::ClosedIdle) {
            ++m_closed;
            return;
        }
        ++m_tally.failures[failure];
        --m_underWay;
    }

private:
    std::size_t open() const
    {
        std::size_t sum = 0;
        for (const Connection& connection : m_all)
            sum += connection.fd >= 0 ? 1 : 0;
        return sum;
    }
    static bool inputEnded()
    {
        pollfd input{STDIN_FILENO, POLLIN, 0};
        char byte = 0;
        return ::poll(&input, 1, 0) > 0 && ::read(STDIN_FILENO, &byte, 1) <= 0;
    }

    Clients m_clients;
    Meter m_meter;
    Tally m_tally;
    const bool m_unread;
    const double m_ramp;
    const double m_seconds;
    std::deque<Connection> m_all;
    std::size_t m_underWay = 0;
    std::size_t m_closed = 0;
    bool m_holding = false;
};

} // namespace

int runHold(const Options& options, std::vector<Target>& targets)
{
    return std::make_unique<Hold>(options, targets.front())->run();
}

} // namespace bench
