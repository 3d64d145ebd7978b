#include "api/config_change.h"

#include "json_fields.h"

namespace gateway::api {
namespace {

constexpr std::array kSeverities{std::pair{Finding::Severity::Block, "block"},
    std::pair{Finding::Severity::Warn, "warn"}, std::pair{Finding::Severity::Note, "note"}};

QJsonValue toValue(Finding::Severity severity)
{
    return nameOf(severity);
}

bool fromValue(const QJsonValue& value, Finding::Severity& out)
{
    const auto severity = severityFromName(value.toString());
    out = severity.value_or(Finding::Severity::Block);
    return severity.has_value();
}

QJsonValue toValue(const QVector<int>& numbers)
{
    QJsonArray array;
    for (const int number : numbers)
        array.append(number);
    return array;
}

bool fromValue(const QJsonValue& value, QVector<int>& out)
{
    for (const QJsonValue& item : value.toArray()) {
        if (!item.isDouble())
            return false;
        out.append(item.toInt());
    }
    return value.isArray();
}

} // namespace

template <>
struct Members<Finding>
{
    static constexpr auto fields = std::tuple{field("rule", &Finding::rule), field("file", &Finding::file),
        field("line", &Finding::line), field("column", &Finding::column), field("field", &Finding::field),
        field("message", &Finding::message), field("suggestion", &Finding::suggestion)};
};

template <>
struct Members<DiffSentence>
{
    static constexpr auto fields = std::tuple{field("group", &DiffSentence::group),
        field("subject", &DiffSentence::subject), field("field", &DiffSentence::field),
        field("kind", &DiffSentence::kind), field("text", &DiffSentence::text), field("before", &DiffSentence::before),
        field("after", &DiffSentence::after), field("line", &DiffSentence::line),
        field("line_before", &DiffSentence::lineBefore), field("risk", &DiffSentence::risk),
        field("loosens", &DiffSentence::loosens)};
};

template <>
struct Members<DiffGroup>
{
    static constexpr auto fields = std::tuple{
        field("name", &DiffGroup::name), field("title", &DiffGroup::title), field("sentences", &DiffGroup::sentences)};
};

template <>
struct Members<AffectedTenant>
{
    static constexpr auto fields = std::tuple{field("tenant", &AffectedTenant::tenant),
        field("zone", &AffectedTenant::zone), field("calls", &AffectedTenant::calls),
        field("calls_per_second", &AffectedTenant::callsPerSecond), field("aliases", &AffectedTenant::aliases)};
};

template <>
struct Members<DiffReport>
{
    static constexpr auto fields = std::tuple{field("from", &DiffReport::from), field("to", &DiffReport::to),
        field("from_hash", &DiffReport::fromHash), field("to_hash", &DiffReport::toHash),
        field("affected", &DiffReport::affected), field("traffic_known", &DiffReport::trafficKnown),
        field("groups", &DiffReport::groups), field("changes", &DiffReport::changes),
        field("cosmetic", &DiffReport::cosmetic), field("loosens", &DiffReport::loosens)};
};

template <>
struct Members<ConfigReview>
{
    static constexpr auto fields = std::tuple{field("by", &ConfigReview::by), field("at", &ConfigReview::at),
        field("approves", &ConfigReview::approves), field("hash", &ConfigReview::hash),
        field("note", &ConfigReview::note), field("is_own", &ConfigReview::isOwn),
        field("holds", &ConfigReview::holds)};
};

template <>
struct Members<CanaryResult>
{
    static constexpr auto fields =
        std::tuple{field("verdict", &CanaryResult::verdict), field("percent", &CanaryResult::percent),
            field("calls", &CanaryResult::calls), field("control_calls", &CanaryResult::controlCalls),
            field("sentence", &CanaryResult::sentence), field("at", &CanaryResult::at)};
};

template <>
struct Members<MergeConflict>
{
    static constexpr auto fields = std::tuple{field("from_line", &MergeConflict::fromLine),
        field("to_line", &MergeConflict::toLine), field("base", &MergeConflict::base),
        field("ours", &MergeConflict::ours), field("theirs", &MergeConflict::theirs)};
};

template <>
struct Members<MergeResult>
{
    static constexpr auto fields =
        std::tuple{field("yaml", &MergeResult::text), field("conflicts", &MergeResult::conflicts)};
};

template <>
struct Members<Revision>
{
    static constexpr auto fields =
        std::tuple{field("number", &Revision::number), field("hash", &Revision::hash), field("yaml", &Revision::text),
            field("kind", &Revision::kind), field("draft", &Revision::draft), field("restores", &Revision::restores),
            field("author", &Revision::author), field("editors", &Revision::editors),
            field("approver", &Revision::approver), field("by", &Revision::by), field("reason", &Revision::reason),
            field("created_at", &Revision::createdAt), field("in_force_from", &Revision::inForceFrom),
            field("in_force_until", &Revision::inForceUntil), field("is_in_force", &Revision::isInForce),
            field("is_own_approval", &Revision::isOwnApproval), field("canary", &Revision::canary),
            field("review_due", &Revision::reviewDue), field("reviewed_after", &Revision::reviewedAfter),
            field("is_overdue", &Revision::isOverdue), field("rolled_back_by", &Revision::rolledBackBy),
            field("rolled_back_reason", &Revision::rolledBackReason), field("rolled_back_at", &Revision::rolledBackAt)};
};

template <>
struct Members<FieldOrigin>
{
    static constexpr auto fields = std::tuple{field("field", &FieldOrigin::field), field("value", &FieldOrigin::value),
        field("source", &FieldOrigin::source), field("origin", &FieldOrigin::origin), field("line", &FieldOrigin::line),
        field("differs", &FieldOrigin::differs)};
};

template <>
struct Members<FieldEdit>
{
    static constexpr auto fields =
        std::tuple{field("op", &FieldEdit::op), field("path", &FieldEdit::path), field("yaml", &FieldEdit::value)};
};

template <>
struct Members<DraftRequest>
{
    static constexpr auto fields = std::tuple{
        field("yaml", &DraftRequest::text), field("from", &DraftRequest::from), field("note", &DraftRequest::note)};
};

template <>
struct Members<DraftSave>
{
    static constexpr auto fields = std::tuple{field("version", &DraftSave::version), field("yaml", &DraftSave::text),
        field("edits", &DraftSave::edits), field("note", &DraftSave::note)};
};

template <>
struct Members<DiffSide>
{
    static constexpr auto fields = std::tuple{field("revision", &DiffSide::revision), field("draft", &DiffSide::draft),
        field("yaml", &DiffSide::text), field("file", &DiffSide::file)};
};

template <>
struct Members<PromoteRequest>
{
    static constexpr auto fields =
        std::tuple{field("draft", &PromoteRequest::draft), field("emergency", &PromoteRequest::emergency)};
};

template <>
struct Members<Promotion>
{
    static constexpr auto fields =
        std::tuple{field("revision", &Promotion::revision), field("replaced", &Promotion::replaced),
            field("ended", &Promotion::ended), field("warnings", &Promotion::warnings)};
};

namespace {

// Findings hold an enumeration, so their rows are walked by hand where they are members of another value.
QJsonArray toArray(const QVector<Finding>& findings)
{
    QJsonArray array;
    for (const Finding& finding : findings)
        array.append(toJson(finding));
    return array;
}

std::optional<Error> readList(const QJsonObject& json, const char* name, QVector<Finding>& into)
{
    for (const QJsonValue& value : json.value(QLatin1String(name)).toArray()) {
        Result<Finding> finding = findingFromJson(value.toObject());
        if (!finding)
            return finding.error();
        into.append(std::move(*finding));
    }
    return std::nullopt;
}

constexpr auto kFindingsFields = std::tuple{field("hash", &Findings::hash), field("compiles", &Findings::compiles),
    field("blocks", &Findings::blocks), field("warnings", &Findings::warnings), field("notes", &Findings::notes)};

constexpr auto kDraftFields = std::tuple{field("id", &Draft::id), field("base", &Draft::base),
    field("is_behind", &Draft::isBehind), field("version", &Draft::version), field("state", &Draft::state),
    field("author", &Draft::author), field("editors", &Draft::editors), field("note", &Draft::note),
    field("created_at", &Draft::createdAt), field("updated_at", &Draft::updatedAt), field("hash", &Draft::hash),
    field("yaml", &Draft::text), field("revision", &Draft::revision), field("reviews", &Draft::reviews),
    field("canary", &Draft::canary), field("conflicts", &Draft::conflicts)};

constexpr auto kStandingFields = std::tuple{field("revision", &ConfigStanding::revision),
    field("hash", &ConfigStanding::hash), field("source", &ConfigStanding::source),
    field("file", &ConfigStanding::file), field("file_hash", &ConfigStanding::fileHash),
    field("file_state", &ConfigStanding::fileState), field("file_sentence", &ConfigStanding::fileSentence),
    field("drifts", &ConfigStanding::drifts), field("drift", &ConfigStanding::drift),
    field("fields", &ConfigStanding::fields), field("held_by", &ConfigStanding::heldBy),
    field("held_reason", &ConfigStanding::heldReason), field("held_at", &ConfigStanding::heldAt),
    field("previous", &ConfigStanding::previous), field("review_required", &ConfigStanding::reviewRequired)};

} // namespace

QString nameOf(Finding::Severity severity)
{
    for (const auto& [each, name] : kSeverities) {
        if (each == severity)
            return QString::fromLatin1(name);
    }
    return {};
}

std::optional<Finding::Severity> severityFromName(QStringView name)
{
    for (const auto& [each, word] : kSeverities) {
        if (name == QLatin1String(word))
            return each;
    }
    return std::nullopt;
}

QJsonObject toJson(const Finding& finding)
{
    QJsonObject json = writeMembers(finding);
    json.insert(QStringLiteral("severity"), toValue(finding.severity));
    return json;
}

Result<Finding> findingFromJson(const QJsonObject& json)
{
    Result<Finding> finding = parseMembers<Finding>(json);
    if (finding && !fromValue(json.value(QLatin1String("severity")), finding->severity))
        return failure(Failure::Invalid, QStringLiteral("field \"severity\" is none of block, warn and note"));
    return finding;
}

QJsonObject toJson(const Findings& findings)
{
    QJsonObject json = writeFields(findings, kFindingsFields);
    json.insert(QStringLiteral("items"), toArray(findings.items));
    return json;
}

Result<Findings> findingsFromJson(const QJsonObject& json)
{
    Result<Findings> findings = parseFields<Findings>(json, kFindingsFields);
    if (!findings)
        return findings;
    if (const auto wrong = readList(json, "items", findings->items))
        return *wrong;
    return findings;
}

QJsonObject toJson(const Draft& draft)
{
    QJsonObject json = writeFields(draft, kDraftFields);
    json.insert(QStringLiteral("findings"), toJson(draft.findings));
    return json;
}

Result<Draft> draftFromJson(const QJsonObject& json)
{
    Result<Draft> draft = parseFields<Draft>(json, kDraftFields);
    if (!draft)
        return draft;
    Result<Findings> findings = findingsFromJson(json.value(QLatin1String("findings")).toObject());
    if (!findings)
        return findings.error();
    draft->findings = std::move(*findings);
    return draft;
}

QJsonObject toJson(const ConfigStanding& standing)
{
    QJsonObject json = writeFields(standing, kStandingFields);
    json.insert(QStringLiteral("file_problems"), toArray(standing.fileProblems));
    json.insert(QStringLiteral("to_review"), toValue(standing.toReview));
    json.insert(QStringLiteral("overdue"), toValue(standing.overdue));
    return json;
}

Result<ConfigStanding> configStandingFromJson(const QJsonObject& json)
{
    Result<ConfigStanding> standing = parseFields<ConfigStanding>(json, kStandingFields);
    if (!standing)
        return standing;
    if (const auto wrong = readList(json, "file_problems", standing->fileProblems))
        return *wrong;
    for (const auto& [name, list] :
        {std::pair{"to_review", &standing->toReview}, std::pair{"overdue", &standing->overdue}}) {
        const QJsonValue value = json.value(QLatin1String(name));
        if (!value.isUndefined() && !fromValue(value, *list))
            return failure(
                Failure::Invalid, QStringLiteral("field \"%1\" has the wrong type").arg(QLatin1String(name)));
    }
    return standing;
}

QJsonObject toJson(const DiffReport& report)
{
    return writeMembers(report);
}
QJsonObject toJson(const ConfigReview& review)
{
    return writeMembers(review);
}
QJsonObject toJson(const CanaryResult& result)
{
    return writeMembers(result);
}
QJsonObject toJson(const MergeResult& result)
{
    return writeMembers(result);
}
QJsonObject toJson(const Revision& revision)
{
    return writeMembers(revision);
}
QJsonObject toJson(const DraftRequest& request)
{
    return writeMembers(request);
}
QJsonObject toJson(const DraftSave& save)
{
    return writeMembers(save);
}
QJsonObject toJson(const DiffSide& side)
{
    return writeMembers(side);
}
QJsonObject toJson(const PromoteRequest& request)
{
    return writeMembers(request);
}
QJsonObject toJson(const Promotion& promotion)
{
    return writeMembers(promotion);
}
Result<DiffReport> diffReportFromJson(const QJsonObject& json)
{
    return parseMembers<DiffReport>(json);
}
Result<ConfigReview> configReviewFromJson(const QJsonObject& json)
{
    return parseMembers<ConfigReview>(json);
}
Result<CanaryResult> canaryResultFromJson(const QJsonObject& json)
{
    return parseMembers<CanaryResult>(json);
}
Result<MergeResult> mergeResultFromJson(const QJsonObject& json)
{
    return parseMembers<MergeResult>(json);
}
Result<Revision> revisionFromJson(const QJsonObject& json)
{
    return parseMembers<Revision>(json);
}
Result<DraftRequest> draftRequestFromJson(const QJsonObject& json)
{
    return parseMembers<DraftRequest>(json);
}
Result<DraftSave> draftSaveFromJson(const QJsonObject& json)
{
    return parseMembers<DraftSave>(json);
}
Result<DiffSide> diffSideFromJson(const QJsonObject& json)
{
    return parseMembers<DiffSide>(json);
}
Result<PromoteRequest> promoteRequestFromJson(const QJsonObject& json)
{
    return parseMembers<PromoteRequest>(json);
}
Result<Promotion> promotionFromJson(const QJsonObject& json)
{
    return parseMembers<Promotion>(json);
}

} // namespace gateway::api
