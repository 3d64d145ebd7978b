#include "console_script.h"

#include "pages/limits/limits_page.h"
#include "pages/register_pages.h"
#include "pages/routes/alias_detail.h"
#include "pages/routes/explain_panel.h"
#include "pages/routes/matrix_panel.h"
#include "pages/routes/routes_page.h"
#include "pages/traffic/trace_panel.h"
#include "pages/traffic/traffic_page.h"
#include "shell/page.h"
#include "shell/rail.h"
#include "widgets/button.h"
#include "widgets/input_field.h"
#include "widgets/plain_table.h"
#include "widgets/table_view.h"

#include "scripted_probe.h"

#include <QJsonArray>
#include <QPlainTextEdit>
#include <QTest>

namespace ui::testing {

using models::CallTableModel;

ConsoleScript::ConsoleScript(ui::MainWindow& window, ui::Session& session, Transcript& transcript)
    : m_window(window), m_session(session), m_transcript(transcript)
{
}

void ConsoleScript::run()
{
    until(QStringLiteral("the engine's status is there"), [this] { return m_session.status().has_value(); });
    lookAtEveryPage();
    traffic();
    routes();
    limits();
    probe();
    drainAndResume();
    failoverAndUndo();
    drill();
    budget();
    credentials();
    lookAtEveryPage(); // and how all that is told afterwards
}

bool ConsoleScript::until(const QString& what, const std::function<bool()>& isSo, int ms)
{
    if (QTest::qWaitFor(isSo, ms))
        return true;
    m_troubles.append(QStringLiteral("did not come: ") + what);
    return false;
}

void ConsoleScript::look(const QString& step, const QJsonObject& facts)
{
    const bool settled = until(step + QStringLiteral(" comes to rest"),
        [this] { return m_window.currentPage() && m_window.currentPage()->isSettled(); });
    m_transcript.write(step, &m_window, settled, facts);
}

void ConsoleScript::click(QAbstractButton* button, const QString& what)
{
    // a person waits as well while the console says that its numbers are too old to act upon
    until(QStringLiteral("the console lets changes out"), [this] { return m_session.blocked().isEmpty(); });
    if (!button || !button->isVisible() || !button->isEnabled())
        m_troubles.append(QStringLiteral("cannot be pressed: ") + what);
    else
        QTest::mouseClick(button, Qt::LeftButton);
}

QAbstractButton* ConsoleScript::buttonWith(const QString& words) const
{
    for (QAbstractButton* button : m_window.findChildren<QAbstractButton*>()) {
        if (button->isVisible() && (button->text() == words || button->accessibleName() == words))
            return button;
    }
    return nullptr;
}

bool ConsoleScript::isRead(const QString& words) const
{
    for (const QJsonValue& text : visibleIn(&m_window).value(QStringLiteral("texts")).toArray()) {
        if (text.toString().contains(words))
            return true;
    }
    return false;
}

// The way a person goes: the rail.
ui::Page* ConsoleScript::openPage(const QString& name)
{
    const PageRegistry pages = allPages(std::make_shared<ScriptedProbe>());
    const int index = pages.indexOf(name);
    const auto* rail = m_window.findChild<ui::Rail*>();
    QAbstractButton* item = nullptr;
    if (index >= 0 && rail) {
        for (QAbstractButton* button : rail->findChildren<QAbstractButton*>()) {
            if (button->text() == pages.entries()[index].title ||
                button->accessibleName().startsWith(pages.entries()[index].title))
                item = button;
        }
    }
    click(item, QStringLiteral("the page %1 in the rail").arg(name));
    until(QStringLiteral("the page %1").arg(name), [&] { return m_window.currentPageName() == name; });
    until(QStringLiteral("the page %1 comes to rest").arg(name),
        [this] { return m_window.currentPage() && m_window.currentPage()->isSettled(); });
    return m_window.currentPage();
}

template <typename T>
T* ConsoleScript::openPage(const char* name)
{
    return qobject_cast<T*>(openPage(QString::fromLatin1(name)));
}

void ConsoleScript::lookAtEveryPage()
{
    const bool again = m_transcript.steps() > 0;
    const PageRegistry pages = allPages(std::make_shared<ScriptedProbe>());
    for (const PageEntry& entry : pages.entries()) {
        openPage(entry.name);
        look(QStringLiteral("page %1%2").arg(entry.name, again ? QStringLiteral(" again") : QString()));
    }
}

void ConsoleScript::traffic()
{
    auto* page = openPage<traffic::TrafficPage>("traffic");
    auto* field = m_window.findChild<ui::FilterField*>();
    if (!page || !field) {
        m_troubles.append(QStringLiteral("the Traffic page is not there"));
        return;
    }
    const qint64 all = page->model()->total();
    const auto filterTo = [&](const QString& text, qint64 expectedAtMost) {
        field->clear();
        QTest::keyClicks(field, text);
        until(QStringLiteral("the filter %1").arg(text), [&] {
            return page->model()->filter().text.trimmed() == text && page->isSettled() && page->model()->total() >= 0 &&
                   page->model()->total() <= expectedAtMost;
        });
    };
    filterTo(QStringLiteral("tenant:acme"), all - 1);
    look(QStringLiteral("traffic filtered"),
        {{QStringLiteral("all"), all}, {QStringLiteral("acme"), page->model()->total()}});
    filterTo(QStringLiteral("tenant:nobody"), 0);
    look(QStringLiteral("traffic of nobody"), {{QStringLiteral("calls"), page->model()->total()}});
    filterTo(QStringLiteral("outcome:cancelled"), all - 1);
    filterTo(QStringLiteral("alias:support-chat"), all - 1);
    const QString filtered = QString::number(page->model()->total());

    // the newest call that fits, and why it went where it went
    if (page->model()->rowCount() > 0) {
        const QRect cell = page->table()->visualRect(page->model()->index(0, CallTableModel::Tenant));
        QTest::mouseClick(page->table()->viewport(), Qt::LeftButton, {}, cell.center());
        until(QStringLiteral("the trace of the chosen call"), [&] { return page->trace()->call().has_value(); });
    }
    const auto& call = page->trace()->call();
    look(QStringLiteral("traffic a call's why"),
        {{QStringLiteral("calls"), filtered}, {QStringLiteral("tenant"), call ? call->tenant : QString()},
            {QStringLiteral("alias"), call ? call->alias : QString()},
            {QStringLiteral("served_by"), call ? call->servedBy : QString()},
            {QStringLiteral("attempts"), call ? int(call->attempts.size()) : -1}});
    for (const int tab : {1, 2, 3}) {
        page->trace()->setTab(tab);
        look(QStringLiteral("traffic trace tab %1").arg(tab));
    }
    page->trace()->setTab(0);
    field->clear();
    until(QStringLiteral("no filter"), [&] { return page->model()->total() == all; });
}

void ConsoleScript::routes()
{
    auto* page = openPage<ui::routes::RoutesPage>("routes");
    if (!page)
        return;
    ui::routes::ExplainPanel* panel = page->explain();
    page->open(QStringLiteral("alias=support-chat"));
    panel->tenant()->setText(QStringLiteral("acme"));
    panel->request()->setPlainText(
        QStringLiteral(R"({"model":"support-chat","messages":[{"role":"user","content":"hello"}]})"));
    click(panel->explainButton(), QStringLiteral("Explain"));
    until(QStringLiteral("the explanation"),
        [&] { return !panel->verdict().isEmpty() && panel->candidates()->rows() > 0; });
    look(QStringLiteral("routes explained"),
        {{QStringLiteral("verdict"), panel->verdict()}, {QStringLiteral("candidates"), panel->candidates()->rows()},
            {QStringLiteral("chain"), panel->chain()->rows()}});

    panel->zone()->setText(QStringLiteral("eu-only"));
    click(panel->explainButton(), QStringLiteral("Explain, with a zone"));
    until(QStringLiteral("the explanation in the zone"), [&] { return panel->verdict() != QStringLiteral("Served"); });
    look(QStringLiteral("routes refused by the zone"), {{QStringLiteral("verdict"), panel->verdict()}});
    panel->zone()->clear();

    page->showLower(ui::routes::RoutesPage::MatrixPart);
    look(QStringLiteral("routes matrix"));
    page->showLower(ui::routes::RoutesPage::ExplainPart);
}

void ConsoleScript::limits()
{
    auto* page = openPage<ui::limits::LimitsPage>("limits");
    if (!page)
        return;
    look(QStringLiteral("limits and incidents"),
        {{QStringLiteral("checks"), page->checks()->rows()}, {QStringLiteral("incidents"), page->incidents()->rows()},
            {QStringLiteral("quotas"), page->quotas()->rows()}});
}

} // namespace ui::testing
