// streams: --streams N at once, begun at --ramp R per second (500), each followed by another on its connection until
// all have been there for --seconds S (with --once each only once); those under way then end by themselves. Every
// delta's number, stream and send time is checked (stream_check.h). A stream counts as stalled when its reader waited
// more than three paces and 100 ms between two deltas, or more than a second beyond the provider's own time for the
// first.
// --deltas N and --pace MS say what was asked of the mock (64, 20).
#include "clients.h"
#include "clock.h"
#include "meter.h"
#include "runs.h"
#include "stream_check.h"
#include "tally.h"

#include <cmath>
#include <deque>
#include <memory>

namespace bench {
namespace {

struct Reader
{
    Connection connection;
    MarkScanner scanner;
    StreamCheck check;
    bool begun = false;
};

class Streams : public Handler
{
public:
    Streams(const Options& options, Target& target)
        : m_clients(*this),
          m_meter(target.pids),
          m_deltas(std::uint64_t(options.number("deltas", 64))),
          m_paceNs(std::int64_t(options.number("pace", 20) * 1e6)),
          m_once(options.has("once")),
          m_ramp(options.number("ramp", 500)),
          m_holdNs(std::int64_t(options.number("seconds", 10) * 1e9))
    {
        m_gapLimitNs = 3 * m_paceNs + 100'000'000;
        m_timeoutNs = 60'000'000'000 + 3 * m_paceNs * std::int64_t(m_deltas);
        const auto count = std::size_t(options.number("streams", 64));
        for (std::size_t i = 0; i < count; ++i) {
            Reader& reader = m_readers.emplace_back();
            reader.connection.index = i;
            reader.connection.target = &target;
        }
    }

    int run()
    {
        m_meter.start();
        const std::int64_t began = nowNs();
        double dueNs = double(began);
        std::size_t asked = 0;
        std::int64_t end = 0;
        std::int64_t swept = began;
        while (true) {
            const std::int64_t now = nowNs();
            while (asked < m_readers.size() && dueNs <= double(now)) {
                begin(m_readers[asked++]);
                dueNs += 1e9 / m_ramp;
            }
            if (end == 0 && asked == m_readers.size())
                end = now + m_holdNs;
            m_ending = m_ending || (end != 0 && (m_once || now >= end));
            if (m_ending && m_open == 0)
                break;
            m_clients.poll(asked < m_readers.size() ? std::int64_t(dueNs) : now + 50'000'000);
            if (now - swept > 250'000'000) {
                swept = now;
                m_meter.sample();
                for (Reader& reader : m_readers)
                    m_clients.sweep(reader.connection, m_timeoutNs);
            }
        }
        m_meter.stop();
        report();
        for (Reader& reader : m_readers)
            m_clients.close(reader.connection);
        return m_clean > 0 ? 0 : 1;
    }

