// ScriptedProbe: a data plane that answers from a script, without a socket. Thread: UI.
#pragma once

#include "pages/server/gateway_probe.h"

namespace ui::testing {

class ScriptedProbe : public GatewayProbe
{
    Q_OBJECT
public:
    using GatewayProbe::GatewayProbe;
    ProbeResult probeResult{200, 1.1, {}};
    TestResult testResult;

    QFuture<ProbeResult> probe(const QString&) override { return QtFuture::makeReadyFuture(probeResult); }
    QFuture<TestResult> sendTest(const QString& url, const QString&, const QString&) override
    {
        TestResult result = testResult;
        result.requestUrl = url;
        return QtFuture::makeReadyFuture(result);
    }
};

} // namespace ui::testing
