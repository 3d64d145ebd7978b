// Pictures of attaching, and of data that is not fresh.
#include "scene.h"

#include "story.h"

#include "session/connection_hub.h"
#include "shell/attach_sheet.h"
#include "shell/certificate_view.h"
#include "shell/connections_sheet.h"
#include "shell/freshness_banner.h"
#include "shell/main_window.h"
#include "widgets/input_field.h"

namespace ui::testing {
namespace {

using namespace gateway::api;
using Rung = CheckRung;

const QString kOld = QStringLiteral("3f1d8c0b5a7e92446c1f0e8d7b6a594837261504f3e2d1c0b9a8978685746352");
const QString kNew = QStringLiteral("91b7c2a04e5d6f83927164a5b8c9d0e1f23456789abcdef0112233445566778899").left(64);

LinkStatus link(LinkStatus::State state, const char* reason, int attempt = 0)
{
    LinkStatus status;
    status.state = state;
    status.reason = QString::fromUtf8(reason);
    status.attempt = attempt;
    return status;
}

// The production session with a clock that can be moved on.
struct Clock
{
    QDateTime now = Story::now();
};

SessionOptions withClock(SessionOptions options, const std::shared_ptr<Clock>& clock)
{
    options.now = [clock] { return clock->now; };
    return options;
}

CertificateFacts certificate(const QString& sha256)
{
    CertificateFacts facts;
    facts.sha256 = sha256;
    facts.subject = QStringLiteral("CN=gw-eu-1");
    facts.issuer = QStringLiteral("CN=gw-eu-1");
    facts.names = QStringList{QStringLiteral("gw-eu-1.ops.example"), QStringLiteral("10.0.3.7")};
    facts.notBefore = QDateTime(QDate(2026, 11, 22), QTime(1, 0), Qt::UTC);
    facts.notAfter = QDateTime(QDate(2036, 11, 19), QTime(1, 0), Qt::UTC);
    facts.selfSigned = true;
    return facts;
}

QVector<Rung> rungs(int good, Rung::State next, const char* detail, const char* fix)
{
    static const char* const kDetails[] = {"10.0.3.7", "10.0.3.7 port 4181", "TLS 1.3, verified by the pin",
        "token of alice", "operator", "engine 0.1.0, contract 1.1", "12 ms ahead", "hello after 3 ms"};
    static constexpr int kMs[] = {2, 1, 9, 4, 0, 0, 0, 3};
    QVector<Rung> all;
    for (int i = 0; i < 8; ++i) {
        Rung rung;
        rung.name = Rung::Name(i);
        if (i < good) {
            rung.state = Rung::State::Ok;
            rung.detail = QString::fromLatin1(kDetails[i]);
            rung.ms = kMs[i];
        } else if (i == good) {
            rung.state = next;
            rung.detail = QString::fromUtf8(detail);
            rung.fix = QString::fromUtf8(fix);
        } else {
            rung.state = next == Rung::State::Running ? Rung::State::Waiting : Rung::State::Skipped;
            if (rung.state == Rung::State::Skipped)
                rung.detail = QStringLiteral("Not tried, because %1 failed.").arg(titleOf(Rung::Name(good)));
        }
        all.append(rung);
    }
    return all;
}

// A hub for a picture: lives as long as the window, opens nothing.
struct Desk
{
    ConnectionBook book{QString()};
    SessionSecretStore secrets;
    ConnectionHub hub{book, secrets, [](const Connection&, const QByteArray&) {
                          auto transport = std::make_shared<FakeTransport>();
                          Story::tell(*transport);
                          return transport;
                      }};
};

Desk& deskOf(MainWindow& window)
{
    // a child of the window, so that it goes with it
    struct Owner : QObject
    {
        using QObject::QObject;
        Desk desk;
    };
    auto* owner = new Owner(&window);
    Desk& desk = owner->desk;
    const auto put = [&desk](const char* name, Environment environment, const char* url, const char* role, bool pinned,
                         int daysAgo) {
        Connection connection;
        connection.name = QString::fromLatin1(name);
        connection.environment = environment;
        connection.url = QString::fromLatin1(url);
        connection.role = QString::fromLatin1(role);
        connection.pin = pinned ? kOld : QString();
        if (pinned) {
            connection.certificate = certificate(kOld);
            connection.certificate->notBefore = QDateTime(QDate(2025, 11, 22), QTime(1, 0), Qt::UTC);
            connection.certificate->notAfter = QDateTime(QDate(2026, 11, 22), QTime(1, 0), Qt::UTC);
        }
        connection.readOnly = environment == Environment::Prod;
        connection.lastUsed = Story::now().addDays(-daysAgo);
        return *desk.book.put(connection);
    };
    const QString first = put("prod-eu", Environment::Prod, "https://gw-eu-1.ops.example:4181", "operator", true, 0);
    const QString second = put("prod-us", Environment::Prod, "https://gw-us-1.ops.example:4181", "operator", true, 1);
    put("staging", Environment::Stage, "https://gw-stage.ops.example:4181", "admin", false, 3);
    put("old-laptop", Environment::Local, "http://127.0.0.1:4181", "admin", false, 40);
    desk.hub.show(second);
    desk.hub.show(first);
    return desk;
}

} // namespace

QVector<Scene> connectionScenes(const std::function<SessionOptions()>& production)
{
    QVector<Scene> scenes;
    const auto unfit = [&](const char* name, qint64 ageMs, const LinkStatus& how) {
        const auto clock = std::make_shared<Clock>();
        scenes.append(
            {QString::fromLatin1(name), QStringLiteral("providers"), withClock(production(), clock), &Story::tell,
                [clock, ageMs, how](MainWindow& window, FakeTransport& transport) {
                    clock->now = clock->now.addMSecs(ageMs);
                    window.findChild<FreshnessBanner*>()->setMendable(true);
                    transport.setLink(how);
                },
                40});
    };
    unfit("freshness-late", 4500, link(LinkStatus::State::Connected, ""));
    unfit("freshness-stale", 127'000,
        link(LinkStatus::State::Reconnecting, "The engine at https://gw-eu-1.ops.example:4181 does not answer.", 5));
    unfit("freshness-error", 61'000,
        link(LinkStatus::State::CertificateChanged, "The engine shows another certificate than the pinned one."));
    unfit("freshness-not-permitted", 9'000,
        link(LinkStatus::State::NotPermitted, "The token of alice was revoked at 03:21 UTC."));
    SessionOptions locked = production();
    locked.readOnly = true;
    scenes.append({QStringLiteral("freshness-locked"), QStringLiteral("providers"), locked, &Story::tell, {}, 40});

    const auto sheet = [&](const char* name, std::function<void(MainWindow&)> act) {
        scenes.append({QString::fromLatin1(name), QStringLiteral("providers"), production(), &Story::tell,
            [act = std::move(act)](MainWindow& window, FakeTransport&) { act(window); }, 40});
    };
    sheet("connections", [](MainWindow& window) { ConnectionsSheet::openOn(&window, deskOf(window).hub); });
    const auto attach = [](MainWindow& window) {
        auto* made = new AttachSheet(&window, deskOf(window).hub);
        made->open(made->addressField());
        made->addressField()->setText(QStringLiteral("https://gw-eu-1.ops.example:4181"));
        made->tokenField()->setText(QStringLiteral("sba_0123456789_secret"));
        return made;
    };
    sheet("attach-running", [attach](MainWindow& window) {
        attach(window)->showLadder(rungs(3, Rung::State::Running, "", ""), {}, false);
    });
    sheet("attach-refused", [attach](MainWindow& window) {
        attach(window)->showLadder(
            rungs(1, Rung::State::Failed, "Nothing listens on 10.0.3.7 port 4181.",
                "Is signalboxd running there, and is its admin listener on an address that others "
                "can reach? `signalboxctl server status` on that machine says where it listens."),
            {}, false);
    });
    sheet("attach-compare", [attach](MainWindow& window) {
        AttachSheet* made = attach(window);
        made->showLadder(rungs(2, Rung::State::Failed, "The certificate is self-signed.",
                             "Compare its fingerprint below with what the engine's machine says."),
            certificate(kOld), false);
        made->compare()->field()->setText(kOld.left(40));
    });
    sheet("attach-good", [attach](MainWindow& window) {
        attach(window)->showLadder(rungs(8, Rung::State::Ok, "", ""), certificate(kOld), true);
    });
    sheet("attach-changed", [](MainWindow& window) {
        Desk& desk = deskOf(window);
        AttachSheet* made = AttachSheet::openFor(&window, desk.hub, desk.book.all().first().id, false);
        made->showLadder(rungs(2, Rung::State::Failed, "The certificate is not the pinned one.",
                             "Compare the new one below; ask whoever runs the engine if you did not expect it."),
            certificate(kNew), false);
    });
    return scenes;
}

} // namespace ui::testing
