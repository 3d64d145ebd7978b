// ledger_bench: what reserve + settle cost on one thread and on several, with 1, 10 and 1,000 budgets configured, of
// which one, two or three apply to the call. Prints nanoseconds per pair. Not a test: ctest does not run it.
//   ledger_bench [PAIRS]
#include "budget/ledger.h"

#include <QString>

#include <cstdio>
#include <cstdlib>
#include <thread>

using namespace gateway;
using namespace gateway::budget;

namespace {

std::vector<config::BudgetPolicy> budgets(int count, int applying)
{
    std::vector<config::BudgetPolicy> list;
    for (int i = 0; i < count; ++i) {
        config::BudgetPolicy policy;
        if (i == 0)
            policy.scope.tenant = QStringLiteral("acme");
        else if (i == 1 && applying > 1)
            policy.scope.alias = QStringLiteral("chat");
        else if (i == 2 && applying > 2)
            policy.scope.provider = QStringLiteral("sim");
        else
            policy.scope.tenant = QStringLiteral("tenant-%1").arg(i);
        policy.amount = api::Money::fromNano(INT64_MAX / 2);
        list.push_back(policy);
    }
    return list;
}

double nanosPerPair(int count, int applying, int threads, int pairs)
{
    const SystemClock clock;
    Ledger ledger(clock);
    const BudgetIndexPtr index = ledger.configure(budgets(count, applying));
    const Spender spender{QStringLiteral("acme"), QStringLiteral("search"), QStringLiteral("bot"),
        QStringLiteral("chat"), QStringLiteral("sim")};
    const auto work = [&] {
        Asked asked;
        asked.upperBound = api::Money::fromNano(1000);
        for (int i = 0; i < pairs; ++i)
            ledger.reserve(*index, spender, asked).reservation.settle(api::Money::fromNano(500));
    };
    const Monotonic begun = clock.monotonic();
    std::vector<std::jthread> workers;
    for (int i = 0; i < threads; ++i)
        workers.emplace_back(work);
    workers.clear();
    return double((clock.monotonic() - begun).count()) / pairs / threads;
}

} // namespace

int main(int argc, char** argv)
{
    const int pairs = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
    std::printf("budgets  applying  threads  ns per reserve+settle\n");
    for (const int count : {1, 10, 1000}) {
        for (const int applying : {1, 3}) {
            for (const int threads : {1, 2, 8}) {
                if (applying <= count)
                    std::printf("%7d  %8d  %7d  %8.0f\n", count, applying, threads,
                        nanosPerPair(count, applying, threads, pairs / threads));
            }
        }
    }
    return 0;
}
