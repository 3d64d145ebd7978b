#include "pages/server/exports_panel.h"

#include "models/format.h"
#include "widgets/button.h"
#include "widgets/plain_table.h"

#include <QJsonObject>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {
namespace {

using gateway::api::ExportStatus;
using gateway::api::ExportTest;

constexpr int kMostRows = 5;

Cell stateOf(const QString& state)
{
    if (state == QLatin1String("ok"))
        return Cell::state(Status::Ok, QStringLiteral("Arrives"));
    if (state == QLatin1String("failing"))
        return Cell::state(Status::Degraded, QStringLiteral("Failing"));
    if (state == QLatin1String("waiting"))
        return Cell::state(Status::NotReached, QStringLiteral("Waiting"));
    if (state == QLatin1String("off"))
        return Cell::state(Status::Degraded, QStringLiteral("Off"));
    return Cell::state(Status::Unknown, QStringLiteral("Unknown"));
}

QVector<Cell> rowOf(const ExportStatus& one, const QDateTime& now)
{
    Cell last = Cell::notApplicable();
    if (one.lastSuccess)
        last = Cell::plain(models::age(*one.lastSuccess, now));
    return {Cell::plain(one.name), stateOf(one.state), Cell::mono(one.target, Token::Text2), last,
        Cell::number(models::wholeNumber(one.sent)),
        Cell::number(models::wholeNumber(one.dropped), one.dropped > 0 ? Token::Degraded : Token::Text1),
        Cell::plain(one.sentence, Token::Text2)};
}

} // namespace

ExportsPanel::ExportsPanel(QWidget* parent)
    : Panel(QStringLiteral("Exports"), parent),
      m_table(new PlainTable(QStringLiteral("Exports"),
          {{QStringLiteral("Name")}, {QStringLiteral("State")},
              {QStringLiteral("Target"), false, QStringLiteral("Its origin; paths may be secret and are not shown")},
              {QStringLiteral("Last taken")},
              {QStringLiteral("Sent"), true,
                  QStringLiteral("Spans, points, deliveries, fetches; since the engine started")},
              {QStringLiteral("Lost"), true, QStringLiteral("For want of room, or refused for good")},
              {QStringLiteral("In words")}})),
      m_test(new Button(QStringLiteral("Test"), Button::Kind::Secondary, QStringLiteral("bolt")))
{
    setCaption(QStringLiteral("what leaves for other systems"));
    m_table->setWidths({{120, 0}, {96, 0}, {200, 1}, {90, 0}, {80, 0}, {60, 0}, {220, 2}});
    m_test->setSmall(true);
    m_test->setToolTip(QStringLiteral("Sends one test span or delivery and tells what came back"));
    m_test->hide();
    addHeaderWidget(m_test);
    body()->addWidget(m_table);
    setKeepsCorners(true);
    hide();
    connect(m_table, &TableView::currentRowChanged, this, &ExportsPanel::refreshButton);
    connect(m_test, &QAbstractButton::clicked, this, [this] {
        if (const QString name = selected(); !name.isEmpty())
            Q_EMIT testWanted(name);
    });
}

void ExportsPanel::setExports(const QVector<ExportStatus>& list, const QDateTime& now)
{
    // asked with every reading of the status, and rarely another answer; only an age moves on its own
    const bool same =
        !m_list.isEmpty() && std::equal(list.begin(), list.end(), m_list.begin(), m_list.end(),
                                 [](const ExportStatus& a, const ExportStatus& b) {
                                     return !a.lastSuccess && gateway::api::toJson(a) == gateway::api::toJson(b);
                                 });
    if (same)
        return;
    const QString before = selected();
    m_list = list;
    m_table->clearRows();
    int current = 0;
    bool tells = list.size() > 1;
    for (qsizetype i = 0; i < list.size(); ++i) {
        m_table->addRow(rowOf(list[i], now));
        if (list[i].name == before)
            current = int(i);
        tells = tells || list[i].lastSuccess;
    }
    m_table->setFixedHeight(m_table->heightForRows(qBound(1, int(list.size()), kMostRows)));
    if (!list.isEmpty() && (!before.isEmpty() || m_mayTest))
        m_table->selectRow(current);
    setVisible(tells);
    refreshButton();
}

void ExportsPanel::setMayTest(bool may)
{
    m_mayTest = may;
    if (may && !m_list.isEmpty() && selected().isEmpty())
        m_table->selectRow(0);
    refreshButton();
}

QString ExportsPanel::selected() const
{
    const int row = m_table->currentIndex().row();
    return row >= 0 && row < m_list.size() ? m_list[row].name : QString();
}

void ExportsPanel::refreshButton()
{
    m_test->setVisible(m_mayTest);
    const QString name = selected();
    m_test->setEnabled(!m_testing && !name.isEmpty());
    m_test->setAccessibleName(
        name.isEmpty() ? QStringLiteral("Test the selected export") : QStringLiteral("Test the export %1").arg(name));
}

void ExportsPanel::showTesting(const QString& name)
{
    m_testing = true;
    setCaption(QStringLiteral("testing %1").arg(name));
    refreshButton();
}

void ExportsPanel::showTest(const ExportTest& test)
{
    m_testing = false;
    setCaption(QStringLiteral("%1 tested at %2 UTC: %3")
                   .arg(test.name, test.at.toUTC().toString(QStringLiteral("HH:mm:ss")), test.sentence));
    refreshButton();
}

void ExportsPanel::showTestError(const QString& name, const QString& why)
{
    m_testing = false;
    setCaption(QStringLiteral("%1 could not be tested: %2").arg(name, why));
    refreshButton();
}

} // namespace ui
