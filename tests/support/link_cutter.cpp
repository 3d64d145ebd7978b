#include "link_cutter.h"

#include <QList>
#include <QSemaphore>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

#include <algorithm>
#include <memory>

#include <sys/socket.h>

namespace gateway::test {

class LinkCutter::Wiring : public QObject
{
public:
    Wiring(LinkCutter& owner, quint16 engine) : m_owner(owner), m_engine(engine)
    {
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket* client = m_server.nextPendingConnection())
                admit(client);
        });
        listen();
    }
    ~Wiring() override { cut(Cut::Rst); }

    quint16 port() const { return m_port; }
    void setEngine(quint16 port) { m_engine = port; }
    void setDelay(int milliseconds) { m_delay = milliseconds; }
    void setPlan(const Plan& plan)
    {
        m_plan = plan;
        m_counted = 0;
    }
    void setRefusing(bool refusing)
    {
        if (refusing)
            m_server.close();
        else if (!m_server.isListening())
            listen();
    }
    void heal()
    {
        m_silent = false;
        m_plan.reset();
        end(true);
    }
    void cut(Cut how)
    {
        ++m_owner.m_cuts;
        m_plan.reset();
        if (how == Cut::HalfOpen)
            m_silent = true;
        else
            end(how == Cut::Rst);
    }

private:
    struct Pair
    {
        QTcpSocket* client = nullptr;
        QTcpSocket* engine = nullptr;
        QByteArray early; // from the client, before the engine's side stood
    };

    void listen()
    {
        if (!m_server.listen(QHostAddress::LocalHost, m_port))
            qFatal("the cutter finds no port");
        m_port = m_server.serverPort();
    }
    void admit(QTcpSocket* client)
    {
        ++m_owner.m_connections;
        auto* engine = new QTcpSocket(this);
        client->setParent(this);
        const auto pair = std::make_shared<Pair>(Pair{client, engine, {}});
        m_pairs.append(pair);
        client->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        connect(client, &QTcpSocket::readyRead, this, [this, pair] { pass(*pair, Side::FromClient); });
        connect(engine, &QTcpSocket::readyRead, this, [this, pair] { pass(*pair, Side::FromEngine); });
        connect(engine, &QTcpSocket::connected, this, [this, pair] {
            pair->engine->setSocketOption(QAbstractSocket::LowDelayOption, 1);
            pass(*pair, Side::FromClient);
        });
        // what one side ends, the other hears of; unless nothing comes through
        const auto ended = [this, pair] {
            if (!m_silent)
                endPair(pair, false);
        };
        connect(client, &QTcpSocket::disconnected, this, ended);
        connect(engine, &QTcpSocket::disconnected, this, ended);
        connect(engine, &QTcpSocket::errorOccurred, this, [this, pair] {
            if (!m_silent && pair->engine->state() != QAbstractSocket::ConnectedState)
                endPair(pair, true);
        });
        if (!m_silent)
            engine->connectToHost(QHostAddress(QHostAddress::LocalHost), m_engine);
    }
    void pass(Pair& pair, Side side)
    {
        QTcpSocket* from = side == Side::FromClient ? pair.client : pair.engine;
        QTcpSocket* to = side == Side::FromClient ? pair.engine : pair.client;
        if (m_silent || to->state() != QAbstractSocket::ConnectedState)
            return;
        QByteArray bytes = from->readAll();
        if (bytes.isEmpty())
            return;
        std::optional<Cut> now;
        if (m_plan && m_plan->side == side) {
            m_counted += bytes.size();
            if (m_counted >= m_plan->afterBytes) {
                // to the byte: what lies behind the limit does not come through
                bytes.chop(qsizetype(
                    std::min<qint64>(bytes.size(), m_plan->swallows ? bytes.size() : m_counted - m_plan->afterBytes)));
                now = m_plan->cut;
            }
        }
        if (m_delay > 0 && !now) {
            QTimer::singleShot(m_delay, to, [this, to, bytes] {
                if (!m_silent)
                    to->write(bytes);
            });
            return;
        }
        to->write(bytes);
        to->flush();
        if (now)
            QMetaObject::invokeMethod(
                this, [this, how = *now] { cut(how); }, Qt::QueuedConnection);
        if (now)
            m_plan.reset();
    }
    void endPair(const std::shared_ptr<Pair>& pair, bool reset)
    {
        if (!m_pairs.removeOne(pair))
            return;
        for (QTcpSocket* socket : {pair->client, pair->engine}) {
            socket->disconnect(this);
            if (reset && socket->socketDescriptor() >= 0) {
                const linger none{1, 0};
                ::setsockopt(int(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &none, sizeof none);
                socket->abort();
            } else {
                socket->disconnectFromHost();
            }
            socket->deleteLater();
        }
    }
    void end(bool reset)
    {
        const auto pairs = m_pairs;
        for (const auto& pair : pairs)
            endPair(pair, reset);
    }

    LinkCutter& m_owner;
    QTcpServer m_server;
    quint16 m_port = 0;
    quint16 m_engine;
    int m_delay = 0;
    bool m_silent = false;
    std::optional<Plan> m_plan;
    qint64 m_counted = 0;
    QList<std::shared_ptr<Pair>> m_pairs;
};

LinkCutter::LinkCutter(quint16 engine)
{
    m_thread.start();
    QSemaphore made;
    auto* starter = new QObject;
    starter->moveToThread(&m_thread);
    QMetaObject::invokeMethod(
        starter,
        [&] {
            m_wiring = new Wiring(*this, engine);
            m_port = m_wiring->port();
            starter->deleteLater();
            made.release();
        },
        Qt::QueuedConnection);
    made.acquire();
}

LinkCutter::~LinkCutter()
{
    run([](Wiring& wiring) { delete &wiring; });
    m_thread.quit();
    m_thread.wait();
}

void LinkCutter::run(const std::function<void(Wiring&)>& work)
{
    QSemaphore done;
    // not with the wiring as context: it may be what the work destroys
    auto* runner = new QObject;
    runner->moveToThread(&m_thread);
    QMetaObject::invokeMethod(
        runner,
        [&, runner] {
            work(*m_wiring);
            runner->deleteLater();
            done.release();
        },
        Qt::QueuedConnection);
    done.acquire();
}

void LinkCutter::setEngine(quint16 port)
{
    run([port](Wiring& wiring) { wiring.setEngine(port); });
}

void LinkCutter::plan(const Plan& plan)
{
    run([plan](Wiring& wiring) { wiring.setPlan(plan); });
}

void LinkCutter::cutNow(Cut cut)
{
    run([cut](Wiring& wiring) { wiring.cut(cut); });
}

void LinkCutter::heal()
{
    run([](Wiring& wiring) { wiring.heal(); });
}

void LinkCutter::setDelay(int milliseconds)
{
    run([milliseconds](Wiring& wiring) { wiring.setDelay(milliseconds); });
}

void LinkCutter::setRefusing(bool refusing)
{
    run([refusing](Wiring& wiring) { wiring.setRefusing(refusing); });
}

} // namespace gateway::test
