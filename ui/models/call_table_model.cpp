#include "models/call_table_model.h"

#include <algorithm>
#include <iterator>

namespace ui::models {
namespace {

using namespace gateway::api;

// The order of the list: newest first, equal times by id so that the order is total.
bool isNewer(const CallRow& a, const CallRow& b)
{
    return a.call.startedAt != b.call.startedAt ? a.call.startedAt > b.call.startedAt : a.call.id > b.call.id;
}

std::deque<CallRow> rowsOf(CallPage& page)
{
    std::deque<CallRow> rows;
    for (Call& call : page.calls)
        rows.push_back(makeCallRow(std::move(call)));
    return rows;
}

} // namespace

CallTableModel::CallTableModel(QObject* parent) : CallTableModel(Bounds(), parent) {}

CallTableModel::CallTableModel(const Bounds& bounds, QObject* parent) : QAbstractTableModel(parent), m_bounds(bounds)
{
    m_pages.emplace_back();
    m_fetchTimer.setSingleShot(true);
    m_fetchTimer.setInterval(0);
    connect(&m_fetchTimer, &QTimer::timeout, this, &CallTableModel::fetchWanted);
    m_batchTimer.setSingleShot(true);
    m_batchTimer.setInterval(bounds.batchMs);
    connect(&m_batchTimer, &QTimer::timeout, this, &CallTableModel::insertWaiting);
}

void CallTableModel::setClient(const GatewayClient* client)
{
    m_client = client;
    reload();
}

void CallTableModel::setFilter(const CallFilter& filter)
{
    m_filter = filter;
    reload();
}

CallQuery CallTableModel::question() const
{
    CallQuery query = m_filter.query;
    query.before.clear();
    query.limit = m_bounds.page;
    return query;
}

// Forgets every row and every open question.
void CallTableModel::restart()
{
    ++m_generation;
    beginResetModel();
    m_pages.clear();
    m_pages.emplace_back();
    m_placeholders = 0;
    m_tail.reset();
    m_tailLoading = false;
    m_known.clear();
    m_wanted.clear();
    m_waiting.clear();
    m_countedOnly = 0;
    endResetModel();
    m_batchTimer.stop();
    Q_EMIT newCountChanged(0);
}

void CallTableModel::reload()
{
    restart();
    m_error.reset();
    if (!m_client) {
        setState(State::Idle);
        return;
    }
    setState(State::Loading);
    m_client->calls(question()).then(this, [this, generation = m_generation](Result<CallPage> answer) {
        if (generation == m_generation)
            takeFirst(std::move(answer));
    });
}

void CallTableModel::takeFirst(Result<CallPage> answer)
{
    if (!answer) {
        m_error = answer.error();
        setState(State::Failed);
        return;
    }
    std::deque<CallRow> rows = rowsOf(*answer);
    if (!answer->next.isEmpty()) {
        m_tail = question();
        m_tail->before = answer->next;
    }
    m_total = answer->total;
    if (!rows.empty()) {
        beginInsertRows({}, 0, int(rows.size()) - 1);
        for (const CallRow& row : rows)
            m_known.insert(row.call.id);
        m_pages[0].rows = std::move(rows);
        m_pages[0].count = int(m_pages[0].rows.size());
        m_pages[0].loaded = true;
        endInsertRows();
    }
    setPlaceholders(placeholdersWanted());
    // What came live while the page was on its way may be in the page as well.
    std::erase_if(m_waiting, [this](const CallRow& row) { return rowOf(row.call.id) >= 0; });
    setState(State::Ready);
    Q_EMIT totalChanged();
    insertWaiting();
}

void CallTableModel::backFill()
{
    if (!m_client || m_state != State::Ready)
        return;
    m_client->calls(question()).then(this, [this, generation = m_generation](Result<CallPage> answer) {
        if (generation != m_generation || !answer)
            return;
        std::vector<CallRow> missing;
        bool overlaps = answer->next.isEmpty();
        const qint64 total = answer->total;
        for (CallRow& row : rowsOf(*answer)) {
            if (m_known.contains(row.call.id))
                overlaps = true;
            else
                missing.push_back(std::move(row));
        }
        if (!overlaps) {
            reload(); // more calls are missing than one page holds
            return;
        }
        for (CallRow& row : missing) {
            m_known.insert(row.call.id);
            m_waiting.push_back(std::move(row));
        }
        insertWaiting();
        setTotal(total);
    });
}

void CallTableModel::takeEvents(const QVector<Event>& events)
{
    bool took = false;
    for (const Event& event : events) {
        if (event.type != QLatin1String("call.finished"))
            continue;
        Result<Call> call = callFromJson(event.data);
        if (!call || m_known.contains(call->id) || !m_filter.matches(*call))
            continue;
        took = true;
        // Counted only: the next resume asks the record instead of keeping an unbounded queue here.
        if (!m_following && int(m_waiting.size()) >= m_bounds.waiting) {
            m_countedOnly += 1;
            continue;
        }
        m_known.insert(call->id);
        m_waiting.push_back(makeCallRow(std::move(*call)));
    }
    if (took && !m_batchTimer.isActive())
        m_batchTimer.start();
}

void CallTableModel::setFollowing(bool following)
{
    if (m_following == following)
        return;
    m_following = following;
    if (!following)
        return;
    if (m_countedOnly > 0)
        reload();
    else
        insertWaiting();
}

void CallTableModel::insertWaiting()
{
    if (!m_following || m_state != State::Ready) {
        Q_EMIT newCountChanged(newCount());
        return;
    }
    if (m_waiting.empty())
        return;
    std::vector<CallRow> rows;
    rows.swap(m_waiting);
    std::sort(rows.begin(), rows.end(), isNewer);
    const int count = int(rows.size());
    insertRows(std::move(rows));
    trimHead();
    setTotal(m_total + count);
    Q_EMIT newCountChanged(0);
}

// Rows that belong together go in with one signal; a call that took long lands below quicker ones that began later.
void CallTableModel::insertRows(std::vector<CallRow> rows)
{
    std::size_t from = 0;
    while (from < rows.size()) {
        const int page = [&] {
            for (int i = 0; i < int(m_pages.size()); ++i) {
                if (!m_pages[i].loaded && i > 0)
                    continue;
                if (i + 1 == int(m_pages.size()) || m_pages[i].rows.empty() ||
                    isNewer(rows[from], m_pages[i].rows.back()))
                    return i;
            }
            return 0;
        }();
        std::deque<CallRow>& into = m_pages[page].rows;
        const auto place = std::lower_bound(into.begin(), into.end(), rows[from], isNewer);
        const int offset = int(place - into.begin());
        std::size_t to = from + 1;
        while (to < rows.size() && (offset == int(into.size()) || isNewer(rows[to], into[offset])))
            ++to;
        // Older than everything loaded while more follows: the page that brings it is still to come.
        if (offset == int(into.size()) && page + 1 == int(m_pages.size()) && m_tail) {
            for (std::size_t i = from; i < rows.size(); ++i)
                m_known.remove(rows[i].call.id);
            return;
        }
        const int first = m_pages[page].start + offset;
        const int count = int(to - from);
        beginInsertRows({}, first, first + count - 1);
        into.insert(into.begin() + offset, std::make_move_iterator(rows.begin() + qsizetype(from)),
            std::make_move_iterator(rows.begin() + qsizetype(to)));
        m_pages[page].count += count;
        m_pages[page].loaded = true;
        for (std::size_t i = std::size_t(page) + 1; i < m_pages.size(); ++i)
            m_pages[i].start += count;
        endInsertRows();
        from = to;
    }
}

// While following nobody looks at the far end: cut it in one large step and let it be fetched again when wanted.
void CallTableModel::trimHead()
{
    Page& head = m_pages[0];
    if (head.count <= m_bounds.head)
        return;
    const int keep = m_bounds.head - m_bounds.trim;
    setPlaceholders(0);
    beginRemoveRows({}, keep, loadedRows() - 1);
    for (int i = keep; i < head.count; ++i)
        m_known.remove(head.rows[std::size_t(i)].call.id);
    head.rows.resize(std::size_t(keep));
    head.count = keep;
    m_pages.resize(1);
    ++m_generation; // pages on their way would land behind a hole
    m_tailLoading = false;
    m_wanted.clear();
    endRemoveRows();
    // A cursor belongs to a page the server made; here time takes its place, and takeTail drops what is already known.
    m_tail = question();
    m_tail->until = head.rows.back().call.startedAt.addMSecs(1);
    setPlaceholders(placeholdersWanted());
}

void CallTableModel::want(int row) const
{
    const int page = row < loadedRows() ? pageAt(row) : int(m_pages.size());
    if (page < int(m_pages.size()) ? (m_pages[std::size_t(page)].loading) : m_tailLoading)
        return;
    m_wanted.insert(page);
    if (!m_fetchTimer.isActive())
        m_fetchTimer.start();
}

void CallTableModel::fetchWanted()
{
    const QSet<int> wanted = std::exchange(m_wanted, {});
    for (const int page : wanted) {
        if (page == int(m_pages.size()))
            fetchTail();
        else if (page < int(m_pages.size()))
            fetchPage(page);
    }
}

void CallTableModel::fetchTail()
{
    if (!m_client || !m_tail || m_tailLoading)
        return;
    m_tailLoading = true;
    m_client->calls(*m_tail).then(this, [this, generation = m_generation](Result<CallPage> answer) {
        if (generation == m_generation)
            takeTail(std::move(answer));
    });
}

void CallTableModel::takeTail(Result<CallPage> answer)
{
    m_tailLoading = false;
    if (!answer)
        return; // the placeholders stay and ask again when they are painted next
    Page page;
    page.query = *m_tail;
    page.rows = rowsOf(*answer);
    page.known = int(std::erase_if(page.rows, [this](const CallRow& row) { return m_known.contains(row.call.id); }));
    page.start = loadedRows();
    page.count = int(page.rows.size());
    page.loaded = true;
    page.lastUse = ++m_clock;
    if (answer->next.isEmpty()) {
        m_tail.reset();
    } else {
        m_tail = question();
        m_tail->before = answer->next;
    }
    const int became = std::min(page.count, m_placeholders);
    const int extra = page.count - became;
    const int first = page.start;
    if (extra > 0)
        beginInsertRows({}, first + became, first + became + extra - 1);
    m_placeholders -= became;
    if (page.count > 0)
        m_pages.push_back(std::move(page));
    if (extra > 0)
        endInsertRows();
    if (became > 0)
        Q_EMIT dataChanged(index(first, 0), index(first + became - 1, ColumnCount - 1));
    setPlaceholders(placeholdersWanted());
    dropOldPages();
}

void CallTableModel::fetchPage(int number)
{
    Page& page = m_pages[std::size_t(number)];
    if (!m_client || page.loaded || page.loading)
        return;
    page.loading = true;
    page.query.limit = std::min(1000, page.count + page.known);
    m_client->calls(page.query).then(this, [this, number, generation = m_generation](Result<CallPage> answer) {
        if (generation == m_generation)
            takePage(number, std::move(answer));
    });
}

void CallTableModel::takePage(int number, Result<CallPage> answer)
{
    Page& page = m_pages[std::size_t(number)];
    page.loading = false;
    if (!answer)
        return;
    std::deque<CallRow> rows = rowsOf(*answer);
    std::erase_if(rows, [this](const CallRow& row) { return m_known.contains(row.call.id); });
    // The record may have dropped old calls meanwhile; the row count of this page is what the view was told.
    if (int(rows.size()) > page.count)
        rows.resize(std::size_t(page.count));
    page.rows = std::move(rows);
    page.loaded = int(page.rows.size()) == page.count;
    page.lastUse = ++m_clock;
    if (!page.loaded) {
        reload();
        return;
    }
    Q_EMIT dataChanged(index(page.start, 0), index(page.start + page.count - 1, ColumnCount - 1));
    dropOldPages();
}

void CallTableModel::dropOldPages()
{
    int held = 0;
    for (std::size_t i = 1; i < m_pages.size(); ++i)
        held += m_pages[i].loaded ? 1 : 0;
    while (held > m_bounds.cachedPages) {
        auto oldest = m_pages.end();
        for (auto it = m_pages.begin() + 1; it != m_pages.end(); ++it) {
            if (it->loaded && (oldest == m_pages.end() || it->lastUse < oldest->lastUse))
                oldest = it;
        }
        oldest->rows.clear();
        oldest->loaded = false;
        --held;
    }
}

int CallTableModel::placeholdersWanted() const
{
    if (!m_tail)
        return 0;
    const qint64 left = m_total - loadedRows();
    return int(std::clamp<qint64>(left, 1, m_bounds.page));
}

void CallTableModel::setPlaceholders(int count)
{
    const int first = loadedRows();
    if (count > m_placeholders) {
        beginInsertRows({}, first + m_placeholders, first + count - 1);
        m_placeholders = count;
        endInsertRows();
    } else if (count < m_placeholders) {
        beginRemoveRows({}, first + count, first + m_placeholders - 1);
        m_placeholders = count;
        endRemoveRows();
    }
}

int CallTableModel::loadedRows() const
{
    return m_pages.back().start + m_pages.back().count;
}

int CallTableModel::pageAt(int row) const
{
    const auto after = std::upper_bound(
        m_pages.begin(), m_pages.end(), row, [](int wanted, const Page& page) { return wanted < page.start; });
    return int(after - m_pages.begin()) - 1;
}

const CallRow* CallTableModel::row(int index) const
{
    if (index < 0 || index >= loadedRows())
        return nullptr;
    const Page& page = m_pages[std::size_t(pageAt(index))];
    return page.loaded ? &page.rows[std::size_t(index - page.start)] : nullptr;
}

int CallTableModel::rowOf(const QString& id) const
{
    for (const Page& page : m_pages) {
        for (std::size_t i = 0; page.loaded && i < page.rows.size(); ++i) {
            if (page.rows[i].call.id == id)
                return page.start + int(i);
        }
    }
    return -1;
}

int CallTableModel::rowsInMemory() const
{
    std::size_t rows = m_waiting.size();
    for (const Page& page : m_pages)
        rows += page.rows.size();
    return int(rows);
}

int CallTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : loadedRows() + m_placeholders;
}

int CallTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

void CallTableModel::setState(State state)
{
    m_state = state;
    Q_EMIT stateChanged();
}

void CallTableModel::setTotal(qint64 total)
{
    if (m_total == total)
        return;
    m_total = total;
    Q_EMIT totalChanged();
}

} // namespace ui::models
