// What each field of a config does, as a table: to which group of effects a change of it belongs, how carefully to look
// at it, and the sentence that says it. Private to the semantic diff.
#pragma once

#include "config/change/diff_tree.h"

#include <span>

namespace gateway::config {

struct FieldRow
{
    const char* pattern; // aliases[].owner; a * at its end stands for all that begins so
    const char* group;   // routing money privacy security other
    int risk;
    const char* subject;  // %n: the entry's name; empty: none
    const char* sentence; // %n name, %o name of the outer entry, %b before, %a after
    const char* usual;    // what is in force where the field is not written; empty: nothing
};

const FieldRow& rowOf(const TreeChange& change);

// The sentence with its places filled; `usual` stands for what is not written.
QString sentenceOf(const FieldRow& row, const TreeChange& change);
QString subjectOf(const FieldRow& row, const TreeChange& change);
QString beforeOf(const FieldRow& row, const TreeChange& change);
QString afterOf(const FieldRow& row, const TreeChange& change);

} // namespace gateway::config
