#include "check.h"

#include "output.h"
#include "table.h"

#include <algorithm>

namespace ctl {

QString nameOf(Check::State state)
{
    switch (state) {
    case Check::State::Ok:
        return QStringLiteral("ok");
    case Check::State::Warning:
        return QStringLiteral("warning");
    case Check::State::Failed:
        return QStringLiteral("fail");
    case Check::State::Skipped:
        return QStringLiteral("skipped");
    }
    return {};
}

QJsonObject toJson(const Check& check)
{
    return {{QStringLiteral("check"), check.name}, {QStringLiteral("state"), nameOf(check.state)},
        {QStringLiteral("detail"), check.detail}, {QStringLiteral("fix"), check.fix}};
}

void printChecks(const Checks& checks)
{
    Table table({{"CHECK"}, {"STATE"}, {"DETAIL"}});
    for (const Check& check : checks)
        table.add({check.name, nameOf(check.state), check.detail});
    table.print();
    for (const Check& check : checks) {
        if (!check.fix.isEmpty())
            printLine(QStringLiteral("%1, %2: %3").arg(plain(check.name), nameOf(check.state), plain(check.fix)));
    }
}

Check::State worstOf(const Checks& checks)
{
    const auto any = [&](Check::State state) {
        return std::any_of(checks.begin(), checks.end(), [state](const Check& check) { return check.state == state; });
    };
    return any(Check::State::Failed)    ? Check::State::Failed
           : any(Check::State::Warning) ? Check::State::Warning
                                        : Check::State::Ok;
}

} // namespace ctl
