// complete-names KIND: the names of one kind of thing, one a line, for completions. It answers within 300 ms or not at
// all, and says nothing when it cannot: a completion is no place for an error. Main thread.
#pragma once

#include "commands.h"

namespace ctl {

inline constexpr int kNamesLimitMs = 300;
// providers aliases tenants credentials budgets incidents levers principals exports
std::vector<std::string> nameKinds();
void completeNames(const Session& session, const std::string& kind);

} // namespace ctl
