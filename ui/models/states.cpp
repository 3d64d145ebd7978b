#include "models/states.h"

namespace ui::models {

using namespace gateway::api;

Status statusOf(CallOutcome outcome)
{
    switch (outcome) {
    case CallOutcome::Answered:
        return Status::Ok;
    case CallOutcome::Failed:
        return Status::Down;
    case CallOutcome::Refused:
    case CallOutcome::Truncated:
        return Status::Degraded;
    case CallOutcome::Cancelled:
        return Status::NotApplicable;
    case CallOutcome::Indeterminate:
        return Status::CannotSay;
    }
    return Status::Unknown;
}

Status statusOf(AttemptResult result)
{
    switch (result) {
    case AttemptResult::Answered:
        return Status::Ok;
    case AttemptResult::Failed:
        return Status::Down;
    case AttemptResult::Refused:
        return Status::Degraded;
    case AttemptResult::Skipped:
        return Status::NotReached;
    case AttemptResult::Cancelled:
        return Status::NotApplicable;
    }
    return Status::Unknown;
}

Status statusOf(Health health)
{
    switch (health) {
    case Health::Ok:
        return Status::Ok;
    case Health::Degraded:
        return Status::Degraded;
    case Health::Down:
        return Status::Down;
    case Health::Unknown:
        return Status::Unknown;
    case Health::Paused:
        return Status::Paused;
    }
    return Status::Unknown;
}

} // namespace ui::models
