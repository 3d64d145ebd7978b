// PrincipalBook: who may use the admin API. Three kinds of people and programs are in it: those of the config file
// (roles:) that come with a client certificate, those that were issued a token (sba_<id>_<secret>), and for some
// minutes those that hold a pairing code (sbp_<id>_<secret>), which is exchanged once for a token. Where the file names
// a principal, its role and tenants win over those it was issued with. Only HMAC-SHA-256(pepper, token) is kept,
// compared in constant time, with the same work for an id that nobody has.
// A change is written in one transaction with its mark in the audit log (Change::alongside), is in force from then on,
// and only then confirmed. Thread: control, all of it; `done` is called there, once, later or at once. Without a store
// (tests) changes live in memory. The store must outlive the book.
#pragma once

#include "admin/change.h"
#include "api/principal.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"
#include "config/role_grant.h"
#include "store/principal_repository.h"

#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>

#include <functional>
#include <memory>
#include <vector>

namespace gateway::store {
class Store;
}

namespace gateway::admin {

class PrincipalBook final : public QObject
{
    Q_OBJECT
public:
    static constexpr int kMostPairings = 20; // open at once
    static constexpr int kMostPrincipals = 1000;
    static constexpr std::chrono::minutes kPairingTime{10};
    static constexpr std::chrono::minutes kLongestPairing{60};

    PrincipalBook(store::Store* store, Secret pepper, const Clock& clock, RandomSource& random);
    ~PrincipalBook() override; // writes what is not written yet of last uses

    // Blocks; at start. Refuses a pepper that is not the one the tokens were made with.
    api::Outcome load();
    void setGrants(std::vector<config::RoleGrant> grants);

    // Who holds this token or pairing code. A holder of the right secret is told why it is not good any more; for
    // everybody else it is Unknown.
    enum class Standing
    {
        Good,
        Unknown,
        Expired,
        Revoked
    };
    struct Holder
    {
        Standing standing = Standing::Unknown;
        Principal principal; // when good; its name when expired or revoked
    };
    Holder holderOf(QByteArrayView token) const;
    std::optional<Principal> holderOfCertificate(const QByteArray& sha256) const;
    // Still the same rights? Asked while an event stream is open.
    bool isStillGood(const Principal& principal) const;
    void noteUse(const Principal& principal);
    std::optional<QDateTime> expiryOf(const Principal& principal) const;

    template <typename T>
    using Done = std::function<void(api::Result<T>)>;
    QVector<api::PrincipalInfo> list() const; // the local token first, then by name
    std::optional<api::PrincipalInfo> find(const QString& name) const;
    void issue(const api::PrincipalRequest& request, const Change& change, Done<api::IssuedPrincipal> done);
    void revoke(const QString& name, const Change& change, Done<api::PrincipalInfo> done);   // twice is no error
    void rotate(const QString& name, const Change& change, Done<api::IssuedPrincipal> done); // the old token ends
    // The link is not filled in: where the engine is reached is for who knows it.
    void startPairing(
        const api::PrincipalRequest& request, std::chrono::seconds time, const Change& change, Done<api::Pairing> done);
    void claim(const Change& change, Done<api::IssuedPrincipal> done); // change.by is the holder of the code

private:
    struct Guard;
    using Work = std::function<bool(QSqlDatabase&)>;
    const config::RoleGrant* grantOf(const QString& name) const;
    std::optional<api::Error> faultOf(const api::PrincipalRequest& request) const;
    std::optional<api::Error> unchangeable(const QString& name) const;
    Principal principalOf(const store::PrincipalRow& row) const;
    store::PrincipalRow rowOf(const api::PrincipalRequest& request) const;
    api::PrincipalInfo infoOf(const QString& name) const;
    void commit(const QStringList& names, Work work, const Change& change, std::function<void(bool committed)> done);
    void forgetOldPairings();
    void writeUses();

    store::Store* const m_store;
    const Secret m_pepper;
    const Clock& m_clock;
    RandomSource& m_random;
    const std::shared_ptr<Guard> m_guard; // what the store thread may touch of us
    std::vector<config::RoleGrant> m_grants;
    QHash<QString, store::PrincipalRow> m_rows; // by name
    QHash<QByteArray, QString> m_nameById;      // of the tokens
    QHash<QByteArray, store::PairingRow> m_pairings;
    QHash<QString, store::PrincipalUse> m_uses; // by name
    QSet<QString> m_unwritten;                  // uses
    QSet<QString> m_underWay;                   // names with a change that is not committed yet
    QByteArray m_dummy;                         // a hash no token has
    QTimer m_useTimer;
};

} // namespace gateway::admin
