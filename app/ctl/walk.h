// The walk that most commands have in common: client, request, JSON or something for people.
#pragma once

#include "commands.h"
#include "output.h"

namespace ctl {

// The common walk of a list command: client, request, JSON or table.
template <typename Ask, typename Print>
void runList(Context context, Ask ask, Print print)
{
    const auto client = context.session.client();
    if (!client) {
        context.result = fail(client.error());
        return;
    }
    const auto answer = await(ask(*client));
    if (!answer) {
        context.result = fail(answer.error());
        return;
    }
    if (!printAsJson(context.session.options(), *answer))
        print(*answer);
}

// The same for one object; `verdict` says its exit code, also when JSON was asked for.
template <typename Ask, typename Print, typename Verdict>
void runOne(Context context, Ask ask, Print print, Verdict verdict)
{
    const auto client = context.session.client();
    if (!client) {
        context.result = fail(client.error());
        return;
    }
    const auto answer = await(ask(*client));
    if (!answer) {
        context.result = fail(answer.error());
        return;
    }
    if (!printOneAsJson(context.session.options(), *answer))
        print(*answer);
    context.result = verdict(*answer);
}

template <typename Ask, typename Print>
void runOne(Context context, Ask ask, Print print)
{
    runOne(context, ask, print, [](const auto&) { return int(Ok); });
}

} // namespace ctl
