#include "pages/providers/failure_tile.h"

#include "charts/plot_widget.h"
#include "models/format.h"
#include "pages/providers/provider_plots.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui::providers {
namespace {

using gateway::api::FailureClass;

QString titleOf(FailureClass kind)
{
    switch (kind) {
    case FailureClass::Http5xx:
        return QStringLiteral("5xx");
    case FailureClass::Http429:
        return QStringLiteral("429");
    case FailureClass::Timeout:
        return QStringLiteral("Timeout");
    case FailureClass::Connection:
        return QStringLiteral("Connection");
    case FailureClass::Truncated:
        return QStringLiteral("Truncated");
    case FailureClass::Other:
        return QStringLiteral("Other");
    }
    return {};
}

} // namespace

FailureTile::FailureTile(FailureClass kind, charts::CrosshairBus* bus, QWidget* parent)
    : QWidget(parent),
      m_kind(kind),
      m_name(new TextLabel(titleOf(kind), &Type::uiStrong)),
      m_share(new TextLabel({}, &Type::uiStrong, Token::Text2)),
      m_plot(new charts::PlotWidget(tr("%1 failures, percent of attempts").arg(titleOf(kind)), bus))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 6, 0, 4);
    layout->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 0, 10, 0);
    head->addWidget(m_name, 1);
    m_share->setAlignment(Qt::AlignRight);
    head->addWidget(m_share, 0);
    layout->addLayout(head);
    layout->addWidget(m_plot, 1);
    m_plot->setMinimumHeight(70);
}

void FailureTile::setSeries(const gateway::api::Series& series, double top)
{
    charts::PlotLook look;
    look.kind = charts::PlotKind::Area;
    look.unit = QStringLiteral("%");
    look.decimals = 1;
    look.leastTop = top;
    look.yTicks = 2;
    look.emptyText = tr("no calls");
    m_plot->setLook(look);
    m_plot->setData(failureShare(series, m_kind));
    const FailureSum sum = sumOf(series, m_kind);
    m_share->setText(sum.attempts == 0 ? QString() : models::percent(sum.share())); // the plot says "no calls"
    m_share->setInk(sum.share().value_or(0) >= 0.02 ? Token::Down : Token::Text2);
    m_share->setFontRole(sum.share().value_or(0) >= 0.02 ? &Type::uiStrong : &Type::ui);
}

void FailureTile::setStale(bool stale)
{
    m_plot->setState(stale ? charts::PlotState::Stale : charts::PlotState::Live);
}

} // namespace ui::providers
