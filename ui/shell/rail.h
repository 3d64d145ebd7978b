// Rail: the pages at the left, in groups split by lines; each with icon, name and, when something is up, a shape and a
// count. Arrow keys move between items, Enter or Space opens. Collapsed it shows icons only. Thread: UI.
#pragma once

#include "shell/page_registry.h"
#include "theme/status_paint.h"

#include <QWidget>

namespace ui {

class RailItem;

class Rail : public QWidget
{
    Q_OBJECT
public:
    explicit Rail(const PageRegistry& pages, QWidget* parent = nullptr);

    void setCurrent(int index);
    void setBadge(const QString& page, Status status, int count); // count 0: none
    void setCollapsed(bool collapsed);
    bool isCollapsed() const { return m_collapsed; }

Q_SIGNALS:
    void chosen(int index);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QVector<RailItem*> m_items;
    QVector<QString> m_names;
    bool m_collapsed = false;
};

} // namespace ui
