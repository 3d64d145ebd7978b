// Embedding: the vector the simulated model has for a text: of length one, the same for the same text, of few
// dimensions. Pure; any thread.
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace gateway::simulator {

inline constexpr int kDefaultDimensions = 16;

QList<float> embeddingOf(const QString& text, int dimensions);

QByteArray embeddingNumbers(const QList<float>& vector); // "[0.1,-0.2]"
QByteArray embeddingBase64(const QList<float>& vector);  // little-endian float32

} // namespace gateway::simulator
