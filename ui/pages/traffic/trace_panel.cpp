#include "pages/traffic/trace_panel.h"
#include "models/states.h"

#include "charts/waterfall.h"
#include "models/call_facts.h"
#include "models/format.h"
#include "pages/common/facts_view.h"
#include "pages/common/plain_scroll.h"
#include "theme/icons.h"
#include "widgets/button.h"
#include "widgets/chip.h"
#include "widgets/choice_cells.h"
#include "widgets/table_view.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace ui::traffic {
namespace {

using namespace gateway::api;

// The lock beside a sentence of the footer.
class IconMark : public QWidget
{
public:
    explicit IconMark(const QString& icon) : m_icon(icon) { setFixedSize(14, 16); }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        paintIcon(painter, rect(), m_icon, color(Token::Text3));
    }

private:
    QString m_icon;
};

TextLabel* heading(const QString& text)
{
    return new TextLabel(text, &Type::uiStrong);
}

} // namespace

TracePanel::TracePanel(QWidget* parent)
    : Panel(tr("Trace"), parent),
      m_trace(new models::TraceModel(this)),
      m_attempts(new models::AttemptTableModel(this)),
      m_tabs(new TabStrip(tr("Parts of the trace"))),
      m_stack(new QStackedWidget),
      m_copyId(Button::iconOnly(QStringLiteral("copy"), tr("Copy the id of the call (Y)")))
{
    addTitleWidget(m_copyId);
    for (const QString& tab : {tr("Waterfall"), tr("Request"), tr("Attempts"), tr("Stream")})
        m_tabs->addChoice(tab);
    addHeaderWidget(m_tabs, Qt::Alignment());
    m_stack->addWidget(makeWaterfallTab());
    m_stack->addWidget(makeRequestTab());
    m_stack->addWidget(makeAttemptsTab());
    m_stack->addWidget(makeStreamTab());
    m_attemptStrip = makeAttemptStrip();
    m_footer = makeFooter();
    body()->addWidget(m_stack, 1);
    body()->addWidget(m_attemptStrip);
    body()->addWidget(m_footer);
    body()->addStretch(0); // keeps the header at the top while everything else is hidden
    setKeepsCorners(true);
    connect(m_tabs, &ChoiceRow::chosen, this, &TracePanel::setTab);
    connect(m_copyId, &QAbstractButton::clicked, this, &TracePanel::copyIdRequested);
    connect(m_waterfall, &charts::Waterfall::selectedChanged, this, [this](int span) {
        if (span >= 0 && m_trace->spans()[span].attempt >= 0)
            showAttempt(m_trace->spans()[span].attempt);
    });
    setTab(WaterfallTab);
    clear();
}

QWidget* TracePanel::makeWaterfallTab()
{
    auto* tab = new QWidget;
    auto* layout = new QVBoxLayout(tab);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_waterfall = new charts::Waterfall(m_trace);
    layout->addWidget(m_waterfall, 1);

    return tab;
}

// What the chosen attempt was, under the waterfall and under the table of attempts.
QWidget* TracePanel::makeAttemptStrip()
{
    auto* whole = new QWidget;
    auto* lines = new QVBoxLayout(whole);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(0);
    lines->addWidget(new Hairline);
    auto* strip = new QVBoxLayout;
    strip->setContentsMargins(Metrics::panelPadding, 8, Metrics::panelPadding, 8);
    strip->setSpacing(2);
    auto* line = new QHBoxLayout;
    line->setSpacing(12);
    m_attemptTitle = new StatusLabel;
    m_attemptTitle->setFontRole(&Type::uiStrong);
    m_attemptTitle->setInk(Token::Text1);
    m_attemptTitle->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_attemptSentence = new TextLabel({}, &Type::ui, Token::Text2);
    m_attemptSentence->setWrapped(true);
    line->addWidget(m_attemptTitle, 0, Qt::AlignTop);
    line->addWidget(m_attemptSentence, 1);
    m_attemptFacts = new TextLabel({}, &Type::ui, Token::Text3);
    m_attemptFacts->setWrapped(true);
    strip->addLayout(line);
    auto* indented = new QHBoxLayout;
    indented->setContentsMargins(22, 0, 0, 0);
    indented->addWidget(m_attemptFacts);
    strip->addLayout(indented);
    lines->addLayout(strip);
    return whole;
}

