// CredentialIssuer: makes and revokes gateway credentials. A change is written through the store first; when it is
// committed, a new CredentialBook is made, published to the workers and only then confirmed, so a confirmed revocation
// is in force for every call that starts after the workers took the book.
// Threads: made on the control thread; issue, revoke, book and list from any. Callbacks run on the store thread (or at
// once on the caller's for a request that is refused) and must not block. The store must outlive the issuer.
#pragma once

#include "api/engine_status.h"
#include "base/clock.h"
#include "base/random.h"
#include "credential/credential_book.h"
#include "store/store.h"

#include <functional>
#include <memory>

namespace gateway::credential {

class CredentialIssuer
{
public:
    // Reads the pepper (made at the first start) and all credentials. Refuses a pepper that is not the one the
    // credentials were made with. `directory` is the data directory; clock and random must outlive the issuer.
    static api::Result<std::unique_ptr<CredentialIssuer>> open(
        store::Store& store, const QString& directory, const Clock& clock, RandomSource& random);

    CredentialBookPtr book() const;
    QVector<api::CredentialInfo> list() const; // oldest first, revoked ones too

    // Told of every new book, before the change is confirmed. Set before the first change.
    using Published = std::function<void(CredentialBookPtr)>;
    void setPublished(Published published);

    // The caller checks that the tenant exists; names and times are checked here. The key is in the answer and nowhere
    // else. `alongside` is written in the same transaction as the change, or neither is; it may be empty.
    using Alongside = store::Store::Work;
    using Issued = std::function<void(api::Result<api::IssuedCredential>)>;
    void issue(const api::CredentialRequest& request, Alongside alongside, Issued done);
    using Revoked = std::function<void(api::Outcome)>;
    void revoke(const QString& id, Alongside alongside, Revoked done); // NotFound, or Conflict if it is revoked already

    // A new key of the same scope, end and note; the old one ends after the grace. Both in one transaction, together
    // with `alongside` (may be empty). NotFound; Conflict for one that is revoked or has expired.
    void rotate(const QString& id, qint64 graceSeconds, store::Store::Work alongside, Issued done);

    // For start and tests; never on a worker or the store thread.
    api::Result<api::IssuedCredential> issueAndWait(const api::CredentialRequest& request);
    api::Outcome revokeAndWait(const QString& id);

private:
    struct State; // shared with callbacks under way
    CredentialIssuer(store::Store& store, const Clock& clock, RandomSource& random, std::shared_ptr<State> state);

    store::Store& m_store;
    const Clock& m_clock;
    RandomSource& m_random;
    std::shared_ptr<State> m_state;
};

} // namespace gateway::credential
