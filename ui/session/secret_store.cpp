#include "session/secret_store.h"

#include <QAbstractEventDispatcher>
#include <QTimer>

#include <qt6keychain/keychain.h>

namespace ui {

using namespace gateway::api;

namespace {

const QString kService = QStringLiteral("signalbox");

constexpr int kPatienceMs = 5000; // then the caller goes on with what the session keeps

// libsecret answers from GLib's main loop; where Qt runs another one (QT_NO_GLIB), no answer would ever come.
bool hasKeyringLoop()
{
    const QAbstractEventDispatcher* loop = QAbstractEventDispatcher::instance();
    return loop && loop->inherits("QEventDispatcherGlib");
}

// Every token is in the session's memory too, so that a keyring that is slow, locked or gone takes nothing away.
class KeyringStore final : public SecretStore
{
public:
    void read(const QString& name, Read done) override
    {
        if (!hasKeyringLoop())
            return m_session.read(name, std::move(done));
        auto* job = new QKeychain::ReadPasswordJob(kService, this);
        job->setInsecureFallback(false);
        job->setKey(name);
        connect(job, &QKeychain::Job::finished, this, [this, name, done = std::move(done)](QKeychain::Job* finished) {
            if (finished->error() == QKeychain::NoError)
                return done(static_cast<QKeychain::ReadPasswordJob*>(finished)->binaryData());
            m_session.read(name, [done, why = finished->errorString(),
                                     missing = finished->error() == QKeychain::EntryNotFound](Result<QByteArray> held) {
                if (held || missing)
                    return done(std::move(held));
                done(failure(Failure::NotFound,
                    QStringLiteral("The desktop's keyring does not give the token: %1").arg(why),
                    QStringLiteral("Enter it again; without a keyring it is kept until the program ends.")));
            });
        });
        job->start();
    }

    void write(const QString& name, const QByteArray& secret, Written done) override
    {
        m_session.write(name, secret, [](bool, const QString&) {});
        // told once: by the keyring, or by our patience; a keyring that takes it later has it all the same
        const auto once = std::make_shared<Written>(std::move(done));
        const auto tell = [once](bool kept, const QString& why) {
            if (const Written told = std::exchange(*once, {}))
                told(kept, why);
        };
        const auto sessionOnly = [tell](const QString& why) {
            tell(false, QStringLiteral("%1, so it is kept until the program ends.").arg(why));
        };
        if (!hasKeyringLoop()) {
            QTimer::singleShot(
                0, this, [sessionOnly] { sessionOnly(QStringLiteral("There is no keyring here that takes it")); });
            return;
        }
        auto* job = new QKeychain::WritePasswordJob(kService, this);
        job->setInsecureFallback(false);
        job->setKey(name);
        job->setBinaryData(secret);
        connect(job, &QKeychain::Job::finished, this, [tell, sessionOnly](QKeychain::Job* finished) {
            if (finished->error() == QKeychain::NoError)
                tell(true, {});
            else
                sessionOnly(QStringLiteral("There is no keyring that takes it (%1)").arg(finished->errorString()));
        });
        job->start();
        QTimer::singleShot(kPatienceMs, this,
            [sessionOnly] { sessionOnly(QStringLiteral("The desktop's keyring has not answered yet")); });
    }

    void remove(const QString& name) override
    {
        m_session.remove(name);
        if (!hasKeyringLoop())
            return;
        auto* job = new QKeychain::DeletePasswordJob(kService, this);
        job->setInsecureFallback(false);
        job->setKey(name);
        job->start();
    }

private:
    SessionSecretStore m_session;
};

} // namespace

void SessionSecretStore::read(const QString& name, Read done)
{
    const auto found = m_secrets.constFind(name);
    Result<QByteArray> answer =
        found == m_secrets.constEnd()
            ? Result<QByteArray>(failure(Failure::NotFound, QStringLiteral("No token is kept for this connection.")))
            : Result<QByteArray>(*found);
    QTimer::singleShot(0, this, [done = std::move(done), answer = std::move(answer)] { done(answer); });
}

void SessionSecretStore::write(const QString& name, const QByteArray& secret, Written done)
{
    m_secrets.insert(name, secret);
    QTimer::singleShot(
        0, this, [done = std::move(done)] { done(false, QStringLiteral("It is kept until the program ends.")); });
}

std::unique_ptr<SecretStore> makeKeyringStore()
{
    return std::make_unique<KeyringStore>();
}

} // namespace ui