    void piece(Connection& connection, std::string_view body, std::int64_t now) override
    {
        Reader& reader = m_readers[connection.index];
        reader.scanner.feed(
            body,
            [&](const DeltaMark& mark) {
                m_delay.add(now - mark.sentNs);
                ++m_arrived;
                if (reader.check.arrived(mark, now)) {
                    m_firstAdded.add(reader.check.firstAddedNs());
                    m_first.add(reader.check.firstNs());
                    m_mostOpen = std::max(m_mostOpen, ++m_flowing);
                }
            },
            [&] { reader.check.ended(); });
    }
    void answered(Connection& connection, std::int64_t now) override
    {
        Reader& reader = m_readers[connection.index];
        const bool good = connection.reader.status() / 100 == 2;
        m_tally.answered(connection, reader.check.arrived() > 0, now - connection.askedNs);
        if (good) {
            const StreamFaults faults = reader.check.faults(m_deltas);
            const bool stalled = reader.check.stalled(m_gapLimitNs, 1'000'000'000);
            m_faults.lost += faults.lost;
            m_faults.duplicated += faults.duplicated;
            m_faults.reordered += faults.reordered;
            m_faults.foreign += faults.foreign;
            m_faulty += faults.any() ? 1 : 0;
            m_endless += reader.check.hasEnd() ? 0 : 1;
            m_stalled += stalled ? 1 : 0;
            m_clean += !faults.any() && !stalled && reader.check.hasEnd() ? 1 : 0;
            m_longestGap.add(reader.check.longestGapNs());
        }
        over(reader, good);
    }
    void failed(Connection& connection, Failure failure) override
    {
        if (failure == Failure::ClosedIdle)
            return;
        ++m_tally.failures[failure];
        over(m_readers[connection.index], false);
    }

private:
    void begin(Reader& reader)
    {
        const std::int64_t now = nowNs();
        reader.scanner.reset();
        reader.check.begin(now);
        ++m_open;
        ++m_begun;
        m_clients.ask(reader.connection, now);
    }
    void over(Reader& reader, bool good)
    {
        --m_open;
        m_flowing -= reader.check.arrived() > 0 ? 1 : 0;
        if (good && !m_ending && !m_once)
            begin(reader); // a stream that failed is not tried again: a failing target would be hammered
    }
    void report()
    {
        JsonWriter json;
        json.text("run", "streams").integer("streams", std::int64_t(m_readers.size()));
        json.number("pace_ms", double(m_paceNs) / 1e6).integer("deltas", std::int64_t(m_deltas));
        json.integer("begun", std::int64_t(m_begun)).integer("completed", std::int64_t(m_tally.good));
        json.integer("clean", std::int64_t(m_clean)).integer("stalled", std::int64_t(m_stalled));
        json.integer("faulty", std::int64_t(m_faulty)).integer("without_end", std::int64_t(m_endless));
        json.integer("most_at_once", std::int64_t(m_mostOpen)).integer("deltas_arrived", std::int64_t(m_arrived));
        json.integer("lost", std::int64_t(m_faults.lost)).integer("duplicated", std::int64_t(m_faults.duplicated));
        json.integer("reordered", std::int64_t(m_faults.reordered)).integer("foreign", std::int64_t(m_faults.foreign));
        json.histogram("first_added", m_firstAdded).histogram("first", m_first);
        json.histogram("delta_delay", m_delay).histogram("longest_gap", m_longestGap);
        m_tally.write(json);
        m_meter.write(json);
        json.number("kib_per_stream",
            double(m_meter.mostKib() - m_meter.firstKib()) / double(std::max<std::size_t>(1, m_readers.size())));
        if (m_arrived > 0)
            json.number("target_cpu_us_per_delta", m_meter.targetSeconds() * 1e6 / double(m_arrived));
        std::puts(json.object().c_str());
    }

    Clients m_clients;
    Meter m_meter;
    Tally m_tally;
    const std::uint64_t m_deltas;
    const std::int64_t m_paceNs;
    const bool m_once;
    const double m_ramp;
    const std::int64_t m_holdNs;
    std::int64_t m_gapLimitNs = 0;
    std::int64_t m_timeoutNs = 0;
    std::deque<Reader> m_readers;
    StreamFaults m_faults;
    Histogram m_delay;
    Histogram m_first;
    Histogram m_firstAdded;
    Histogram m_longestGap;
    std::uint64_t m_begun = 0;
    std::uint64_t m_arrived = 0;
    std::uint64_t m_clean = 0;
    std::uint64_t m_stalled = 0;
    std::uint64_t m_faulty = 0;
    std::uint64_t m_endless = 0;
    std::int64_t m_open = 0;
    std::int64_t m_flowing = 0; // have begun to arrive and have not ended
    std::int64_t m_mostOpen = 0;
    bool m_ending = false;
};

} // namespace

int runStreams(const Options& options, std::vector<Target>& targets)
{
    return std::make_unique<Streams>(options, targets.front())->run();
}

} // namespace bench
