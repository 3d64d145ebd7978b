#include "shell/command_palette.h"

#include "theme/paint.h"
#include "theme/theme.h"
#include "widgets/input_field.h"

#include <QApplication>
#include <QKeyEvent>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr int kRows = 9;
constexpr int kCommandRole = Qt::UserRole + 1;
constexpr int kHintRole = Qt::UserRole + 2;
constexpr int kKeyRole = Qt::UserRole + 3;

class CommandDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return QSize(100, metrics().px(30));
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        if (option.state & QStyle::State_Selected)
            paint::box(*painter, option.rect, Metrics::radiusChip, color(Token::Selected), QColor());
        QRectF row = QRectF(option.rect).adjusted(10, 0, -10, 0);
        const QString key = index.data(kKeyRole).toString();
        if (!key.isEmpty()) {
            const qreal cap = paint::keycap(nullptr, {}, key, {}, {});
            paint::keycap(painter, QPointF(row.right() - cap, row.center().y() - metrics().keycap() / 2.0), key,
                color(Token::Text2), color(Token::LineStrong));
            row.setRight(row.right() - cap - 12);
        }
        const qreal used =
            paint::text(*painter, row, type().ui, color(Token::Text1), index.data(Qt::DisplayRole).toString());
        paint::text(*painter, row.adjusted(used + 10, 0, 0, 0), type().small, color(Token::Text3),
            index.data(kHintRole).toString());
    }
};

// Every word typed must occur somewhere in the command.
bool matches(const Command& command, const QStringList& words)
{
    const QString hay = command.words + QLatin1Char(' ') + command.hint;
    return std::all_of(
        words.begin(), words.end(), [&](const QString& word) { return hay.contains(word, Qt::CaseInsensitive); });
}

} // namespace

CommandPalette::CommandPalette(QWidget* window)
    : QFrame(window),
      m_field(new InputField(QStringLiteral("Search pages and actions"), this)),
      m_list(new QListWidget(this))
{
    setAccessibleName(QStringLiteral("Command palette"));
    m_field->setPlaceholderText(QStringLiteral("Search or run"));
    m_field->setIconName(QStringLiteral("search"));
    m_field->installEventFilter(this);
    m_list->setAccessibleName(QStringLiteral("Matching commands"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setItemDelegate(new CommandDelegate(m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->viewport()->setAutoFillBackground(false);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(6);
    column->addWidget(m_field);
    column->addWidget(m_list);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::refill);
    connect(m_field, &QLineEdit::returnPressed, this, &CommandPalette::runCurrent);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
    window->installEventFilter(this);
    hide();
}

void CommandPalette::open(QVector<Command> commands)
{
    m_commands = std::move(commands);
    if (!isVisible())
        m_focusBefore = QApplication::focusWidget();
    m_field->clear();
    refill();
    place();
    show();
    raise();
    m_field->setFocus(Qt::ShortcutFocusReason);
}

void CommandPalette::dismiss()
{
    if (!isVisible())
        return;
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus(Qt::OtherFocusReason);
}

void CommandPalette::refill()
{
    m_list->clear();
    const QStringList words = m_field->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (int i = 0; i < m_commands.size(); ++i) {
        const Command& command = m_commands.at(i);
        if (!matches(command, words))
            continue;
        auto* item = new QListWidgetItem(command.words, m_list);
        item->setData(kCommandRole, i);
        item->setData(kHintRole, command.hint);
        item->setData(kKeyRole, command.shortcut);
    }
    // The list has no current row after a refill until one is set.
    m_list->setCurrentRow(0);
}

void CommandPalette::runCurrent()
{
    const QListWidgetItem* item = m_list->currentItem();
    if (!item)
        return;
    const auto run = m_commands.at(item->data(kCommandRole).toInt()).run;
    dismiss();
    if (run)
        run();
}

void CommandPalette::place()
{
    const QWidget* window = parentWidget();
    const int width = qMin(metrics().px(560), window->width() - 48);
    resize(width, metrics().control() + 22 + kRows * metrics().px(30));
    move((window->width() - width) / 2, metrics().px(72));
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible())
        place();
    if (watched == m_field && event->type() == QEvent::FocusOut && isVisible()) {
        // A click elsewhere means "never mind"; the focus stays where the click put it.
        m_focusBefore = nullptr;
        dismiss();
    }
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Escape) {
            dismiss();
            return true;
        }
        if (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp || key == Qt::Key_PageDown) {
            QApplication::sendEvent(m_list, event);
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void CommandPalette::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paint::box(painter, rect(), Metrics::radiusDialog, color(Token::Raised), color(Token::LineStrong));
}

} // namespace ui
