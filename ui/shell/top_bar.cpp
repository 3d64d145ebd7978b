#include "shell/top_bar.h"

#include "session/session.h"
#include "shell/connection_chip.h"
#include "theme/icons.h"
#include "theme/paint.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/choice_cells.h"
#include "widgets/focus_ring.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>

namespace ui {
namespace {

// Looks like a field, is a button: the palette brings the field.
class SearchButton : public QAbstractButton
{
public:
    explicit SearchButton(QWidget* parent) : QAbstractButton(parent)
    {
        setAccessibleName(QStringLiteral("Search or run"));
        setToolTip(QStringLiteral("Find a page or an action"));
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
        FocusRing::wantedBy(this);
        setMinimumWidth(metrics().px(92));
        setMaximumWidth(metrics().px(200));
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    }
    QSize sizeHint() const override { return QSize(metrics().px(200), metrics().control()); }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        paint::box(painter, rect(), Metrics::radius, color(underMouse() ? Token::Hover : Token::Sunken),
            color(Token::LineStrong));
        paintIcon(painter, QRectF(9, 0, 14, height()), "search", color(Token::Text2));
        const QString key = QStringLiteral("Ctrl K");
        const qreal cap = paint::keycap(nullptr, {}, key, {}, {});
        // A narrow window leaves the icon and the key; half a word would say less.
        const QString words = QStringLiteral("Search or run");
        const QRectF room(31, 0, width() - 31 - cap - 12, height());
        if (paint::textWidth(type().ui, words) <= room.width())
            paint::text(painter, room, type().ui, color(Token::Text3), words);
        paint::keycap(&painter, QPointF(width() - cap - 6, (height() - metrics().keycap()) / 2.0), key,
            color(Token::Text2), color(Token::LineStrong));
    }
};

} // namespace

const QVector<TopBar::Choice>& TopBar::choices()
{
    static const QVector<Choice> all = {
        {"5m", "last 5 min", 5 * 60},
        {"15m", "last 15 min", 15 * 60},
        {"1h", "last 1 h", 3600},
        {"6h", "last 6 h", 6 * 3600},
        {"24h", "last 24 h", 24 * 3600},
    };
    return all;
}

TopBar::TopBar(Session& session, QWidget* parent)
    : QWidget(parent),
      m_session(session),
      m_connection(new ConnectionChip(session, this)),
      m_segment(new Segment(QStringLiteral("Time range"), Segment::Size::Regular, this)),
      m_live(new Button(QStringLiteral("Live"), Button::Kind::Secondary, QStringLiteral("pause"), this)),
      m_alarms(new AlarmChip(session, this))
{
    setFixedHeight(metrics().topBar());
    for (const Choice& choice : choices())
        m_segment->addChoice(QString::fromLatin1(choice.label), QString::fromLatin1(choice.words));
    m_rangePart = m_segment->addMenuPart(QString(), QStringLiteral("Choose the time range"));
    m_zonePart = m_segment->addMenuPart(QString(), QStringLiteral("Choose the time zone of the screen"));
    auto* search = new SearchButton(this);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(metrics().rail() + 8, 0, 12, 0);
    row->setSpacing(8);
    row->addWidget(m_connection);
    row->addStretch(1);
    row->addWidget(m_segment);
    row->addWidget(m_live);
    row->addWidget(search, 0);
    row->addWidget(m_alarms);

    connect(m_segment, &ChoiceRow::chosen, this, [this](int index) {
        TimeRange range;
        range.seconds = choices().at(index).seconds;
        setRange(range);
    });
    connect(m_rangePart, &QAbstractButton::clicked, this, &TopBar::openRangeMenu);
    connect(m_zonePart, &QAbstractButton::clicked, this, &TopBar::openZoneMenu);
    connect(m_live, &QAbstractButton::clicked, this, [this] { setPaused(!m_paused); });
    connect(search, &QAbstractButton::clicked, this, &TopBar::searchRequested);
    // the strip shows the environment, which an engine may state after it was attached to
    connect(&session, &Session::identityChanged, this, [this] { update(); });
    refreshWords();
}

void TopBar::setRange(const TimeRange& range)
{
    if (range == m_range)
        return;
    m_range = range;
    refreshWords();
    Q_EMIT rangeChanged(range);
}

