// Labelled facts in one or two columns, painted: label text.3, value text.1 or mono. Values wrap, they are never cut.
// Thread: UI.
#pragma once

#include "models/call_facts.h"

#include <QWidget>

namespace ui {

class FactsView : public QWidget
{
    Q_OBJECT
public:
    // `labelWidth` at 100 %; `columns` side by side, filled downwards.
    explicit FactsView(const QString& name, int labelWidth, int columns = 1, QWidget* parent = nullptr);

    void setFacts(const QVector<models::Fact>& facts);
    const QVector<models::Fact>& facts() const { return m_facts; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {120, 0}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Row
    {
        int column = 0;
        int top = 0;
        int height = 0;
    };
    QVector<Row> layOut(int width) const;
    qreal columnWidth(int width) const;

    QString m_name;
    int m_labelWidth;
    int m_columns;
    QVector<models::Fact> m_facts;
};

} // namespace ui
