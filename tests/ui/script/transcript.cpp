#include "transcript.h"

#include "pages/common/facts_view.h"
#include "shell/bottom_bar.h"
#include "shell/top_bar.h"
#include "widgets/text_label.h"
#include "widgets/toast.h"

#include <QAbstractButton>
#include <QAbstractItemModel>
#include <QAbstractItemView>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLineEdit>
#include <QPixmap>
#include <QWidget>

namespace ui::testing {
namespace {

constexpr int kRows = 40; // of a table; more is counted

QJsonObject tableOf(const QAbstractItemView* view)
{
    const QAbstractItemModel* model = view->model();
    QJsonArray rows;
    QJsonArray heads;
    for (int column = 0; column < model->columnCount(); ++column)
        heads.append(model->headerData(column, Qt::Horizontal).toString());
    for (int row = 0; row < qMin(kRows, model->rowCount()); ++row) {
        QJsonArray cells;
        for (int column = 0; column < model->columnCount(); ++column)
            cells.append(model->index(row, column).data().toString());
        rows.append(cells);
    }
    return {{QStringLiteral("name"), view->accessibleName()}, {QStringLiteral("heads"), heads},
        {QStringLiteral("rows"), model->rowCount()}, {QStringLiteral("cells"), rows}};
}

void addText(QJsonArray& texts, const QString& text)
{
    if (!text.trimmed().isEmpty())
        texts.append(text);
}

// The frame's own bars tell of the connection, which is what differs between the two runs; a toast is there for ten
// seconds and belongs to no step.
bool isOfTheFrame(const QWidget* widget)
{
    for (; widget; widget = widget->parentWidget()) {
        if (qobject_cast<const ui::TopBar*>(widget) || qobject_cast<const ui::BottomBar*>(widget) ||
            qobject_cast<const ui::Toast*>(widget))
            return true;
    }
    return false;
}

} // namespace

QJsonObject visibleIn(QWidget* root)
{
    QJsonArray texts;
    QJsonArray tables;
    QJsonArray buttons;
    for (QWidget* widget : root->findChildren<QWidget*>()) {
        if (!widget->isVisibleTo(root) || isOfTheFrame(widget))
            continue;
        if (const auto* view = qobject_cast<const QAbstractItemView*>(widget)) {
            if (view->model())
                tables.append(tableOf(view));
        } else if (const auto* button = qobject_cast<const QAbstractButton*>(widget)) {
            const QString words = button->text().isEmpty() ? button->accessibleName() : button->text();
            if (!words.isEmpty())
                buttons.append(words + (button->isEnabled() ? QString() : QStringLiteral(" (off)")));
        } else if (const auto* facts = qobject_cast<const ui::FactsView*>(widget)) {
            for (const ui::models::Fact& fact : facts->facts())
                addText(texts, fact.label + QStringLiteral(": ") + fact.value);
        } else if (const auto* line = qobject_cast<const QLineEdit*>(widget)) {
            addText(texts, line->accessibleName() + QStringLiteral(" = ") + line->text());
        } else if (const auto* label = qobject_cast<const ui::TextLabel*>(widget)) {
            addText(texts, label->text());
        } else {
            addText(texts, widget->accessibleName());
        }
    }
    return {{QStringLiteral("texts"), texts}, {QStringLiteral("tables"), tables}, {QStringLiteral("buttons"), buttons}};
}

Transcript::Transcript(const QString& directory) : m_directory(directory)
{
    QDir().mkpath(directory);
    m_file.setFileName(directory + QStringLiteral("/transcript.jsonl"));
    m_file.open(QIODevice::WriteOnly | QIODevice::Truncate);
}

void Transcript::write(const QString& step, QWidget* window, bool settled, const QJsonObject& facts)
{
    const QString picture = QStringLiteral("%1-%2.png")
                                .arg(++m_number, 2, 10, QLatin1Char('0'))
                                .arg(QString(step).replace(QLatin1Char(' '), QLatin1Char('-')));
    QJsonObject line = visibleIn(window);
    line.insert(QStringLiteral("step"), step);
    line.insert(QStringLiteral("settled"), settled);
    line.insert(QStringLiteral("facts"), facts);
    line.insert(QStringLiteral("picture"), picture);
    window->grab().save(m_directory + QLatin1Char('/') + picture);
    m_file.write(QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n');
    m_file.flush();
}

} // namespace ui::testing
