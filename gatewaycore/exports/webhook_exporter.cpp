#include "exports/webhook_exporter.h"

#include "exports/webhook_signature.h"

#include <QJsonDocument>

namespace gateway::exports {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr qsizetype kLongestBody = 64 << 10;

QString textOf(const QDateTime& time)
{
    return time.toUTC().toString(Qt::ISODateWithMs);
}

} // namespace

WebhookExporter::WebhookExporter(const ExporterServices& services, ExportPlan plan)
    : Exporter(services, std::move(plan)),
      m_poster(services.client, services.wheel, m_plan.target, services.limits),
      m_tester(services.client, services.wheel, m_plan.target, services.limits),
      m_due(services.wheel, [this] { pump(); }),
      m_digestDue(services.wheel, [this] { sendDigest(); }),
      m_ids(services.clock, services.random)
{
}

void WebhookExporter::takeOver(WebhookExporter& before)
{
    m_waiting.splice(m_waiting.end(), before.m_waiting);
    m_begun.swap(before.m_begun);
    std::swap(m_digest, before.m_digest);
    std::swap(m_digestCounts, before.m_digestCounts);
    if (!m_digestCounts.isEmpty())
        m_digestDue.start(m_services.limits.digestDelay);
    pump();
}

void WebhookExporter::event(const QString& type, const QJsonObject& data)
{
    const bool isOwn = type.startsWith(QLatin1String("export.")) &&
                       data.value(QLatin1String("name")).toString() == m_plan.health->name();
    if (!m_plan.events.contains(type) || isOwn)
        return;
    const ExportLimits& limits = m_services.limits;
    if (m_digestCounts.isEmpty() && hasRoom(limits.hookPerWindow - limits.hookDigests))
        add(type, data);
    else
        gather(type, data);
    pump();
}

bool WebhookExporter::hasRoom(int room)
{
    const Monotonic now = m_services.clock.monotonic();
    while (!m_begun.empty() && now - m_begun.front() >= m_services.limits.hookWindow)
        m_begun.pop_front();
    return m_begun.size() < std::size_t(room);
}

void WebhookExporter::add(const QString& type, const QJsonObject& data)
{
    const Monotonic now = m_services.clock.monotonic();
    m_begun.push_back(now);
    if (m_waiting.size() >= m_services.limits.deliveries) {
        const auto oldest = std::find_if(
            m_waiting.begin(), m_waiting.end(), [this](const Delivery& delivery) { return delivery.id != m_underWay; });
        if (oldest != m_waiting.end())
            m_waiting.erase(oldest);
        m_plan.health->noRoom(1);
    }
    const QString id = QStringLiteral("dlv_") + m_ids.callId().section(u'_', 1);
    m_waiting.push_back({id, bodyOf(id, type, data), now, now,
        BackOff(m_services.limits.firstRetry, m_services.limits.hookLongestRetry)});
}

void WebhookExporter::gather(const QString& type, const QJsonObject& data)
{
    if (m_digestCounts.isEmpty())
        m_digestDue.start(m_services.limits.digestDelay);
    ++m_digestCounts[type];
    if (m_digest.size() >= qsizetype(m_services.limits.digestEvents))
        return;
    QJsonObject line{{QStringLiteral("type"), type},
        {QStringLiteral("at"), textOf(QDateTime::fromMSecsSinceEpoch(m_services.clock.wallMs(), Qt::UTC))}};
    for (const char* member : {"id", "name", "provider", "severity"}) {
        if (const QString text = data.value(QLatin1String(member)).toString(); !text.isEmpty())
            line.insert(QLatin1String(member), text.left(128));
    }
    m_digest.append(line);
}

void WebhookExporter::sendDigest()
{
    const ExportLimits& limits = m_services.limits;
    if (!hasRoom(limits.hookPerWindow)) {
        const Monotonic left = m_begun.front() + limits.hookWindow - m_services.clock.monotonic();
        return m_digestDue.start(std::max(duration_cast<milliseconds>(left), milliseconds(1)));
    }
    QJsonObject counts;
    qint64 events = 0;
    for (auto it = m_digestCounts.cbegin(); it != m_digestCounts.cend(); ++it) {
        counts.insert(it.key(), it.value());
        events += it.value();
    }
    const QJsonObject data{{QStringLiteral("counts"), counts}, {QStringLiteral("events"), m_digest},
        {QStringLiteral("left_out"), events - m_digest.size()}};
    m_digest = {};
    m_digestCounts.clear();
    add(QStringLiteral("digest"), data);
    pump();
}

