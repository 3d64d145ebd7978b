#include "ladder.h"

#include <QEventLoop>

namespace ctl {

using namespace gateway;

namespace {

Check checkOf(const api::CheckRung& rung)
{
    Check check{api::titleOf(rung.name), Check::State::Skipped, rung.detail, rung.fix};
    switch (rung.state) {
    case api::CheckRung::State::Ok:
        check.state = Check::State::Ok;
        break;
    case api::CheckRung::State::Warning:
        check.state = Check::State::Warning;
        break;
    case api::CheckRung::State::Failed:
        check.state = Check::State::Failed;
        break;
    case api::CheckRung::State::Waiting:
    case api::CheckRung::State::Running:
    case api::CheckRung::State::Skipped:
        break;
    }
    return check;
}

} // namespace

Ladder climb(const api::HttpTransportOptions& options)
{
    api::ConnectionCheck check(options);
    QEventLoop loop;
    QObject::connect(&check, &api::ConnectionCheck::finished, &loop, &QEventLoop::quit);
    check.start();
    if (!check.isFinished())
        loop.exec();
    Ladder ladder;
    for (const api::CheckRung& rung : check.rungs()) {
        ladder.checks.append(checkOf(rung));
        const bool passed = rung.state == api::CheckRung::State::Ok || rung.state == api::CheckRung::State::Warning;
        ladder.isLetIn = ladder.isLetIn || (rung.name == api::CheckRung::Name::Auth && passed);
    }
    ladder.isGood = check.isGood();
    ladder.role = check.role();
    ladder.engine = check.engineName();
    ladder.environment = check.environment();
    ladder.offered = check.offered();
    return ladder;
}

} // namespace ctl
