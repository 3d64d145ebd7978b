// A scroll area without a frame or ground, for text that grows downwards inside a panel. Thread: UI.
#pragma once

#include <QScrollArea>

namespace ui {

class PlainScroll : public QScrollArea
{
    Q_OBJECT
public:
    // Takes the content.
    PlainScroll(QWidget* content, const QString& name, QWidget* parent = nullptr);

protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void decideOnBar();
};

} // namespace ui
