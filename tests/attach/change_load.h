// ChangeLoad: a client that changes things without pause and keeps book of what it was told: applied, not applied,
// unknown. Each change has a reason of its own, "change N", by which it can be found in the engine afterwards; judge()
// looks there: the credentials and levers themselves, not the answers. Thread: that of the client.
#pragma once

#include "api/gateway_client.h"

#include <QHash>
#include <QObject>
#include <QRandomGenerator>
#include <QTimer>

namespace gateway::test {

class ChangeLoad : public QObject
{
    Q_OBJECT
public:
    enum class Told
    {
        Nothing, // not answered yet
        Applied,
        NotApplied,
        Unknown
    };
    struct Change
    {
        QString reason;
        bool isLever = false;
        Told told = Told::Nothing;
        QString words; // of the answer that was no success
    };
    struct Verdict
    {
        int changes = 0;
        int applied = 0;
        int notApplied = 0;
        int unknown = 0;
        int unanswered = 0;
        QStringList wrong; // told applied and not there once; told not applied and there
    };

    ChangeLoad(const api::GatewayClient& client, quint32 seed);

    void start();
    void stop(); // no new ones; those under way go on
    int open() const { return m_open; }
    int count() const { return int(m_changes.size()); }
    const QVector<Change>& changes() const { return m_changes; }
    // What really happened, asked through `client`, which should be one whose link is whole.
    Verdict judge(const api::GatewayClient& client) const;

private:
    void next();
    void issue();
    void pull();
    template <typename T>
    void keep(int number, QFuture<api::Result<T>> future);

    api::GatewayClient m_client;
    QRandomGenerator m_random;
    QTimer m_timer;
    QVector<Change> m_changes;
    int m_open = 0;
};

} // namespace gateway::test
