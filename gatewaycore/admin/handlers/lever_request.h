// What may be asked of a lever: names that the config knows, numbers in their range, an end that lies ahead but not
// too far. Shared by the handlers that make levers. Thread: control.
#pragma once

#include "admin/router.h"

namespace gateway::admin {

// The end asked for, as a time: a default if none is, an error if it lies in the past or more than seven days ahead.
api::Result<QDateTime> leverEnd(
    const std::optional<QDateTime>& endsAt, const std::optional<qint64>& durationSeconds, const QDateTime& now);

// The request checked against the config, with endsAt set and durationSeconds resolved.
api::Result<api::LeverRequest> checkedLever(api::LeverRequest request, const EngineView& engine);

// What is in force already and stands in the way: one drain a provider, one force a breaker, one weight a candidate.
std::optional<api::Error> clashOf(const api::LeverRequest& request, const EngineView& engine);

// Checks, looks for a clash and applies: the one way from a request to a lever. Answers 201 with the LeverStatus.
void applyChecked(
    const Services& services, const Request& request, const Reply& reply, const api::LeverRequest& wanted);

bool isProvider(const config::PolicySnapshot& snapshot, const QString& name);

} // namespace gateway::admin
