// What was lost on the way to a provider of another dialect: Call::decision's "translation" as values and sentences.
// What is not there is not invented. Any thread; values.
#pragma once

#include "api/call.h"

#include <QString>
#include <QStringList>
#include <QVector>

namespace ui::models {

struct TranslatedAttempt
{
    int attempt = 0; // number; 0: the record does not say
    QString candidate;
    QString title;         // "openai.chat \u2192 anthropic"
    QStringList sentences; // one for each loss; fields between `` are mono
};

QVector<TranslatedAttempt> translationOf(const gateway::api::Call& call);
// "attempt 2, anthropic/claude-haiku-4-5@eu"
QString whereOf(const TranslatedAttempt& attempt);

} // namespace ui::models
