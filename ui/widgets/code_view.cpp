#include "widgets/code_view.h"

#include "theme/paint.h"
#include "theme/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QMimeData>
#include <QPainter>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSyntaxHighlighter>
#include <QTextBlock>
#include <QTextEdit>

namespace ui {

// Words, strings and comments; no more, a snippet is not an editor.
class CodeColors : public QSyntaxHighlighter
{
public:
    explicit CodeColors(QTextDocument* document) : QSyntaxHighlighter(document) {}
    Language language = Language::Plain;

protected:
    void highlightBlock(const QString& line) override
    {
        if (language == Language::Plain)
            return;
        static const QRegularExpression words[] = {
            QRegularExpression(),
            QRegularExpression(
                QStringLiteral("\\b(from|import|as|def|class|return|for|in|if|else|with|async|await|print(?!\\())\\b")),
            QRegularExpression(
                QStringLiteral("\\b(import|from|const|let|await|async|new|return|for|of|function|if|else)\\b")),
            QRegularExpression(QStringLiteral("(^|(?<=\\s))(export|curl)\\b")),
            QRegularExpression(QStringLiteral("\\b(true|false|null)\\b")),
        };
        mark(line, words[static_cast<int>(language)], Token::CodeKeyword);
        static const QRegularExpression strings(
            QStringLiteral("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`"));
        mark(line, strings, Token::CodeString);
        static const QRegularExpression hashComment(QStringLiteral("(?:^|\\s)#.*$"));
        static const QRegularExpression slashComment(QStringLiteral("(?:^|\\s)//.*$"));
        if (language == Language::Python || language == Language::Shell)
            mark(line, hashComment, Token::CodeComment);
        else if (language == Language::JavaScript)
            mark(line, slashComment, Token::CodeComment);
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

// The text itself; what is copied from it carries the secret instead of its mask.
class CodeText : public QTextEdit
{
public:
    explicit CodeText(QWidget* parent) : QTextEdit(parent)
    {
        setReadOnly(true);
        setFrameShape(QFrame::NoFrame);
        setLineWrapMode(QTextEdit::NoWrap);
        setAcceptRichText(false);
        setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        setTabChangesFocus(true);
        document()->setDocumentMargin(0);
        document()->setUndoRedoEnabled(false);
        viewport()->setAutoFillBackground(false);
    }

    QString secret;
    QString mask;

protected:
    QMimeData* createMimeDataFromSelection() const override
    {
        QString text = textCursor().selectedText();
        text.replace(QChar::ParagraphSeparator, QLatin1Char('\n'));
        if (!secret.isEmpty())
            text.replace(mask, secret);
        auto* data = new QMimeData;
        data->setText(text);
        return data;
    }
};

CodeView::CodeView(const QString& name, QWidget* parent)
    : QWidget(parent), m_text(new CodeText(this)), m_colors(new CodeColors(m_text->document()))
{
    setAccessibleName(name);
    m_text->setAccessibleName(name);
    setFocusProxy(m_text);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 8, 0, 8);
    row->addWidget(m_text);
    connect(m_text->verticalScrollBar(), &QScrollBar::valueChanged, this, [this] { update(); });
    refresh();
}

int CodeView::lineHeight()
{
    return metrics().px(19);
}

int CodeView::heightForLines(int lines) const
{
    return lines * lineHeight() + 16;
}

void CodeView::setCode(const QString& code, Language language)
{
    if (code == m_code && language == m_language)
        return;
    m_code = code;
    m_language = language;
    refresh();
}

void CodeView::setSecret(const QString& secret, const QString& mask)
{
    if (secret == m_text->secret && mask == m_text->mask)
        return;
    m_text->secret = secret;
    m_text->mask = mask;
    refresh();
}

void CodeView::copyAll() const
{
    QGuiApplication::clipboard()->setText(m_code);
}

int CodeView::gutter() const
{
    const int digits = qMax(2, int(QString::number(m_text->document()->blockCount()).size()));
    return 9 + int(std::ceil(paint::textWidth(type().code, QString(digits, QLatin1Char('0'))))) + 13;
}

void CodeView::refresh()
{
    m_colors->language = m_language;
    QString shown = m_code;
    if (!m_text->secret.isEmpty())
        shown.replace(m_text->secret, m_text->mask);
    m_text->document()->setDefaultFont(type().code);
    m_text->setPlainText(shown);
    // A plain text edit has no line height; a text document has.
    QTextCursor all(m_text->document());
    all.select(QTextCursor::Document);
    QTextBlockFormat format;
    format.setLineHeight(lineHeight(), QTextBlockFormat::FixedHeight);
    all.mergeBlockFormat(format);
    layout()->setContentsMargins(gutter(), 8, 4, 8);
    m_colors->rehighlight();
    update();
}

void CodeView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Code));
    const qreal right = gutter() - 13;
    const int first = m_text->verticalScrollBar()->value();
    painter.setClipRect(rect().adjusted(0, 8, 0, -8));
    for (int line = 0; line < m_text->document()->blockCount(); ++line) {
        // One lower than centred: a line of fixed height puts its text low.
        const QRectF row(0, 9 + line * lineHeight() - first, right, lineHeight());
        if (row.bottom() > 0 && row.top() < height())
            paint::text(painter, row, type().code, color(Token::Text3), QString::number(line + 1), Qt::AlignRight);
    }
}

void CodeView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        m_colors->rehighlight();
    else if (event->type() == QEvent::ApplicationFontChange)
        refresh();
}

} // namespace ui
