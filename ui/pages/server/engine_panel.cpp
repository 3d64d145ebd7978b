#include "pages/server/engine_panel.h"

#include "models/format.h"
#include "theme/paint.h"
#include "theme/theme.h"
#include "widgets/key_value.h"
#include "widgets/sparkline.h"
#include "widgets/state_overlay.h"

#include <QDir>
#include <QHostAddress>
#include <QPainter>
#include <QUrl>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr int kMetrics = 4;

QString megabytes(qint64 bytes)
{
    return QStringLiteral("%1 MB").arg(models::wholeNumber(qRound64(double(bytes) / (1024 * 1024))));
}

QString withoutHome(const QString& path)
{
    const QString home = QDir::homePath();
    return path.startsWith(home + QLatin1Char('/')) ? QStringLiteral("~") + path.mid(home.size()) : path;
}

QString hostPort(const QString& url)
{
    const QUrl parsed(url);
    return QStringLiteral("%1:%2")
        .arg(parsed.host())
        .arg(parsed.port(parsed.scheme() == QLatin1String("https") ? 443 : 80));
}

} // namespace

bool isLoopback(const QString& url)
{
    const QString host = QUrl(url).host();
    return host == QLatin1String("localhost") || QHostAddress(host).isLoopback();
}

// Four cells split by lines: label, value, sparkline.
class MetricCells : public QWidget
{
public:
    explicit MetricCells(QWidget* parent) : QWidget(parent)
    {
        for (Sparkline*& line : m_lines)
            line = new Sparkline(this);
        setFixedHeight(metrics().px(72));
    }
    void set(int index, const QString& label, const QString& value, const QVector<double>& values, double least)
    {
        double high = least;
        for (const double one : values)
            high = qMax(high, one);
        m_lines[index]->setRange(0, high);
        m_lines[index]->setValues(values);
        if (m_labels[index] == label && m_values[index] == value)
            return;
        m_labels[index] = label;
        m_values[index] = value;
        setAccessibleName(QStringLiteral("%1 %2, %3 %4, %5 %6, %7 %8")
                              .arg(m_labels[0], m_values[0], m_labels[1], m_values[1], m_labels[2], m_values[2],
                                  m_labels[3], m_values[3]));
        update();
    }

protected:
    void resizeEvent(QResizeEvent*) override
    {
        const int each = width() / kMetrics;
        for (int i = 0; i < kMetrics; ++i)
            m_lines[i]->setGeometry(
                i * each + 12, metrics().px(43), qMin(each - 28, metrics().px(92)), metrics().px(24));
    }
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        const int each = width() / kMetrics;
        for (int i = 0; i < kMetrics; ++i) {
            if (i > 0)
                paint::vline(painter, i * each, 0, height() - 1, color(Token::Line));
            const qreal left = i * each + 12;
            paint::text(painter, QRectF(left, metrics().px(8), each - 16, metrics().px(16)), type().ui,
                color(Token::Text3), m_labels[i]);
            paint::text(painter, QRectF(left, metrics().px(25), each - 16, metrics().px(18)), type().bodyStrong,
                color(Token::Text1), m_values[i]);
        }
        paint::hline(painter, 0, width(), height() - 1, color(Token::Line));
    }

private:
    QString m_labels[kMetrics];
    QString m_values[kMetrics];
    Sparkline* m_lines[kMetrics];
};

