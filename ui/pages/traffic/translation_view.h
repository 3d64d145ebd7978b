// What was lost on the way to providers of other dialects: for each attempt from which dialect to which, and each loss
// as a sentence. Empty and hidden for a call without losses. Thread: UI.
#pragma once

#include "models/translation_facts.h"

#include <QWidget>

class QVBoxLayout;

namespace ui::traffic {

class TranslationView : public QWidget
{
    Q_OBJECT
public:
    explicit TranslationView(QWidget* parent = nullptr);
    void setAttempts(const QVector<models::TranslatedAttempt>& attempts);

private:
    QVBoxLayout* m_rows;
};

} // namespace ui::traffic
