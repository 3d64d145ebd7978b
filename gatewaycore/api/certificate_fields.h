// The rows of CertificateFacts, which is served alone and inside the status. Private to the api library.
#pragma once

#include "api/certificate_facts.h"
#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<CertificateFacts>
{
    static constexpr auto fields = std::tuple{
        field("sha256", &CertificateFacts::sha256),
        field("subject", &CertificateFacts::subject),
        field("issuer", &CertificateFacts::issuer),
        field("names", &CertificateFacts::names),
        field("not_before", &CertificateFacts::notBefore),
        field("not_after", &CertificateFacts::notAfter),
        field("self_signed", &CertificateFacts::selfSigned),
    };
};

} // namespace gateway::api
