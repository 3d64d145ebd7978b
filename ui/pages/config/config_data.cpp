#include "pages/config/config_data.h"

#include "session/session.h"

#include <algorithm>

namespace ui::config {

using namespace gateway::api;

namespace {

bool isOpen(const Draft& draft)
{
    return draft.state != QLatin1String("promoted") && draft.state != QLatin1String("rolled_back") &&
           draft.state != QLatin1String("abandoned");
}

} // namespace

ConfigData::ConfigData(Session& session, QObject* parent)
    : QObject(parent),
      m_session(session),
      m_configs(session.client()),
      m_rollouts(session.client()),
      m_replays(session.client())
{
}

void ConfigData::ask()
{
    if (m_asking > 0)
        return;
    m_asking += 3;
    m_configs.standing().then(this, [this](const Result<ConfigStanding>& answer) {
        --m_asking;
        m_answered = true;
        if (!answer)
            return Q_EMIT failed(answer.error());
        m_standing = *answer;
        askText();
        Q_EMIT changed();
    });
    m_configs.drafts().then(this, [this](const Result<QVector<Draft>>& answer) {
        --m_asking;
        if (!answer)
            return;
        m_drafts = *answer;
        const bool isThere =
            std::any_of(m_drafts.begin(), m_drafts.end(), [this](const Draft& draft) { return draft.id == m_chosen; });
        if (!isThere)
            m_chosen = !m_drafts.isEmpty() && isOpen(m_drafts.first()) ? m_drafts.first().id : QString();
        askDraft();
        Q_EMIT changed();
    });
    m_configs.revisions().then(this, [this](const Result<QVector<Revision>>& answer) {
        --m_asking;
        if (answer)
            m_revisions = *answer;
        Q_EMIT changed();
    });
    askLive();
}

void ConfigData::askLive()
{
    m_asking += 2;
    m_rollouts.report().then(this, [this](const Result<CanaryReport>& answer) {
        --m_asking;
        if (answer)
            m_canaries = *answer;
        Q_EMIT changed();
    });
    m_replays.list().then(this, [this](const Result<QVector<ReplayReport>>& answer) {
        --m_asking;
        if (answer) {
            m_replayList = *answer;
            const QString wanted = QStringLiteral("draft ") + m_chosen;
            const auto newest = std::find_if(m_replayList.begin(), m_replayList.end(),
                [&wanted](const ReplayReport& report) { return report.against == wanted; });
            m_replay = m_chosen.isEmpty() || newest == m_replayList.end() ? std::nullopt : std::optional(*newest);
        }
        Q_EMIT changed();
    });
}

void ConfigData::choose(const QString& draft)
{
    if (draft == m_chosen)
        return;
    m_chosen = draft;
    m_draft.reset();
    m_difference.reset();
    m_replay.reset();
    askDraft();
    askLive();
    Q_EMIT changed();
}

void ConfigData::askDraft()
{
    if (m_chosen.isEmpty()) {
        m_draft.reset();
        m_difference.reset();
        return;
    }
    m_asking += 2;
    m_configs.draft(m_chosen).then(this, [this, id = m_chosen](const Result<Draft>& answer) {
        --m_asking;
        if (!answer || id != m_chosen)
            return;
        m_draft = *answer;
        Q_EMIT draftRead();
        Q_EMIT changed();
    });
    DiffSide to;
    to.draft = m_chosen;
    m_configs.diff({}, to).then(this, [this, id = m_chosen](const Result<DiffReport>& answer) {
        --m_asking;
        if (!answer || id != m_chosen)
            return;
        m_difference = *answer;
        Q_EMIT changed();
    });
}

void ConfigData::askText()
{
    if (!m_standing || m_standing->revision == 0 || m_standing->revision == m_textRevision)
        return;
    ++m_asking;
    m_configs.revision(m_standing->revision).then(this, [this](const Result<Revision>& answer) {
        --m_asking;
        if (!answer)
            return;
        m_textInForce = answer->text;
        m_textRevision = answer->number;
        Q_EMIT changed();
    });
}

std::optional<CanaryStatus> ConfigData::canary() const
{
    if (m_canaries.current && (m_chosen.isEmpty() || m_canaries.current->plan.draft == m_chosen))
        return m_canaries.current;
    for (const CanaryStatus& past : m_canaries.past) {
        if (past.plan.draft == m_chosen)
            return past;
    }
    return std::nullopt;
}

bool ConfigData::isReplayOld() const
{
    return m_replay && m_draft && m_replay->startedAt < m_draft->updatedAt;
}

void ConfigData::take(const Draft& draft)
{
    // The answer to a change leaves the text out; the draft is read again for it.
    m_chosen = draft.id;
    const auto known =
        std::find_if(m_drafts.begin(), m_drafts.end(), [&draft](const Draft& one) { return one.id == draft.id; });
    if (known == m_drafts.end())
        m_drafts.prepend(draft);
    else
        *known = draft;
    askDraft();
    Q_EMIT changed();
}

void ConfigData::take(const ReplayReport& replay)
{
    m_replay = replay;
    Q_EMIT changed();
}

} // namespace ui::config
