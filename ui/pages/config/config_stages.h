// The way of a draft into force as six steps with who, when and why: draft, validated, reviewed, replayed, canary,
// promoted. What nobody did yet is not reached; what was done for an earlier text says so and is not taken for done.
// Any thread; pure functions.
#pragma once

#include "api/canary.h"
#include "api/config_change.h"
#include "api/replay.h"
#include "widgets/summary_strip.h"

#include <optional>

namespace ui::config {

struct StageFacts
{
    const gateway::api::Draft& draft;
    const std::optional<gateway::api::ReplayReport>& replay;
    bool isReplayOld = false;
    std::optional<gateway::api::CanaryStatus> canary;
    bool reviewRequired = false;
    bool loosens = false;
    int inForce = 0;
    QDateTime now;
};

QVector<Step> stagesOf(const StageFacts& facts);

// The review that counts for the text as it is: a refusal before an approval, another's before one's own.
std::optional<gateway::api::ConfigReview> standingReview(const gateway::api::Draft& draft);
Status statusOf(const gateway::api::CanaryStatus& canary);
Status statusOf(gateway::api::CanaryVerdict verdict);
QString wordOf(gateway::api::CanaryVerdict verdict); // PASS FAIL INSUFFICIENT DATA
QString phaseWords(const gateway::api::CanaryStatus& canary);
// "1 block, 2 warnings"
QString countWords(const gateway::api::Findings& findings);
// "03:10" today, "21 Nov 03:10" before.
QString when(const QDateTime& time, const QDateTime& now);

} // namespace ui::config
