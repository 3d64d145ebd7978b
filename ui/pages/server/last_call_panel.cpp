#include "pages/server/last_call_panel.h"
#include "models/states.h"

#include "charts/waterfall.h"
#include "models/curl_text.h"
#include "models/format.h"
#include "models/trace_spans.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/choice_cells.h"
#include "widgets/key_value.h"
#include "widgets/state_overlay.h"
#include "widgets/summary_strip.h"
#include "widgets/text_label.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace ui {
namespace {

using gateway::api::Call;
using gateway::api::CallOutcome;

enum Tab
{
    WaterfallTab,
    RequestTab,
    AnswerTab,
    StreamTab
};

QVector<SummaryCell> summaryOf(const Call& call)
{
    const QString none = models::notApplicable();
    const auto time = [&](qint64 us) { return us < 0 ? none : models::durationFromUs(us); };
    // A plain answer has no first token of its own; its first byte is what a caller waits for.
    const bool streamed = call.firstTokenUs >= 0;
    return {
        {time(call.endUs), QStringLiteral("total"), Token::Text1, {}},
        {time(streamed ? call.firstTokenUs : call.firstByteUs),
            streamed ? QStringLiteral("first token") : QStringLiteral("first byte"), Token::Text1, {}},
        {time(call.overheadUs), QStringLiteral("gateway itself"), Token::Text1, {}},
        {QStringLiteral("%1 / %2").arg(
             models::wholeNumber(call.tokens.input()), models::wholeNumber(call.tokens.output())),
            call.tokens.source == gateway::api::TokenSource::Estimated ? QStringLiteral("tokens in, out, estimated")
                                                                       : QStringLiteral("tokens in, out"),
            Token::Text1, {}},
        {call.cost ? QStringLiteral("$%1").arg(models::dollars(call.cost)) : none,
            call.cost ? QStringLiteral("cost, exact") : QStringLiteral("cost, not priced"), Token::Text1, {}},
        {call.cache.isEmpty() ? none : call.cache, QStringLiteral("cache"), Token::Text1, {}},
    };
}

QWidget* factColumn(const QVector<models::Fact>& facts, QWidget* parent)
{
    auto* grid = new KeyValueGrid(96, parent);
    for (const models::Fact& fact : facts)
        grid->set(fact.label, fact.value, fact.isMono);
    grid->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    return grid;
}

void clearLayout(QLayout* layout)
{
    while (QLayoutItem* item = layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

} // namespace

LastCallPanel::LastCallPanel(QWidget* parent)
    : Panel(QStringLiteral("Last call"), parent),
      m_tabs(new TabStrip(QStringLiteral("View of the call"), this)),
      m_summary(new SummaryStrip(this)),
      m_trace(new models::TraceModel(this)),
      m_waterfall(new charts::Waterfall(m_trace, this)),
      m_stack(new QStackedLayout),
      m_facts(new QWidget(this)),
      m_below(new QWidget(this)),
      m_foot(new QWidget(this)),
      m_served(new TextLabel(QString(), &Type::ui, Token::Text3, this)),
      m_overlay(nullptr)
{
    for (const char* name : {"Waterfall", "Request", "Answer", "Stream"})
        m_tabs->addChoice(QString::fromLatin1(name));
    addHeaderWidget(m_tabs, Qt::Alignment());
    m_waterfall->setSlotOf([this](const QString& provider) { return int(m_providers.indexOf(provider)); });

    auto* first = new QWidget(this);
    auto* firstColumn = new QVBoxLayout(first);
    firstColumn->setContentsMargins(0, 0, 0, 0);
    firstColumn->setSpacing(0);
    firstColumn->addWidget(m_waterfall);
    firstColumn->addWidget(new Hairline(Qt::Horizontal, first));
    firstColumn->addWidget(m_below);
    firstColumn->addStretch(1);
    auto* belowRow = new QHBoxLayout(m_below);
    belowRow->setContentsMargins(12, 10, 12, 10);
    belowRow->setSpacing(16);
    auto* factsColumn = new QVBoxLayout(m_facts);
    factsColumn->setContentsMargins(12, 12, 12, 12);
    // A small window scrolls here instead of drawing the facts over the waterfall.
    auto* scroll = new QScrollArea(this);
    scroll->setAccessibleName(QStringLiteral("Waterfall and facts of the call"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(first);
    first->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    m_stack->addWidget(scroll);
    m_stack->addWidget(m_facts);

    auto* footRow = new QHBoxLayout(m_foot);
    footRow->setContentsMargins(12, 8, 12, 8);
    footRow->setSpacing(8);
    auto* open =
        new Button(QStringLiteral("Open in Traffic"), Button::Kind::Secondary, QStringLiteral("traffic"), m_foot);
    auto* curl = new Button(QStringLiteral("Copy as cURL"), Button::Kind::Secondary, QStringLiteral("copy"), m_foot);
    auto* id = new Button(QStringLiteral("Copy id"), Button::Kind::Secondary, QStringLiteral("copy"), m_foot);
    for (Button* button : {open, curl, id}) {
        button->setSmall(true);
        footRow->addWidget(button);
    }
    m_served->setAlignment(Qt::AlignRight);
    footRow->addWidget(m_served, 1);
    connect(open, &QAbstractButton::clicked, this, [this] { Q_EMIT openWanted(m_call->id); });
    connect(curl, &QAbstractButton::clicked, this, [this, curl] {
        QGuiApplication::clipboard()->setText(models::curlFor(*m_call, m_gatewayUrl));
        curl->flash(QStringLiteral("Copied"));
    });
    connect(id, &QAbstractButton::clicked, this, [this, id] {
        QGuiApplication::clipboard()->setText(m_call->id);
        id->flash(QStringLiteral("Copied"));
    });

    body()->addWidget(m_summary);
    body()->addLayout(m_stack, 1);
    body()->addWidget(new Hairline(Qt::Horizontal, this));
    body()->addWidget(m_foot);
    setKeepsCorners(true);
    m_overlay = new StateOverlay(this, metrics().panelHeader());
    connect(m_tabs, &ChoiceRow::chosen, this, &LastCallPanel::showTab);
    connect(m_overlay, &StateOverlay::actionTriggered, this, &LastCallPanel::testWanted);
    showNone(false);
}

void LastCallPanel::showNone(bool known)
{
    m_call.reset();
    setStatus(Status::NotReached);
    setMonoCaption(QString());
    m_tabs->hide();
    if (known)
        m_overlay->show(StateOverlay::State::Zero, QStringLiteral("No call since the engine started"),
            QStringLiteral("The first one appears here with its trace."), QStringLiteral("Send test request"));
    else
        m_overlay->showLoading(QStringLiteral("asking for the newest call"));
}

void LastCallPanel::showError(const QString& why)
{
    if (!m_call)
        m_overlay->show(StateOverlay::State::Error, QStringLiteral("The newest call cannot be read"), why);
}

void LastCallPanel::setProviders(const QVector<gateway::api::ProviderStatus>& providers)
{
    QStringList names;
    for (const auto& provider : providers)
        names.append(provider.name);
    if (names == m_providers)
        return;
    m_providers = names;
    m_waterfall->viewport()->update();
}

void LastCallPanel::setCall(const Call& call, bool isFirst)
{
    m_call = call;
    m_overlay->clear();
    m_tabs->show();
    setTitle(isFirst ? QStringLiteral("First call") : QStringLiteral("Last call"));
    setStatus(models::statusOf(call.outcome));
    setMonoCaption(call.id);
    m_summary->setCells(summaryOf(call));
    m_trace->setCall(call);
    m_waterfall->setFixedHeight(m_waterfall->heightForAll());
    const QString failure = models::failureSentence(call);
    m_served->setText(!failure.isEmpty()        ? failure
                      : call.servedBy.isEmpty() ? QString()
                                                : QStringLiteral("served by %1").arg(call.servedBy));
    m_served->setInk(failure.isEmpty() ? Token::Text3 : statusToken(models::statusOf(call.outcome)));

    clearLayout(m_below->layout());
    auto* below = static_cast<QHBoxLayout*>(m_below->layout());
    below->addWidget(factColumn(models::requestFacts(call), m_below), 1, Qt::AlignTop);
    below->addWidget(factColumn(models::timingFacts(call), m_below), 1, Qt::AlignTop);
    refreshFacts();
}

void LastCallPanel::showTab(int tab)
{
    m_stack->setCurrentIndex(tab == WaterfallTab ? 0 : 1);
    refreshFacts();
}

void LastCallPanel::refreshFacts()
{
    const int tab = m_tabs->current();
    if (!m_call || tab == WaterfallTab)
        return;
    clearLayout(m_facts->layout());
    auto* column = static_cast<QVBoxLayout*>(m_facts->layout());
    if (tab == StreamTab)
        column->addWidget(new TextLabel(models::streamSentence(*m_call), &Type::body, Token::Text1, m_facts));
    column->addWidget(factColumn(tab == RequestTab  ? models::requestFacts(*m_call)
                                 : tab == AnswerTab ? models::answerFacts(*m_call)
                                                    : models::streamFacts(*m_call),
        m_facts));
    column->addStretch(1);
}

} // namespace ui
