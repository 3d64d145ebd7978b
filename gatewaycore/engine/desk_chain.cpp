#include "engine/desk_chain.h"

#include "admin/event_hub.h"
#include "config/key_source.h"
#include "observability/log.h"
#include "store/database.h"
#include "store/log_entry.h"
#include "store/log_receipt.h"

#include <QDir>
#include <QFileInfo>

#include <sys/resource.h>

namespace gateway::engine {
namespace {

using namespace std::chrono_literals;
using api::Failure;
using observability::LogLevel;

constexpr qint64 kEntriesAHead = 256;
constexpr auto kHeadEvery = 60s;
constexpr auto kFirstVerification = 5s;
constexpr auto kVerifyEvery = 24h;
constexpr qint64 kOldRowsAtOnce = 1000;
constexpr int kLowest = 19; // nice; of what nobody waits for
constexpr int kAsked = 3;   // somebody does
constexpr auto kAnchorWaits = 3s;

QString hexOf(const audit::PublicKey& key)
{
    return QString::fromLatin1(QByteArray(reinterpret_cast<const char*>(key.data()), qsizetype(key.size())).toHex());
}

QDateTime timeOf(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

// The head that was signed for a verification is on its way to the anchor still.
void letAnchorCatchUp(const std::shared_ptr<audit::AnchorWriter>& writer, const std::atomic<bool>& stop)
{
    const auto until = std::chrono::steady_clock::now() + kAnchorWaits;
    while (writer && writer->state().waiting > 0 && std::chrono::steady_clock::now() < until && !stop)
        std::this_thread::sleep_for(10ms);
}

} // namespace

// What signs and anchors, used by the filing thread; the last head is signed when the room is gone already.
struct ChainRoom::Signing
{
    Signing(const QString& engine, audit::SigningKey key) : sealer(engine, std::move(key)) {}

    store::LogSealer sealer;                     // the filing thread's; its key is anybody's
    std::optional<audit::LogHead> lastHead = {}; // signed at the end; the filing thread's
    std::mutex mutex;                            // guards what follows
    std::shared_ptr<audit::AnchorWriter> anchor;

