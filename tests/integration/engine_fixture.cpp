#include "engine_fixture.h"

#include "raw_client.h"

#include "admin/in_process_transport.h"

#include <QFile>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QThread>
#include <QUuid>

namespace gateway::test {
namespace {

// All calls, or those with this id.
QList<RecordedCall> readCalls(const QString& connection, const QString& id)
{
    QSqlQuery query(QSqlDatabase::database(connection));
    query.setForwardOnly(true);
    query.prepare(QStringLiteral(
        "SELECT id, outcome, error_code, stream, http_status, "
        "(SELECT COUNT(*) FROM attempts WHERE call = calls_full.seq) FROM calls_full WHERE ? = '' OR id = ?"));
    query.addBindValue(id.isNull() ? QStringLiteral("") : id);
    query.addBindValue(id);
    query.exec();
    QList<RecordedCall> calls;
    while (query.next()) {
        calls.append({query.value(0).toString(), query.value(1).toString(), query.value(2).toString(),
            query.value(3).toString(), query.value(4).toInt(), query.value(5).toInt()});
    }
    return calls;
}

} // namespace

QByteArray oneProviderConfig(const QString& baseUrl, const QByteArray& model)
{
    return "signalbox: 1\n"
           "server: {gateway: \"127.0.0.1:0\", admin: \"127.0.0.1:0\"}\n"
           "providers:\n"
           "  - {name: up, kind: openai-compatible, base_url: \"" +
           baseUrl.toUtf8() +
           "\", region: local, retention: zero}\n"
           "aliases:\n"
           "  - {name: fast, purpose: tests, owner: qa, candidates: [{provider: up, model: " +
           model +
           ", weight: 100}]}\n"
           "tenants:\n"
           "  - {name: acme}\n";
}

RecordFile::RecordFile(const QString& dataDirectory) : m_connection(QUuid::createUuid().toString())
{
    QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_connection);
    database.setDatabaseName(dataDirectory + QStringLiteral("/signalbox.db"));
    database.setConnectOptions(QStringLiteral("QSQLITE_OPEN_READONLY;QSQLITE_BUSY_TIMEOUT=5000"));
    m_open = database.open();
}

RecordFile::~RecordFile()
{
    QSqlDatabase::database(m_connection).close();
    QSqlDatabase::removeDatabase(m_connection);
}

QMap<QString, QList<RecordedCall>> RecordFile::callsById() const
{
    QMap<QString, QList<RecordedCall>> calls;
    for (const RecordedCall& call : readCalls(m_connection, {}))
        calls[call.id].append(call);
    return calls;
}

QList<RecordedCall> RecordFile::calls(const QString& id) const
{
    return readCalls(m_connection, id);
}

qint64 RecordFile::callCount() const
{
    QSqlQuery query(QSqlDatabase::database(m_connection));
    query.exec(QStringLiteral("SELECT COUNT(*) FROM calls"));
    return query.next() ? query.value(0).toLongLong() : -1;
}

QString RecordFile::integrity() const
{
    QSqlQuery query(QSqlDatabase::database(m_connection));
    query.exec(QStringLiteral("PRAGMA integrity_check"));
    return query.next() ? query.value(0).toString() : QStringLiteral("not readable");
}

EmbeddedEngine::EmbeddedEngine(const QByteArray& config)
{
    QFile file(m_directory.filePath(QStringLiteral("signalbox.yaml")));
    if (file.open(QIODevice::WriteOnly))
        file.write(config);
}

QString EmbeddedEngine::recordDirectory() const
{
    if (!waitFor(client().calls({})))
        qWarning("the record cannot be read");
    return dataDirectory();
}

QString EmbeddedEngine::start()
{
    engine::GatewayOptions options;
    options.configFile = m_directory.filePath(QStringLiteral("signalbox.yaml"));
    options.dataDirectory = m_directory.filePath(QStringLiteral("data"));
    options.gatewayAddress = QStringLiteral("127.0.0.1:0");
    options.adminAddress = QStringLiteral("127.0.0.1:0");
    options.workers = 1;
    options.breaker = m_breaker;
    m_gateway = std::make_unique<engine::Gateway>(options);
    if (const auto failure = m_gateway->start())
        return failure->error.message + QLatin1Char('\n') + config::describe(failure->problems);

    api::CredentialRequest request;
    request.tenant = QStringLiteral("acme");
    request.aliases = QStringList{QStringLiteral("*")};
    return issueKey(request, m_key);
}

QString EmbeddedEngine::issueKey(const api::CredentialRequest& request, QByteArray& key)
{
    const auto issued = waitFor(client().issueCredential(request, QStringLiteral("test")));
    if (!issued)
        return issued.error().message;
    key = issued->key.toUtf8();
    return {};
}

api::Result<api::Call> EmbeddedEngine::call(const QByteArray& id)
{
    return waitFor(client().call(QString::fromLatin1(id)));
}

api::GatewayClient EmbeddedEngine::client() const
{
    return api::GatewayClient(admin::makeTransport(m_gateway->link()));
}

quint16 EmbeddedEngine::port() const
{
    return portOf(m_gateway->gatewayUrl());
}

void inThreads(int count, const std::function<void(int)>& work)
{
    std::vector<std::unique_ptr<QThread>> threads;
    for (int i = 0; i < count; ++i) {
        threads.emplace_back(QThread::create([&work, i] { work(i); }));
        threads.back()->start();
    }
    for (const auto& thread : threads) {
        while (!thread->wait(2))
            QCoreApplication::processEvents();
    }
}

} // namespace gateway::test
