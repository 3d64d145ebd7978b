// A call as labelled facts, for panels: how it was asked, how the stream went, where the time went. Only what the
// record holds; a fact that is not known is absent, not empty. Any thread; pure functions.
#pragma once

#include "api/call.h"

#include <QString>
#include <QVector>

namespace ui::models {

struct Fact
{
    QString label;
    QString value;
    bool isMono = false;
};

QVector<Fact> requestFacts(const gateway::api::Call& call);
QVector<Fact> answerFacts(const gateway::api::Call& call);
QVector<Fact> streamFacts(const gateway::api::Call& call);
QVector<Fact> timingFacts(const gateway::api::Call& call);
// How the stream ended, one sentence.
QString streamSentence(const gateway::api::Call& call);
// Why the caller got no (whole) answer, one sentence; empty when it did.
QString failureSentence(const gateway::api::Call& call);

} // namespace ui::models
