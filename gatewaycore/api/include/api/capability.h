// What a candidate can be given of a request, by the surface the caller speaks: the capability matrix as the engine
// routes by it. Values of the admin API (GET capabilities). Any thread; values.
#pragma once

#include "api/result.h"

#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>
#include <QVector>

#include <array>

namespace gateway::api {

// The dialects callers speak, as the keys of FeatureCarriage::from.
inline constexpr std::array kCallerDialects{"openai.chat", "openai.responses", "anthropic", "gemini"};

struct FeatureCarriage
{
    QString name; // "images by address"
    QMap<QString, QString>
        from; // caller's dialect -> "yes", "lossy" (another form, reported) or "no" (not routed there)
};

struct CandidateCapabilities
{
    QString candidate; // provider/model@region
    QString provider;
    QString kind; // of the provider, as the config spells it
    QString model;
    QString dialect;      // in which it is asked for a caller of openai.chat
    QStringList passedOn; // dialects of callers whose bytes go to it as they came; it says itself what it does not have
    QStringList aliases;  // that route to it, first choice or fallback
    QVector<FeatureCarriage> features; // the same features in the same order for every candidate
};

// The dialect the candidate is asked in for a caller of `surface`.
QString dialectFor(const CandidateCapabilities& capabilities, const QString& surface);
// What becomes of a feature, in one word: "same" (the caller's own bytes), "carried", "lossy", "no"; "unknown" where
// the engine says nothing of that surface.
QString carriageFor(const CandidateCapabilities& capabilities, const FeatureCarriage& feature, const QString& surface);

QJsonObject toJson(const CandidateCapabilities& capabilities);
Result<CandidateCapabilities> candidateCapabilitiesFromJson(const QJsonObject& json);

} // namespace gateway::api
