// PageHost: the canvas at the right of the rail: the page header (title, caption or the page's own field, its actions)
// and the page below it; between them, when the data is not fresh, the line that says so, and a veil over the page.
// Thread: UI. Owns the pages it is given.
#pragma once

#include <QVector>
#include <QWidget>

class QHBoxLayout;
class QStackedLayout;

namespace ui {

class FreshnessBanner;
class Page;
class Session;
class StateOverlay;
class TextLabel;

class PageHost : public QWidget
{
    Q_OBJECT
public:
    explicit PageHost(Session& session, QWidget* parent = nullptr);
    void add(Page* page);
    void show(Page* page);
    void refreshCaption(const Page* page);
    FreshnessBanner* banner() const { return m_banner; }
    // What the engine does not offer is said in place of the page; empty: the page itself.
    void setMissing(Page* page, const QString& sentence);

private:
    struct Header
    {
        Page* page;
        QWidget* bar;
        TextLabel* caption; // nullptr when the page has its own field there
        StateOverlay* missing = nullptr;
    };
    QVector<Header> m_headers;
    QStackedLayout* m_bars;
    QStackedLayout* m_pages;
    FreshnessBanner* m_banner;
};

} // namespace ui
