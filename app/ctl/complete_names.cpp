#include "complete_names.h"

#include "output.h"
#include "table.h"

#include <csignal>
#include <sys/time.h>
#include <unistd.h>

namespace ctl {

using namespace gateway;

namespace {

using Names = api::Result<QStringList>;
using AskFor = Names (*)(const api::GatewayClient&);

template <typename Values, typename NameOf>
Names namesOf(const api::Result<Values>& all, NameOf nameOf)
{
    if (!all)
        return all.error();
    QStringList names;
    for (const auto& one : *all)
        names.append(nameOf(one));
    return names;
}

struct Kind
{
    const char* name;
    AskFor ask;
};

// A revoked credential or an ended lever is of no use on a new line.
const std::vector<Kind>& kinds()
{
    static const std::vector<Kind> table{
        {"providers",
            [](const api::GatewayClient& client) {
                return namesOf(await(client.providers()), [](const api::ProviderStatus& one) { return one.name; });
            }},
        {"aliases",
            [](const api::GatewayClient& client) {
                return namesOf(await(client.aliases()), [](const api::AliasStatus& one) { return one.name; });
            }},
        {"tenants",
            [](const api::GatewayClient& client) {
                return namesOf(await(client.tenants()), [](const api::TenantStatus& one) { return one.name; });
            }},
        {"credentials",
            [](const api::GatewayClient& client) {
                return namesOf(await(client.credentials()),
                    [](const api::CredentialInfo& one) { return one.revokedAt ? QString() : one.id; });
            }},
        {"budgets",
            [](const api::GatewayClient& client) {
                return namesOf(await(client.budgets()), [](const api::BudgetStatus& one) { return one.id; });
            }},
        {"incidents",
            [](const api::GatewayClient& client) {
                return namesOf(await(client.incidents()), [](const api::Incident& one) { return one.id; });
            }},
        {"levers",
            [](const api::GatewayClient& client) {
                return namesOf(await(client.levers()),
                    [](const api::LeverStatus& one) { return one.isInForce() ? one.id : QString(); });
            }},
        {"principals",
            [](const api::GatewayClient& client) {
                return namesOf(await(client.principals()),
                    [](const api::PrincipalInfo& one) { return one.revokedAt ? QString() : one.name; });
            }},
        {"exports",
            [](const api::GatewayClient& client) {
                return namesOf(await(client.exports()), [](const api::ExportStatus& one) { return one.name; });
            }},
    };
    return table;
}

// Whatever holds the program up, a file system or a name server, it ends in time.
void endIn(int ms)
{
    std::signal(SIGALRM, [](int) { ::_exit(0); });
    itimerval limit{};
    limit.it_value.tv_usec = ms * 1000;
    ::setitimer(ITIMER_REAL, &limit, nullptr);
}

} // namespace

std::vector<std::string> nameKinds()
{
    std::vector<std::string> names;
    for (const Kind& kind : kinds())
        names.emplace_back(kind.name);
    return names;
}

void completeNames(const Session& session, const std::string& wanted)
{
    endIn(kNamesLimitMs);
    for (const Kind& kind : kinds()) {
        if (wanted != kind.name)
            continue;
        const auto client = session.client();
        const Names names = client ? kind.ask(*client) : Names(client.error());
        if (!names)
            return;
        QByteArray lines; // at once, so that a limit in the middle leaves no half name
        for (const QString& name : *names) {
            // what a shell is given must be one plain word, whatever an engine calls its things
            if (!name.isEmpty() && plain(name) == name && !name.contains(u' '))
                lines += name.toUtf8() + '\n';
        }
        printBytes(lines);
    }
}

} // namespace ctl
