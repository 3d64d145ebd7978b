#include "pages/traffic/translation_view.h"

#include "widgets/text_label.h"

#include <QVBoxLayout>

namespace ui::traffic {

TranslationView::TranslationView(QWidget* parent) : QWidget(parent), m_rows(new QVBoxLayout(this))
{
    setAccessibleName(tr("Translation"));
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(4);
}

void TranslationView::setAttempts(const QVector<models::TranslatedAttempt>& attempts)
{
    while (QLayoutItem* item = m_rows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    QStringList words;
    for (const models::TranslatedAttempt& one : attempts) {
        if (!words.isEmpty())
            m_rows->addSpacing(4);
        m_rows->addWidget(new TextLabel(one.title, &Type::uiStrong));
        if (const QString where = whereOf(one); !where.isEmpty())
            m_rows->addWidget(new TextLabel(where, &Type::ui, Token::Text3));
        for (const QString& sentence : one.sentences) {
            auto* line = new TextLabel(sentence, &Type::ui, Token::Text2);
            line->setWrapped(true);
            m_rows->addWidget(line);
        }
        words.append(one.title + QStringLiteral(": ") + one.sentences.join(QLatin1Char(' ')));
    }
    setAccessibleDescription(words.join(QLatin1Char(' ')));
}

} // namespace ui::traffic
