// audit tail: entries of the audit log as they come. The event stream says when a change has ended, and then the log is
// read from where it was left; refusals and reads have no events, so it is also read now and then. Entries whose end is
// not known yet are held back until it is. The reading of this command is itself recorded for an auditor; those entries
// are left out, or it would follow itself.
#include "audit_entries.h"
#include "output.h"
#include "table.h"

#include <QTimer>

#include <algorithm>
#include <limits>
#include <set>

namespace ctl {

using namespace gateway;

namespace {

constexpr int kReadEveryMs = 15'000;
constexpr qint64 kHeldSeconds = 60; // an entry without an end is shown as it is after this

class Tail
{
public:
    Tail(const api::GatewayClient& client, const api::AuditQuery& query, const Options& options, qint64 count)
        : m_client(client), m_query(query), m_options(options), m_left(count)
    {
    }

    // From now on: nothing that is there already is printed.
    api::Outcome start()
    {
        api::AuditQuery newest;
        newest.limit = 1;
        const auto page = await(m_client.audit(newest));
        if (!page)
            return page.error();
        m_last = page->entries.isEmpty() ? 0 : page->entries.first().sequence;
        return api::Done{};
    }

    // Reads what is new and prints it, oldest first. An engine that cannot be asked just now is asked again later.
    api::Outcome read()
    {
        const qint64 floor = m_held.empty() ? m_last : std::min(m_last, *m_held.begin() - 1);
        QVector<api::AuditEntry> fresh;
        api::AuditQuery query = m_query;
        query.limit = 1000;
        bool goesOn = true;
        while (goesOn) {
            const auto page = await(m_client.audit(query));
            if (!page)
                return page.error();
            for (const api::AuditEntry& entry : page->entries) {
                goesOn = goesOn && entry.sequence > floor;
                if (goesOn)
                    fresh.prepend(entry);
            }
            query.before = page->next;
            goesOn = goesOn && page->next > 0;
        }
        for (const api::AuditEntry& entry : fresh)
            take(entry);
        return api::Done{};
    }

    bool isDone() const { return m_left <= 0; }

private:
    void take(const api::AuditEntry& entry)
    {
        const bool isNew = entry.sequence > m_last;
        if (!isNew && m_held.count(entry.sequence) == 0)
            return;
        m_last = std::max(m_last, entry.sequence);
        const bool hasEnd = entry.status != 0 || entry.outcome != QLatin1String("unknown") ||
                            entry.at.secsTo(QDateTime::currentDateTimeUtc()) > kHeldSeconds;
        if (!hasEnd) {
            m_held.insert(entry.sequence);
            return;
        }
        m_held.erase(entry.sequence);
        const bool isOwnReading =
            entry.outcome == QLatin1String("read") && entry.action == QLatin1String("GET /api/v1/audit");
        if (isOwnReading || isDone())
            return;
        --m_left;
        if (m_options.json || m_options.jsonl)
            printJsonLine(api::toJson(entry));
        else
            print(entry);
    }

    static void print(const api::AuditEntry& entry)
    {
        QStringList cells;
        for (const QString& cell : cellsOf(entry))
            cells.append(plain(cell));
        printLine(cells.join(QStringLiteral("  ")));
    }

    const api::GatewayClient& m_client;
    const api::AuditQuery m_query;
    const Options& m_options;
    std::set<qint64> m_held; // seen, without an end
    qint64 m_last = 0;
    qint64 m_left;
};

int runTail(const Session& session, const AuditFilter& filter, qint64 count)
{
    const api::Result<api::AuditQuery> query = queryFrom(filter);
    if (!query)
        return fail(query.error());
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    Tail tail(*client, *query, session.options(), count);
    if (const api::Outcome started = tail.start(); !started)
        return fail(started.error());
    QEventLoop loop;
    bool hasNews = true; // what came between the start and the stream
    QTimer timer;
    const auto wake = [&] {
        hasNews = true;
        loop.quit();
    };
    QObject::connect(&timer, &QTimer::timeout, &loop, wake);
    timer.start(kReadEveryMs);
    const std::unique_ptr<api::EventStream> stream = client->subscribe();
    QObject::connect(stream.get(), &api::EventStream::eventsArrived, &loop, [&](const QVector<api::Event>& events) {
        if (std::any_of(events.begin(), events.end(),
                [](const api::Event& event) { return event.type.startsWith(QLatin1String("audit.")); }))
            wake();
    });
    QObject::connect(stream.get(), &api::EventStream::gapFound, &loop, wake);
    while (!tail.isDone()) {
        if (!hasNews)
            loop.exec();
        hasNews = false;
        const api::Outcome read = tail.read();
        if (!read && read.error().failure != api::Failure::Unreachable)
            return fail(read.error());
        if (!read)
            say(QStringLiteral("signalboxctl: %1 Trying again.").arg(plain(read.error().message)));
    }
    return Ok;
}

} // namespace

void addAuditTail(CLI::App& noun, Context context)
{
    auto* command = addCommand(noun, "tail",
        "Entries as they come, until interrupted; changes at once, refusals and reads within 15 seconds",
        "signalboxctl audit tail --outcome refused");
    const auto filter = addAuditFilter(*command, AuditTimes::Without);
    const auto count = std::make_shared<qint64>(std::numeric_limits<qint64>::max());
    command->add_option("--count", *count, "End after so many")->check(CLI::PositiveNumber)->type_name("N");
    command->callback([context, filter, count] { context.result = runTail(context.session, *filter, *count); });
}

} // namespace ctl
