// The story of the mock-ups as an engine would serve it, behind a FakeTransport: 22 November 2026, 03:22:24 UTC.
// azure-eu in swedencentral fails since 03:04, fallbacks carry most of it. Calls, providers and series agree with each
// other and are the same on every run. For pictures and page tests. Thread: UI.
#pragma once

#include "fake_transport.h"

#include "api/call.h"
#include "api/engine_status.h"
#include "api/series.h"

namespace ui::testing {

class Story
{
public:
    static QDateTime now();
    static QVector<gateway::api::ProviderStatus> providers();
    // The nine calls of the Traffic mock-up, newest first.
    static QVector<gateway::api::Call> calls();
    static gateway::api::EngineStatus status();
    static gateway::api::Series series(const gateway::api::SeriesQuery& query);

    // Answers status, providers, calls (filters and cursors), calls/{id} and series.
    static void tell(FakeTransport& transport);
    // The same engine before its first call.
    static void tellEmpty(FakeTransport& transport);
};

gateway::api::Event finishedEvent(const gateway::api::Call& call, qint64 sequence = 1);

} // namespace ui::testing
