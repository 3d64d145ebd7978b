// How a change of the config is made, looked at and put in force: drafts, what is found in a text, the difference
// between two texts by its effect, revisions, and how the file and the running config stand to each other. Values of
// the admin API (config/...). Any thread; values. Lines and columns count from 1; 0: the text as a whole. No value of a
// secret is in any of them: what is secret shows "changed" with a fingerprint under a key of the engine.
// In JSON a config's text is the member "yaml", which the audit log holds as its hash only; an answer to a change
// leaves it out, and who wants it reads the draft or the revision.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <QVector>

#include <optional>

namespace gateway::api {

// One thing found in a config text. A block keeps the text from coming into force, also in an emergency.
struct Finding
{
    enum class Severity
    {
        Block,
        Warn,
        Note
    };
    Severity severity = Severity::Block;
    QString rule; // one word per row of the table: refused dangling clear_secret zone_unserved quota_above_provider ...
    QString file;
    int line = 0;
    int column = 0;
    QString field; // aliases[0].candidates[1].weight; empty: the text as a whole
    QString message;
    QString suggestion; // a sentence, may be empty
};

// What a text is found to be: POST config/diff, config/drafts and what follows answer with it.
struct Findings
{
    QString hash;          // SHA-256 of the text, hex
    bool compiles = false; // it has a meaning; what comes with "block" may still keep it from coming into force
    int blocks = 0;
    int warnings = 0;
    int notes = 0;
    QVector<Finding> items; // blocks first, then by line

    bool isBlocked() const { return !compiles || blocks > 0; }
};

// One effect of a change.
struct DiffSentence
{
    QString group;   // affected routing money privacy security other cosmetic
    QString subject; // "tenant acme", "alias fast"
    QString field;   // in the new text, or in the old one if it is gone there
    QString kind;    // added removed changed moved renamed
    QString text;    // a sentence
    QString before;  // may be empty; "changed" with a fingerprint for what is secret
    QString after;
    int line = 0;         // in the new text; 0: it is not there any more
    int lineBefore = 0;   // in the old text; 0: it was not there
    int risk = 0;         // 0 cosmetic, 1 low, 2 look at it, 3 look twice
    bool loosens = false; // more may leave, or more may be kept, than before: needs two people
};

struct DiffGroup
{
    QString name;                    // as in DiffSentence
    QString title;                   // for people
    QVector<DiffSentence> sentences; // riskiest first, then by line
};

// A tenant whose calls go through what changes.
struct AffectedTenant
{
    QString tenant;
    QString zone;
    qint64 calls = 0; // in the last 24 hours, through the aliases concerned
    double callsPerSecond = 0;
    QStringList aliases; // through which; empty: all of it (its own quota, its zone ...)
};

struct DiffReport
{
    QString from; // "revision 12", "the file", "draft d7"
    QString to;
    QString fromHash;
    QString toHash;
    QVector<AffectedTenant> affected; // most calls first
    bool trafficKnown = false;        // false: the record could not be asked, and the numbers are not there
    QVector<DiffGroup> groups;        // in the order of risk; empty ones are left out
    int changes = 0;                  // sentences without the cosmetic ones
    int cosmetic = 0;                 // lines that differ and mean the same: comments, spelling, order
    bool loosens = false;             // any sentence does

