// MetricLabels: the only label values our metrics know: aliases and providers of the config, never text of a caller.
// Each name has a number that stays for the life of the engine, also when a later config drops it, so a counter never
// changes its meaning. Number 0 is "other": names beyond the bound, and calls that named no configured alias. Immutable
// after it is made; shared by the workers as shared_ptr<const MetricLabels>.
#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>

#include <memory>
#include <vector>

namespace gateway::config {
struct PolicySnapshot;
}

namespace gateway::observability {

class MetricLabels
{
public:
    static constexpr int kAliases = 1024;
    static constexpr int kProviders = 128;
    static constexpr int kOther = 0;

    struct Provider
    {
        QString name;
        QByteArray semanticName; // OpenTelemetry gen_ai.provider.name of its kind
    };

    MetricLabels();
    // The labels of before and those of this config; control thread.
    static std::shared_ptr<const MetricLabels> extended(
        const MetricLabels& before, const config::PolicySnapshot& snapshot);

    int aliasNumber(const QString& name) const { return m_aliasNumber.value(name, kOther); }
    int providerNumber(const QString& name) const { return m_providerNumber.value(name, kOther); }
    const std::vector<QString>& aliases() const { return m_aliases; }
    const std::vector<Provider>& providers() const { return m_providers; }

private:
    std::vector<QString> m_aliases;
    std::vector<Provider> m_providers;
    QHash<QString, int> m_aliasNumber;
    QHash<QString, int> m_providerNumber;
};

using MetricLabelsPtr = std::shared_ptr<const MetricLabels>;

} // namespace gateway::observability
