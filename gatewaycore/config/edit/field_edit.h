// Edits of a config text by field, for the form: comments, order and every byte that does not belong to the field stay.
// An edit either does exactly what was asked (the text is read again and compared with the tree it should have become)
// or it is refused, and the text is edited by hand. Any thread; pure functions.
//   set     path value   a member gets this value; one that is not there is written behind the others, with the maps
//                        that lead to it
//   add     path value   an entry behind the others of a list; or "key: value" into a map
//   remove  path         a member or an entry, with the comment on its line
#pragma once

#include "api/config_change.h"
#include "api/result.h"

#include <QByteArray>

namespace gateway::config {

// Invalid with a sentence: a path that is not there, a value that is no YAML, a place that cannot be edited by field.
api::Result<QByteArray> edited(const QByteArray& text, const api::FieldEdit& edit);
api::Result<QByteArray> edited(const QByteArray& text, const QVector<api::FieldEdit>& edits); // all or none

} // namespace gateway::config
