// Panel: the flat surface everything stands on: 1 px line, radius 6, a header (title, caption, slots at the right) and
// a body. The header is there as soon as it has a title. Thread: UI; children belong to their parent as usual.
#pragma once

#include "theme/status_paint.h"
#include "theme/token.h"

#include <QFrame>

#include <optional>

class QHBoxLayout;
class QVBoxLayout;

namespace ui {

class PanelHeader;

class Panel : public QFrame
{
    Q_OBJECT
public:
    enum class Tone
    {
        Plain,
        Accent,
        Down
    };

    explicit Panel(const QString& title = {}, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setCaption(const QString& caption);      // 11 text.3 after the title; elides
    void setMonoCaption(const QString& caption);  // an id after the title
    void setStatus(std::optional<Status> status); // a shape before the title
    void setObjectHeader(bool object);            // 36 high, title 14/600: detail of a selected object
    void setTone(Tone tone);
    // At the right end of the header, left to right.
    void addHeaderWidget(QWidget* widget, Qt::Alignment alignment = Qt::AlignVCenter);
    // Directly after title and caption.
    void addTitleWidget(QWidget* widget);
    QVBoxLayout* body() const { return m_body; }
    void setBodyMargins(int horizontal, int vertical);
    // Children that fill the panel to its edge (tables, code) would cover the round corners: draws them again on top.
    void setKeepsCorners(bool keep);

    // A section inside a panel: its own header line, without a frame.
    static Panel* section(const QString& title, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    PanelHeader* header();

    QVBoxLayout* m_layout;
    QVBoxLayout* m_body;
    PanelHeader* m_header = nullptr;
    QWidget* m_corners = nullptr;
    Tone m_tone = Tone::Plain;
    bool m_isSection = false;
};

// A 1 px line between parts of a panel or of the frame.
class Hairline : public QWidget
{
    Q_OBJECT
public:
    explicit Hairline(Qt::Orientation orientation = Qt::Horizontal, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace ui
