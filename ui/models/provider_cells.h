// How the cells of the provider table look: the value against the provider's own range, the hour as a strip. Thread:
// UI.
#pragma once

#include "models/provider_table_model.h"
#include "widgets/cell.h"

namespace ui::models {

// A minute by its share of failed attempts: below 2 %, below 25 %, above. Not the engine's verdict, which looks at
// more.
Status minuteStatus(const gateway::api::SeriesBucket& bucket);
Cell providerCell(const ProviderRow& row, int column, const QString& text, const CellScales& scales);
Cell gateCell(const GateWords& words);

} // namespace ui::models
