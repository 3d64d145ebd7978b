// The Providers page's levers and probes; the rest of it is in providers_page.cpp.
#include "pages/providers/drill_sheet.h"
#include "pages/providers/lever_list.h"
#include "pages/providers/lever_sheet.h"
#include "pages/providers/provider_actions.h"
#include "pages/providers/provider_detail.h"
#include "pages/providers/providers_page.h"

namespace ui::providers {

using namespace gateway::api;

void ProvidersPage::connectLevers()
{
    ProviderActions* actions = m_detail->actions();
    connect(actions, &ProviderActions::drainWanted, this, [this] { openLever(LeverKind::Drain); });
    connect(actions, &ProviderActions::breakerWanted, this, [this] { openLever(LeverKind::Breaker); });
    connect(actions, &ProviderActions::drillWanted, this, [this] { openLever(LeverKind::Drill); });
    connect(actions, &ProviderActions::resumeWanted, this, &ProvidersPage::resume);
    connect(actions, &ProviderActions::probeWanted, this, &ProvidersPage::probe);
    connect(m_levers, &LeverList::undoWanted, this,
        [this](const QString& id) { endLever(id, tr("undone in the console")); });
    connect(m_levers, &LeverList::cardWanted, this, &ProvidersPage::showDrill);
}

void ProvidersPage::askLevers()
{
    ++m_asking;
    m_session.client().levers().then(this, [this](Result<QVector<LeverStatus>> levers) {
        --m_asking;
        if (!levers)
            return; // an engine without levers has none in force
        const bool wasHidden = m_levers->isHidden();
        m_levers->setLevers(*levers);
        if (wasHidden != m_levers->isHidden())
            layOut();
    });
}

LeverSheet* ProvidersPage::openLever(LeverKind kind)
{
    const int row = m_model->rowOf(m_key);
    if (row < 0)
        return nullptr;
    auto* sheet = new LeverSheet(window(), m_session, kind, m_model->rows()[row].status);
    connect(sheet, &LeverSheet::applied, this, &ProvidersPage::takeLever);
    sheet->begin();
    return sheet;
}

void ProvidersPage::takeLever(const LeverStatus& lever)
{
    ask();
    Q_EMIT undoOffered(
        tr("In force: %1").arg(describe(lever)), [this, id = lever.id] { endLever(id, tr("undone in the console")); });
}

void ProvidersPage::endLever(const QString& id, const QString& reason)
{
    ++m_asking;
    m_session.client().endLever(id, reason).then(this, [this](Result<LeverStatus> lever) {
        --m_asking;
        Q_EMIT toastRequested(lever ? tr("Ended: %1").arg(describe(*lever))
                                    : tr("It could not be undone: %1").arg(lever.error().message));
        ask();
    });
}

void ProvidersPage::resume()
{
    const QString name = m_key.section(QLatin1Char('\n'), 0, 0);
    ++m_asking;
    m_session.client().resumeProvider(name, tr("resumed in the console")).then(this, [this](Result<LeverStatus> lever) {
        --m_asking;
        Q_EMIT toastRequested(lever ? tr("Ended: %1").arg(describe(*lever))
                                    : tr("It could not be resumed: %1").arg(lever.error().message));
        ask();
    });
}

void ProvidersPage::probe()
{
    const QString name = m_key.section(QLatin1Char('\n'), 0, 0);
    m_detail->actions()->showProbe(tr("The probe is on its way."), true);
    ++m_asking;
    m_session.client()
        .probeProvider(name, tr("probed in the console"))
        .then(this, [this, name](Result<ProbeResult> probe) {
            --m_asking;
            if (!m_key.startsWith(name + QLatin1Char('\n')))
                return; // another provider is shown now
            if (probe)
                m_detail->actions()->showProbe(
                    tr("Probe at %1 UTC: %2")
                        .arg(probe->at.toUTC().toString(QStringLiteral("HH:mm:ss")), probe->sentence),
                    probe->ok);
            else
                m_detail->actions()->showProbe(tr("The probe was not made: %1").arg(probe.error().message), false);
        });
}

void ProvidersPage::showDrill(const QString& id)
{
    ++m_asking;
    m_session.client().drill(id).then(this, [this](Result<DrillCard> card) {
        --m_asking;
        if (card)
            showDrillCard(window(), *card);
        else
            Q_EMIT toastRequested(tr("The card cannot be read: %1").arg(card.error().message));
    });
}

} // namespace ui::providers
