// ConfigDesk: drafts and revisions of the config as the admin handlers see them. Everything is called on the control
// thread, and every `done` comes there exactly once, at once or later. What changes something is durable before `done`,
// together with the mark of its change; what comes into force is in force on every worker before `done`.
// Errors: NotFound for an unknown draft or revision; Conflict where something moved on meanwhile (another version of a
// draft, another revision in force); NotPermitted where somebody else has to do it; CheckFailed where findings block.
#pragma once

#include "admin/engine_view.h"
#include "api/config_change.h"

namespace gateway::admin {

class ConfigDesk
{
public:
    virtual ~ConfigDesk() = default;

    virtual void standing(Done<api::ConfigStanding> done) = 0;
    virtual QVector<api::Revision> revisions(int limit) const = 0; // newest first, without texts
    virtual void revision(int number, Done<api::Revision> done) = 0;
    virtual QVector<api::Draft> drafts() const = 0; // open ones first, newest first, without texts
    virtual api::Result<api::Draft> draft(const QString& id) const = 0;

    virtual void createDraft(const api::DraftRequest& request, const Change& change, Done<api::Draft> done) = 0;
    // With edits: they are made in the draft's text; all or none of them.
    virtual void saveDraft(
        const QString& id, const api::DraftSave& save, const Change& change, Done<api::Draft> done) = 0;
    virtual void mergeDraft(const QString& id, const Change& change, Done<api::Draft> done) = 0;
    // `hash`: of the text that was looked at; empty: the one it has now.
    virtual void reviewDraft(
        const QString& id, const api::ConfigReview& review, const Change& change, Done<api::Draft> done) = 0;
    virtual void abandonDraft(const QString& id, const Change& change, Done<api::Draft> done) = 0;

    virtual api::Findings validate(const QByteArray& text) const = 0;
    virtual void diff(const api::DiffSide& from, const api::DiffSide& to, Done<api::DiffReport> done) = 0;

    virtual void promote(const api::PromoteRequest& request, const Change& change, Done<api::Promotion> done) = 0;
    virtual void rollBack(int revision, const Change& change, Done<api::Promotion> done) = 0; // 0: the one before
    virtual void reviewRevision(
        int number, const api::ConfigReview& review, const Change& change, Done<api::Revision> done) = 0;
    virtual void adoptFile(const Change& change, Done<api::Promotion> done) = 0;
    virtual void revertFile(const Change& change, Done<api::ConfigStanding> done) = 0;
};

} // namespace gateway::admin