void TopBar::setTimeZone(TimeZoneChoice zone)
{
    if (zone == m_zone)
        return;
    m_zone = zone;
    refreshWords();
    Q_EMIT timeZoneChanged(zone);
}

void TopBar::setPaused(bool paused)
{
    if (paused == m_paused)
        return;
    m_paused = paused;
    refreshWords();
    Q_EMIT pausedChanged(paused);
}

void TopBar::refreshWords()
{
    int chosen = -1;
    QString words;
    for (int i = 0; i < choices().size(); ++i) {
        if (m_range.live && choices().at(i).seconds == m_range.seconds) {
            chosen = i;
            words = QString::fromLatin1(choices().at(i).words);
        }
    }
    if (chosen < 0) {
        const auto shown = [this](const QDateTime& time) {
            return (m_zone == TimeZoneChoice::Utc ? time.toUTC() : time.toLocalTime())
                .toString(QStringLiteral("HH:mm"));
        };
        const QDateTime now = m_session.now();
        words =
            QStringLiteral("%1 %2 %3").arg(shown(m_range.from(now)), QString(QChar(0x2013)), shown(m_range.to(now)));
    }
    m_segment->setCurrent(chosen);
    Segment::setPartText(m_rangePart, words);
    Segment::setPartText(m_zonePart, m_zone == TimeZoneChoice::Utc ? QStringLiteral("UTC") : QStringLiteral("Local"));
    m_live->setText(m_paused ? QStringLiteral("Paused") : QStringLiteral("Live"));
    m_live->setIconName(m_paused ? QStringLiteral("play") : QStringLiteral("pause"));
    m_live->setAccessibleName(m_paused ? QStringLiteral("Paused, go live") : QStringLiteral("Live, pause"));
    m_live->setToolTip(
        m_paused ? QStringLiteral("Show what has arrived and go on") : QStringLiteral("Hold the lists where they are"));
}

void TopBar::openRangeMenu()
{
    // not exec(): the frame may be built anew while it is open
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto fixedAt = [this](qint64 shift) {
        TimeRange range = m_range;
        range.live = false;
        range.fixedTo = m_range.to(m_session.now()).addSecs(shift);
        return range;
    };
    menu->addAction(QStringLiteral("One window back"), this, [=, this] { setRange(fixedAt(-m_range.seconds)); });
    QAction* forward =
        menu->addAction(QStringLiteral("One window forward"), this, [=, this] { setRange(fixedAt(m_range.seconds)); });
    forward->setEnabled(!m_range.live && m_range.fixedTo.addSecs(m_range.seconds) <= m_session.now());
    QAction* hold = menu->addAction(QStringLiteral("Hold this window"), this, [=, this] { setRange(fixedAt(0)); });
    hold->setEnabled(m_range.live);
    QAction* live = menu->addAction(QStringLiteral("Back to now"), this, [this] {
        TimeRange range = m_range;
        range.live = true;
        range.fixedTo = {};
        setRange(range);
    });
    live->setEnabled(!m_range.live);
    menu->popup(m_rangePart->mapToGlobal(QPoint(0, m_rangePart->height() + 4)));
}

void TopBar::openZoneMenu()
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](TimeZoneChoice zone, const QString& words) {
        QAction* action = menu->addAction(words, this, [this, zone] { setTimeZone(zone); });
        action->setCheckable(true);
        action->setChecked(zone == m_zone);
    };
    add(TimeZoneChoice::Utc, QStringLiteral("UTC, as in records"));
    add(TimeZoneChoice::Local, QStringLiteral("Local time of this computer"));
    menu->popup(m_zonePart->mapToGlobal(QPoint(0, m_zonePart->height() + 4)));
}

void TopBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Window));
    paint::hline(painter, 0, width(), height() - 1, color(Token::Line));
    // The environment over the whole width, so that no screen is taken for another.
    painter.fillRect(QRect(0, 0, width(), 2), color(lookOf(m_session.options().environment).strip));
    paintLogo(painter, QRectF(17, (height() - 17) / 2.0, 17, 17));
    paint::text(painter, QRectF(metrics().px(42), 0, metrics().rail() - metrics().px(42), height()), type().bodyStrong,
        color(Token::Text1), QStringLiteral("Signalbox"));
}

} // namespace ui
