#include "commands.h"
#include "output.h"

#include <QCoreApplication>

namespace ctl {

using namespace gateway;

namespace {

int runEvents(const Session& session, qint64 since, int count)
{
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    // asked first, so that a wrong token or a missing engine ends the program instead of being tried again for ever
    if (const auto status = await(client->status()); !status)
        return fail(status.error());
    QEventLoop loop;
    int left = count;
    const std::unique_ptr<api::EventStream> stream = client->subscribe(since);
    QObject::connect(stream.get(), &api::EventStream::eventsArrived, &loop, [&](const QVector<api::Event>& events) {
        for (const api::Event& event : events) {
            printJsonLine({{QStringLiteral("sequence"), event.sequence}, {QStringLiteral("type"), event.type},
                {QStringLiteral("data"), event.data}});
            if (count > 0 && --left == 0) {
                loop.quit();
                return;
            }
        }
    });
    QObject::connect(stream.get(), &api::EventStream::gapFound, &loop, [](qint64 first, qint64 last) {
        printJsonLine({{QStringLiteral("type"), QStringLiteral("gap")}, {QStringLiteral("first"), first},
            {QStringLiteral("last"), last}});
        say(QStringLiteral("signalboxctl: events %1 to %2 are no longer kept.").arg(first).arg(last));
    });
    QObject::connect(
        stream.get(), &api::EventStream::stateChanged, &loop, [](api::EventStream::State state, const QString& reason) {
            if (state == api::EventStream::State::Lost)
                say(QStringLiteral("signalboxctl: %1 Trying again.").arg(reason));
        });
    loop.exec();
    return Ok;
}

} // namespace

void addEvents(CLI::App& app, Context context)
{
    auto* command = app.add_subcommand("events", "Follow what happens, one JSON object a line, until interrupted");
    const auto since = std::make_shared<qint64>(-1);
    const auto count = std::make_shared<int>(0);
    command->add_option("--since", *since, "After this sequence number, 0 for all that is kept; without it from now on")
        ->check(CLI::NonNegativeNumber)
        ->type_name("SEQ");
    command->add_option("--count", *count, "End after so many events")->check(CLI::PositiveNumber)->type_name("N");
    command->callback([context, since, count] { context.result = runEvents(context.session, *since, *count); });
}

} // namespace ctl
