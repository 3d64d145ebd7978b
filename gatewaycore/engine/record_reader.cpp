#include "engine/record_reader.h"

namespace gateway::engine {
namespace {

constexpr std::size_t kBatch = 500;

} // namespace

api::Result<std::unique_ptr<RecordReader>> RecordReader::open(
    const QString& databaseFile, QObject* context, std::function<void()> catchUp)
{
    std::unique_ptr<RecordReader> reader(new RecordReader(databaseFile, context, std::move(catchUp)));
    reader->m_thread.setObjectName(QStringLiteral("record-reader"));
    reader->m_thread.start();
    reader->m_guest = new QObject;
    reader->m_guest->moveToThread(&reader->m_thread);
    api::Outcome opened = api::Done{};
    QMetaObject::invokeMethod(
        reader->m_guest,
        [&] {
            auto connection = store::CallReader::open(databaseFile);
            if (connection)
                reader->m_reader = std::move(*connection);
            else
                opened = connection.error();
        },
        Qt::BlockingQueuedConnection);
    if (!opened)
        return opened.error();
    return reader;
}

RecordReader::~RecordReader()
{
    m_ending.store(true, std::memory_order_relaxed); // a day of calls may be under way: an end does not wait for it
    QMetaObject::invokeMethod(
        m_guest,
        [this] {
            m_reader.reset();
            delete m_guest;
        },
        Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

void RecordReader::list(const api::CallQuery& query, const QStringList& tenants, Answer<api::CallPage> answer)
{
    ask<api::CallPage>(
        [query, tenants](store::CallReader& reader) { return reader.list(query, tenants); }, std::move(answer));
}

void RecordReader::find(const QString& id, Answer<api::Call> answer)
{
    ask<api::Call>([id](store::CallReader& reader) { return reader.find(id); }, std::move(answer));
}

void RecordReader::recent(const QDateTime& since, std::function<void(Batch)> batch)
{
    const auto read = [this, since, context = m_context, batch = std::move(batch)] {
        Batch calls;
        const auto send = [&] {
            if (!calls.empty())
                QMetaObject::invokeMethod(
                    context, [batch, calls = std::exchange(calls, {})] { batch(calls); }, Qt::QueuedConnection);
        };
        const api::Outcome read = m_reader->recent(since, [&](const api::Call& call) {
            calls.push_back(std::make_shared<const api::Call>(call));
            if (calls.size() >= kBatch)
                send();
            return !m_ending.load(std::memory_order_relaxed);
        });
        Q_UNUSED(
            read) // aggregates are rebuilt as far as the record can be read; the record's own health tells the rest
        send();
    };
    QMetaObject::invokeMethod(m_guest, read, Qt::QueuedConnection);
}

} // namespace gateway::engine
