// What every change asks for: a reason, and when it ends. The ends are spans; beneath them stands the moment they come
// to. Thread: UI.
#pragma once

#include <QDateTime>
#include <QVector>
#include <QWidget>

#include <functional>

namespace ui {

class InputField;
class Segment;
class TextLabel;

class ChangeForm : public QWidget
{
    Q_OBJECT
public:
    struct Span
    {
        QString words;
        qint64 seconds = 0; // 0: `Default`, said by `untold`
    };

    // `untold`: what a span of zero means, "the end of the window".
    ChangeForm(
        const QVector<Span>& spans, std::function<QDateTime()> now, const QString& untold, QWidget* parent = nullptr);

    void setReason(const QString& reason);
    QString reason() const;
    qint64 seconds() const;
    void setSpan(int index);
    bool isComplete() const { return !reason().isEmpty(); }
    // Marks what is missing; true when nothing is.
    bool check();
    InputField* reasonField() const { return m_reason; }

Q_SIGNALS:
    void changed();

private:
    void showEnd();

    QVector<Span> m_spans;
    std::function<QDateTime()> m_now;
    QString m_untold;
    InputField* m_reason;
    Segment* m_ends;
    TextLabel* m_moment;
};

} // namespace ui
