#include "transform/losses.h"

#include "transform/field_words.h"

#include <QJsonObject>

#include <algorithm>

namespace gateway::transform {
namespace {

constexpr qsizetype kLongestHeader = 900; // some clients' HTTP libraries refuse head fields over a few KiB
constexpr std::size_t kMost = 100;        // a hostile request may have any number of unknown fields

const char* nameOf(Loss::How how)
{
    return how == Loss::How::Dropped ? "dropped" : "changed";
}

} // namespace

void Losses::add(Loss loss)
{
    const bool known =
        std::any_of(m_losses.begin(), m_losses.end(), [&](const Loss& other) { return other.field == loss.field; });
    if (!known && m_losses.size() < kMost)
        m_losses.push_back(std::move(loss));
}

void Losses::drop(QByteArray field, const char* reason)
{
    add({std::move(field), Loss::How::Dropped, reason});
}

void Losses::change(QByteArray field, const char* reason)
{
    add({std::move(field), Loss::How::Changed, reason});
}

QByteArray Losses::headerValue() const
{
    QByteArray out;
    for (const Loss& loss : m_losses) {
        QByteArray word = nameOf(loss.how);
        word += ' ';
        for (const char c : loss.field.left(100))
            word += c > ' ' && c < 0x7f && c != ',' ? c : '?';
        if (out.size() + word.size() > kLongestHeader)
            return out + ", and more";
        out += (out.isEmpty() ? "" : ", ") + word;
    }
    return out;
}

QJsonArray Losses::toJson() const
{
    QJsonArray rows;
    for (const Loss& loss : m_losses) {
        rows.append(QJsonObject{{QStringLiteral("field"), knownFieldPath(loss.field.left(100))},
            {QStringLiteral("how"), QLatin1String(nameOf(loss.how))},
            {QStringLiteral("reason"), QLatin1String(loss.reason)}});
    }
    return rows;
}

} // namespace gateway::transform