// Lines of a log: time, what, words; as many of the newest as the height holds.
class LogLines : public QWidget
{
public:
    explicit LogLines(QWidget* parent) : QWidget(parent) { setMinimumHeight(metrics().px(28)); }
    void set(const QVector<LogLine>& lines)
    {
        m_lines = lines;
        QStringList words;
        for (const LogLine& line : lines)
            words.append(QStringLiteral("%1 %2 %3").arg(models::clockTime(line.at), line.what, line.words));
        setAccessibleName(QStringLiteral("What happened: ") + words.join(QStringLiteral("; ")));
        update();
    }
    QSize sizeHint() const override { return QSize(300, metrics().px(76)); }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        const int pitch = metrics().px(20);
        const int room = qMax(1, (height() - 6) / pitch);
        qreal y = 4;
        for (qsizetype i = qMax<qsizetype>(0, m_lines.size() - room); i < m_lines.size(); ++i, y += pitch) {
            const LogLine& line = m_lines.at(i);
            const auto cell = [&](int x, int w, Token ink, const QString& words) {
                paint::text(painter,
                    QRectF(metrics().px(x), y, w < 0 ? width() - metrics().px(x) - 8 : metrics().px(w), pitch),
                    type().monoSmall, color(ink), words);
            };
            cell(12, 86, Token::Text3, models::clockTime(line.at));
            cell(104, 74, Token::Text2, line.what);
            cell(182, -1, Token::Text1, line.words);
        }
        paint::hline(painter, 0, width(), height() - 1, color(Token::Line));
    }

private:
    QVector<LogLine> m_lines;
};

EnginePanel::EnginePanel(QWidget* parent)
    : Panel(QStringLiteral("Engine"), parent),
      m_metrics(new MetricCells(this)),
      m_log(new LogLines(this)),
      m_facts(new KeyValueGrid(50, this)),
      m_overlay(nullptr)
{
    m_facts->setContentsMargins(12, 7, 12, 8);
    body()->addWidget(m_metrics);
    body()->addWidget(m_log, 1);
    body()->addWidget(m_facts);
    m_overlay = new StateOverlay(this, metrics().panelHeader());
    m_overlay->showLoading(QStringLiteral("waiting for the engine"));
}

void EnginePanel::showError(const QString& why)
{
    m_overlay->show(StateOverlay::State::Error, QStringLiteral("The engine's state cannot be read"), why);
}

void EnginePanel::setStatus(
    const gateway::api::EngineStatus& status, const QVector<StatusSample>& history, bool embedded)
{
    m_overlay->clear();
    setCaption(QStringLiteral("%1, pid %2, revision r%3%4")
                   .arg(embedded ? QStringLiteral("embedded") : QStringLiteral("version ") + status.version)
                   .arg(status.pid)
                   .arg(status.revision)
                   .arg(status.demo ? QStringLiteral(", demo") : QString()));
    QVector<double> cpu;
    QVector<double> memory;
    QVector<double> inFlight;
    QVector<double> queue;
    for (const StatusSample& sample : history) {
        cpu.append(sample.cpuPercent);
        memory.append(double(sample.residentBytes));
        inFlight.append(sample.callsInFlight);
        queue.append(double(sample.storeQueue));
    }
    // The least range keeps an idle line flat at the bottom instead of blowing noise up.
    m_metrics->set(0, QStringLiteral("CPU"), QStringLiteral("%1 %").arg(qRound(status.cpuPercent)), cpu, 10);
    m_metrics->set(1, QStringLiteral("Memory"), megabytes(status.residentBytes), memory, 1024.0 * 1024);
    m_metrics->set(2, QStringLiteral("In flight"), models::wholeNumber(status.callsInFlight), inFlight, 4);
    m_metrics->set(3, QStringLiteral("Queue"), models::wholeNumber(status.storeQueue), queue, 4);
    m_facts->set(QStringLiteral("Network"),
        isLoopback(status.gatewayUrl)
            ? QStringLiteral("off; only this computer reaches %1").arg(hostPort(status.gatewayUrl))
            : QStringLiteral("open; other computers reach %1").arg(hostPort(status.gatewayUrl)));
    m_facts->set(QStringLiteral("Data"), withoutHome(status.dataDirectory), true);
    for (const gateway::api::Part& part : status.parts) {
        if (part.name == QLatin1String("event loops"))
            m_facts->set(QStringLiteral("Loops"), part.detail);
    }
    if (!status.configFile.isEmpty())
        m_facts->set(QStringLiteral("Config"), withoutHome(status.configFile), true);
}

void EnginePanel::setLog(const QVector<LogLine>& lines)
{
    m_log->set(lines);
}

} // namespace ui
