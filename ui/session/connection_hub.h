// ConnectionHub: the engines this window is attached to, several at once: each has a transport on a thread of its own
// and a Session that goes on in the background, so that its state is known in the list and a switch to it shows what
// is, not what was. The embedded engine is one of them. What an engine says of itself (environment, identity, the
// certificate that comes next) goes into the book. Thread: UI. Book and secrets must outlive the hub; sessions live as
// long as they are open or somebody shows them.
#pragma once

#include "session/connection_book.h"
#include "session/secret_store.h"

#include <QHash>

#include <functional>
#include <memory>
#include <vector>

namespace ui {

class ConnectionHub : public QObject
{
    Q_OBJECT
public:
    using MakeTransport =
        std::function<std::shared_ptr<gateway::api::AdminTransport>(const Connection&, const QByteArray& token)>;

    ConnectionHub(ConnectionBook& book, SecretStore& secrets, MakeTransport make, QObject* parent = nullptr);
    ~ConnectionHub() override;

    static const QString kEmbedded; // the id of the engine of this process
    std::shared_ptr<Session> addEmbedded(
        std::shared_ptr<gateway::api::AdminTransport> transport, SessionOptions options);

    ConnectionBook& book() const { return m_book; }
    SecretStore& secrets() const { return m_secrets; }
    // In the order they were opened.
    QStringList open() const;
    std::shared_ptr<Session> session(const QString& id) const; // nullptr: not open
    QString currentId() const { return m_current; }
    std::shared_ptr<Session> current() const { return session(m_current); }

    // Opens it if it is not, and shows it. At once: the window never waits for a keyring or a network; until the token
    // is there the session has no data, and nothing is asked of the engine: a knock without one counts against us.
    void show(const QString& id);
    void close(const QString& id); // the current one too; then the first that is still open is shown
    // After its token, pin or address was changed: a new transport, the same place in the list.
    void reopen(const QString& id);
    void retryAll(); // the network came back, the computer woke up

Q_SIGNALS:
    void currentChanged();
    void changed();                              // what is open, or how one of them stands
    void certificateAdvanced(const QString& id); // to the one that was announced, without a person
    void engineReplaced(const QString& id, const QString& before, const QString& now); // another engine answers there

private:
    struct Entry
    {
        QString id;
        std::shared_ptr<Session> session;
    };
    void openSession(const Connection& connection, std::shared_ptr<gateway::api::AdminTransport> transport);
    void watch(const QString& id, Session& session);
    void learn(const QString& id, const Session& session);
    void followPin(const QString& id, const Session& session);
    bool advancePin(const QString& id, const gateway::api::CertificateFacts& now);

    ConnectionBook& m_book;
    SecretStore& m_secrets;
    MakeTransport m_make;
    std::vector<Entry> m_entries;
    QString m_current;
};

} // namespace ui
