#include "config/config_holder.h"

#include "config/compiler.h"
#include "config/config_file.h"
#include "config/demo_config.h"

#include <QCryptographicHash>

namespace gateway::config {

ConfigHolder::ConfigHolder(KeySource keys) : m_keys(std::move(keys)) {}

void ConfigHolder::resume(int revision, QByteArray contentHash)
{
    m_revision = revision;
    m_hash = std::move(contentHash);
}

ConfigHolder::Report ConfigHolder::load(const QString& file)
{
    if (m_demo || file != m_file)
        m_bytes.clear(); // another file is not a shortened one
    m_demo = false;
    m_file = file;
    return reload();
}

ConfigHolder::Report ConfigHolder::loadDemo()
{
    m_bytes.clear();
    m_demo = true;
    return reload();
}

ConfigHolder::Report ConfigHolder::reload()
{
    Problems problems;
    const auto file = m_demo ? parseConfig(demoConfigName(), demoConfig(), problems) : readConfig(m_file, problems);
    std::unique_ptr<PolicySnapshot> snapshot;
    if (file && !refusedAsCutOff(*file, problems))
        snapshot = compile(*file, m_keys, problems);
    if (snapshot) {
        if (lostItsEnd(*file) == Shortening::AtItem)
            snapshot->warnings.prepend(QStringLiteral(
                "The config file is only the beginning of the one it replaces; entries at its end are gone."));
        m_bytes = file->bytes;
        m_known.insert(snapshot->contentHash);
    }
    return activate(std::move(snapshot), std::move(problems));
}

// Going back to content that was in force before is never a cut.
Shortening ConfigHolder::lostItsEnd(const ConfigFile& file) const
{
    const QByteArray hash = QCryptographicHash::hash(file.bytes, QCryptographicHash::Sha256).toHex();
    return m_known.contains(hash) ? Shortening::None : shortening(m_bytes, file.bytes);
}

bool ConfigHolder::refusedAsCutOff(const ConfigFile& file, Problems& problems) const
{
    if (lostItsEnd(file) != Shortening::Inside)
        return false;
    problems.append(Problem{file.name, int(file.bytes.count('\n')) + 1, 1, {},
        QStringLiteral(
            "The file is only the beginning of the config in force and ends inside an entry, so it looks cut off."),
        QStringLiteral("If the rest was removed on purpose, add a comment line at the end.")});
    return true;
}

ConfigHolder::Report ConfigHolder::check(const QString& path) const
{
    Report report;
    if (const auto file = readConfig(path, report.problems))
        report.snapshot = compile(*file, m_keys, report.problems);
    report.ok = report.snapshot != nullptr;
    return report;
}

ConfigHolder::Read ConfigHolder::readFile() const
{
    Read read;
    const auto file =
        m_demo ? parseConfig(demoConfigName(), demoConfig(), read.problems) : readConfig(m_file, read.problems);
    if (!file)
        return read;
    read.bytes = file->bytes;
    if (refusedAsCutOff(*file, read.problems))
        return read;
    read.snapshot = compile(*file, m_keys, read.problems);
    if (read.snapshot && lostItsEnd(*file) == Shortening::AtItem)
        read.snapshot->warnings.prepend(QStringLiteral(
            "The config file is only the beginning of the one it replaces; entries at its end are gone."));
    return read;
}

ConfigHolder::Read ConfigHolder::readText(const QString& name, const QByteArray& bytes) const
{
    Read read;
    read.bytes = bytes;
    if (const auto file = parseConfig(name, bytes, read.problems))
        read.snapshot = compile(*file, m_keys, read.problems);
    return read;
}

SnapshotPtr ConfigHolder::adopt(std::shared_ptr<PolicySnapshot> snapshot, const QByteArray& bytes, int revision)
{
    snapshot->revision = revision;
    snapshot->sourceFile = m_demo ? demoConfigName() : m_file;
    m_revision = revision;
    m_hash = snapshot->contentHash;
    m_bytes = bytes;
    m_known.insert(m_hash);
    const std::lock_guard lock(m_mutex);
    m_problems.clear();
    m_current = std::move(snapshot);
    return m_current;
}

void ConfigHolder::refuse(Problems problems)
{
    const std::lock_guard lock(m_mutex);
    m_problems = std::move(problems);
}

ConfigHolder::Report ConfigHolder::activate(std::unique_ptr<PolicySnapshot> snapshot, Problems problems)
{
    Report report;
    report.ok = snapshot != nullptr;
    report.problems = problems;
    if (snapshot) {
        report.revisionChanged = snapshot->contentHash != m_hash;
        if (report.revisionChanged) {
            ++m_revision;
            m_hash = snapshot->contentHash;
        }
        snapshot->revision = m_revision;
    }
    const std::lock_guard lock(m_mutex);
    m_problems = std::move(problems);
    if (snapshot)
        m_current = std::move(snapshot);
    report.snapshot = m_current;
    return report;
}

SnapshotPtr ConfigHolder::current() const
{
    const std::lock_guard lock(m_mutex);
    return m_current;
}

Problems ConfigHolder::problems() const
{
    const std::lock_guard lock(m_mutex);
    return m_problems;
}

api::Part ConfigHolder::health() const
{
    const std::lock_guard lock(m_mutex);
    const QString name = QStringLiteral("config");
    if (!m_current)
        return {name, api::Health::Down,
            m_problems.isEmpty() ? QStringLiteral("No config was loaded.") : describe(m_problems.first())};
    if (!m_problems.isEmpty())
        return {name, api::Health::Degraded,
            QStringLiteral("Revision %1 stays in force; the file was refused: %2")
                .arg(QString::number(m_current->revision), describe(m_problems.first()))};
    return {name, api::Health::Ok, QStringLiteral("Revision %1 is in force.").arg(m_current->revision)};
}

} // namespace gateway::config
