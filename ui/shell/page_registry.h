// PageRegistry: the pages that exist, as data: the rail, the palette, Ctrl+digit and --page read it, so a new page is
// one row. A page that is not built has no row. Thread: UI; a value.
#pragma once

#include <QString>
#include <QVector>

#include <functional>

namespace ui {

class Page;
class Session;

// The rail's groups, split by lines; Settings stands at its foot.
enum class RailGroup
{
    Operate,
    Govern,
    Change,
    Prove,
    Foot
};

struct PageEntry
{
    QString name; // as in --page NAME and links
    QString title;
    QString icon;
    RailGroup group = RailGroup::Operate;
    int order = 0; // inside the group
    std::function<Page*(Session&)> make;
    QString feature = {}; // of the contract (api/handshake.h), without which there is nothing to show; empty: none
};

class PageRegistry
{
public:
    void add(PageEntry entry);
    // In the rail's order.
    const QVector<PageEntry>& entries() const { return m_entries; }
    int indexOf(const QString& name) const; // -1: no such page

private:
    QVector<PageEntry> m_entries;
};

} // namespace ui
