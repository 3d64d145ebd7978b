#include "change_load.h"

#include "remote_engine.h"

namespace gateway::test {
namespace {

constexpr int kOpenAtMost = 6; // changes under way at once
constexpr int kPauseMs = 60;

// An answer of the engine (a refusal, a conflict) and "it was not applied" of the transport are both: it did not
// happen. Only what says of itself that it is not known is unknown.
ChangeLoad::Told toldBy(const api::Error& error)
{
    return error.message.contains(QStringLiteral("not known")) ||
                   error.message.contains(QStringLiteral("unknown whether"))
               ? ChangeLoad::Told::Unknown
               : ChangeLoad::Told::NotApplied;
}

} // namespace

ChangeLoad::ChangeLoad(const api::GatewayClient& client, quint32 seed) : m_client(client), m_random(seed)
{
    connect(&m_timer, &QTimer::timeout, this, &ChangeLoad::next);
}

void ChangeLoad::start()
{
    m_timer.start(kPauseMs);
}

void ChangeLoad::stop()
{
    m_timer.stop();
}

void ChangeLoad::next()
{
    if (m_open >= kOpenAtMost)
        return;
    m_random.bounded(4) == 0 ? pull() : issue();
}

template <typename T>
void ChangeLoad::keep(int number, QFuture<api::Result<T>> future)
{
    ++m_open;
    future.then(this, [this, number](const api::Result<T>& answer) {
        --m_open;
        Change& change = m_changes[number];
        change.told = answer ? Told::Applied : toldBy(answer.error());
        if (!answer)
            change.words = answer.error().message;
    });
}

void ChangeLoad::issue()
{
    const int number = count();
    const QString reason = QStringLiteral("change %1").arg(number);
    m_changes.append({reason, false, Told::Nothing, {}});
    api::CredentialRequest request;
    request.tenant = QStringLiteral("demo");
    request.aliases = {QStringLiteral("fast-summariser")};
    request.note = reason;
    keep(number, m_client.issueCredential(request, reason));
}

// A drill of one per cent of one alias of a tenant without calls: it may be there many times at once and moves nothing.
void ChangeLoad::pull()
{
    const int number = count();
    const QString reason = QStringLiteral("change %1").arg(number);
    m_changes.append({reason, true, Told::Nothing, {}});
    api::LeverRequest request;
    request.kind = api::LeverKind::Drill;
    request.provider = QStringLiteral("simulator-b");
    request.tenant = QStringLiteral("acme");
    request.percent = 1;
    request.durationSeconds = 60 + number % 600;
    keep(number, m_client.startDrill(request, reason));
}

ChangeLoad::Verdict ChangeLoad::judge(const api::GatewayClient& client) const
{
    Verdict verdict;
    verdict.changes = count();
    const auto credentials = await(client.credentials());
    const auto levers = await(client.levers());
    if (!credentials || !levers) {
        verdict.wrong.append(QStringLiteral("the engine could not be asked what happened"));
        return verdict;
    }
    QHash<QString, int> happened;
    for (const api::CredentialInfo& credential : *credentials)
        ++happened[credential.note];
    for (const api::LeverStatus& lever : *levers)
        ++happened[lever.reason];
    for (const Change& change : m_changes) {
        const int times = happened.value(change.reason);
        verdict.applied += change.told == Told::Applied;
        verdict.notApplied += change.told == Told::NotApplied;
        verdict.unknown += change.told == Told::Unknown;
        verdict.unanswered += change.told == Told::Nothing;
        const bool asTold = change.told == Told::Applied      ? times == 1
                            : change.told == Told::NotApplied ? times == 0
                                                              : times <= 1;
        if (!asTold)
            verdict.wrong.append(QStringLiteral("%1: told %2, happened %3 times (%4)")
                                     .arg(change.reason, change.told == Told::Applied ? QStringLiteral("applied")
                                                                                      : QStringLiteral("not applied"))
                                     .arg(times)
                                     .arg(change.words));
    }
    return verdict;
}

} // namespace gateway::test
