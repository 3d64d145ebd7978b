// WebhookExporter: tells one receiver what changed. Each delivery is tried until it is taken (2xx), each with its own
// back-off, one under way at a time, for at most a day; the list is bounded, and the oldest is lost first. In a storm
// the events beyond the hour's room become a digest: one delivery that counts them and names the first of them.
//   Nothing is kept over a restart: incidents are durable and the console shows them; a webhook is a bell.
// Thread: the export thread.
#pragma once

#include "base/ids.h"
#include "exports/back_off.h"
#include "exports/exporter.h"

#include <QMap>

#include <list>

namespace gateway::exports {

class WebhookExporter final : public Exporter
{
public:
    WebhookExporter(const ExporterServices& services, ExportPlan plan);

    void event(const QString& type, const QJsonObject& data) override;
    void test(Tested done) override;
    bool flush(std::function<void()> flushed) override;

    // What waits, from an exporter of the same name whose plan has changed.
    void takeOver(WebhookExporter& before);

private:
    struct Delivery
    {
        QString id;
        QByteArray body;
        Monotonic made{0};
        Monotonic due{0};
        BackOff backOff;
    };

    bool hasRoom(int room); // for one more delivery that begins in this window
    void add(const QString& type, const QJsonObject& data);
    void gather(const QString& type, const QJsonObject& data);
    void sendDigest();
    QByteArray bodyOf(const QString& id, const QString& type, const QJsonObject& data) const;
    void pump();
    void answered(const QString& id, const Posted& posted);
    void count();

    Poster m_poster;
    Poster m_tester;
    http::Deadline m_due;
    http::Deadline m_digestDue;
    IdSource m_ids;
    std::list<Delivery> m_waiting; // oldest first
    QString m_underWay;            // id
    std::deque<Monotonic> m_begun; // deliveries that began in the last window
    QJsonArray m_digest;           // events, the first of them
    QMap<QString, qint64> m_digestCounts;
    std::function<void()> m_flushed;
};

} // namespace gateway::exports
