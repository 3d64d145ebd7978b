// The questions of TrafficPage: the filter and what the page asks the engine besides the list itself.
#include "charts/histogram_brush.h"
#include "charts/waterfall.h"
#include "models/format.h"
#include "pages/traffic/trace_panel.h"
#include "pages/traffic/traffic_page.h"
#include "theme/theme.h"
#include "widgets/input_field.h"
#include "widgets/text_label.h"

#include <QCoreApplication>
#include <QInputMethodEvent>
#include <QTextCharFormat>

#include <algorithm>

namespace ui::traffic {
namespace {

using namespace gateway::api;
using models::CallFilter;
using models::CallTableModel;

constexpr int kBars = 60;

// Steps an engine buckets by; the smallest that needs no more than `kBars` bars.
int histogramStep(int seconds)
{
    for (const int step : {1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400}) {
        if (seconds / step <= kBars)
            return step;
    }
    return 86400;
}

} // namespace

void TrafficPage::applyFilterText(const QString& text, bool now)
{
    const CallFilter filter = CallFilter::parse(text, m_session.now());
    m_field->setError(filter.problem);
    m_problem->setText(filter.problem);
    m_problem->setVisible(!filter.isValid());
    m_filter = filter;
    colourFilter();
    if (!filter.isValid()) {
        m_filterDelay.stop(); // the list keeps the last filter that was right
        return;
    }
    if (now)
        applyFilter();
    else
        m_filterDelay.start();
}

void TrafficPage::applyFilter()
{
    m_filterDelay.stop();
    // Relative times count from the moment the filter is applied.
    CallFilter filter = CallFilter::parse(m_field->text(), m_session.now());
    if (!filter.isValid())
        return;
    m_filter = filter;
    if (filter.query.since || filter.query.until) {
        const QDateTime from = filter.query.since.value_or(m_range.from(m_session.now()));
        m_histogram->setBrush(charts::TimeWindow{
            from.toMSecsSinceEpoch(), filter.query.until.value_or(m_session.now()).toMSecsSinceEpoch()});
    } else {
        m_histogram->setBrush(std::nullopt);
    }
    // A window that stands still bounds the list; a live one does not, or an hour without calls would look like none.
    if (!m_range.live) {
        filter.query.since = std::max(filter.query.since.value_or(QDateTime()), m_range.from(m_session.now()));
        filter.query.until =
            std::min(filter.query.until.value_or(m_range.to(m_session.now())), m_range.to(m_session.now()));
    }
    m_held = false;
    updateFollowing();
    if (m_everActive)
        m_model->setFilter(filter);
    if (m_active)
        askHistogram();
}

// A line edit has no rich text; formats of an empty input-method event colour what is there without changing it.
void TrafficPage::colourFilter()
{
    QList<QInputMethodEvent::Attribute> formats;
    for (const CallFilter::Piece& piece : m_filter.pieces) {
        if (piece.keyLength == 0 && !piece.wrong)
            continue;
        QTextCharFormat format;
        format.setForeground(color(piece.wrong ? Token::Down : Token::Accent));
        formats.append(QInputMethodEvent::Attribute(QInputMethodEvent::TextFormat,
            piece.start - m_field->cursorPosition(), piece.wrong ? piece.length : piece.keyLength, format));
    }
    QInputMethodEvent event(QString(), formats);
    QCoreApplication::sendEvent(m_field, &event);
}

void TrafficPage::showVerdict()
{
    const qint64 matching = m_model->total();
    if (matching < 0 || m_model->state() == CallTableModel::State::Failed) {
        m_field->setTrailing({});
        return;
    }
    const QString all = models::plural(std::max(m_everything, matching), tr("call"), tr("calls"));
    m_field->setVerdict(m_filter.isEmpty() ? all : tr("%1 of %2").arg(models::wholeNumber(matching), all));
}

void TrafficPage::askTotals()
{
    CallQuery query;
    query.limit = 1;
    ++m_asking;
    m_session.client().calls(query).then(this, [this](Result<CallPage> page) {
        --m_asking;
        if (!page)
            return;
        m_everything = page->total;
        showVerdict();
        showState();
    });
}

void TrafficPage::askHistogram()
{
    SeriesQuery query;
    query.to = m_range.to(m_session.now());
    query.stepSeconds = histogramStep(m_range.seconds);
    // Whole steps, so that bars do not change their content from one question to the next.
    const qint64 step = query.stepSeconds;
    query.to = QDateTime::fromSecsSinceEpoch((query.to.toSecsSinceEpoch() / step + 1) * step, Qt::UTC);
    query.from = query.to.addSecs(-(m_range.seconds / step) * step);
    query.provider = m_filter.query.provider;
    query.alias = m_filter.query.alias;
    // attempts know neither tenant nor outcome: then the bars are calls, counted by the engine
    if (!m_filter.query.tenant.isEmpty() || m_filter.query.outcome)
        return askCallsOverTime(query);
    ++m_asking;
    m_session.client().series(query).then(this, [this, step](Result<Series> series) {
        --m_asking;
        if (!series) {
            m_histogram->setNote(tr("The attempts over time cannot be read. %1").arg(series.error().message));
            return;
        }
        QVector<charts::HistogramBar> bars;
        for (const SeriesBucket& bucket : series->buckets)
            bars.append({bucket.start.toMSecsSinceEpoch(), bucket.answered - bucket.fallback, bucket.fallback,
                bucket.failed()});
        m_histogram->setBars(bars, step * 1000);
    });
}

void TrafficPage::askCallsOverTime(const SeriesQuery& over)
{
    CallSummaryQuery query;
    query.filter = m_filter.query;
    query.filter.since = over.from;
    query.filter.until = over.to;
    query.stepSeconds = over.stepSeconds;
    ++m_asking;
    m_session.client().callSummary(query).then(this, [this, over](Result<CallSummary> summary) {
        --m_asking;
        if (!summary) {
            m_histogram->setNote(tr("The calls over time cannot be read. %1").arg(summary.error().message));
            return;
        }
        const qint64 step = qint64(over.stepSeconds) * 1000;
        const qint64 first = over.from.toMSecsSinceEpoch();
        QVector<charts::HistogramBar> bars;
        for (qint64 start = first; start < over.to.toMSecsSinceEpoch(); start += step)
            bars.append({start, 0, 0, 0});
        for (const CallSummaryRow& row : summary->rows) {
            const qint64 at = (row.start.toMSecsSinceEpoch() - first) / step;
            if (at < 0 || at >= bars.size())
                continue;
            bars[at].answered += row.answered;
            bars[at].failed += row.calls - row.answered;
        }
        m_histogram->setBars(bars, step);
    });
}

void TrafficPage::askProviders()
{
    ++m_asking;
    m_session.client().providers().then(this, [this](Result<QVector<ProviderStatus>> providers) {
        --m_asking;
        if (!providers)
            return;
        m_slots.learn(*providers);
        m_trace->waterfall()->viewport()->update();
    });
}

} // namespace ui::traffic
