// ConnectionBook: the engines this console knows, without their secrets: those are in the desktop's keyring
// (secret_store.h). One JSON file, written whole or not at all; a file of an older format is copied aside before it is
// written in the new one. Export and import carry no secret either. Thread: UI; reads and writes a small file.
#pragma once

#include "session/session.h"

#include "api/certificate_facts.h"
#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QVector>

namespace ui {

struct Connection
{
    QString id;   // made once; also the name of its secret in the keyring
    QString name; // what a person calls it
    Environment environment = Environment::Local;
    bool environmentPinned = false; // the engine itself states it, and a person cannot change it here
    QString url;                    // https://gw.example:4181
    QString pin;                    // SHA-256 of its certificate; empty: the system's authorities vouch for it
    QString nextPin;                // announced by the engine over a verified connection
    // What the pinned certificate said of itself, for the day it changes; only what belongs to `pin`.
    std::optional<gateway::api::CertificateFacts> certificate;
    QString caFile;
    QString clientCertificateFile;
    QString clientKeyFile;
    QString tokenFile; // of a local engine: its own file, read at every start; the keyring is not used then
    QString principal; // who we were there last
    QString role;
    QString engineId; // what answered there; another one is told
    bool readOnly = false;
    std::optional<QDateTime> lastUsed;
};

QJsonObject toJson(const Connection& connection);
std::optional<Connection> connectionFromJson(const QJsonObject& json);

// A pairing link: signalbox://pair?url=..&pin=..&code=..
struct PairingLink
{
    QString url;
    QString pin;
    QString code;
};
std::optional<PairingLink> pairingLinkFromText(const QString& text);

class ConnectionBook : public QObject
{
    Q_OBJECT
public:
    static constexpr int kFormat = 1;
    // An empty name keeps the book in memory (tests, pictures).
    explicit ConnectionBook(QString file, QObject* parent = nullptr);

    // A file that cannot be read is left alone and told; the book is then empty and is not written over it.
    gateway::api::Outcome load();
    const QVector<Connection>& all() const { return m_connections; }
    const Connection* find(const QString& id) const;
    const Connection* findUrl(const QString& url) const;
    // Adds it, or replaces the one of this id; an empty id is filled in. The id.
    gateway::api::Result<QString> put(Connection connection);
    gateway::api::Outcome remove(const QString& id);

    QByteArray exported() const;
    // How many were new; those whose URL is known already are left out.
    gateway::api::Result<int> import(const QByteArray& json);

Q_SIGNALS:
    void changed();

private:
    gateway::api::Outcome save();

    QString m_file;
    bool m_mayWrite = true;
    QVector<Connection> m_connections;
};

} // namespace ui
