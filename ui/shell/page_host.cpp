#include "shell/page_host.h"

#include "shell/freshness_banner.h"
#include "shell/page.h"
#include "theme/theme.h"
#include "widgets/state_overlay.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace ui {

PageHost::PageHost(Session& session, QWidget* parent)
    : QWidget(parent),
      m_bars(new QStackedLayout),
      m_pages(new QStackedLayout),
      m_banner(new FreshnessBanner(session, this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        Metrics::pagePadding, Metrics::pagePaddingTop, Metrics::pagePadding, Metrics::pagePadding);
    column->setSpacing(Metrics::gap);
    auto* bars = new QWidget(this);
    bars->setFixedHeight(metrics().pageHeader());
    bars->setLayout(m_bars);
    m_bars->setContentsMargins(0, 0, 0, 0);
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(bars, 1);
    head->addWidget(new LateMark(session, this));
    column->addLayout(head);
    column->addWidget(m_banner);
    auto* pages = new QWidget(this);
    pages->setLayout(m_pages);
    m_pages->setContentsMargins(0, 0, 0, 0);
    column->addWidget(pages, 1);
    new StaleVeil(session, pages);
}

void PageHost::add(Page* page)
{
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(new TextLabel(page->title(), &Type::title, Token::Text1, bar));
    TextLabel* caption = nullptr;
    if (QWidget* field = page->titleWidget()) {
        row->addWidget(field, 1);
    } else {
        caption = new TextLabel(page->caption(), &Type::ui, Token::Text3, bar);
        row->addWidget(caption, 1);
    }
    row->addSpacing(2);
    for (QWidget* widget : page->headerWidgets())
        row->addWidget(widget);
    m_headers.append({page, bar, caption});
    m_bars->addWidget(bar);
    m_pages->addWidget(page);
    connect(page, &Page::captionChanged, this, [this, page] { refreshCaption(page); });
}

void PageHost::setMissing(Page* page, const QString& sentence)
{
    for (Header& header : m_headers) {
        if (header.page != page)
            continue;
        if (sentence.isEmpty()) {
            if (header.missing)
                header.missing->clear();
            return;
        }
        if (!header.missing)
            header.missing = new StateOverlay(page);
        header.missing->show(StateOverlay::State::NotCollected, tr("This engine does not offer it"), sentence);
        return;
    }
}

void PageHost::show(Page* page)
{
    for (const Header& header : m_headers) {
        if (header.page == page)
            m_bars->setCurrentWidget(header.bar);
    }
    m_pages->setCurrentWidget(page);
    refreshCaption(page);
}

void PageHost::refreshCaption(const Page* page)
{
    for (const Header& header : m_headers) {
        if (header.page == page && header.caption)
            header.caption->setText(page->caption());
    }
}

} // namespace ui
