#include "pages/config/draft_editor.h"

#include "models/format.h"
#include "pages/config/config_stages.h"
#include "session/session.h"
#include "theme/theme.h"
#include "widgets/chip.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/text_editor.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui::config {

using namespace gateway::api;

namespace {

constexpr int kRows = 5;

Status statusOf(Finding::Severity severity)
{
    switch (severity) {
    case Finding::Severity::Block:
        return Status::Down;
    case Finding::Severity::Warn:
        return Status::Degraded;
    case Finding::Severity::Note:
        break;
    }
    return Status::Unknown;
}

QString wordOf(Finding::Severity severity)
{
    switch (severity) {
    case Finding::Severity::Block:
        return DraftEditor::tr("Blocks");
    case Finding::Severity::Warn:
        return DraftEditor::tr("Warning");
    case Finding::Severity::Note:
        break;
    }
    return DraftEditor::tr("Note");
}

} // namespace

DraftEditor::DraftEditor(Session& session, QWidget* parent)
    : Panel(tr("Text"), parent),
      m_client(session.client()),
      m_editor(new TextEditor(tr("Text of the draft"))),
      m_table(new PlainTable(tr("Findings"), {{tr("Finding")}, {tr("Line"), true}, {tr("In words")}})),
      m_sentence(new TextLabel({}, &Type::ui, Token::Text3)),
      m_mark(new Chip),
      m_content(new QWidget)
{
    m_mark->hide();
    addHeaderWidget(m_mark);
    m_table->setWidths({{92, 0}, {52, 0}, {200, 1}});
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(Metrics::panelPadding, 6, Metrics::panelPadding, 6);
    foot->addWidget(m_sentence, 1);
    auto* layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_editor, 1);
    layout->addWidget(new Hairline);
    layout->addLayout(foot);
    layout->addWidget(m_table);
    m_table->hide();
    body()->addWidget(m_content, 1);
    setKeepsCorners(true);
    m_overlay = new StateOverlay(this, metrics().panelHeader());
    m_overlay->setZeroIcon(QStringLiteral("config"));
    m_settle.setSingleShot(true);
    m_settle.setInterval(kDebounceMs);
    connect(&m_settle, &QTimer::timeout, this, [this] {
        check();
        Q_EMIT settled(text());
    });
    connect(m_editor, &TextEditor::edited, this, [this] {
        const bool edited = m_draft && text() != m_draft->text;
        if (edited != m_edited) {
            m_edited = edited;
            refreshTitle();
            Q_EMIT editedChanged();
        }
        m_settle.start();
    });
    const auto open = [this](int row) {
        if (row >= 0 && row < m_findings.items.size() && m_findings.items[row].line > 0)
            goTo(m_findings.items[row].line);
    };
    connect(m_table, &TableView::rowActivated, this, open);
    connect(m_table, &TableView::currentRowChanged, this, open);
    setDraft(std::nullopt);
}

void DraftEditor::setDraft(const std::optional<Draft>& draft)
{
    const bool isOther = !draft || !m_draft || draft->id != m_draft->id;
    if (!draft) {
        m_draft.reset();
        m_edited = m_overtaken = false;
        m_content->hide();
        m_overlay->show(StateOverlay::State::Zero, tr("No draft is chosen"),
            tr("Begin one from the config in force, or choose one at the left."));
        refreshTitle();
        return;
    }
    m_overlay->clear();
    m_content->show();
    if (!isOther && m_edited) {
        // what is typed here is nobody else's to take away
        m_overtaken = draft->version != m_draft->version;
        refreshTitle();
        return;
    }
    m_draft = draft;
    m_edited = m_overtaken = false;
    m_editor->setText(draft->text);
    m_settle.stop();
    ++m_question; // an answer to an earlier text is of no use any more
    showFindings(draft->findings);
    refreshTitle();
    Q_EMIT editedChanged();
}

void DraftEditor::setMayWrite(bool may)
{
    m_mayWrite = may;
    const bool isOpen = m_draft && m_draft->state != QLatin1String("promoted") &&
                        m_draft->state != QLatin1String("abandoned") && m_draft->state != QLatin1String("rolled_back");
    m_editor->setReadOnly(!may || !isOpen);
    refreshTitle();
}

QString DraftEditor::text() const
{
    return m_editor->text();
}

void DraftEditor::drop()
{
    m_edited = m_overtaken = false;
    if (m_draft) {
        m_editor->setText(m_draft->text);
        showFindings(m_draft->findings);
    }
    refreshTitle();
    Q_EMIT editedChanged();
    Q_EMIT settled(text());
}

void DraftEditor::setSaved()
{
    m_edited = m_overtaken = false;
    refreshTitle();
    Q_EMIT editedChanged();
}

void DraftEditor::goTo(int line)
{
    m_editor->goTo(line);
}

void DraftEditor::check()
{
    if (!m_mayWrite)
        return;
    ++m_asking;
    m_client.validate(text()).then(this, [this, question = ++m_question](const Result<Findings>& answer) {
        --m_asking;
        if (question != m_question)
            return;
        m_couldAsk = answer.ok();
        if (answer)
            showFindings(*answer);
        else
            m_sentence->setText(tr("What the engine finds in it is not known: %1").arg(answer.error().message));
    });
}

void DraftEditor::showFindings(const Findings& findings)
{
    m_findings = {};
    m_table->clearRows();
    m_findings = findings;
    QVector<LineMark> marks;
    for (const Finding& finding : m_findings.items) {
        QString words = finding.message;
        if (!finding.suggestion.isEmpty())
            words += QLatin1Char(' ') + finding.suggestion;
        if (finding.line > 0)
            marks.append({finding.line, statusOf(finding.severity), words});
        m_table->addRow({Cell::state(statusOf(finding.severity), wordOf(finding.severity)),
            finding.line > 0 ? Cell::number(QString::number(finding.line)) : Cell::notApplicable(),
            Cell::plain(words, Token::Text2)});
    }
    m_editor->setMarks(marks);
    m_table->setVisible(!m_findings.items.isEmpty());
    m_table->setFixedHeight(m_table->heightForRows(std::min<int>(kRows, int(m_findings.items.size()))));
    if (m_findings.hash.isEmpty())
        m_sentence->setText(tr("not looked at yet"));
    else if (m_findings.items.isEmpty() && m_findings.compiles)
        m_sentence->setText(tr("The engine finds nothing in it."));
    else
        m_sentence->setText(tr("%1. %2").arg(countWords(m_findings),
            m_findings.isBlocked() ? tr("It cannot come into force like this.") : tr("Nothing blocks it.")));
    m_sentence->setInk(m_findings.isBlocked() && !m_findings.hash.isEmpty() ? Token::Down : Token::Text3);
}

void DraftEditor::refreshTitle()
{
    setTitle(m_draft ? tr("Text of %1").arg(m_draft->id) : tr("Text"));
    if (!m_draft)
        setCaption({});
    else if (m_overtaken)
        setCaption(tr("somebody saved it meanwhile"));
    else
        setCaption(tr("save %1, %2").arg(m_draft->version).arg(m_editor->isReadOnly() ? tr("to read") : m_draft->note));
    m_mark->set(m_overtaken ? tr("OVERTAKEN") : tr("NOT SAVED"),
        ChipLook::ofStatus(m_overtaken ? Status::Down : Status::Degraded));
    m_mark->setVisible(m_edited);
}

} // namespace ui::config
