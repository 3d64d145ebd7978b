#include "exports/export_health.h"

namespace gateway::exports {
namespace {

constexpr qsizetype kLongestError = 300;

} // namespace

ExportHealth::ExportHealth(
    const Clock& clock, const QString& name, const QString& kind, const QString& target, Changed changed)
    : m_clock(clock), m_changed(std::move(changed))
{
    m_status.name = name;
    m_status.kind = kind;
    m_status.target = target;
    m_status.state = QStringLiteral("waiting");
    m_status.sentence = QStringLiteral("Nothing was sent yet.");
}

void ExportHealth::become(const char* state)
{
    api::ExportStatus told;
    {
        const std::lock_guard lock(m_mutex);
        const QString before = std::exchange(m_status.state, QString::fromLatin1(state));
        const bool fails = m_status.state == QLatin1String("failing");
        const bool recovered = before == QLatin1String("failing") && m_status.state == QLatin1String("ok");
        if (before == m_status.state || (!fails && !recovered))
            return;
        told = m_status;
    }
    if (m_changed)
        m_changed(told);
}

void ExportHealth::sent(qint64 count, const QString& sentence)
{
    {
        const std::lock_guard lock(m_mutex);
        m_status.sent += count;
        m_status.lastSuccess = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
        m_status.sentence = sentence;
    }
    become("ok");
}

void ExportHealth::failed(const QString& error)
{
    {
        const std::lock_guard lock(m_mutex);
        m_status.lastFailure = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
        m_status.lastError = error.left(kLongestError);
        m_status.sentence = m_status.lastError + QStringLiteral(" It is tried again.");
    }
    become("failing");
}

void ExportHealth::dropped(qint64 count, const QString& why)
{
    {
        const std::lock_guard lock(m_mutex);
        m_status.dropped += count;
        m_status.lastFailure = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
        m_status.lastError = why.left(kLongestError);
        m_status.sentence = m_status.lastError;
    }
    become("failing");
}

void ExportHealth::noRoom(qint64 count)
{
    const std::lock_guard lock(m_mutex);
    m_status.dropped += count;
}

void ExportHealth::queued(qint64 count)
{
    const std::lock_guard lock(m_mutex);
    m_status.queued = count;
}

void ExportHealth::off(const QString& why)
{
    {
        const std::lock_guard lock(m_mutex);
        m_status.sentence = m_status.lastError = why.left(kLongestError);
    }
    become("off");
}

void ExportHealth::begin()
{
    {
        const std::lock_guard lock(m_mutex);
        m_status.sentence = QStringLiteral("Nothing was sent yet.");
    }
    become("waiting");
}

void ExportHealth::say(const QString& sentence)
{
    const std::lock_guard lock(m_mutex);
    m_status.sentence = sentence;
}

void ExportHealth::setTarget(const QString& target)
{
    const std::lock_guard lock(m_mutex);
    m_status.target = target;
}

void ExportHealth::note(const QString& always)
{
    const std::lock_guard lock(m_mutex);
    m_note = always;
}

api::ExportStatus ExportHealth::status() const
{
    const std::lock_guard lock(m_mutex);
    api::ExportStatus status = m_status;
    if (!m_note.isEmpty())
        status.sentence += QLatin1Char(' ') + m_note;
    return status;
}

QString ExportHealth::name() const
{
    const std::lock_guard lock(m_mutex);
    return m_status.name;
}

} // namespace gateway::exports
