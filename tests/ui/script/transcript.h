// Transcript: what a scripted run of the console saw, one JSON line for each step: the page, whether it came to rest,
// every text a person would read, every table with its cells, which buttons could be pressed, what an action came to,
// and a picture. Two runs are compared by these lines. Thread: UI.
#pragma once

#include <QFile>
#include <QJsonObject>
#include <QString>

class QWidget;

namespace ui::testing {

class Transcript
{
public:
    // Writes DIR/transcript.jsonl and DIR/NN-step.png; makes the directory.
    explicit Transcript(const QString& directory);
    bool isOpen() const { return m_file.isOpen(); }

    // `facts` are what must be equal in both runs to the last digit; the rest is compared without what is volatile.
    void write(const QString& step, QWidget* window, bool settled, const QJsonObject& facts = {});
    int steps() const { return m_number; }

private:
    QString m_directory;
    QFile m_file;
    int m_number = 0;
};

// All that can be read in a widget and below it, as it is now: "texts", "tables", "buttons".
QJsonObject visibleIn(QWidget* root);

} // namespace ui::testing
