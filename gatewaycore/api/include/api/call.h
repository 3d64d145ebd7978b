// One call and its attempts: the audit record as every part of Signalbox sees it. The engine fills it on the worker
// that walks the call, the store writes it, the admin API serves it, the console draws it. Any thread; a value. Units:
// times in the names; offsets ("...Us") count from the call's first byte on monotonic time; -1 means "never".
#pragma once

#include "api/error_code.h"
#include "api/json_text.h"
#include "api/money.h"
#include "api/result.h"
#include "api/tokens.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QVector>

#include <optional>

namespace gateway::api {

// How a call ended, told from the caller's side.
enum class CallOutcome
{
    Answered,      // a complete answer was sent
    Refused,       // the gateway said no before any upstream byte
    Failed,        // an upstream or the gateway failed; the caller got an error
    Truncated,     // content had begun, then the stream broke; the caller got an error event
    Cancelled,     // the caller left first
    Indeterminate, // the engine died with the call open; recovered at the next start
};

enum class AttemptResult
{
    Answered,
    Failed,
    Skipped,   // never sent, see reason
    Refused,   // stopped by us
    Cancelled, // the caller left
};

enum class StreamEnd
{
    NotStreamed,
    Complete,
    Truncated,
    Cancelled,
    Stalled,
    Refused
};

struct Attempt
{
    int number = 1;
    QString provider;
    QString model;
    QString region;
    AttemptResult result = AttemptResult::Failed;
    int httpStatus = 0; // upstream's; 0 without an answer
    ErrorCode error = ErrorCode::None;
    QString reason; // one plain sentence: what happened, or why it was skipped
    QString upstreamRequestId;
    QString modelReported; // the model the response names
    QString finishReason;
    StreamEnd streamEnd = StreamEnd::NotStreamed;
    bool connectionReused = false;
    qint64 startUs = -1;
    qint64 connectedUs = -1;  // transport ready (TCP, TLS)
    qint64 sentUs = -1;       // request handed to the kernel
    qint64 firstByteUs = -1;  // first byte of the answer
    qint64 firstTokenUs = -1; // first content delta
    qint64 endUs = -1;
    qint64 longestGapUs = 0; // between two stream events
    qint64 bytesSent = 0;
    qint64 bytesReceived = 0;
    Tokens tokens;
    QString fallbackKind;               // of the step that made it; empty for the alias's own candidates
    std::optional<Money> costEstimated; // what was reserved before it was sent: its upper bound
    std::optional<Money> cost;          // empty: unpriced
    bool costKnown = true;              // false: nobody can say what it cost; `cost` is what was reserved
};

struct Call
{
    QString id;          // = x-request-id
    QDateTime startedAt; // UTC, milliseconds
    QString tenant;
    QString feature;
    QString agent;
    QString user;
    QString credential; // id of the gateway credential, never the key
    QString surface;    // openai.chat, anthropic.messages ...
    QString alias;
    QString workloadClass = QStringLiteral("interactive");
    QString zone;
    int revision = 0;
    CallOutcome outcome = CallOutcome::Failed;
    ErrorCode error = ErrorCode::None;
    QString errorDetail;
    int httpStatus = 0; // towards the caller
    QString servedBy;   // provider/model@region
    QString fallbackKind;
    bool degraded = false;
    QString cache = QStringLiteral("bypass");
    Tokens tokens;
    std::optional<Money> costEstimated;
    std::optional<Money> cost;
    QString priceBook;          // version of the book it was priced by
    bool featureProved = false; // the credential allows this feature alone; else the caller claims it
    QString idempotency;        // digest of key, caller and body; kept in the record, not served
    QByteArray traceparent;     // the caller's, if it is well formed; for the exports alone: not kept, not served
    QString finishReason;
    StreamEnd streamEnd = StreamEnd::NotStreamed;
    qint64 receivedUs = -1;      // whole request read
    qint64 authenticatedUs = -1; // credential resolved
    qint64 routedUs = -1;        // policy decided
    qint64 firstByteUs = -1;     // first byte towards the caller
    qint64 firstTokenUs = -1;
    qint64 endUs = -1;      // record handed to the store
    qint64 commitUs = -1;   // hand-over to durable; known once its batch is on disk
    qint64 overheadUs = -1; // endUs minus the time spent waiting for upstreams and for the caller
    qint64 requestBytes = 0;
    qint64 responseBytes = 0;
    QVector<Attempt> attempts;
    JsonText decision; // the route decision, see decision.md in resources/help
};

QString nameOf(CallOutcome outcome);
QString nameOf(AttemptResult result);
QString nameOf(StreamEnd end);
std::optional<CallOutcome> callOutcomeFromName(QStringView name);

QJsonObject toJson(const Attempt& attempt);
QJsonObject toJson(const Call& call);
Result<Attempt> attemptFromJson(const QJsonObject& json);
Result<Call> callFromJson(const QJsonObject& json);

// Filter of `call list` and of the Traffic page. Newest first; `before` is the cursor of the previous page.
struct CallQuery
{
    std::optional<QDateTime> since;
    std::optional<QDateTime> until;
    QString tenant;
    QString alias;
    QString provider;
    std::optional<CallOutcome> outcome;
    QString before;
    int limit = 100; // 1 to 1,000
};

struct CallPage
{
    QVector<Call> calls;
    QString next;     // cursor; empty on the last page
    qint64 total = 0; // calls that match the filter, all pages
};

} // namespace gateway::api
