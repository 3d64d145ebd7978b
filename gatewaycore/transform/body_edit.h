// BodyEdit: a JSON document with a few values replaced, added or taken out, and every other byte as it came (key order,
// wide numbers, spacing, unknown fields). Edits name views into the document; they must not overlap. One thread.
#pragma once

#include "transform/json_view.h"

#include <QByteArray>
#include <QVarLengthArray>

namespace gateway::transform {

class BodyEdit
{
public:
    explicit BodyEdit(QByteArrayView document) : m_document(document) {}

    void replace(JsonView value, QByteArray json) { replace(value.raw(), std::move(json)); }
    void replace(QByteArrayView bytes, QByteArray by);                        // of the document
    void addMember(JsonView object, QByteArrayView key, QByteArrayView json); // first in the object
    void removeMember(JsonView object, QByteArrayView key);                   // nothing if it is not there
    bool isEmpty() const { return m_cuts.isEmpty(); }
    QByteArray apply() const;

private:
    struct Cut
    {
        qsizetype from;
        qsizetype to;
        QByteArray insert;
        bool isRemoval = false;
    };
    void add(Cut cut);
    qsizetype closeGap(const char* begin, char*& to, qsizetype from) const;

    const QByteArrayView m_document;
    QVarLengthArray<Cut, 4> m_cuts; // by place
};

} // namespace gateway::transform
