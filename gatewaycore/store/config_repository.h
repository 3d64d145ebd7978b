// The tables of config drafts and revisions. Functions for Store::submit: they run on the store thread inside its
// transaction. Which revision is in force is one row with in_force = 1, written by bringIntoForce() alone. Lists are
// nothing if a row cannot be read: half a history would be a guess.
#pragma once

#include "api/config_change.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

class QSqlDatabase;

namespace gateway::store {

struct RevisionRow
{
    int number = 0;
    QByteArray hash; // of the text, hex
    QByteArray text; // empty in lists
    QString kind;    // start reload adopt promote rollback emergency canary
    QString draft;
    int restores = 0;
    QString author;
    QStringList editors;
    QString approver;
    QString by;
    QString reason;
    QByteArray fileHash; // of the config file that was taken last when it came into force, hex
    qint64 createdMs = 0;
    qint64 fromMs = 0; // 0: never in force
    qint64 untilMs = 0;
    bool inForce = false;
    qint64 reviewDueMs = 0; // 0: no review afterwards is asked for
    std::optional<api::ConfigReview> reviewedAfter;
    qint64 rolledBackMs = 0;
    QString rolledBackBy;
    QString rolledBackReason;
    api::CanaryResult canary;
};

struct DraftRow
{
    QString id;
    int base = 0;
    int version = 0;
    QString state;
    QString author;
    QStringList editors;
    QString note;
    QByteArray hash;
    QByteArray text;
    int revision = 0;
    qint64 createdMs = 0;
    qint64 updatedMs = 0;
    QVector<api::ConfigReview> reviews;
    api::CanaryResult canary;

    bool isOpen() const; // may still become a revision
};

bool putRevision(QSqlDatabase& database, const RevisionRow& row); // with its text; a row of this number is replaced
// The row in force ends at `row.fromMs`, and this one is in force from then on.
bool bringIntoForce(QSqlDatabase& database, const RevisionRow& row);
// Everything but the text, the number and what is in force.
bool updateRevision(QSqlDatabase& database, const RevisionRow& row);
std::optional<std::vector<RevisionRow>> allRevisions(QSqlDatabase& database); // rising numbers, without texts
std::optional<QByteArray> revisionText(QSqlDatabase& database, int number);   // nothing if there is no such row

bool putDraft(QSqlDatabase& database, const DraftRow& row); // a row of this id is replaced
// Open ones, and of the others the `most` that were touched last.
std::optional<std::vector<DraftRow>> keptDrafts(QSqlDatabase& database, int most);
std::optional<int> highestDraft(QSqlDatabase& database); // drafts are d1, d2, ...; 0: there is none

} // namespace gateway::store
