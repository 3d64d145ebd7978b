#include "widgets/copy_field.h"

#include "theme/paint.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/text_label.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>

namespace ui {

// A read-only field: its text can be selected with mouse and keyboard and read by a screen reader.
class ValueBox : public QLineEdit
{
public:
    explicit ValueBox(QWidget* parent) : QLineEdit(parent)
    {
        setReadOnly(true);
        setFont(type().mono);
        setTextMargins(2, 0, 26, 0);
    }
};

QString maskedSecret(const QString& secret, int dots)
{
    const qsizetype cut = secret.lastIndexOf(QLatin1Char('_'));
    return secret.left(cut + 1) + QString(dots, QChar(0x2022));
}

int CopyField::labelWidth()
{
    return metrics().px(66);
}

CopyField::CopyField(const QString& label, QWidget* parent)
    : QWidget(parent),
      m_label(label),
      m_name(new TextLabel(label, &Type::ui, Token::Text3, this)),
      m_box(new ValueBox(this)),
      m_eye(Button::iconOnly(QStringLiteral("eye"), QStringLiteral("Show %1").arg(label), m_box)),
      m_copy(new Button(QStringLiteral("Copy"), Button::Kind::Secondary, QStringLiteral("copy"), this))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    m_name->setFixedWidth(labelWidth() - 1);
    row->addWidget(m_name);
    row->addWidget(m_box, 1);
    row->addWidget(m_copy);
    row->setSpacing(0);
    row->insertSpacing(1, 11);
    row->insertSpacing(3, 12);
    m_box->setAccessibleName(label);
    m_copy->setAccessibleName(QStringLiteral("Copy %1").arg(label));
    m_eye->hide();
    m_eye->setCheckable(true);
    auto* inside = new QHBoxLayout(m_box);
    inside->setContentsMargins(0, 0, 4, 0);
    inside->addStretch(1);
    inside->addWidget(m_eye);
    connect(m_eye, &QAbstractButton::clicked, this, [this] { setRevealed(!m_revealed); });
    connect(m_copy, &QAbstractButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_value);
        m_copy->flash(QStringLiteral("Copied"));
        Q_EMIT copied();
    });
    refresh();
}

void CopyField::setValue(const QString& value)
{
    m_value = value;
    refresh();
}

void CopyField::setPlaceholder(const QString& words)
{
    m_placeholder = words;
    refresh();
}

void CopyField::setSecret(bool secret)
{
    m_secret = secret;
    m_eye->setVisible(secret);
    refresh();
}

void CopyField::setRevealed(bool revealed)
{
    if (m_revealed == revealed)
        return;
    m_revealed = revealed;
    m_eye->setChecked(revealed);
    const QString words = (revealed ? QStringLiteral("Hide %1") : QStringLiteral("Show %1")).arg(m_label);
    m_eye->setToolTip(words);
    m_eye->setAccessibleName(words);
    refresh();
    Q_EMIT revealChanged(revealed);
}

void CopyField::setEditor(QWidget* editor)
{
    layout()->replaceWidget(m_box, editor);
    m_box->hide();
    static_cast<QHBoxLayout*>(layout())->setStretchFactor(editor, 1);
}

void CopyField::refresh()
{
    m_copy->setEnabled(!m_value.isEmpty());
    m_eye->setEnabled(!m_value.isEmpty());
    const QString shown = m_value.isEmpty() ? QString() : m_secret && !m_revealed ? maskedSecret(m_value) : m_value;
    m_box->setText(shown);
    m_box->setPlaceholderText(m_value.isEmpty() ? m_placeholder : QString());
    m_box->setCursorPosition(0);
}

void CopyField::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange) {
        m_box->setFont(type().mono);
        m_name->setFixedWidth(labelWidth() - 1);
    }
}

} // namespace ui
