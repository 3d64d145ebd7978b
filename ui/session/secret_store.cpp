#include "session/secret_store.h"

#include <QTimer>

#include <qt6keychain/keychain.h>

namespace ui {

using namespace gateway::api;

namespace {

const QString kService = QStringLiteral("signalbox");

class KeyringStore final : public SecretStore
{
public:
    void read(const QString& name, Read done) override
    {
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
        auto* job = new QKeychain::WritePasswordJob(kService, this);
        job->setInsecureFallback(false);
        job->setKey(name);
        job->setBinaryData(secret);
        connect(job, &QKeychain::Job::finished, this,
            [this, name, secret, done = std::move(done)](QKeychain::Job* finished) {
                if (finished->error() == QKeychain::NoError)
                    return done(true, {});
                m_session.write(name, secret, [done, why = finished->errorString()](bool, const QString&) {
                    done(false,
                        QStringLiteral("There is no keyring that takes it (%1), so it is kept until the program ends.")
                            .arg(why));
                });
            });
        job->start();
    }

    void remove(const QString& name) override
    {
        m_session.remove(name);
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
