// Whether answers of an alias may come from a cache. Semantic caching is an explicit, dated and owned choice;
// "undecided" is a finding and behaves as off. Any thread; a value.
#pragma once

#include <QDate>
#include <QString>

#include <chrono>
#include <optional>

namespace gateway::config {

enum class SemanticChoice
{
    Undecided,
    Off,
    On
};

struct SemanticCache
{
    SemanticChoice choice = SemanticChoice::Undecided;
    QString reason;
    QString owner;
    QDate decided;
    QDate reviewBy;
};

struct CachePolicy
{
    std::optional<std::chrono::milliseconds> exactTtl;
    SemanticCache semantic;
};

} // namespace gateway::config
