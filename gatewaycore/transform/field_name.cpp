#include "transform/field_name.h"

#include "transform/field_words.h"

namespace gateway::transform {

QByteArray indexed(const QByteArray& list, std::size_t index, const char* member)
{
    QByteArray field = list + '[' + QByteArray::number(qint64(index)) + ']';
    return member ? field + '.' + member : field;
}

QByteArray partField(std::size_t message, std::size_t part, const char* member)
{
    return indexed(indexed("messages", message, "content"), part, member);
}

CallError invalidRequest(QString message, const QByteArray& field)
{
    CallError error;
    error.code = api::ErrorCode::InvalidRequest;
    error.message = std::move(message);
    error.foreign = !quotesOnlyFields(error.message); // the id of a call, a key that somebody made up
    error.parameter = QString::fromUtf8(field);
    return error;
}

} // namespace gateway::transform
