// Principal: who asks, as the listener or the transport established it, before anything is looked at. Control thread; a
// value. A principal may be bound to tenants: then it sees and changes nothing of others, whatever its role. Every
// handler that takes or lists something of a tenant asks mayTouch(); a thing of another tenant is "not found" to it, so
// that its existence is not told either.
#pragma once

#include "api/role.h"

#include <QString>
#include <QStringList>

namespace gateway::admin {

struct Principal
{
    enum class By
    {
        Embedded,    // the console of this process
        LocalToken,  // admin.token of the data directory
        Token,       // sba_...
        Certificate, // a client certificate of the config
        Pairing      // sbp_...: may claim its token and nothing else
    };
    QString name;
    api::Role role = api::Role::Viewer;
    By by = By::Embedded;
    QStringList tenants = {}; // empty: all
    QString peer = {};        // address; empty in process
    QString client = {};      // what it says of itself (User-Agent), shortened and printable
    QString id = {};          // of the token or the pairing code; empty for others

    bool isBound() const { return !tenants.isEmpty(); }
    bool mayTouch(const QString& tenant) const { return tenants.isEmpty() || tenants.contains(tenant); }
};

QString nameOf(Principal::By by); // embedded local-token token certificate pairing

} // namespace gateway::admin
