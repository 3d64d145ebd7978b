#include "quota/wait_queue.h"

#include <list>
#include <map>
#include <optional>
#include <unordered_map>

namespace gateway::quota {

using namespace std::chrono;

namespace {

constexpr milliseconds kLongestSleep{200}; // of a lane: settled calls give back more than the refill brings
constexpr milliseconds kLongestHold{5'000};
constexpr int kInARow = 7;   // interactive calls let through before one of the others
constexpr int kRefusals = 8; // a round asks so many lanes in vain at the front, and so many further back

int groupOf(config::WorkloadClass workloadClass)
{
    return workloadClass == config::WorkloadClass::Background || workloadClass == config::WorkloadClass::Batch ? 1 : 0;
}

} // namespace

struct WaitQueue::Waiter
{
    Waiter(http::TimerWheel& wheel, std::function<void()> timeIsUp) : deadline(wheel, std::move(timeIsUp)) {}

    std::weak_ptr<State> queue;
    QString provider;
    QString tenant;
    int group = 0;
    quint64 number = 0;
    Monotonic joined{0};
    Try attempt;
    End end;
    http::Deadline deadline;
    bool waiting = true;
    std::list<std::shared_ptr<Waiter>>::iterator place;
};

struct WaitQueue::State : std::enable_shared_from_this<State>
{
    // One tenant's calls of one group in one line.
    struct Lane
    {
        std::list<std::shared_ptr<Waiter>> waiters;
        quint64 turn = 0; // the smaller, the sooner
        // its head was asked in vain and is not asked again before; else the lane is among the ready ones
        std::optional<std::multimap<Monotonic, Lane*>::iterator> asleep;
        quint64 passedSince = 0; // calls the line had let through when the head was first asked in vain; 0: it was not
    };

    struct Group
    {
        std::unordered_map<QString, Lane> lanes;
        std::map<quint64, Lane*> ready; // by turn
        std::multimap<Monotonic, Lane*> asleep;
        Lane* holder = nullptr; // the others are not asked until it was served, or:
        Monotonic heldUntil{0};
        // the round that is going on
        quint64 at = 0; // next turn to ask
        int refusals = 0;
        bool further = false;
        quint64 resumeAt = 0; // where the last round ended further back
    };

    struct Line
    {
        explicit Line(http::TimerWheel& wheel, std::function<void()> serve) : deadline(wheel, std::move(serve)) {}
        Group groups[2];
        int depth = 0;
        int frontInARow = 0;
        quint64 admitted = 1;
        bool serving = false;
        Monotonic serveAt{0};
        http::Deadline deadline;
    };

    State(http::TimerWheel& wheel, const Clock& clock, WaitCounts& counts) : wheel(wheel), clock(clock), counts(counts)
    {
    }

    Line& lineOf(const QString& provider);
    void enter(Line& line, const std::shared_ptr<Waiter>& waiter);
    void leave(const std::shared_ptr<Waiter>& waiter);
    void timeIsUp(const std::shared_ptr<Waiter>& waiter);

    void serve(const QString& provider);
    void beginRound(Group& group, Monotonic now);
    Lane* next(Group& group, quint64 newest, Monotonic now);
    void refused(Line& line, Group& group, Lane& lane, milliseconds wait, Monotonic now);
    void schedule(Line& line, Monotonic at, Monotonic now);
    void scheduleNext(Line& line, Monotonic now);
    void wakeUp(Group& group, Lane& lane);

