// ReplayCase: one recorded call as what-if replay needs it: what is known of the call, what the engine knew when it
// decided (decision.inputs), the moments of the candidates then, and what was decided. Read from a row of the record;
// nothing is measured or asked here. Values; the reader belongs to one thread.
#pragma once

#include "api/call.h"
#include "config/policy_snapshot.h"
#include "replay/text_pool.h"
#include "routing/route.h"
#include "transform/call_request.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace gateway::replay {

// A candidate's row of the recorded decision.
struct RecordedRow
{
    QString kind;     // of a fallback step; empty for the alias's own candidates
    QString provider; // empty for the steps cached and refuse
    QString model;
    QString region;
    QString verdict; // chosen eligible rejected; of a step that was usable: eligible, or empty (cached, refuse)
    QString code;
    qint64 score = 0;
    routing::Moment moment; // as it was recorded: breaker, lever, p95, failures, shifted weight

    QString label() const;
    bool isOf(const config::Candidate& candidate) const;
};

// Why a call cannot be decided again.
enum class Gap
{
    None,
    NoInputs,   // recorded before inputs were kept, or by an engine that died with the call open
    NotRead,    // its request could not be read: no config changes that
    Repetition, // answered, or refused, as the repetition of another call
    NoSurface,  // a dialect this engine does not know
};

struct ReplayCase
{
    // the call
    QString id;
    qint64 startedMs = 0;
    QString tenant;
    QString feature;
    QString agent;
    QString credential;
    QString alias;
    QString zone; // it was routed in
    config::WorkloadClass workloadClass = config::WorkloadClass::Interactive;
    int revision = 0;
    QString priceBook;
    api::ErrorCode error = api::ErrorCode::None;
    QString servedBy;
    bool answered = false;
    bool degraded = false;
    api::Tokens tokens; // of its last attempt
    std::optional<api::Money> cost;
    qint64 firstTokenUs = -1;
    qint64 endUs = -1;

    // what the engine knew; the request's body has its size and nothing else
    transform::CallRequest request;
    qint64 bodyBytes = 0;
    QString zoneAsked;
    std::optional<api::Money> ceilingAsked;
    std::optional<std::chrono::milliseconds> budgetAsked;
    bool degradeServes = true;
    quint64 seed = 0;
    std::chrono::milliseconds elapsed{0};
    QDate today;

    // what it decided
    bool routed = false; // else it was refused before
    std::vector<RecordedRow> candidates;
    std::vector<RecordedRow> fallback;
    QString limit; // the quota or budget that refused it, in words

    Gap gap = Gap::None;
};

// A row of the record, as views; times in the unit of their name.
struct CallRow
{
    std::string_view id, tenant, feature, agent, credential, surface, alias, zone, outcome, errorCode, servedBy;
    std::string_view detail;   // JSON: what has no column
    std::string_view decision; // JSON
    qint64 startedMs = 0;
    qint64 endUs = -1;
    std::optional<api::Money> cost;
};

class CaseReader
{
public:
    CaseReader();
    ~CaseReader();
    Q_DISABLE_COPY_MOVE(CaseReader)

    ReplayCase read(const CallRow& row);
    ReplayCase read(const api::Call& call); // the same, from the admin API's value

private:
    struct Json;
    void readDetail(std::string_view text, ReplayCase& into);
    void readDecision(std::string_view text, ReplayCase& into);

    std::unique_ptr<Json> m_json;
    TextPool m_texts;
};

} // namespace gateway::replay
