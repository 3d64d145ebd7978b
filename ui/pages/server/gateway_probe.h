// GatewayProbe: what the Server page asks of the data plane itself, over a real connection and not through the admin
// API: "is somebody listening there" and "does a test request come back". Tests and pictures hand in a scripted one.
// Thread: UI. Futures finish exactly once, also on error; errors are values.
#pragma once

#include <QDateTime>
#include <QFuture>
#include <QObject>
#include <QString>

#include <memory>

class QNetworkAccessManager;
class QNetworkReply;

namespace ui {

struct ProbeResult
{
    int status = 0; // HTTP status; 0: nothing answered
    double ms = 0;  // from asking to the last byte
    QString error;  // why nothing answered
};

struct TestResult
{
    int status = 0;
    double ms = 0;
    QString error;
    QString requestUrl;
    QString callId; // x-request-id of the answer
    QByteArray body;
};

class GatewayProbe : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    virtual QFuture<ProbeResult> probe(const QString& gatewayUrl) = 0;
    // One POST to /v1/chat/completions with `key` and `alias`.
    virtual QFuture<TestResult> sendTest(const QString& gatewayUrl, const QString& key, const QString& alias) = 0;
};

class HttpGatewayProbe : public GatewayProbe
{
    Q_OBJECT
public:
    using GatewayProbe::GatewayProbe;
    QFuture<ProbeResult> probe(const QString& gatewayUrl) override;
    QFuture<TestResult> sendTest(const QString& gatewayUrl, const QString& key, const QString& alias) override;

private:
    QNetworkAccessManager& network();

    QNetworkAccessManager* m_network = nullptr; // made at the first question: it loads plugins
};

} // namespace ui
