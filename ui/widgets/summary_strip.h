// SummaryStrip: cells split by lines, the value over its caption. StepsStrip: the steps of a lifecycle, each with its
// state, name and when. Tile: one value with its norm and a sparkline. Painted widgets; every one has its words as
// accessible name. Thread: UI.
#pragma once

#include "theme/status_paint.h"
#include "theme/theme.h"

#include <QVector>
#include <QWidget>

#include <optional>

namespace ui {

struct SummaryCell
{
    QString value;
    QString caption;
    Token ink = Token::Text1;
    QString unit; // 12 text.2 after the value
};

class SummaryStrip : public QWidget
{
    Q_OBJECT
public:
    explicit SummaryStrip(QWidget* parent = nullptr);
    void setCells(const QVector<SummaryCell>& cells);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return QSize(100, sizeHint().height()); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVector<SummaryCell> m_cells;
};

struct Step
{
    Status status = Status::NotReached;
    QString name;
    QString detail;       // when, with what
    bool current = false; // gets its tint and a line in its colour
    QString note = {};    // why; a strip in which any step has one is a line higher
};

class StepsStrip : public QWidget
{
    Q_OBJECT
public:
    explicit StepsStrip(QWidget* parent = nullptr);
    void setSteps(const QVector<Step>& steps);
    const QVector<Step>& steps() const { return m_steps; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return QSize(300, sizeHint().height()); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    bool hasNotes() const;

    QVector<Step> m_steps;
};

class Sparkline;

class Tile : public QWidget
{
    Q_OBJECT
public:
    explicit Tile(const QString& label, QWidget* parent = nullptr);
    void setValue(const QString& value, const QString& unit, const QString& norm);
    void setStatus(Status status);
    Sparkline* sparkline() const { return m_sparkline; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void refreshName();

    QString m_label;
    QString m_value;
    QString m_unit;
    QString m_norm;
    Status m_status = Status::Unknown;
    Sparkline* m_sparkline;
};

} // namespace ui