    std::shared_ptr<audit::AnchorWriter> writer()
    {
        const std::lock_guard lock(mutex);
        return anchor;
    }
};

ChainRoom::ChainRoom(Parts& parts, admin::EventHub& events, QObject& context)
    : m_parts(parts),
      m_events(events),
      m_context(context),
      m_auditHealth(parts.auditHealth),
      m_lastSeal(parts.clock.monotonic()),
      m_nextVerification(parts.clock.monotonic() + kFirstVerification)
{
    loadKey();
    openAnchor();
    m_parts.auditHealth = [this] { return health(m_auditHealth ? m_auditHealth() : api::Part()); };
}

ChainRoom::~ChainRoom()
{
    m_parts.auditHealth = m_auditHealth;
    m_alive.reset();
    m_stop = true;
    if (m_verifying.joinable())
        m_verifying.join();
}

template <typename... Values>
std::function<void(Values...)> ChainRoom::onControl(std::function<void(Values...)> then)
{
    return [context = &m_context, alive = std::weak_ptr<bool>(m_alive), then = std::move(then)](Values... values) {
        QMetaObject::invokeMethod(
            context,
            [alive, then, values...] {
                if (!alive.expired())
                    then(values...);
            },
            Qt::QueuedConnection);
    };
}

// At start, on the control thread. A key that cannot be had leaves the log unsigned, which is said; the engine runs.
void ChainRoom::loadKey()
{
    m_keyReference = m_parts.config.current()->audit.signingKey;
    const QString file = audit::signingKeyFile(m_parts.options.dataDirectory);
    const bool hadFile = QFileInfo::exists(file);
    std::optional<api::Result<audit::SigningKey>> loaded;
    if (m_keyReference.isEmpty()) {
        loaded = audit::SigningKey::fromFile(file, m_parts.random);
        m_keyReference = file;
    } else if (const auto named = config::KeySource().resolve(m_keyReference); named) {
        observability::keepOutOfLog(named->secret);
        loaded = audit::SigningKey::fromSeed(named->secret);
    } else {
        loaded = named.error();
    }
    const api::Result<audit::SigningKey>& key = *loaded;
    if (!key) {
        m_keyTrouble = key.error().message;
        observability::log(LogLevel::Error, "audit.key", {{"message", m_keyTrouble}});
        return;
    }
    m_signing = std::make_shared<Signing>(m_parts.engineId, *key);

    // the key of the data directory hands over to one that is named now
    std::optional<audit::SigningKey> before;
    if (hadFile && m_keyReference != file) {
        if (const auto old = audit::SigningKey::fromFile(file, m_parts.random); old)
            before = *old;
    }
    QVector<audit::LogHead> first;
    m_parts.store->submitAndWait([&](QSqlDatabase& database) {
        if (!store::readLastHead(database, m_head))
            return false;
        store::readHeadsAfter(database, 0, m_parts.engineId, first, 1);
        m_size = store::logSize(database);
        if (!m_head || !before || m_head->publicKey != before->publicKey() || m_head->publicKey == key->publicKey())
            return true;
        std::optional<audit::LogHead> last;
        store::LogSealer sealer(m_parts.engineId, *before);
        if (!store::appendToLog(
                database, audit::LogKind::Note, QStringLiteral("next-key"), hexOf(key->publicKey()).toLatin1()) ||
            !sealer.seal(database, m_parts.clock.wallMs(), last))
            return false;
        m_head = last;
        return true;
    });
    if (m_head && m_head->publicKey == key->publicKey())
        m_keySince =
            timeOf(first.isEmpty() || first.first().publicKey != key->publicKey() ? m_head->atMs : first.first().atMs);
    m_parts.store->setLastWork(
        [signing = m_signing, &clock = m_parts.clock](QSqlDatabase& database) {
            std::optional<audit::LogHead> head;
            const bool good = signing->sealer.seal(database, clock.wallMs(), head);
            if (good && head)
                signing->lastHead = head;
            return good;
        },
        [signing = m_signing](bool committed) {
            if (auto writer = signing->writer(); committed && writer && signing->lastHead)
                writer->push(*signing->lastHead);
            const std::lock_guard lock(signing->mutex);
            signing->anchor.reset(); // waits for what is under way
        });
}

// Heads that are not in the anchor (a crash, another file than before) are appended first.
void ChainRoom::openAnchor()
{
    if (!m_signing)
        return;
    const QString configured = m_parts.config.current()->audit.anchor;
    const QString file = configured.isEmpty() ? audit::localAnchorFile(m_parts.options.dataDirectory) : configured;
    if (const auto writer = m_signing->writer(); writer && writer->file() == file)
        return;
    const auto content = audit::readAnchor(file, m_parts.engineId);
    const qint64 anchored = content && !content->heads.isEmpty() ? content->heads.last().number : 0;
    auto writer = std::make_shared<audit::AnchorWriter>(file, anchored);
    auto missing = std::make_shared<QVector<audit::LogHead>>();
    m_parts.store->submit(
        [missing, anchored, engine = m_parts.engineId](QSqlDatabase& database) {
            missing->clear();
            return store::readHeadsAfter(database, anchored, engine, *missing);
        },
        [missing, writer, signing = m_signing](bool) {
            for (const audit::LogHead& head : *missing)
                writer->push(head);
            const std::lock_guard lock(signing->mutex);
            signing->anchor = writer;
        });
}

void ChainRoom::configInForce()
{
    openAnchor();
    const QString reference = m_parts.config.current()->audit.signingKey;
    const QString file = audit::signingKeyFile(m_parts.options.dataDirectory);
    if ((reference.isEmpty() ? file : reference) != m_keyReference)
        observability::log(LogLevel::Warning, "audit.restart_needed",
            {{"reason", QStringLiteral("Another key of the log is used from the next start on.")}});
}

void ChainRoom::upkeep()
{
    const Monotonic now = m_parts.clock.monotonic();
    if (m_signing && !m_isSealing && (m_unsigned >= kEntriesAHead || now - m_lastSeal >= kHeadEvery))
        seal();
    if (m_unsealed != 0 && !m_isSealingOld)
        sealOldRows();
    if (m_unsealed == 0 && !m_isVerifying && now >= m_nextVerification)
        beginVerification();
}

void ChainRoom::seal(std::function<void(bool)> then)
{
    if (then)
        m_afterSeal.push_back(std::move(then));
    if (m_isSealing)
        return; // told of by the one under way, which may miss the newest; who must have it asks again
    if (!m_signing) {
        for (const auto& one : std::exchange(m_afterSeal, {}))
            one(false);
        return;
    }
    m_isSealing = true;
    m_unsigned = 0;
    m_lastSeal = m_parts.clock.monotonic();
    struct Made
    {
        std::optional<audit::LogHead> head;
        qint64 size = 0;
    };
    auto made = std::make_shared<Made>();
    const auto told =
        onControl(std::function<void(bool)>([this, made](bool good) { sealed(made->head, made->size, good); }));
    m_parts.store->submit(
        [made, signing = m_signing, &clock = m_parts.clock](QSqlDatabase& database) {
            *made = {}; // a busy database runs this again
            made->size = store::logSize(database);
            return signing->sealer.seal(database, clock.wallMs(), made->head);
        },
        [made, signing = m_signing, told](bool committed) {
            if (const auto writer = signing->writer(); committed && made->head && writer)
                writer->push(*made->head);
            told(committed);
        });
}

void ChainRoom::sealed(const std::optional<audit::LogHead>& head, qint64 size, bool good)
{
    m_isSealing = false;
    if (good) {
        m_size = size;
        if (head)
            m_head = head;
        if (head && !m_keySince.isValid())
            m_keySince = timeOf(head->atMs);
    }
    if (good == m_sealFailed) {
        m_sealFailed = !good;
        observability::log(good ? LogLevel::Info : LogLevel::Error, good ? "audit.signed" : "audit.unsigned");
    }
    for (const auto& one : std::exchange(m_afterSeal, {}))
        one(good);
}

void ChainRoom::sealOldRows()
{
    m_isSealingOld = true;
    auto left = std::make_shared<std::optional<qint64>>();
    const auto told = onControl(std::function<void(bool)>([this, left](bool good) {
        m_isSealingOld = false;
        if (!good || !*left)
            return; // with the next upkeep
        m_unsealed = **left;
        if (m_unsealed > 0)
            sealOldRows();
    }));
    m_parts.store->submit(
        [left](QSqlDatabase& database) {
            *left = store::sealOldRows(database, kOldRowsAtOnce);
            return left->has_value();
        },
        told);
}

api::ChainStanding ChainRoom::standing() const
{
    api::ChainStanding standing;
    standing.engine = m_parts.engineId;
    standing.size = m_size;
    standing.unsealed = std::max<qint64>(m_unsealed, 0);
    if (m_head)
        standing.head =
            api::ChainHead{m_head->number, m_head->size, ::gateway::hexOf(m_head->root), timeOf(m_head->atMs)};
    standing.isVerifying = m_isVerifying;
    standing.last = m_last;
    standing.anchorState = QStringLiteral("failing");
    standing.anchorDetail = m_keyTrouble;
    if (!m_signing)
        return standing;
    standing.key = audit::fingerprintOf(m_signing->sealer.key().publicKey());
    if (const auto writer = m_signing->writer()) {
        const audit::AnchorWriter::State state = writer->state();
        standing.anchor = writer->file();
        const QString directory = QDir(m_parts.options.dataDirectory).absolutePath() + u'/';
        standing.anchorIsOutside = !QFileInfo(writer->file()).absoluteFilePath().startsWith(directory);
        standing.anchorDetail = state.trouble;
        standing.anchorState = !state.trouble.isEmpty() ? QStringLiteral("failing")
                               : state.waiting > 0      ? QStringLiteral("behind")
                                                        : QStringLiteral("ok");
    }
    return standing;
}

api::ChainKey ChainRoom::key() const
{
    api::ChainKey key;
    key.reference = m_keyReference;
    key.since = m_keySince;
    if (m_signing) {
        key.publicKey = hexOf(m_signing->sealer.key().publicKey());
        key.fingerprint = audit::fingerprintOf(m_signing->sealer.key().publicKey());
    }
    return key;
}

void ChainRoom::verify(admin::Done<api::ChainVerification> done)
{
    m_waiting.push_back(std::move(done));
    if (!m_isVerifying)
        beginVerification();
}

// A head first, so that all that is in the log now is under one.
void ChainRoom::beginVerification()
{
    m_isVerifying = true;
    m_nextVerification = m_parts.clock.monotonic() + kVerifyEvery;
    seal([this](bool) {
        store::VerifyOptions options;
        options.nowMs = m_parts.clock.wallMs();
        options.stop = &m_stop;
        if (m_signing) {
            options.signsNow = m_signing->sealer.key().publicKey();
            if (const auto writer = m_signing->writer())
                options.anchorFile = writer->file();
        }
        if (m_verifying.joinable())
            m_verifying.join(); // it has told of its end already
        const auto told = onControl(std::function<void(api::ChainVerification)>(
            [this](const api::ChainVerification& result) { verified(result); }));
        m_verifying = std::thread([options, told, engine = m_parts.engineId, file = m_parts.store->databaseFile(),
                                      writer = m_signing ? m_signing->writer() : nullptr,
                                      nice = m_waiting.empty() ? kLowest : kAsked, &stop = m_stop]() mutable {
            ::setpriority(PRIO_PROCESS, 0, nice); // Linux: of this thread
            letAnchorCatchUp(std::exchange(writer, nullptr), stop);
            api::ChainVerification result;
            // the anchor first: what is written meanwhile is in the database and not in it, which is in order
            if (auto anchor = audit::readAnchor(options.anchorFile, engine); anchor && !options.anchorFile.isEmpty())
                options.anchor = std::move(*anchor);
            auto reader = store::openReader(file);
            if (reader) {
                result = store::verifyLog(**reader, options);
            } else {
                result.verdict = QStringLiteral("INCOMPLETE");
                result.sentence = reader.error().message;
            }
            told(result);
        });
    });
}

void ChainRoom::verified(const api::ChainVerification& result)
{
    m_isVerifying = false;
    const bool wasBroken = m_last && m_last->verdict == QLatin1String("FAIL");
    const bool isBroken = result.verdict == QLatin1String("FAIL");
    m_last = result;
    observability::log(isBroken ? LogLevel::Error : LogLevel::Info, isBroken ? "audit.broken" : "audit.verified",
        {{"message", result.sentence}, {"count", result.findingCount}});
    if (isBroken)
        m_events.publish(QStringLiteral("audit.broken"), api::toJson(result));
    else if (wasBroken)
        m_events.publish(QStringLiteral("audit.verified"), api::toJson(result));
    for (const auto& done : std::exchange(m_waiting, {}))
        done(result);
}

void ChainRoom::receipt(const QString& callId, const QStringList& tenants, admin::Done<api::Receipt> done)
{
    makeReceipt(callId, tenants, true, std::move(done));
}

void ChainRoom::makeReceipt(
    const QString& callId, const QStringList& tenants, bool mayWait, admin::Done<api::Receipt> done)
{
    m_parts.reader->later<api::Receipt>(
        [callId, tenants](const QString& file) -> api::Result<api::Receipt> {
            auto reader = store::openReader(file);
            if (!reader)
                return reader.error();
            return store::makeReceipt(**reader, callId, tenants);
        },
        [this, alive = std::weak_ptr<bool>(m_alive), callId, tenants, mayWait, done = std::move(done)](
            const api::Result<api::Receipt>& made) {
            if (made || made.error().failure != Failure::NoData || !mayWait || alive.expired())
                return done(made);
            seal([this, callId, tenants, done](bool) { makeReceipt(callId, tenants, false, done); });
        });
}

void ChainRoom::buildEvidence(const api::EvidenceRequest&, admin::Done<api::EvidencePack> done)
{
    done(api::failure(Failure::NotFound, QStringLiteral("Evidence packs are not made here yet.")));
}

api::Part ChainRoom::health(api::Part part) const
{
    if (part.name.isEmpty())
        part.name = QStringLiteral("audit");
    if (part.health != api::Health::Ok)
        return part;
    const auto degraded = [&part](const QString& detail) {
        part.health = api::Health::Degraded;
        part.detail = detail;
        return part;
    };
    if (m_last && m_last->verdict == QLatin1String("FAIL"))
        return degraded(QStringLiteral("The log does not verify: %1").arg(m_last->sentence));
    if (!m_signing)
        return degraded(QStringLiteral("The log is not signed: %1").arg(m_keyTrouble));
    if (m_sealFailed)
        return degraded(QStringLiteral("No head of the log can be signed; its end is not protected."));
    if (const auto writer = m_signing->writer(); writer && !writer->state().trouble.isEmpty())
        return degraded(writer->state().trouble);
    return part;
}

} // namespace gateway::engine
