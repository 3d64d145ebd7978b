// WireTrouble: why a connection to an engine did not come about, or ended early; with what its certificate was, when
// that is the reason. Private to the api library. Any thread; a value.
#pragma once

#include "api/certificate_facts.h"
#include "api/result.h"

#include <optional>

namespace gateway::api {

struct WireTrouble
{
    enum class Kind
    {
        None,
        NameUnknown,          // DNS
        Refused,              // nothing listens there
        NoRoute,              // the network says that it cannot be reached
        ConnectTimeout,       // no answer to the connection attempt
        NotTls,               // something answers, but not TLS
        TlsTooOld,            // no TLS 1.3
        TlsFailed,            // any other failure of the handshake
        CertificateUntrusted, // signed by nobody we know
        CertificateExpired,
        CertificateNotYet,  // not valid yet: a clock is wrong
        CertificateName,    // is for another name
        CertificateChanged, // is not the pinned one
        Lost,               // closed in the middle
        Silent,             // no answer in time
        NotHttp             // something else answers
    };
    Kind kind = Kind::None;
    QString sentence;
    QString hint;
    std::optional<CertificateFacts> offered;
};

} // namespace gateway::api
