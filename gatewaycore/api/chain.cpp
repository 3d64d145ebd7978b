#include "api/chain.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<ChainHead>
{
    static constexpr auto fields = std::tuple{
        field("number", &ChainHead::number),
        field("size", &ChainHead::size),
        field("root", &ChainHead::root),
        field("at", &ChainHead::at),
    };
};

template <>
struct Members<ChainFinding>
{
    static constexpr auto fields = std::tuple{
        field("what", &ChainFinding::what),
        field("where", &ChainFinding::where),
        field("seq", &ChainFinding::seq),
        field("id", &ChainFinding::id),
        field("sentence", &ChainFinding::sentence),
    };
};

template <>
struct Members<ChainVerification>
{
    static constexpr auto fields = std::tuple{
        field("verdict", &ChainVerification::verdict),
        field("sentence", &ChainVerification::sentence),
        field("started_at", &ChainVerification::startedAt),
        field("ended_at", &ChainVerification::endedAt),
        field("entries", &ChainVerification::entries),
        field("rows", &ChainVerification::rows),
        field("heads", &ChainVerification::heads),
        field("anchored", &ChainVerification::anchored),
        field("tail", &ChainVerification::tail),
        field("unsealed", &ChainVerification::unsealed),
        field("purged", &ChainVerification::purged),
        field("key", &ChainVerification::key),
        field("key_is_given", &ChainVerification::keyIsGiven),
        field("anchor", &ChainVerification::anchor),
        field("finding_count", &ChainVerification::findingCount),
        field("findings", &ChainVerification::findings),
    };
};

template <>
struct Members<ChainStanding>
{
    static constexpr auto fields = std::tuple{
        field("engine", &ChainStanding::engine),
        field("size", &ChainStanding::size),
        field("unsealed", &ChainStanding::unsealed),
        field("head", &ChainStanding::head),
        field("anchor", &ChainStanding::anchor),
        field("anchor_is_outside", &ChainStanding::anchorIsOutside),
        field("anchor_state", &ChainStanding::anchorState),
        field("anchor_detail", &ChainStanding::anchorDetail),
        field("key", &ChainStanding::key),
        field("is_verifying", &ChainStanding::isVerifying),
        field("last", &ChainStanding::last),
    };
};

template <>
struct Members<ChainKey>
{
    static constexpr auto fields = std::tuple{
        field("public_key", &ChainKey::publicKey),
        field("fingerprint", &ChainKey::fingerprint),
        field("reference", &ChainKey::reference),
        field("since", &ChainKey::since),
    };
};

template <>
struct Members<EvidenceRequest>
{
    static constexpr auto fields = std::tuple{
        field("since", &EvidenceRequest::since),
        field("until", &EvidenceRequest::until),
        field("tenant", &EvidenceRequest::tenant),
    };
};

template <>
struct Members<EvidenceFile>
{
    static constexpr auto fields = std::tuple{
        field("name", &EvidenceFile::name),
        field("bytes", &EvidenceFile::bytes),
        field("sha256", &EvidenceFile::sha256),
    };
};

template <>
struct Members<EvidencePack>
{
    static constexpr auto fields = std::tuple{
        field("name", &EvidencePack::name),
        field("path", &EvidencePack::path),
        field("bytes", &EvidencePack::bytes),
        field("sha256", &EvidencePack::sha256),
        field("verdict", &EvidencePack::verdict),
        field("chain", &EvidencePack::chain),
        field("calls", &EvidencePack::calls),
        field("attempts", &EvidencePack::attempts),
        field("files", &EvidencePack::files),
    };
};

QJsonObject toJson(const ChainFinding& finding)
{
    return writeMembers(finding);
}

QJsonObject toJson(const ChainVerification& verification)
{
    return writeMembers(verification);
}

QJsonObject toJson(const ChainStanding& standing)
{
    return writeMembers(standing);
}

QJsonObject toJson(const ChainKey& key)
{
    return writeMembers(key);
}

QJsonObject toJson(const Receipt& receipt)
{
    return receipt.document;
}

QJsonObject toJson(const EvidenceRequest& request)
{
    return writeMembers(request);
}

QJsonObject toJson(const EvidencePack& pack)
{
    return writeMembers(pack);
}

Result<ChainVerification> chainVerificationFromJson(const QJsonObject& json)
{
    return parseMembers<ChainVerification>(json);
}

Result<ChainStanding> chainStandingFromJson(const QJsonObject& json)
{
    return parseMembers<ChainStanding>(json);
}

Result<ChainKey> chainKeyFromJson(const QJsonObject& json)
{
    return parseMembers<ChainKey>(json);
}

Result<Receipt> receiptFromJson(const QJsonObject& json)
{
    return Receipt{json};
}

Result<EvidenceRequest> evidenceRequestFromJson(const QJsonObject& json)
{
    auto request = parseMembers<EvidenceRequest>(json);
    if (request && (!request->since.isValid() || !request->until.isValid() || request->since >= request->until))
        return failure(Failure::Invalid, QStringLiteral("since and until must be RFC 3339 times, since before until"));
    return request;
}

Result<EvidencePack> evidencePackFromJson(const QJsonObject& json)
{
    return parseMembers<EvidencePack>(json);
}

} // namespace gateway::api
