#include "pages/common/verdicts.h"

#include <QCoreApplication>

#include <array>

namespace ui {
namespace {

struct Verdict
{
    const char* name;
    const char* word;
    Status status;
};

constexpr std::array kVerdicts{
    Verdict{"FAIL", QT_TRANSLATE_NOOP("ui::verdicts", "Fail"), Status::Down},
    Verdict{"INCOMPLETE", QT_TRANSLATE_NOOP("ui::verdicts", "Incomplete"), Status::CannotSay},
    Verdict{"NO_DATA", QT_TRANSLATE_NOOP("ui::verdicts", "No data"), Status::Unknown},
    Verdict{"PASS", QT_TRANSLATE_NOOP("ui::verdicts", "Pass"), Status::Ok},
};

const Verdict* find(const QString& verdict)
{
    for (const Verdict& one : kVerdicts) {
        if (verdict == QLatin1String(one.name))
            return &one;
    }
    return nullptr;
}

} // namespace

Status verdictStatus(const QString& verdict)
{
    const Verdict* known = find(verdict);
    return known ? known->status : Status::Unknown;
}

QString verdictWord(const QString& verdict)
{
    const Verdict* known = find(verdict);
    return known ? QCoreApplication::translate("ui::verdicts", known->word) : verdict;
}

int verdictRank(const QString& verdict)
{
    const Verdict* known = find(verdict);
    return known ? int(known - kVerdicts.data()) : 1;
}

} // namespace ui
