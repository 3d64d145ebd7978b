// Ready-to-run snippets for pointing an SDK at this gateway. Any thread; pure functions.
#pragma once

#include "widgets/code_view.h"

#include <QString>
#include <QVector>

namespace ui {

struct Snippet
{
    QString tab;
    Language language;
    QString code;
};

// `key` stands in the code in clear; CodeView masks it on screen. An empty key leaves the place to fill in.
QVector<Snippet> snippetsFor(const QString& baseUrl, const QString& key, const QString& alias);

} // namespace ui
