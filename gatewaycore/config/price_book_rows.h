// The rows of a price book's file, read field by field (what a row may say: price_book.h). PriceBook::parse() puts them
// in order. Control thread.
#pragma once

#include "config/price_book.h"
#include "config/section.h"

#include <utility>
#include <vector>

namespace gateway::config {

std::vector<Section> priceRows(Section& root);
std::vector<Section> modelRows(Section& root);

// Whom a row is about: every pair of its providers and models.
std::vector<std::pair<QString, QString>> subjectsOf(Section& row);
// The rest of the row.
Price priceOf(Section& row);
ModelFacts factsOf(Section& row);

} // namespace gateway::config