QByteArray WebhookExporter::bodyOf(const QString& id, const QString& type, const QJsonObject& data) const
{
    const Speaker& speaker = m_services.context.speaker;
    QJsonObject body{{QStringLiteral("id"), id}, {QStringLiteral("type"), type},
        {QStringLiteral("at"), textOf(QDateTime::fromMSecsSinceEpoch(m_services.clock.wallMs(), Qt::UTC))},
        {QStringLiteral("engine"),
            QJsonObject{{QStringLiteral("name"), speaker.name}, {QStringLiteral("environment"), speaker.environment},
                {QStringLiteral("instance"), speaker.instance}}},
        {QStringLiteral("data"), data}};
    QByteArray text = QJsonDocument(body).toJson(QJsonDocument::Compact);
    if (text.size() > kLongestBody) {
        body.insert(QStringLiteral("data"), QJsonObject{{QStringLiteral("left_out"), true}});
        text = QJsonDocument(body).toJson(QJsonDocument::Compact);
    }
    return text;
}

// The first delivery whose time has come; else the wait for it.
void WebhookExporter::pump()
{
    count();
    if (!m_poster.isIdle())
        return;
    const Monotonic now = m_services.clock.monotonic();
    std::optional<Monotonic> soonest;
    for (const Delivery& delivery : m_waiting) {
        if (delivery.due <= now) {
            m_underWay = delivery.id;
            m_due.stop();
            m_poster.post({},
                webhookFields(m_plan.secret, delivery.id, m_services.clock.wallMs() / 1000, delivery.body),
                delivery.body, [this, id = delivery.id](const Posted& posted) { answered(id, posted); });
            return;
        }
        soonest = soonest ? std::min(*soonest, delivery.due) : delivery.due;
    }
    if (soonest)
        m_due.start(std::max(duration_cast<milliseconds>(*soonest - now), milliseconds(1)));
    else if (m_flushed)
        m_flushed();
}

void WebhookExporter::answered(const QString& id, const Posted& posted)
{
    m_underWay.clear();
    ExportHealth& health = *m_plan.health;
    const auto found =
        std::find_if(m_waiting.begin(), m_waiting.end(), [&](const Delivery& delivery) { return delivery.id == id; });
    if (found == m_waiting.end())
        return pump();
    const Monotonic now = m_services.clock.monotonic();
    if (posted.isSuccess()) {
        m_waiting.erase(found);
        health.sent(1, QStringLiteral("Deliveries are taken."));
    } else if (m_flushed || now - found->made >= m_services.limits.hookGiveUp) {
        m_waiting.erase(found);
        health.dropped(1, describe(posted) + QStringLiteral(" A delivery was given up."));
    } else {
        health.failed(describe(posted));
        found->due = now + found->backOff.next(m_services.random, retryAfter(posted.retryAfter));
    }
    pump();
}

void WebhookExporter::count()
{
    m_plan.health->queued(qint64(m_waiting.size()));
}

void WebhookExporter::test(Tested done)
{
    api::ExportTest test;
    test.name = m_plan.health->name();
    test.at = QDateTime::fromMSecsSinceEpoch(m_services.clock.wallMs(), Qt::UTC);
    if (!m_tester.isIdle()) {
        test.sentence = QStringLiteral("A test is under way already.");
        return done(test);
    }
    const QString id = QStringLiteral("dlv_") + m_ids.callId().section(u'_', 1);
    const QByteArray body = bodyOf(
        id, QStringLiteral("test"), {{QStringLiteral("sentence"), QStringLiteral("Somebody tests this webhook.")}});
    m_tester.post({}, webhookFields(m_plan.secret, id, m_services.clock.wallMs() / 1000, body), body,
        [test, done = std::move(done)](const Posted& posted) mutable {
            if (posted.status > 0)
                test.httpStatus = posted.status;
            test.ok = posted.isSuccess();
            test.sentence =
                test.ok ? QStringLiteral("It took a test delivery (status %1).").arg(posted.status) : describe(posted);
            done(test);
        });
}

// One attempt each for what is due now; what waits for a later attempt is lost with the process.
bool WebhookExporter::flush(std::function<void()> flushed)
{
    if (!m_digestCounts.isEmpty())
        sendDigest();
    m_flushed = std::move(flushed);
    for (Delivery& delivery : m_waiting)
        delivery.due = std::min(delivery.due, m_services.clock.monotonic());
    if (m_waiting.empty())
        return true;
    pump();
    return false;
}

} // namespace gateway::exports
