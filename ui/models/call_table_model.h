// The calls of an engine, newest first, as a table that never blocks. Rows come from two sides: pages of the record
// (GatewayClient::calls, fetched when the view first asks for a row) and live events ("call.finished"), which are
// collected and inserted every 100 ms. A row that is not here yet is a placeholder: its RowRole pointer is null.
// Memory is bounded: the head (newest calls) is trimmed in large steps while following, older pages are dropped and
// fetched again when looked at, and while not following new calls wait up to a bound and are then only counted.
// Thread: UI thread. Answers to an old question are dropped by generation. Sorted by start time only; the order is the
// server's.
#pragma once

#include "models/call_filter.h"
#include "models/call_row.h"

#include "api/gateway_client.h"

#include <QAbstractTableModel>
#include <QSet>
#include <QTimer>

#include <deque>
#include <optional>

namespace ui::models {

class CallTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column
    {
        Time,
        Outcome,
        Tenant,
        Feature,
        Alias,
        ServedBy,
        Attempts,
        Fallback,
        FirstToken,
        Total,
        Own,
        Tokens,
        Cost,
        ColumnCount
    };
    // RowRole: const CallRow* (null for a placeholder), valid until the next change. Besides it ui::CellRole (how the
    // cell looks) and ui::UnderlyingRole (the value behind the text, for export and comparison).
    enum Role
    {
        RowRole = Qt::UserRole + 1
    };
    enum class State
    {
        Idle,
        Loading,
        Ready,
        Failed
    };

    struct Bounds
    {
        int page = 200;  // rows a question asks for
        int head = 4000; // newest rows kept while following; trimmed by `trim` when exceeded
        int trim = 1000;
        int cachedPages = 16; // older pages kept
        int waiting = 1000;   // new calls kept while not following; beyond it they are counted only
        int batchMs = 100;
    };

    explicit CallTableModel(QObject* parent = nullptr);
    CallTableModel(const Bounds& bounds, QObject* parent = nullptr);

    // The session's client; it outlives the model. nullptr: no engine.
    void setClient(const gateway::api::GatewayClient* client);
    void setFilter(const CallFilter& filter);
    const CallFilter& filter() const { return m_filter; }
    void reload();
    // After a hole in the event stream: ask for the newest page and insert what is missing; reload if that is not
    // enough.
    void backFill();
    void takeEvents(const QVector<gateway::api::Event>& events);

    // Following: new calls are inserted at the top. Otherwise they wait and are counted.
    void setFollowing(bool following);
    bool isFollowing() const { return m_following; }
    int newCount() const { return int(m_waiting.size()) + m_countedOnly; }

    State state() const { return m_state; }
    const std::optional<gateway::api::Error>& error() const { return m_error; }
    qint64 total() const { return m_total; } // calls that match the filter; -1 before the first answer

    const CallRow* row(int index) const;
    int rowOf(const QString& id) const; // -1 when it is not here
    int rowsInMemory() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void newCountChanged(int count);
    void stateChanged();
    void totalChanged();

private:
    struct Page
    {
        gateway::api::CallQuery query; // asks for exactly this page again
        int start = 0;
        int count = 0;
        int known = 0; // rows of the answer that were here already and are not counted
        bool loaded = false;
        bool loading = false;
        quint64 lastUse = 0;
        std::deque<CallRow> rows;
    };

    int loadedRows() const;
    int pageAt(int row) const;
    void want(int row) const; // from data(): queues a fetch, never fetches
    void fetchWanted();
    void fetchTail();
    void fetchPage(int page);
    void takeFirst(gateway::api::Result<gateway::api::CallPage> answer);
    void takeTail(gateway::api::Result<gateway::api::CallPage> answer);
    void takePage(int page, gateway::api::Result<gateway::api::CallPage> answer);
    void insertWaiting();
    void insertRows(std::vector<CallRow> rows);
    void trimHead();
    void dropOldPages();
    void restart();
    void setPlaceholders(int count);
    int placeholdersWanted() const;
    void setState(State state);
    void setTotal(qint64 total);
    gateway::api::CallQuery question() const;

    Bounds m_bounds;
    const gateway::api::GatewayClient* m_client = nullptr;
    CallFilter m_filter;
    std::deque<Page> m_pages;                      // [0] is the head; it is never dropped
    int m_placeholders = 0;                        // rows after the last page, not fetched yet
    std::optional<gateway::api::CallQuery> m_tail; // asks for what follows; empty: nothing follows
    bool m_tailLoading = false;
    QSet<QString> m_known; // ids in the head and waiting
    std::vector<CallRow> m_waiting;
    int m_countedOnly = 0;
    bool m_following = true;
    State m_state = State::Idle;
    std::optional<gateway::api::Error> m_error;
    qint64 m_total = -1;
    quint64 m_generation = 0;
    mutable quint64 m_clock = 0; // of page uses
    mutable QSet<int> m_wanted;  // page numbers; m_pages.size() means the tail
    mutable QTimer m_fetchTimer;
    QTimer m_batchTimer;
};

} // namespace ui::models
