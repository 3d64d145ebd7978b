#include "pages/server/listening_panel.h"

#include "theme/icons.h"
#include "theme/status_paint.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

ListeningPanel::ListeningPanel(QWidget* parent)
    : Panel(QString(), parent),
      m_title(new TextLabel(QString(), &Type::bodyStrong, Token::Text1, this)),
      m_sentence(new TextLabel(QString(), &Type::ui, Token::Text3, this)),
      m_send(new Button(QStringLiteral("Send test request"), Button::Kind::Secondary, QStringLiteral("right"), this))
{
    auto* row = new QHBoxLayout;
    row->setContentsMargins(43, 9, 12, 9);
    row->setSpacing(16);
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(m_title);
    words->addWidget(m_sentence);
    row->addLayout(words, 1);
    row->addWidget(m_send);
    body()->addLayout(row);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(m_send, &QAbstractButton::clicked, this, &ListeningPanel::testWanted);
    showBlocked(QStringLiteral("The engine has not said yet where it listens."));
}

void ListeningPanel::set(Face face, const QString& title, const QString& sentence, bool canSend)
{
    const QString name = title + QStringLiteral(". ") + sentence;
    if (m_face == face && accessibleName() == name && m_send->isEnabled() == canSend)
        return;
    m_face = face;
    setTone(face == Face::Wrong ? Tone::Down : face == Face::Blocked ? Tone::Plain : Tone::Accent);
    m_title->setText(title);
    m_sentence->setText(sentence);
    m_sentence->setInk(face == Face::Wrong || face == Face::Good ? Token::Text2 : Token::Text3);
    m_sentence->setWrapped(face == Face::Wrong); // the fix must be readable in full
    m_send->setEnabled(canSend);
    setAccessibleName(name);
    update();
}

void ListeningPanel::showListening(bool hasCalls)
{
    set(Face::Listening,
        hasCalls ? QStringLiteral("Listening for the next request") : QStringLiteral("Listening for the first request"),
        QStringLiteral("Point an SDK at the base URL, or send a test request from here."), true);
}

void ListeningPanel::showSending(const QString& alias)
{
    set(Face::Listening, QStringLiteral("The test request is on its way"),
        QStringLiteral("\"Say hello\" was sent to the alias %1.").arg(alias), false);
}

void ListeningPanel::showVerdict(const TestVerdict& verdict)
{
    set(verdict.good ? Face::Good : Face::Wrong, verdict.title, verdict.sentence, true);
}

void ListeningPanel::showBlocked(const QString& sentence)
{
    set(Face::Blocked, QStringLiteral("Not listening yet"), sentence, false);
}

void ListeningPanel::paintEvent(QPaintEvent* event)
{
    Panel::paintEvent(event);
    QPainter painter(this);
    const QRectF glyph(14, (height() - 16) / 2.0, 16, 16);
    switch (m_face) {
    case Face::Listening:
        paintIcon(painter, glyph, "server", color(Token::Accent));
        break;
    case Face::Good:
        paintStatus(painter, glyph, Status::Ok);
        break;
    case Face::Wrong:
        paintStatus(painter, glyph, Status::Down);
        break;
    case Face::Blocked:
        paintStatus(painter, glyph, Status::NotReached);
        break;
    }
}

} // namespace ui
