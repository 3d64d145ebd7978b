// InputField: a line edit of the visual system: optional icon at the left, an error state with its message below, an
// accessible name (a placeholder is not a name). FilterField: mono, with a verdict and "n of N" at the right end.
// Thread: UI.
#pragma once

#include <QLineEdit>
#include <QWidget>

namespace ui {

class InputField : public QLineEdit
{
    Q_OBJECT
public:
    explicit InputField(const QString& name, QWidget* parent = nullptr);

    void setIconName(const QString& icon);
    // A message marks the field as wrong (red border, octagon); empty clears it.
    void setError(const QString& message);
    QString error() const { return m_error; }
    // Words at the right end: the keycap of a shortcut, or "12,480 of 188,412 calls" with a check.
    void setTrailing(const QString& words, bool isKeycap = false, bool withCheck = false);
    void setMono(bool mono);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void applyMargins();
    qreal trailingWidth() const;

    QString m_icon;
    QString m_error;
    QString m_trailing;
    bool m_keycap = false;
    bool m_check = false;
    bool m_mono = false;
};

class FilterField : public InputField
{
    Q_OBJECT
public:
    explicit FilterField(const QString& name, QWidget* parent = nullptr);
    void setVerdict(const QString& counted) { setTrailing(counted, false, true); }
};

} // namespace ui
