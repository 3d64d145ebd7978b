// The frame: lazy pages, shortcuts, palette, rail keyboard, minimum size, theme and zoom switches with a live page.
#include "fake_transport.h"
#include "scripted_probe.h"
#include "story.h"

#include "pages/register_pages.h"
#include "shell/command_palette.h"
#include "shell/main_window.h"
#include "shell/page.h"
#include "shell/rail.h"
#include "shell/top_bar.h"
#include "theme/theme_manager.h"

#include <QAbstractButton>
#include <QLineEdit>
#include <QListWidget>
#include <QTest>

using namespace ui;
using namespace ui::testing;

namespace {

class CountedPage : public Page
{
public:
    explicit CountedPage(const QString& name) : m_name(name) { ++s_built; }
    QString title() const override { return m_name; }
    void activated() override { ++active; }
    void deactivated() override { --active; }
    void setTimeRange(const TimeRange& range) override { seconds = range.seconds; }
    void setPaused(bool now) override { paused = now; }
    int active = 0;
    int seconds = 0;
    bool paused = false;
    static inline int s_built = 0;

private:
    QString m_name;
};

PageRegistry twoPages()
{
    PageRegistry pages;
    for (const char* name : {"beta", "alpha"}) {
        const QString word = QString::fromLatin1(name);
        pages.add({word, word, QStringLiteral("server"), RailGroup::Change, word == QLatin1String("alpha") ? 1 : 2,
            [word](Session&) { return new CountedPage(word); }});
    }
    return pages;
}

} // namespace

class tst_MainWindow : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ThemeManager::install(*qApp, ThemeChoice::Dark); }
    void init();
    void cleanup() { m_window.reset(); }
    void pagesAreBuiltWhenShown();
    void shortcutsOpenPages();
    void rangeAndPauseReachThePage();
    void paletteFindsAndRuns();
    void paletteGivesTheFocusBack();
    void railMovesWithArrows();
    void themeAndZoomKeepThePage();
    void everyPageOfTheConsoleHasNames();

private:
    CountedPage* page() const { return static_cast<CountedPage*>(m_window->currentPage()); }
    std::unique_ptr<MainWindow> m_window;
};

void tst_MainWindow::init()
{
    CountedPage::s_built = 0;
    auto transport = std::make_shared<FakeTransport>();
    Story::tell(*transport);
    m_window = std::make_unique<MainWindow>(std::make_shared<Session>(transport, SessionOptions{}), twoPages());
    m_window->show();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
}

void tst_MainWindow::pagesAreBuiltWhenShown()
{
    QCOMPARE(m_window->minimumSize(), QSize(1180, 720));
    QCOMPARE(CountedPage::s_built, 0);
    QVERIFY(m_window->openPage(QStringLiteral("alpha")));
    QVERIFY(m_window->openPage(QStringLiteral("alpha")));
    QCOMPARE(CountedPage::s_built, 1);
    QCOMPARE(page()->active, 1);
    QVERIFY(!m_window->openPage(QStringLiteral("gamma")));
    QCOMPARE(m_window->currentPageName(), QStringLiteral("alpha"));
}

void tst_MainWindow::shortcutsOpenPages()
{
    QTest::keyClick(m_window.get(), Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(m_window->currentPageName(), QStringLiteral("beta"));
    CountedPage* before = page();
    QTest::keyClick(m_window.get(), Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(m_window->currentPageName(), QStringLiteral("alpha"));
    QCOMPARE(before->active, 0);
}

void tst_MainWindow::rangeAndPauseReachThePage()
{
    m_window->openPage(QStringLiteral("alpha"));
    TimeRange range;
    range.seconds = 3600;
    m_window->topBar()->setRange(range);
    QCOMPARE(page()->seconds, 3600);
    m_window->topBar()->setPaused(true);
    QVERIFY(page()->paused);
    // A page that is opened later hears the same.
    m_window->openPage(QStringLiteral("beta"));
    QCOMPARE(page()->seconds, 3600);
    QVERIFY(page()->paused);
}

void tst_MainWindow::paletteFindsAndRuns()
{
    QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
    auto* palette = m_window->findChild<CommandPalette*>();
    QVERIFY(palette->isVisible());
    auto* field = palette->findChild<QLineEdit*>();
    QTRY_VERIFY(field->hasFocus());
    QTest::keyClicks(field, QStringLiteral("beta open"));
    QCOMPARE(palette->findChild<QListWidget*>()->count(), 1);
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(!palette->isVisible());
    QCOMPARE(m_window->currentPageName(), QStringLiteral("beta"));
}

void tst_MainWindow::paletteGivesTheFocusBack()
{
    m_window->openPage(QStringLiteral("alpha"));
    auto* button = m_window->findChild<Rail*>()->findChild<QAbstractButton*>();
    button->setFocus();
    m_window->openPalette();
    auto* field = m_window->findChild<CommandPalette*>()->findChild<QLineEdit*>();
    QTRY_VERIFY(field->hasFocus());
    QTest::keyClick(field, Qt::Key_Escape);
    QVERIFY(button->hasFocus());
}

void tst_MainWindow::railMovesWithArrows()
{
    const auto items = m_window->findChild<Rail*>()->findChildren<QAbstractButton*>();
    QCOMPARE(items.size(), 2);
    items.first()->setFocus();
    QTest::keyClick(items.first(), Qt::Key_Down);
    QVERIFY(items.last()->hasFocus());
    QTest::keyClick(items.last(), Qt::Key_Space);
    QCOMPARE(m_window->currentPageName(), QStringLiteral("beta"));
}

void tst_MainWindow::themeAndZoomKeepThePage()
{
    m_window->openPage(QStringLiteral("beta"));
    ThemeManager* themes = ThemeManager::instance();
    themes->setChoice(ThemeChoice::Light);
    QCOMPARE(CountedPage::s_built, 1);
    themes->setTextZoom(1.5);
    QCOMPARE(m_window->currentPageName(), QStringLiteral("beta"));
    // The old frame goes with the next turn of the event loop.
    QTRY_COMPARE(m_window->findChild<Rail*>()->width(), 264);
    themes->setTextZoom(1.0);
    themes->setChoice(ThemeChoice::Dark);
}

void tst_MainWindow::everyPageOfTheConsoleHasNames()
{
    auto transport = std::make_shared<FakeTransport>();
    Story::tell(*transport);
    SessionOptions options;
    options.now = [] { return Story::now(); };
    auto session = std::make_shared<Session>(transport, options);
    MainWindow window(session, allPages(std::make_shared<ScriptedProbe>()));
    window.show();
    session->start();
    for (const char* name : {"traffic", "providers", "server"}) {
        QVERIFY(window.openPage(QString::fromLatin1(name)));
        QTRY_COMPARE(transport->pending(), 0);
        QTRY_VERIFY(window.currentPage()->isSettled());
        for (const QWidget* widget : window.findChildren<QWidget*>()) {
            if (widget->focusPolicy() == Qt::NoFocus || widget->objectName().startsWith(QLatin1String("qt_")) ||
                !widget->isVisible())
                continue;
            QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(QStringLiteral("%1: %2").arg(QLatin1String(name),
                                                              QLatin1String(widget->metaObject()->className()))));
        }
    }
}

QTEST_MAIN(tst_MainWindow)
#include "tst_main_window.moc"
