#include "shell/page_registry.h"

#include <algorithm>
#include <tuple>

namespace ui {

void PageRegistry::add(PageEntry entry)
{
    const auto key = [](const PageEntry& e) { return std::tuple(static_cast<int>(e.group), e.order); };
    const auto at = std::upper_bound(m_entries.begin(), m_entries.end(), entry,
        [&](const PageEntry& a, const PageEntry& b) { return key(a) < key(b); });
    m_entries.insert(at, std::move(entry));
}

int PageRegistry::indexOf(const QString& name) const
{
    for (int i = 0; i < m_entries.size(); ++i) {
        if (m_entries.at(i).name == name)
            return i;
    }
    return -1;
}

} // namespace ui
