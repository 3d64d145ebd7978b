// Field words: the vocabulary of the dialects' requests. What a caller spells otherwise is the caller's text, and a
// caller's text may be a piece of a prompt: it is told to the caller and written nowhere (decision 0180). Pure; any
// thread.
#pragma once

#include <QByteArrayView>
#include <QString>

namespace gateway::transform {

// Each part of a path such as "messages[2].content[0].cache_control" is a word of a dialect.
bool isFieldPath(QByteArrayView path);
// The path with "?" for every part that is not.
QString knownFieldPath(QByteArrayView path);
// A sentence of ours that quotes nothing but fields and words of a dialect.
bool quotesOnlyFields(const QString& sentence);

} // namespace gateway::transform
