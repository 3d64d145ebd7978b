// CopyField: a labelled value to take away: mono text in a field, a Copy button, and for secrets a mask with an eye.
// Copy always copies the whole value, also while it is masked. Thread: UI.
#pragma once

#include <QWidget>

namespace ui {

class Button;
class TextLabel;
class ValueBox;

// The secret with its middle hidden: "sbx_dev7_" and dots. What precedes the last underscore is an id and stays.
QString maskedSecret(const QString& secret, int dots = 16);

class CopyField : public QWidget
{
    Q_OBJECT
public:
    explicit CopyField(const QString& label, QWidget* parent = nullptr);

    void setValue(const QString& value);
    QString value() const { return m_value; }
    // Shown instead of a value that is not there yet ("issued on first use").
    void setPlaceholder(const QString& words);
    void setSecret(bool secret);
    bool isRevealed() const { return m_revealed; }
    void setRevealed(bool revealed);
    // Replaces the value box, for example by a combo box; the label and the button stay.
    void setEditor(QWidget* editor);
    static int labelWidth();

Q_SIGNALS:
    void copied();
    void revealChanged(bool revealed);

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();

    QString m_label;
    QString m_value;
    QString m_placeholder;
    bool m_secret = false;
    bool m_revealed = false;
    TextLabel* m_name;
    ValueBox* m_box;
    Button* m_eye;
    Button* m_copy;
};

} // namespace ui
