// HttpFlights: carries requests to an engine: some connections that are kept, a queue when all are busy, a limit of
// time for each. A request is written once. Only a read that met the end of a kept connection, before one byte of an
// answer, is sent again; a change always gets a connection of its own, so that this never meets it. Private to the api
// library. Thread: the transport's. `landed` is called exactly once, from the event loop, unless the flights end
// before.
#pragma once

#include "link_keeper.h"
#include "wire_connection.h"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace gateway::api {

// How a request ended: an answer, or why there is none, and whether the engine may have seen it.
struct Landing
{
    std::optional<AdminReply> reply;
    Error error;
    bool mayHaveArrived = false;
};

class HttpFlights final : public QObject
{
    Q_OBJECT
public:
    static constexpr int kMostConnections = 6;
    static constexpr std::size_t kMostIdle = 2;
    static constexpr std::chrono::seconds kConnectLimit{10};

    HttpFlights(const HttpTransportOptions& options, LinkKeeper& link);
    ~HttpFlights() override;

    using Landed = std::function<void(const Landing&)>;
    void carry(QByteArray request, bool isRead, Landed landed);

private:
    struct Flight
    {
        QByteArray request;
        bool isRead = true;
        bool isRepeated = false;
        Landed landed;
        WireConnection* connection = nullptr; // none yet: it waits
        std::unique_ptr<QTimer> limit;
        QElapsedTimer written;
        QByteArray body;
    };
    void next();
    void take(quint64 number, Flight& flight);
    void write(Flight& flight);
    void answered(quint64 number);
    void troubled(quint64 number, const WireTrouble& trouble);
    void land(quint64 number, Landing landing);
    void watch(quint64 number, WireConnection& connection);
    void release(WireConnection* connection);
    void dropIdle();

    const HttpTransportOptions m_options;
    LinkKeeper& m_link;
    std::map<quint64, Flight> m_flights; // by number: the oldest goes first
    std::vector<WireConnection*> m_idle;
    quint64 m_lastNumber = 0;
    int m_inTheAir = 0;
};

} // namespace gateway::api
