#include "pages/providers/lever_list.h"

#include "models/format.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/text_label.h"

#include <QGridLayout>

namespace ui::providers {
namespace {

using namespace gateway::api;

constexpr int kShownDrillSeconds = 3600;

bool isWorthARow(const LeverStatus& lever, const QDateTime& now)
{
    if (lever.isInForce() || lever.isFailingBack())
        return true;
    return lever.kind == LeverKind::Drill && lever.endedAt->secsTo(now) < kShownDrillSeconds;
}

} // namespace

LeverList::LeverList(std::function<QDateTime()> now, bool mayEnd, QWidget* parent)
    : Panel(tr("In force"), parent), m_now(std::move(now)), m_mayEnd(mayEnd), m_grid(new QGridLayout)
{
    setCaption(tr("changed at run time, not in the configuration; each ends by itself"));
    m_grid->setContentsMargins(Metrics::panelPadding, 6, Metrics::panelPadding, 6);
    m_grid->setHorizontalSpacing(14);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(1, 1);
    body()->addLayout(m_grid);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &LeverList::refresh);
}

void LeverList::makeRow()
{
    const int at = int(m_rows.size());
    Row row;
    row.what = new TextLabel({}, &Type::uiMedium);
    row.why = new TextLabel({}, &Type::ui, Token::Text3);
    row.left = new TextLabel({}, &Type::ui, Token::Text2);
    row.left->setAlignment(Qt::AlignRight);
    row.card = new Button(tr("Card"), Button::Kind::Secondary, QStringLiteral("doc"));
    row.undo = new Button(tr("Undo"), Button::Kind::Secondary, QStringLiteral("undo"));
    QWidget* const parts[]{row.what, row.why, row.left, row.card, row.undo};
    for (int column = 0; column < 5; ++column)
        m_grid->addWidget(parts[column], at, column);
    row.card->setSmall(true);
    row.undo->setSmall(true);
    connect(row.card, &QAbstractButton::clicked, this, [this, at] { Q_EMIT cardWanted(m_levers[at].id); });
    connect(row.undo, &QAbstractButton::clicked, this, [this, at] { Q_EMIT undoWanted(m_levers[at].id); });
    m_rows.append(row);
}

void LeverList::setLevers(const QVector<LeverStatus>& levers)
{
    m_levers.clear();
    for (const LeverStatus& lever : levers) {
        if (isWorthARow(lever, m_now()))
            m_levers.append(lever);
    }
    while (m_rows.size() < m_levers.size())
        makeRow();
    refresh();
    setVisible(!m_levers.isEmpty());
    if (m_levers.isEmpty())
        m_tick.stop();
    else
        m_tick.start();
}

void LeverList::refresh()
{
    const QDateTime now = m_now();
    for (int i = 0; i < m_rows.size(); ++i) {
        const Row& row = m_rows[i];
        const bool used = i < m_levers.size();
        for (QWidget* part : {static_cast<QWidget*>(row.what), static_cast<QWidget*>(row.why),
                 static_cast<QWidget*>(row.left), static_cast<QWidget*>(row.card), static_cast<QWidget*>(row.undo)})
            part->setVisible(used);
        if (!used)
            continue;
        const LeverStatus& lever = m_levers[i];
        row.what->setText(describe(lever));
        row.why->setText(QStringLiteral("%1, by %2").arg(lever.reason, lever.by));
        row.left->setText(lever.isInForce()       ? tr("%1 left").arg(models::timeLeft(lever.endsAt, now))
                          : lever.isFailingBack() ? tr("coming back")
                                                  : tr("ended"));
        row.card->setVisible(lever.kind == LeverKind::Drill);
        row.undo->setVisible(m_mayEnd && lever.isInForce());
        row.undo->setAccessibleName(tr("Undo: %1").arg(describe(lever)));
    }
}

QString LeverList::words(int row) const
{
    return m_rows[row].what->text() + QStringLiteral("; ") + m_rows[row].left->text();
}

} // namespace ui::providers
