// What a test request's answer means: what was received and, when it is wrong, the fix. Any thread; a pure function.
#pragma once

#include "pages/server/gateway_probe.h"

#include <QString>

namespace ui {

struct TestVerdict
{
    bool good = false;
    QString title;    // "The test request was answered in 1.21 s"
    QString sentence; // what was received; the fix
};

TestVerdict verdictOf(const TestResult& result, const QString& alias);

} // namespace ui
