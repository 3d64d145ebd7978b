// PageHost: the canvas at the right of the rail: the page header (title, caption or the page's own field, its actions)
// and the page below it; between them, when the data is not fresh, the line that says so, and a veil over the page.
// Thread: UI. Owns the pages it is given.
#pragma once

#include <QVector>
#include <QWidget>

class QHBoxLayout;
class QStackedLayout;

namespace ui {

class Page;
class Session;
class TextLabel;

class PageHost : public QWidget
{
    Q_OBJECT
public:
    explicit PageHost(Session& session, QWidget* parent = nullptr);
    void add(Page* page);
    void show(Page* page);
    void refreshCaption(const Page* page);

private:
    struct Header
    {
        Page* page;
        QWidget* bar;
        TextLabel* caption; // nullptr when the page has its own field there
    };
    QVector<Header> m_headers;
    QStackedLayout* m_bars;
    QStackedLayout* m_pages;
};

} // namespace ui
