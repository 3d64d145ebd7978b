#include "api/content.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<KeptContent>
{
    static constexpr auto fields = std::tuple{
        field("call", &KeptContent::call),
        field("tenant", &KeptContent::tenant),
        field("kept_at", &KeptContent::keptAt),
        field("expires_at", &KeptContent::expiresAt),
        field("encoding", &KeptContent::encoding),
        field("request", &KeptContent::request),
        field("answer", &KeptContent::answer),
        field("request_cut", &KeptContent::requestCut),
        field("answer_cut", &KeptContent::answerCut),
        field("grant", &KeptContent::grant),
    };
};

template <>
struct Members<ContentGrant>
{
    static constexpr auto fields = std::tuple{
        field("id", &ContentGrant::id),
        field("state", &ContentGrant::state),
        field("tenant", &ContentGrant::tenant),
        field("call", &ContentGrant::call),
        field("since", &ContentGrant::since),
        field("until", &ContentGrant::until),
        field("hours", &ContentGrant::hours),
        field("asked_by", &ContentGrant::askedBy),
        field("asked_at", &ContentGrant::askedAt),
        field("reason", &ContentGrant::reason),
        field("approved_by", &ContentGrant::approvedBy),
        field("approved_at", &ContentGrant::approvedAt),
        field("approval_reason", &ContentGrant::approvalReason),
        field("expires_at", &ContentGrant::expiresAt),
        field("ended_by", &ContentGrant::endedBy),
        field("ended_at", &ContentGrant::endedAt),
        field("reads", &ContentGrant::reads),
        field("last_read_at", &ContentGrant::lastReadAt),
    };
};

template <>
struct Members<ContentGrantRequest>
{
    static constexpr auto fields = std::tuple{
        field("tenant", &ContentGrantRequest::tenant),
        field("call", &ContentGrantRequest::call),
        field("since", &ContentGrantRequest::since),
        field("until", &ContentGrantRequest::until),
        field("hours", &ContentGrantRequest::hours),
    };
};

template <>
struct Members<TenantContent>
{
    static constexpr auto fields = std::tuple{
        field("tenant", &TenantContent::tenant),
        field("retain", &TenantContent::retain),
        field("ttl_s", &TenantContent::ttlSeconds),
        field("sample_percent", &TenantContent::samplePercent),
        field("items", &TenantContent::items),
        field("bytes", &TenantContent::bytes),
        field("oldest", &TenantContent::oldest),
    };
};

template <>
struct Members<ContentStatus>
{
    static constexpr auto fields = std::tuple{
        field("tenants", &ContentStatus::tenants),
        field("bytes", &ContentStatus::bytes),
        field("largest_bytes", &ContentStatus::largestBytes),
        field("kept", &ContentStatus::kept),
        field("dropped", &ContentStatus::dropped),
        field("purged", &ContentStatus::purged),
        field("last_purge", &ContentStatus::lastPurge),
        field("sentence", &ContentStatus::sentence),
    };
};

template <>
struct Members<RecordRetention>
{
    static constexpr auto fields = std::tuple{
        field("hours", &RecordRetention::hours),
        field("stated", &RecordRetention::stated),
        field("oldest", &RecordRetention::oldest),
        field("remove_until", &RecordRetention::removeUntil),
        field("last_purge", &RecordRetention::lastPurge),
        field("removed", &RecordRetention::removed),
        field("sentence", &RecordRetention::sentence),
    };
};

QJsonObject toJson(const KeptContent& content)
{
    return writeMembers(content);
}

QJsonObject toJson(const ContentGrant& grant)
{
    return writeMembers(grant);
}

QJsonObject toJson(const ContentGrantRequest& request)
{
    return writeMembers(request);
}

QJsonObject toJson(const ContentStatus& status)
{
    return writeMembers(status);
}

QJsonObject toJson(const RecordRetention& retention)
{
    return writeMembers(retention);
}

Result<KeptContent> keptContentFromJson(const QJsonObject& json)
{
    return parseMembers<KeptContent>(json);
}

Result<ContentGrant> contentGrantFromJson(const QJsonObject& json)
{
    return parseMembers<ContentGrant>(json);
}

Result<ContentGrantRequest> contentGrantRequestFromJson(const QJsonObject& json)
{
    return parseMembers<ContentGrantRequest>(json);
}

Result<ContentStatus> contentStatusFromJson(const QJsonObject& json)
{
    return parseMembers<ContentStatus>(json);
}

Result<RecordRetention> recordRetentionFromJson(const QJsonObject& json)
{
    return parseMembers<RecordRetention>(json);
}

} // namespace gateway::api
