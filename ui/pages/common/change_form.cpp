#include "pages/common/change_form.h"

#include "theme/theme.h"
#include "widgets/choice_cells.h"
#include "widgets/input_field.h"
#include "widgets/text_label.h"

#include <QGridLayout>

namespace ui {

ChangeForm::ChangeForm(
    const QVector<Span>& spans, std::function<QDateTime()> now, const QString& untold, QWidget* parent)
    : QWidget(parent),
      m_spans(spans),
      m_now(std::move(now)),
      m_untold(untold),
      m_reason(new InputField(tr("Reason"))),
      m_ends(new Segment(tr("Ends"))),
      m_moment(new TextLabel({}, &Type::small, Token::Text3))
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(8);
    grid->setColumnMinimumWidth(0, metrics().px(52));
    grid->setColumnStretch(1, 1);
    grid->addWidget(new TextLabel(tr("Reason"), &Type::ui, Token::Text3), 0, 0);
    m_reason->setPlaceholderText(tr("why, for the audit"));
    m_reason->setMaxLength(500);
    grid->addWidget(m_reason, 0, 1);
    grid->addWidget(new TextLabel(tr("Ends"), &Type::ui, Token::Text3), 1, 0);
    for (const Span& span : m_spans)
        m_ends->addChoice(span.words);
    m_ends->setCurrent(0);
    grid->addWidget(m_ends, 1, 1, Qt::AlignLeft);
    grid->addWidget(m_moment, 2, 1);
    connect(m_ends, &Segment::chosen, this, [this] {
        showEnd();
        Q_EMIT changed();
    });
    connect(m_reason, &QLineEdit::textChanged, this, [this] {
        m_reason->setError({});
        Q_EMIT changed();
    });
    showEnd();
}

void ChangeForm::setReason(const QString& reason)
{
    m_reason->setText(reason);
}

QString ChangeForm::reason() const
{
    return m_reason->text().trimmed();
}

qint64 ChangeForm::seconds() const
{
    return m_spans[m_ends->current()].seconds;
}

void ChangeForm::setSpan(int index)
{
    m_ends->setCurrent(index);
    showEnd();
}

bool ChangeForm::check()
{
    m_reason->setError(isComplete() ? QString() : tr("A change needs a reason."));
    return isComplete();
}

void ChangeForm::showEnd()
{
    m_moment->setText(
        seconds() == 0
            ? m_untold
            : tr("at %1 UTC").arg(m_now().toUTC().addSecs(seconds()).toString(QStringLiteral("yyyy-MM-dd HH:mm"))));
}

} // namespace ui
