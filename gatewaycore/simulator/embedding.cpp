#include "simulator/embedding.h"

#include "simulator/dice.h"

#include <QCryptographicHash>
#include <QtEndian>

namespace gateway::simulator {

QList<float> embeddingOf(const QString& text, int dimensions)
{
    const QByteArray hash = QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256);
    Dice dice(qFromLittleEndian<quint64>(hash.constData()));
    QList<double> numbers;
    double square = 0;
    for (int i = 0; i < dimensions; ++i) {
        numbers.append(dice.unit() * 2 - 1);
        square += numbers.last() * numbers.last();
    }
    QList<float> vector;
    for (const double number : numbers)
        vector.append(float(number / std::sqrt(std::max(square, 1e-12))));
    return vector;
}

QByteArray embeddingNumbers(const QList<float>& vector)
{
    QList<QByteArray> numbers;
    for (const float number : vector)
        numbers.append(QByteArray::number(double(number), 'g', 9)); // nine digits bring a float back unchanged
    return "[" + numbers.join(',') + "]";
}

QByteArray embeddingBase64(const QList<float>& vector)
{
    QByteArray bytes(vector.size() * 4, Qt::Uninitialized);
    for (qsizetype i = 0; i < vector.size(); ++i)
        qToLittleEndian(vector[i], bytes.data() + 4 * i);
    return bytes.toBase64();
}

} // namespace gateway::simulator