QWidget* TracePanel::makeRequestTab()
{
    auto* content = new QWidget;
    auto* columns = new QHBoxLayout;
    columns->setSpacing(24);
    m_request = new FactsView(tr("What was asked"), 76);
    m_answer = new FactsView(tr("What was answered"), 76);
    for (const auto& [title, facts] : {std::pair{tr("Asked"), m_request}, std::pair{tr("Answered"), m_answer}}) {
        auto* column = new QVBoxLayout;
        column->setSpacing(4);
        column->addWidget(heading(title));
        column->addWidget(facts);
        column->addStretch(1);
        columns->addLayout(column, 1);
    }
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(Metrics::panelPadding, 10, Metrics::panelPadding, 10);
    layout->addLayout(columns);
    layout->addStretch(1);
    return new PlainScroll(content, tr("Request"));
}

QWidget* TracePanel::makeAttemptsTab()
{
    m_attemptTable = new TableView(tr("Attempts of the call"));
    m_attemptTable->setModel(m_attempts);
    connect(m_attemptTable, &TableView::currentRowChanged, this, &TracePanel::showAttempt);
    return m_attemptTable;
}

QWidget* TracePanel::makeStreamTab()
{
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(Metrics::panelPadding, 10, Metrics::panelPadding, 10);
    layout->setSpacing(8);
    m_streamSentence = new TextLabel({}, &Type::body);
    m_streamSentence->setWrapped(true);
    m_stream = new FactsView(tr("The stream"), 140);
    layout->addWidget(m_streamSentence);
    layout->addWidget(m_stream);
    layout->addStretch(1);
    return new PlainScroll(content, tr("Stream"));
}

QWidget* TracePanel::makeFooter()
{
    auto* footer = new QWidget;
    auto* layout = new QVBoxLayout(footer);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(new Hairline);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(Metrics::panelPadding, 8, Metrics::panelPadding, 8);
    row->setSpacing(8);
    auto* curl = new Button(tr("Copy as cURL"), Button::Kind::Secondary, QStringLiteral("copy"));
    curl->setToolTip(tr("Copies the command with a placeholder for the key and the text (Ctrl+Shift+K)."));
    connect(curl, &QAbstractButton::clicked, this, &TracePanel::copyCurlRequested);
    row->addWidget(curl);
    row->addStretch(1);
    row->addWidget(new IconMark(QStringLiteral("lock")));
    row->addWidget(new TextLabel(tr("Prompts and answers are not kept."), &Type::ui, Token::Text3));
    layout->addLayout(row);
    return footer;
}

void TracePanel::setSlotOf(std::function<int(const QString&)> slotOf)
{
    m_waterfall->setSlotOf(std::move(slotOf));
}

void TracePanel::setTab(int tab)
{
    m_tabs->setCurrent(tab);
    m_stack->setCurrentIndex(tab);
    layOut();
}

// A low panel gives its height to the waterfall, a narrow one leaves out the model, which the strip names.
void TracePanel::layOut()
{
    const int tab = m_stack->currentIndex();
    m_attemptStrip->setVisible(m_call && (tab == WaterfallTab || tab == AttemptsTab));
    m_attemptFacts->setVisible(tab == AttemptsTab || height() >= metrics().px(350));
    const bool withModel = width() >= metrics().px(716);
    m_attemptTable->setColumnHidden(models::AttemptTableModel::Model, !withModel);
    m_attemptTable->setWidths({{40, 0}, {156, 1}, {withModel ? 162 : 0, 0}, {126, 0}, {76, 0}, {62, 0}, {100, 0}});
}

void TracePanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    layOut();
}

void TracePanel::takeFocus()
{
    QWidget* target = m_stack->currentIndex() == AttemptsTab ? static_cast<QWidget*>(m_attemptTable) : m_waterfall;
    if (m_stack->currentIndex() == WaterfallTab || m_stack->currentIndex() == AttemptsTab)
        target->setFocus(Qt::ShortcutFocusReason);
}

void TracePanel::setCall(const Call& call)
{
    const bool same = m_call && m_call->id == call.id;
    m_call = call;
    setMonoCaption(call.id);
    m_copyId->show();
    m_tabs->show();
    m_stack->show();
    m_footer->show();
    setTab(m_stack->currentIndex());
    m_trace->setCall(call);
    m_attempts->setAttempts(call.attempts);
    m_request->setFacts(models::requestFacts(call));
    m_answer->setFacts(models::answerFacts(call));
    m_streamSentence->setText(models::streamSentence(call));
    m_stream->setFacts(models::streamFacts(call));
    if (same)
        return;
    // What a reader wants first: the attempt that failed; where none did, the one that answered.
    int wanted = -1;
    for (int i = 0; i < call.attempts.size(); ++i) {
        if (call.attempts[i].result == AttemptResult::Failed) {
            wanted = i;
            break;
        }
        wanted = i;
    }
    int span = -1;
    for (int i = 0; i < m_trace->spans().size() && span < 0; ++i) {
        if (wanted >= 0 && m_trace->spans()[i].attempt == wanted)
            span = i;
    }
    m_waterfall->select(span);
    showAttempt(wanted);
}

void TracePanel::showAttempt(int position)
{
    const bool any = m_call && position >= 0 && position < m_call->attempts.size();
    if (!any) {
        m_attemptTitle->set(Status::NotApplicable, tr("No attempt"));
        m_attemptSentence->setText(m_call ? models::failureSentence(*m_call) : QString());
        m_attemptFacts->setText(tr("No provider was asked, so nothing was sent and nothing was billed."));
        return;
    }
    const Attempt& attempt = m_call->attempts[position];
    m_attemptTitle->set(models::isBroken(attempt) ? Status::Down : models::statusOf(attempt.result),
        tr("Attempt %1").arg(attempt.number));
    m_attemptSentence->setText(models::attemptSentence(attempt));
    QStringList facts;
    if (attempt.startUs >= 0 && attempt.connectedUs >= 0)
        facts.append(attempt.connectionReused
                         ? tr("connection kept open")
                         : tr("connected in %1").arg(models::durationFromUs(attempt.connectedUs - attempt.startUs)));
    if (!attempt.modelReported.isEmpty() && attempt.modelReported != attempt.model)
        facts.append(tr("reported model `%1`").arg(attempt.modelReported));
    else if (!attempt.model.isEmpty())
        facts.append(tr("model `%1`").arg(attempt.model));
    if (!attempt.upstreamRequestId.isEmpty())
        facts.append(tr("upstream id `%1`").arg(attempt.upstreamRequestId));
    if (attempt.tokens.source != TokenSource::None)
        facts.append(
            tr("%1 in, %2 out tokens")
                .arg(models::wholeNumber(attempt.tokens.input()), models::wholeNumber(attempt.tokens.output())));
    if (attempt.error != ErrorCode::None)
        facts.append(tr("code `%1`").arg(nameOf(attempt.error)));
    // A label stays with its value when the line wraps.
    for (QString& fact : facts)
        fact.replace(QLatin1Char(' '), QChar::Nbsp);
    m_attemptFacts->setText(facts.join(QStringLiteral("   ")));
}

void TracePanel::clear()
{
    m_call.reset();
    setCaption(tr("choose a call above to see its attempts, timing and decision"));
    m_copyId->hide();
    m_tabs->hide();
    m_stack->hide();
    m_footer->hide();
    m_attemptStrip->hide();
    m_trace->clear();
}

} // namespace ui::traffic
