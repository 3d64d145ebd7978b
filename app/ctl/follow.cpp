#include "follow.h"

#include "output.h"
#include "table.h"

namespace ctl {

using namespace gateway;
using State = api::EventStream::State;

int follow(const Session& session, qint64 since, const std::function<bool(const api::Event&)>& take,
    const std::function<void(qint64 first, qint64 last)>& missed)
{
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    // asked first, so that a wrong token or a missing engine ends the program instead of being tried again for ever
    if (const auto status = await(client->status()); !status)
        return fail(status.error());
    QEventLoop loop;
    bool goesOn = true;
    const std::unique_ptr<api::EventStream> stream = client->subscribe(since);
    QObject::connect(stream.get(), &api::EventStream::eventsArrived, &loop, [&](const QVector<api::Event>& events) {
        for (const api::Event& event : events) {
            goesOn = goesOn && take(event);
            if (!goesOn) {
                loop.quit();
                return;
            }
        }
    });
    QObject::connect(stream.get(), &api::EventStream::gapFound, &loop, [&](qint64 first, qint64 last) {
        missed(first, last);
        say(QStringLiteral("signalboxctl: events %1 to %2 are no longer kept.").arg(first).arg(last));
    });
    QObject::connect(stream.get(), &api::EventStream::stateChanged, &loop, [](State state, const QString& reason) {
        if (state == State::Lost)
            say(QStringLiteral("signalboxctl: %1 Trying again.").arg(plain(reason)));
    });
    loop.exec();
    return Ok;
}

} // namespace ctl
