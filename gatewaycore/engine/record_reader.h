// RecordReader: reads the record on a thread of its own, so that neither a large listing nor a slow disk stops the
// control thread. Before it reads it lets the record catch up with what was acknowledged, so a call that was answered
// is found. Answers come back as queued calls to the context object's thread; a context that is gone drops them.
// Thread: made and used on the control thread; the database connection lives on the reading thread.
#pragma once

#include "api/call.h"
#include "store/call_reader.h"

#include <QObject>
#include <QThread>

#include <atomic>
#include <functional>
#include <memory>

namespace gateway::engine {

class RecordReader
{
public:
    // `context` receives the answers and must live on the thread that asks. `catchUp` is called on the reading thread
    // before each reading and may wait for a short while.
    static api::Result<std::unique_ptr<RecordReader>> open(
        const QString& databaseFile, QObject* context, std::function<void()> catchUp);
    ~RecordReader();
    Q_DISABLE_COPY_MOVE(RecordReader)

    template <typename T>
    using Answer = std::function<void(api::Result<T>)>;

    // `tenants`: of these alone; empty: of all.
    void list(const api::CallQuery& query, const QStringList& tenants, Answer<api::CallPage> answer);
    void find(const QString& id, Answer<api::Call> answer);
    // Calls since then, oldest first, in batches; for rebuilding aggregates at start.
    using Batch = std::vector<std::shared_ptr<const api::Call>>;
    void recent(const QDateTime& since, std::function<void(Batch)> batch);
    // Any other reading, with a connection of its own to this file.
    template <typename T>
    void later(std::function<api::Result<T>(const QString& databaseFile)> read, Answer<T> answer)
    {
        ask<T>([read = std::move(read), file = m_file](store::CallReader&) { return read(file); }, std::move(answer));
    }

private:
    RecordReader(QString file, QObject* context, std::function<void()> catchUp)
        : m_file(std::move(file)), m_context(context), m_catchUp(std::move(catchUp))
    {
    }
    template <typename T, typename Read>
    void ask(Read read, Answer<T> answer)
    {
        QMetaObject::invokeMethod(
            m_guest,
            [this, context = m_context, read = std::move(read), answer = std::move(answer)] {
                m_catchUp();
                api::Result<T> result = read(*m_reader);
                QMetaObject::invokeMethod(
                    context, [answer, result = std::move(result)] { answer(result); }, Qt::QueuedConnection);
            },
            Qt::QueuedConnection);
    }

    const QString m_file;
    QObject* m_context;
    const std::function<void()> m_catchUp;
    QThread m_thread;
    std::atomic<bool> m_ending = false;          // read on the thread
    QObject* m_guest = nullptr;                  // lives on m_thread; what runs there hangs on it
    std::unique_ptr<store::CallReader> m_reader; // used on m_thread only
};

} // namespace gateway::engine
