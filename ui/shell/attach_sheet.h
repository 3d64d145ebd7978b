// AttachSheet: attaching to an engine, from a pairing link or from address and token, and mending a connection that
// exists. It climbs the ladder (api/connection_check.h), asks for the fingerprint when nobody vouches for the
// certificate, exchanges a pairing code for a token, and puts the connection into the book and the token into the
// keyring. Nothing of the token leaves before the certificate is verified. Thread: UI; deletes itself when closed.
#pragma once

#include "api/connection_check.h"
#include "session/connection_hub.h"
#include "widgets/sheet.h"

namespace ui {

class Button;
class CertificateCompare;
class InputField;
class LadderView;
class Segment;
class TextLabel;

class AttachSheet : public Sheet
{
    Q_OBJECT
public:
    AttachSheet(QWidget* window, ConnectionHub& hub);
    // A new connection; `text` may be a pairing link or an address.
    static AttachSheet* openOn(QWidget* window, ConnectionHub& hub, const QString& text = {});
    // One of the book: to test it, to give it another token, to look at a changed certificate.
    // `climbs`: the ladder is climbed at once.
    static AttachSheet* openFor(QWidget* window, ConnectionHub& hub, const QString& id, bool climbs = true);

    void check();
    // For pictures: as if the ladder had got so far.
    void showLadder(const QVector<gateway::api::CheckRung>& rungs,
        const std::optional<gateway::api::CertificateFacts>& offered, bool good);
    Button* connectButton() const { return m_connect; }
    CertificateCompare* compare() const { return m_compare; }
    InputField* addressField() const { return m_address; }
    InputField* tokenField() const { return m_token; }
    QString problem() const;

private:
    void takeText();
    void climb(const QByteArray& token);
    void climbed();
    void claim();
    void connectNow();
    void say(const QString& words, bool isProblem);

    ConnectionHub& m_hub;
    Connection m_connection; // being made or mended
    QString m_code;          // of the pairing link, until it is exchanged
    QByteArray m_good;       // the token that the ladder was climbed with
    InputField* m_address;
    InputField* m_token;
    InputField* m_name;
    Segment* m_environment;
    Segment* m_lock;
    QVector<QWidget*> m_details; // name, environment, lock: asked when it is known whom they are about
    LadderView* m_ladder;
    CertificateCompare* m_compare;
    TextLabel* m_words;
    Button* m_check;
    Button* m_connect;
    std::unique_ptr<gateway::api::ConnectionCheck> m_climb;
    std::shared_ptr<gateway::api::AdminTransport> m_claiming;
};

// How a connection is reached: what the hub's transports and the ladder have in common. A file that cannot be read
// leaves its part empty, and the ladder then says what is missing.
gateway::api::HttpTransportOptions transportOptions(const Connection& connection, const QByteArray& token);

} // namespace ui
