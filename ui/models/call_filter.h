// The filter language of the Traffic page: words of the form key:value, separated by spaces. Keys: tenant alias
// provider outcome since until. "*" is any. Times are UTC: since:10m, since:03:18, since:2026-11-22T03:18. The same
// filter asks the server (query) and judges a live call (matches), so that a live row obeys it as a stored one does.
// Any thread; a value. A wrong filter is a value too: `problem` says in words what is wrong and what would be right.
#pragma once

#include "api/call.h"

#include <QDateTime>
#include <QString>
#include <QVector>

namespace ui::models {

struct CallFilter
{
    // A piece of the text as an editor colours it.
    struct Piece
    {
        int start = 0;
        int keyLength = 0; // with the colon; 0 when there is no key
        int length = 0;
        bool wrong = false;
    };

    QString text;
    gateway::api::CallQuery query; // before and limit are the model's
    QVector<Piece> pieces;
    QString problem; // empty: the filter is right

    bool isValid() const { return problem.isEmpty(); }
    bool isEmpty() const; // matches every call
    bool matches(const gateway::api::Call& call) const;

    // `now` resolves relative times; it is handed in so that a test moves the clock.
    static CallFilter parse(const QString& text, const QDateTime& now);
    // The text with `key` set to `value` (or taken out when the value is empty); used by the histogram brush.
    static QString with(const QString& text, const QString& key, const QString& value);
    static QStringList keys();
};

} // namespace ui::models
