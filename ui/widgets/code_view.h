// CodeView: read-only code with line numbers and simple token colours (Python, JavaScript, shell, JSON). A secret in it
// is masked on screen; copying, in whole or in part, puts the real one on the clipboard, and the view says so beside it
// in a comment of the snippet. Text can be selected with mouse and keyboard. For up to a few thousand lines. Thread:
// UI.
#pragma once

#include <QWidget>

namespace ui {

class CodeColors;
class CodeText;

enum class Language
{
    Plain,
    Python,
    JavaScript,
    Shell,
    Json
};

class CodeView : public QWidget
{
    Q_OBJECT
public:
    explicit CodeView(const QString& name, QWidget* parent = nullptr);

    void setCode(const QString& code, Language language);
    // Every occurrence of `secret` is drawn as `mask`.
    void setSecret(const QString& secret, const QString& mask);
    // The whole code with its secrets in clear, as Copy takes it.
    QString fullCode() const { return m_code; }
    void copyAll() const;

    static int lineHeight();
    int heightForLines(int lines) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    int gutter() const;

    QString m_code;
    Language m_language = Language::Plain;
    CodeText* m_text;
    CodeColors* m_colors;
};

} // namespace ui
