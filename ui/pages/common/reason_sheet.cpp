#include "pages/common/reason_sheet.h"

#include "session/session.h"
#include "theme/theme.h"
#include "widgets/input_field.h"
#include "widgets/panel.h"
#include "widgets/text_label.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui {

ReasonSheet::ReasonSheet(QWidget* window, Session& session, const Words& words)
    : Sheet(window, words.title, 720),
      m_session(session),
      m_template(words.command),
      m_fields(new QGridLayout),
      m_reason(new InputField(tr("Reason"))),
      m_problem(new TextLabel({}, &Type::ui, Token::Down)),
      m_command(new TextLabel({}, &Type::mono, Token::Text2)),
      m_cancel(new Button(tr("Cancel"))),
      m_apply(new Button(words.primary, words.kind))
{
    panel()->setCaption(words.caption);
    auto* top = new QVBoxLayout;
    top->setContentsMargins(Metrics::panelPadding, 12, Metrics::panelPadding, 12);
    top->setSpacing(10);
    if (!words.effect.isEmpty()) {
        auto* effect = new TextLabel(words.effect, &Type::body, Token::Text2);
        effect->setWrapped(true);
        top->addWidget(effect);
    }
    m_fields->setHorizontalSpacing(10);
    m_fields->setVerticalSpacing(8);
    m_fields->setColumnMinimumWidth(0, metrics().px(84));
    m_fields->setColumnStretch(1, 1);
    top->addLayout(m_fields);
    content()->addLayout(top);
    content()->addWidget(new Hairline);

    auto* record = new QVBoxLayout;
    record->setContentsMargins(Metrics::panelPadding, 10, Metrics::panelPadding, 10);
    record->setSpacing(6);
    auto* row = new QHBoxLayout;
    row->setSpacing(10);
    auto* label = new TextLabel(tr("Reason"), &Type::ui, Token::Text3);
    label->setFixedWidth(metrics().px(84));
    row->addWidget(label);
    m_reason->setPlaceholderText(tr("why, for the audit"));
    m_reason->setMaxLength(500);
    row->addWidget(m_reason, 1);
    record->addLayout(row);
    m_problem->setWrapped(true);
    m_problem->hide();
    record->addWidget(m_problem);
    content()->addLayout(record);

    m_cancel->setKeycap(QStringLiteral("Esc"));
    m_apply->setKeycap(QStringLiteral("Ctrl \u21b5"));
    foot()->addWidget(m_command, 1);
    if (!words.undo.isEmpty())
        foot()->addWidget(new TextLabel(words.undo, &Type::ui, Token::Text3));
    foot()->addWidget(m_cancel);
    foot()->addWidget(m_apply);
    connect(m_cancel, &QAbstractButton::clicked, this, &Sheet::dismiss);
    connect(m_apply, &QAbstractButton::clicked, this, &ReasonSheet::apply);
    connect(this, &Sheet::accepted, this, &ReasonSheet::apply);
    connect(m_reason, &QLineEdit::textChanged, this, [this] {
        m_reason->setError({});
        refreshCommand();
    });
    connect(&m_session, &Session::freshnessChanged, this, &ReasonSheet::showBlocked);
    refreshCommand();
    showBlocked();
}

void ReasonSheet::addField(const QString& label, QWidget* field)
{
    const int row = m_fields->rowCount();
    m_fields->addWidget(new TextLabel(label, &Type::ui, Token::Text3), row, 0, Qt::AlignVCenter);
    m_fields->addWidget(field, row, 1);
}

void ReasonSheet::addNote(const QString& sentence)
{
    auto* note = new TextLabel(sentence, &Type::ui, Token::Text3);
    note->setWrapped(true);
    m_fields->addWidget(note, m_fields->rowCount(), 1);
}

void ReasonSheet::setReason(const QString& reason)
{
    m_reason->setText(reason);
}

void ReasonSheet::setCommand(const QString& command)
{
    m_template = command;
    refreshCommand();
}

QString ReasonSheet::reason() const
{
    return m_reason->text().trimmed();
}

QString ReasonSheet::problem() const
{
    return m_problem->isHidden() ? QString() : m_problem->text();
}

void ReasonSheet::begin()
{
    open(m_cancel);
}

void ReasonSheet::apply()
{
    if (!m_apply->isEnabled())
        return;
    m_reason->setError(reason().isEmpty() ? tr("A change needs a reason.") : QString());
    if (reason().isEmpty())
        return m_reason->setFocus(Qt::OtherFocusReason);
    Q_EMIT wished(reason());
}

void ReasonSheet::showProblem(const gateway::api::Error& error)
{
    m_problem->setText(error.hint.isEmpty() ? error.message : error.message + QLatin1Char(' ') + error.hint);
    m_problem->show();
}

void ReasonSheet::setBusy(bool busy)
{
    m_busy = busy;
    if (busy)
        m_problem->hide();
    m_apply->setEnabled(!busy && m_blocked.isEmpty());
}

// The sheet stays open while the data is too old: it becomes usable by itself when the engine answers again.
void ReasonSheet::showBlocked()
{
    const QString why = m_session.blocked();
    if (why == m_blocked)
        return;
    if (!why.isEmpty() || m_problem->text() == m_blocked) {
        m_problem->setText(why);
        m_problem->setVisible(!why.isEmpty());
    }
    m_blocked = why;
    m_apply->setEnabled(why.isEmpty() && !m_busy);
}

void ReasonSheet::refreshCommand()
{
    QString words = reason();
    words.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
    m_command->setText(m_template.isEmpty()
                           ? QString()
                           : m_template + QStringLiteral(" --reason '%1'").arg(words.isEmpty() ? tr("...") : words));
}

} // namespace ui
