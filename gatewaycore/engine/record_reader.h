// RecordReader: reads the record on a thread of its own, so that neither a large listing nor a slow disk stops the
// control thread. Answers come back as queued calls to the context object's thread; a context that is gone drops them.
// Thread: made and used on the control thread; the database connection lives on the reading thread.
#pragma once

#include "api/call.h"
#include "store/call_reader.h"

#include <QObject>
#include <QThread>

#include <functional>
#include <memory>

namespace gateway::engine {

class RecordReader
{
public:
    // `context` receives the answers and must live on the thread that asks.
    static api::Result<std::unique_ptr<RecordReader>> open(const QString& databaseFile, QObject* context);
    ~RecordReader();
    Q_DISABLE_COPY_MOVE(RecordReader)

    template <typename T>
    using Answer = std::function<void(api::Result<T>)>;

    void list(const api::CallQuery& query, Answer<api::CallPage> answer);
    void find(const QString& id, Answer<api::Call> answer);
    // Calls since then, oldest first, in batches; for rebuilding aggregates at start.
    using Batch = std::vector<std::shared_ptr<const api::Call>>;
    void recent(const QDateTime& since, std::function<void(Batch)> batch);

private:
    explicit RecordReader(QObject* context) : m_context(context) {}
    template <typename T, typename Read>
    void ask(Read read, Answer<T> answer);

    QObject* m_context;
    QThread m_thread;
    QObject* m_guest = nullptr;                  // lives on m_thread; what runs there hangs on it
    std::unique_ptr<store::CallReader> m_reader; // used on m_thread only
};

} // namespace gateway::engine