    bool isEmpty() const { return changes == 0 && cosmetic == 0; }
};

// What somebody said of a draft's text (its hash), or afterwards of a revision that was put in force in an emergency.
struct ConfigReview
{
    QString by;
    QDateTime at;
    bool approves = true;
    QString hash; // of the text it is about; with another text it says nothing
    QString note;
    bool isOwn = false; // by one who wrote the text: marked, and not enough where two people are needed
    bool holds = false; // the text is still the one that was looked at
};

// What a canary came to; filled in by the rollout.
struct CanaryResult
{
    QString verdict; // running pass fail insufficient_data stopped; empty: there was none
    int percent = 0; // the share it reached
    qint64 calls = 0;
    qint64 controlCalls = 0;
    QString sentence;
    std::optional<QDateTime> at;
};

// A place where both sides changed the same lines.
struct MergeConflict
{
    int fromLine = 0; // in the merged text, between its marks
    int toLine = 0;
    QString base;
    QString ours;   // the draft's
    QString theirs; // what is in force
};

struct MergeResult
{
    QString text; // with <<<<<<< marks where it conflicts
    QVector<MergeConflict> conflicts;
};

struct Draft
{
    QString id;
    int base = 0;          // the revision it was begun from
    bool isBehind = false; // another revision is in force by now: it has to be merged before it can come into force
    int version = 0;       // counts the saves; a save says which one it was made from
    QString state;         // draft validated reviewed canary promoted rolled_back abandoned
    QString author;
    QStringList editors; // everybody who saved a text, the author first
    QString note;
    QDateTime createdAt;
    QDateTime updatedAt;
    QString hash;
    QString text;     // of one draft only; a list leaves it out
    int revision = 0; // its number, from the first canary or the promotion on; 0: none yet
    QVector<ConfigReview> reviews;
    CanaryResult canary;
    Findings findings;                // of one draft only
    QVector<MergeConflict> conflicts; // of one draft only: of the last merge, while its marks are in the text
};

struct Revision
{
    int number = 0;
    QString hash;
    QString text; // of one revision only
    QString kind; // start reload adopt promote rollback emergency canary
    QString draft;
    int restores = 0; // the revision whose text this one brought back; 0: none
    QString author;
    QStringList editors;
    QString approver; // empty: nobody but who promoted it looked at it
    QString by;       // who put it in force
    QString reason;
    QDateTime createdAt;
    std::optional<QDateTime> inForceFrom;
    std::optional<QDateTime> inForceUntil; // empty while it is in force
    bool isInForce = false;
    bool isOwnApproval = false; // author and approver are one, or there is no approver
    CanaryResult canary;
    // Put in force past a review: who looks at it afterwards, and until when.
    std::optional<QDateTime> reviewDue;
    std::optional<ConfigReview> reviewedAfter;
    bool isOverdue = false;
    // Rolled back, so the same text is not taken from the file again unless somebody asks for it.
    QString rolledBackBy;
    QString rolledBackReason;
    std::optional<QDateTime> rolledBackAt;
};

// Where the running value of a field comes from.
struct FieldOrigin
{
    QString field;
    QString value;  // references and names as written; never a secret
    QString source; // file revision command-line environment runtime
    QString origin; // "signalbox.yaml:12", "revision 7:12", "--gateway", "env:OPENAI_API_KEY"
    int line = 0;
    bool differs = false; // from what the file says
};

struct ConfigStanding
{
    int revision = 0; // in force
    QString hash;
    QString source; // file: the file's text is in force; store: a revision's that differs from it; demo
    QString file;
    QString fileHash;              // of the file as it is now; empty: it cannot be read
    QString fileState;             // in_force unchanged changed held refused missing none
    QString fileSentence;          // what that means and what can be done
    QVector<Finding> fileProblems; // of a file that is refused
    bool drifts = false;           // the file says something else than what is in force
    DiffReport drift;              // from the running config to the file
    QVector<FieldOrigin> fields;
    QString heldBy; // of a file that is held back: who rolled it back, when and why
    QString heldReason;
    std::optional<QDateTime> heldAt;
    int previous = 0;      // what a rollback goes back to; 0: there is none
    QVector<int> toReview; // revisions put in force in an emergency that nobody has looked at
    QVector<int> overdue;  // those of them whose day is over
    bool reviewRequired = false;
};

// One change of a text by the form: the bytes that do not belong to the field stay as they are.
struct FieldEdit
{
    QString op;    // set add remove
    QString path;  // aliases[0].candidates[1].weight, or by name: aliases[fast].owner; add: the list or the map
    QString value; // YAML of the value; add to a map: "key: value"
};

struct DraftRequest // POST config/drafts
{
    std::optional<QString> text; // without: that of the base
    int from = 0;                // a revision: its text on the base in force (restore); 0: what is in force
    QString note;
};

struct DraftSave // POST config/drafts/{id}/save and /edit
{
    int version = 0; // the one it was made from; another one in the meantime is a conflict
    QString text;
    QVector<FieldEdit> edits; // instead of the text
    std::optional<QString> note;
};

// A side of POST config/diff: exactly one of them, or none: what is in force.
struct DiffSide
{
    int revision = 0;
    QString draft;
    std::optional<QString> text;
    bool file = false;
};

struct PromoteRequest
{
    QString draft;
    bool emergency = false; // past review and canary, with its review afterwards
};

// The answer of promote, rollback, adopt: what is in force on every worker now.
struct Promotion
{
    Revision revision;
    int replaced = 0; // the revision that was in force
    QString ended;    // the draft whose canary was ended with it; may be empty
    QStringList warnings;
};

QString nameOf(Finding::Severity severity); // block warn note
std::optional<Finding::Severity> severityFromName(QStringView name);

QJsonObject toJson(const Finding& finding);
QJsonObject toJson(const Findings& findings);
QJsonObject toJson(const DiffReport& report);
QJsonObject toJson(const ConfigReview& review);
QJsonObject toJson(const CanaryResult& result);
QJsonObject toJson(const MergeResult& result);
QJsonObject toJson(const Draft& draft);
QJsonObject toJson(const Revision& revision);
QJsonObject toJson(const ConfigStanding& standing);
QJsonObject toJson(const DraftRequest& request);
QJsonObject toJson(const DraftSave& save);
QJsonObject toJson(const DiffSide& side);
QJsonObject toJson(const PromoteRequest& request);
QJsonObject toJson(const Promotion& promotion);
Result<Finding> findingFromJson(const QJsonObject& json);
Result<Findings> findingsFromJson(const QJsonObject& json);
Result<DiffReport> diffReportFromJson(const QJsonObject& json);
Result<ConfigReview> configReviewFromJson(const QJsonObject& json);
Result<CanaryResult> canaryResultFromJson(const QJsonObject& json);
Result<MergeResult> mergeResultFromJson(const QJsonObject& json);
Result<Draft> draftFromJson(const QJsonObject& json);
Result<Revision> revisionFromJson(const QJsonObject& json);
Result<ConfigStanding> configStandingFromJson(const QJsonObject& json);
Result<DraftRequest> draftRequestFromJson(const QJsonObject& json);
Result<DraftSave> draftSaveFromJson(const QJsonObject& json);
Result<DiffSide> diffSideFromJson(const QJsonObject& json);
Result<PromoteRequest> promoteRequestFromJson(const QJsonObject& json);
Result<Promotion> promotionFromJson(const QJsonObject& json);

} // namespace gateway::api
