// SecretStore: where the tokens of connections are kept: the desktop's keyring (Secret Service, through QtKeychain),
// or, where there is none, this process' memory until it ends. Never a file. Asynchronous: a keyring may ask its owner
// for a password and takes as long as that takes. Thread: UI; every `done` is called there, once, not before the call
// returns. A store that goes takes its open questions with it: their `done` is not called any more.
#pragma once

#include "api/result.h"

#include <QByteArray>
#include <QHash>
#include <QObject>

#include <functional>
#include <memory>

namespace ui {

class SecretStore : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    using Read = std::function<void(gateway::api::Result<QByteArray>)>; // NotFound: there is none
    // True: it outlives the session; false: it is kept until the program ends, and `why` says why.
    using Written = std::function<void(bool kept, const QString& why)>;
    virtual void read(const QString& name, Read done) = 0;
    virtual void write(const QString& name, const QByteArray& secret, Written done) = 0;
    virtual void remove(const QString& name) = 0;
};

class SessionSecretStore final : public SecretStore
{
    Q_OBJECT
public:
    using SecretStore::SecretStore;
    void read(const QString& name, Read done) override;
    void write(const QString& name, const QByteArray& secret, Written done) override;
    void remove(const QString& name) override { m_secrets.remove(name); }

private:
    QHash<QString, QByteArray> m_secrets;
};

// The keyring, with the session's memory behind it for what it does not take.
std::unique_ptr<SecretStore> makeKeyringStore();

} // namespace ui