    http::TimerWheel& wheel;
    const Clock& clock;
    WaitCounts& counts;
    std::unordered_map<QString, std::unique_ptr<Line>> lines; // one per provider ever waited for
    quint64 turns = 0;
    quint64 waiters = 0; // ever
    int depth = 0;
    bool alive = true;
};

// --- who waits

WaitQueue::State::Line& WaitQueue::State::lineOf(const QString& provider)
{
    std::unique_ptr<Line>& line = lines[provider];
    if (!line) {
        line = std::make_unique<Line>(wheel, [weak = weak_from_this(), provider] {
            if (const auto state = weak.lock())
                state->serve(provider);
        });
    }
    return *line;
}

void WaitQueue::State::enter(Line& line, const std::shared_ptr<Waiter>& waiter)
{
    Group& group = line.groups[waiter->group];
    Lane& lane = group.lanes[waiter->tenant];
    if (lane.waiters.empty()) {
        lane.turn = ++turns;
        group.ready.emplace(lane.turn, &lane);
    }
    waiter->place = lane.waiters.insert(lane.waiters.end(), waiter);
    ++line.depth;
    ++depth;
    ++counts.waiting;
    if (!line.serving && !lane.asleep)
        schedule(line, waiter->joined, waiter->joined);
}

// Out of its lane, and an empty lane out of its group. The waiter's owner may have ended it already.
void WaitQueue::State::leave(const std::shared_ptr<Waiter>& waiter)
{
    waiter->waiting = false;
    waiter->deadline.stop();
    Line& line = lineOf(waiter->provider);
    Group& group = line.groups[waiter->group];
    Lane& lane = group.lanes.at(waiter->tenant);
    const bool wasHead = waiter->place == lane.waiters.begin();
    lane.waiters.erase(waiter->place);
    --line.depth;
    --depth;
    --counts.waiting;
    if (!wasHead)
        return;
    lane.passedSince = 0; // the next one has not been asked yet
    if (group.holder == &lane)
        group.holder = nullptr;
    if (lane.asleep)
        wakeUp(group, lane);
    if (lane.waiters.empty()) {
        group.ready.erase(lane.turn);
        group.lanes.erase(waiter->tenant);
    } else if (!line.serving) {
        const Monotonic now = clock.monotonic();
        schedule(line, now, now);
    }
}

void WaitQueue::State::timeIsUp(const std::shared_ptr<Waiter>& waiter)
{
    leave(waiter);
    ++counts.timedOut;
    const End end = std::move(waiter->end);
    end(WaitEnd::TimeIsUp);
}

// --- a round

void WaitQueue::State::wakeUp(Group& group, Lane& lane)
{
    group.asleep.erase(*lane.asleep);
    lane.asleep.reset();
    group.ready.emplace(lane.turn, &lane); // by its turn: it is not lost by having been asked in vain
}

void WaitQueue::State::beginRound(Group& group, Monotonic now)
{
    while (!group.asleep.empty() && group.asleep.begin()->first <= now)
        wakeUp(group, *group.asleep.begin()->second);
    if (group.holder && now >= group.heldUntil)
        group.holder = nullptr;
    group.at = 0;
    group.refusals = 0;
    group.further = false;
}

// The lane to ask next in this round: first those whose turn it is, then some from where the last round ended, so that
// lanes behind others that want too much are asked as well. nullptr: enough for now.
WaitQueue::State::Lane* WaitQueue::State::next(Group& group, quint64 newest, Monotonic now)
{
    if (group.holder && now < group.heldUntil) {
        const auto mine = group.ready.find(group.holder->turn);
        return mine != group.ready.end() && group.at <= mine->first ? mine->second : nullptr;
    }
    if (group.refusals >= kRefusals) {
        if (group.further) {
            group.resumeAt = group.at;
            return nullptr;
        }
        group.further = true;
        group.refusals = 0;
        group.at = std::max(group.at, group.resumeAt);
    }
    for (auto at = group.ready.lower_bound(group.at); at != group.ready.end(); ++at) {
        if (at->second->waiters.front()->number <= newest) // who joined during the round waits for the next
            return at->second;
    }
    if (group.further)
        group.resumeAt = 0;
    return nullptr;
}

void WaitQueue::State::refused(Line& line, Group& group, Lane& lane, milliseconds wait, Monotonic now)
{
    group.ready.erase(lane.turn);
    lane.asleep = group.asleep.emplace(now + std::min(wait, kLongestSleep), &lane);
    group.at = lane.turn + 1;
    ++group.refusals;
    if (lane.passedSince == 0)
        lane.passedSince = line.admitted;
    if (!group.holder && line.admitted - lane.passedSince >= kPassedOver && wait <= kLongestHold) {
        group.holder = &lane;
        group.heldUntil = now + wait + http::TimerWheel::kTick * 2; // the wheel is late by up to two ticks
        lane.passedSince = line.admitted;                           // once; then others are let by again
    }
}

void WaitQueue::State::serve(const QString& provider)
{
    const auto self = shared_from_this(); // an end may destroy the queue
    Line& line = lineOf(provider);
    const Monotonic now = clock.monotonic();
    const quint64 newest = waiters;
    line.serving = true;
    for (Group& group : line.groups)
        beginRound(group, now);
    while (alive) {
        Group& front = line.groups[0];
        Group& back = line.groups[1];
        const bool backFirst = line.frontInARow >= kInARow;
        Group* group = backFirst ? &back : &front;
        Lane* lane = next(*group, newest, now);
        if (!lane) {
            group = backFirst ? &front : &back;
            lane = next(*group, newest, now);
        }
        if (!lane)
            break;
        const std::shared_ptr<Waiter> waiter = lane->waiters.front();
        const milliseconds wait = waiter->attempt();
        if (!alive)
            break;
        if (!waiter->waiting)
            continue; // it was destroyed meanwhile, and its lane may be gone
        if (wait > milliseconds(0)) {
            refused(line, *group, *lane, wait, now);
            continue;
        }
        // to the end of the turns, before the lane can go away with its last waiter
        group->ready.erase(lane->turn);
        lane->turn = ++turns;
        group->ready.emplace(lane->turn, lane);
        leave(waiter);
        ++line.admitted;
        line.frontInARow = group == &back || back.lanes.empty() ? 0 : line.frontInARow + 1;
        ++counts.admitted;
        counts.waitedUs += duration_cast<microseconds>(std::max(Monotonic(0), now - waiter->joined)).count();
        const End end = std::move(waiter->end);
        end(WaitEnd::Admitted); // from here on nothing of before is known to exist, but the line
    }
    if (!alive)
        return;
    line.serving = false;
    scheduleNext(line, now);
}

// The earliest moment at which a round can do something.
void WaitQueue::State::scheduleNext(Line& line, Monotonic now)
{
    line.deadline.stop();
    for (const Group& group : line.groups) {
        if (!group.asleep.empty())
            schedule(line, group.asleep.begin()->first, now);
        if (!group.ready.empty() && !group.holder)
            schedule(line, now, now); // those that this round has left for the next
    }
}

void WaitQueue::State::schedule(Line& line, Monotonic at, Monotonic now)
{
    if (line.deadline.isArmed() && line.serveAt <= at)
        return;
    line.serveAt = at;
    line.deadline.start(ceil<milliseconds>(std::max(Monotonic(0), at - now)));
}

// --- WaitQueue

WaitQueue::Ticket::Ticket(std::shared_ptr<Waiter> waiter) : m_waiter(std::move(waiter)) {}

WaitQueue::Ticket::~Ticket()
{
    const auto state = m_waiter->queue.lock();
    if (state && state->alive && m_waiter->waiting)
        state->leave(m_waiter);
}

WaitQueue::WaitQueue(http::TimerWheel& wheel, const Clock& clock, WaitCounts& counts)
    : m_state(std::make_shared<State>(wheel, clock, counts))
{
}

WaitQueue::~WaitQueue()
{
    m_state->alive = false;
    m_state->counts.waiting -= m_state->depth;
    for (auto& [provider, line] : m_state->lines) {
        line->deadline.stop();
        for (State::Group& group : line->groups) {
            for (auto& [tenant, lane] : group.lanes) {
                for (const auto& waiter : lane.waiters) {
                    waiter->waiting = false;
                    waiter->deadline.stop();
                }
            }
        }
    }
}

std::unique_ptr<WaitQueue::Ticket> WaitQueue::join(const QString& provider, const QString& tenant,
    config::WorkloadClass workloadClass, milliseconds longest, Try attempt, End end)
{
    State& state = *m_state;
    State::Line& line = state.lineOf(provider);
    const int group = groupOf(workloadClass);
    const auto lane = line.groups[group].lanes.find(tenant);
    if (lane != line.groups[group].lanes.end() && lane->second.waiters.size() >= std::size_t(kPerTenant)) {
        ++state.counts.shed;
        return nullptr;
    }
    auto self = std::make_shared<std::weak_ptr<Waiter>>();
    auto waiter = std::make_shared<Waiter>(state.wheel, [self] {
        const auto waiter = self->lock();
        const auto queue = waiter ? waiter->queue.lock() : nullptr;
        if (queue && queue->alive && waiter->waiting)
            queue->timeIsUp(waiter);
    });
    *self = waiter;
    waiter->queue = m_state;
    waiter->provider = provider;
    waiter->tenant = tenant;
    waiter->group = group;
    waiter->number = ++state.waiters;
    waiter->joined = state.clock.monotonic();
    waiter->attempt = std::move(attempt);
    waiter->end = std::move(end);
    state.enter(line, waiter);
    waiter->deadline.start(longest);
    return std::unique_ptr<Ticket>(new Ticket(std::move(waiter)));
}

bool WaitQueue::hasWaitingBefore(const QString& provider, config::WorkloadClass workloadClass) const
{
    const auto line = m_state->lines.find(provider);
    if (line == m_state->lines.end())
        return false;
    const auto& groups = line->second->groups;
    return !groups[0].lanes.empty() || (groupOf(workloadClass) == 1 && !groups[1].lanes.empty());
}

int WaitQueue::depth() const
{
    return m_state->depth;
}

int WaitQueue::depth(const QString& provider) const
{
    const auto line = m_state->lines.find(provider);
    return line == m_state->lines.end() ? 0 : line->second->depth;
}

} // namespace gateway::quota
