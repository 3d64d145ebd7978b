#include "widgets/text_editor.h"

#include "theme/paint.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QHelpEvent>
#include <QPainter>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QSyntaxHighlighter>
#include <QTextBlock>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int kMark = 12;

// Keys, strings and comments; values stay plain, so that what was typed reads as it is.
class YamlColors : public QSyntaxHighlighter
{
public:
    explicit YamlColors(QTextDocument* document) : QSyntaxHighlighter(document) {}

protected:
    void highlightBlock(const QString& line) override
    {
        static const QRegularExpression key(QStringLiteral("^\\s*(?:- )*[\\w.@/-]+(?=:(?:\\s|$))"));
        static const QRegularExpression inner(QStringLiteral("(?<=[{,]\\s|\\{)[\\w.@/-]+(?=:\\s)"));
        static const QRegularExpression string(QStringLiteral("\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'"));
        static const QRegularExpression comment(QStringLiteral("(?:^|\\s)#.*$"));
        mark(line, key, Token::CodeKeyword);
        mark(line, inner, Token::CodeKeyword);
        mark(line, string, Token::CodeString);
        mark(line, comment, Token::CodeComment);
    }

private:
    void mark(const QString& line, const QRegularExpression& pattern, Token token)
    {
        auto matches = pattern.globalMatch(line);
        while (matches.hasNext()) {
            const auto match = matches.next();
            setFormat(int(match.capturedStart()), int(match.capturedLength()), color(token));
        }
    }
};

} // namespace

class EditorArea : public QPlainTextEdit
{
public:
    explicit EditorArea(QWidget* parent) : QPlainTextEdit(parent), m_colors(new YamlColors(document()))
    {
        setFrameShape(QFrame::NoFrame);
        setLineWrapMode(QPlainTextEdit::NoWrap);
        setTabChangesFocus(true); // YAML knows no tabs, and the keyboard must get out again
        document()->setDocumentMargin(2);
        viewport()->setAutoFillBackground(false);
    }

    void recolour() { m_colors->rehighlight(); }

    // Every visible line with its place, in this widget's coordinates.
    template <typename Use>
    void eachVisible(Use use) const
    {
        QTextBlock block = firstVisibleBlock();
        qreal top = blockBoundingGeometry(block).translated(contentOffset()).top();
        while (block.isValid() && top <= viewport()->height()) {
            const qreal height = blockBoundingRect(block).height();
            use(block.blockNumber() + 1, top, height);
            top += height;
            block = block.next();
        }
    }

private:
    YamlColors* m_colors;
};

TextEditor::TextEditor(const QString& name, QWidget* parent) : QWidget(parent), m_area(new EditorArea(this))
{
    setAccessibleName(name);
    m_area->setAccessibleName(name);
    setFocusProxy(m_area);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 4, 0, 4);
    row->addWidget(m_area);
    connect(m_area, &QPlainTextEdit::updateRequest, this, [this] { update(); });
    connect(m_area, &QPlainTextEdit::blockCountChanged, this, [this] { refresh(); });
    connect(m_area, &QPlainTextEdit::textChanged, this, [this] {
        if (!m_setting)
            Q_EMIT edited();
    });
    refresh();
}

void TextEditor::setText(const QString& text)
{
    if (text == m_area->toPlainText())
        return;
    m_setting = true;
    m_area->setPlainText(text);
    m_setting = false;
    refreshGrounds();
}

QString TextEditor::text() const
{
    return m_area->toPlainText();
}

void TextEditor::setReadOnly(bool readOnly)
{
    m_area->setReadOnly(readOnly);
    m_area->setTextInteractionFlags(readOnly ? Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard
                                             : Qt::TextInteractionFlags(Qt::TextEditorInteraction));
}

bool TextEditor::isReadOnly() const
{
    return m_area->isReadOnly();
}

void TextEditor::setPlaceholder(const QString& words)
{
    m_area->setPlaceholderText(words);
}

void TextEditor::setMarks(const QVector<LineMark>& marks)
{
    m_marks = marks;
    QStringList words;
    for (const LineMark& mark : marks)
        words.append(tr("line %1: %2").arg(mark.line).arg(mark.words));
    m_area->setAccessibleDescription(words.join(QStringLiteral("; ")));
    refreshGrounds();
    update();
}

void TextEditor::setGrounds(const QHash<int, Token>& grounds, const QStringList& numbers)
{
    m_grounds = grounds;
    m_numbers = numbers;
    refresh();
    refreshGrounds();
}

void TextEditor::goTo(int line)
{
    const QTextBlock block = m_area->document()->findBlockByNumber(std::max(0, line - 1));
    if (!block.isValid())
        return;
    QTextCursor cursor(block);
    m_area->setTextCursor(cursor);
    m_area->centerCursor();
}

int TextEditor::currentLine() const
{
    return m_area->textCursor().blockNumber() + 1;
}

int TextEditor::gutter() const
{
    qsizetype digits = std::max<qsizetype>(2, QString::number(m_area->blockCount()).size());
    for (const QString& number : m_numbers)
        digits = std::max(digits, number.size());
    return 4 + kMark + 4 + int(std::ceil(paint::textWidth(type().code, QString(digits, QLatin1Char('0'))))) + 8;
}

void TextEditor::refresh()
{
    if (m_area->font() != type().code)
        m_area->setFont(type().code);
    layout()->setContentsMargins(gutter(), 4, 0, 4);
    update();
}

void TextEditor::refreshGrounds()
{
    QList<QTextEdit::ExtraSelection> grounds;
    const auto add = [this, &grounds](int line, Token token) {
        const QTextBlock block = m_area->document()->findBlockByNumber(line - 1);
        if (!block.isValid())
            return;
        QTextEdit::ExtraSelection ground;
        ground.cursor = QTextCursor(block);
        ground.format.setBackground(color(token));
        ground.format.setProperty(QTextFormat::FullWidthSelection, true);
        grounds.append(ground);
    };
    for (auto it = m_grounds.begin(); it != m_grounds.end(); ++it)
        add(it.key(), it.value());
    for (const LineMark& mark : m_marks)
        add(mark.line, statusTint(mark.status));
    m_area->setExtraSelections(grounds);
}

void TextEditor::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Code));
    const qreal right = gutter() - 8;
    painter.setClipRect(QRect(0, m_area->y(), width(), m_area->height()));
    const int current = m_area->isReadOnly() ? 0 : currentLine();
    m_area->eachVisible([&](int line, qreal top, qreal height) {
        const QRectF row(0, m_area->y() + top, right, height);
        const QString number = m_numbers.isEmpty() ? QString::number(line) : m_numbers.value(line - 1);
        paint::text(
            painter, row, type().code, color(line == current ? Token::Text1 : Token::Text3), number, Qt::AlignRight);
        for (const LineMark& mark : m_marks) {
            if (mark.line == line) {
                paintStatus(painter, QRectF(4, std::round(row.center().y() - kMark / 2.0), kMark, kMark), mark.status);
                break;
            }
        }
    });
}

bool TextEditor::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QStringList words;
    m_area->eachVisible([&](int line, qreal top, qreal height) {
        const qreal y = help->pos().y() - m_area->y();
        for (const LineMark& mark : m_marks) {
            if (mark.line == line && y >= top && y < top + height)
                words.append(mark.words);
        }
    });
    QToolTip::showText(help->globalPos(), words.join(QLatin1Char('\n')), this);
    return true;
}

void TextEditor::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_area->recolour();
        refreshGrounds();
    } else if (event->type() == QEvent::ApplicationFontChange) {
        refresh();
    }
}

} // namespace ui
