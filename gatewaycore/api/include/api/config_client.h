// ConfigClient: the typed calls on drafts and revisions of the config, beside GatewayClient and over it. Thread: that
// of the client, which must outlive it. A change may come back as Conflict (another revision is in force, another
// version of the draft was saved), NotPermitted (it needs somebody else) or CheckFailed (its findings block).
#pragma once

#include "api/config_change.h"
#include "api/gateway_client.h"

namespace gateway::api {

class ConfigClient
{
public:
    explicit ConfigClient(const GatewayClient& client) : m_client(client) {}

    template <typename T>
    using Reply = GatewayClient::Reply<T>;

    Reply<ConfigStanding> standing() const;
    Reply<QVector<Revision>> revisions(int limit = 100) const; // newest first, without texts
    Reply<Revision> revision(int number) const;                // with its text
    Reply<QVector<Draft>> drafts() const;                      // open ones first, newest first, without texts
    Reply<Draft> draft(const QString& id) const;               // with its text and findings

    Reply<Draft> createDraft(const DraftRequest& request, const QString& reason) const;
    Reply<Draft> saveDraft(const QString& id, const DraftSave& save, const QString& reason) const;
    Reply<Draft> editDraft(const QString& id, const DraftSave& save, const QString& reason) const; // its edits
    Reply<Draft> mergeDraft(const QString& id, const QString& reason) const; // onto the revision in force
    Reply<Draft> reviewDraft(
        const QString& id, bool approves, const QString& hash, const QString& note, const QString& reason) const;
    Reply<Draft> abandonDraft(const QString& id, const QString& reason) const;

    Reply<Findings> validate(const QString& text) const; // POST config/findings
    Reply<DiffReport> diff(const DiffSide& from, const DiffSide& to) const;

    Reply<Promotion> promote(const PromoteRequest& request, const QString& reason) const;
    Reply<Promotion> rollBack(int revision, const QString& reason) const; // 0: the one before
    Reply<Revision> reviewRevision(int number, bool approves, const QString& note, const QString& reason) const;
    Reply<Promotion> adoptFile(const QString& reason) const;       // takes the file as it is now
    Reply<ConfigStanding> revertFile(const QString& reason) const; // writes what is in force into the file

private:
    const GatewayClient& m_client;
};

} // namespace gateway::api
