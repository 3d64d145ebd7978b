#include "pages/config/standing_bar.h"

#include "models/format.h"
#include "pages/config/config_stages.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/chip.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <array>

namespace ui::config {

using namespace gateway::api;

namespace {

struct FileWords
{
    const char* state;
    const char* words;
    Status status;
};

// What the file is, when it is asked. What is not known here is never taken for agreement.
constexpr std::array kFiles{
    FileWords{"in_force", QT_TRANSLATE_NOOP("ui::config::StandingBar", "file agrees"), Status::Ok},
    FileWords{"unchanged", QT_TRANSLATE_NOOP("ui::config::StandingBar", "file differs"), Status::Degraded},
    FileWords{"changed", QT_TRANSLATE_NOOP("ui::config::StandingBar", "file changed"), Status::Degraded},
    FileWords{"held", QT_TRANSLATE_NOOP("ui::config::StandingBar", "file held back"), Status::Paused},
    FileWords{"refused", QT_TRANSLATE_NOOP("ui::config::StandingBar", "file refused"), Status::Down},
    FileWords{"missing", QT_TRANSLATE_NOOP("ui::config::StandingBar", "file is gone"), Status::Down},
    FileWords{"none", QT_TRANSLATE_NOOP("ui::config::StandingBar", "no file"), Status::NotApplicable},
};

} // namespace

StandingBar::StandingBar(QWidget* parent)
    : Panel({}, parent),
      m_state(new StatusLabel),
      m_running(new TextLabel({}, &Type::ui, Token::Text3)),
      m_file(new StatusLabel),
      m_sentence(new TextLabel({}, &Type::ui, Token::Text3)),
      m_overdue(new Chip),
      m_review(new Button(tr("Look at it..."))),
      m_adopt(new Button(tr("Take the file..."))),
      m_revert(new Button(tr("Write the file...")))
{
    auto* row = new QHBoxLayout;
    row->setContentsMargins(Metrics::panelPadding, 5, 8, 5);
    row->setSpacing(8);
    m_state->setFontRole(&Type::uiStrong);
    row->addWidget(m_state);
    row->addWidget(m_running);
    row->addSpacing(4);
    row->addWidget(new Hairline(Qt::Vertical));
    row->addSpacing(4);
    row->addWidget(m_file);
    row->addWidget(m_sentence, 1);
    row->addWidget(m_overdue);
    for (Button* button : {m_review, m_adopt, m_revert}) {
        button->setSmall(true);
        button->hide();
        row->addWidget(button);
    }
    m_sentence->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_overdue->hide();
    body()->addLayout(row);
    connect(m_adopt, &QAbstractButton::clicked, this, &StandingBar::adoptWanted);
    connect(m_revert, &QAbstractButton::clicked, this, &StandingBar::revertWanted);
    connect(m_review, &QAbstractButton::clicked, this, [this] {
        if (!m_standing.toReview.isEmpty())
            Q_EMIT reviewWanted(m_standing.toReview.first());
    });
}

void StandingBar::setStanding(
    const ConfigStanding& standing, const std::optional<Revision>& inForce, const QDateTime& now)
{
    m_standing = standing;
    m_state->set(Status::Ok, tr("r%1 in force").arg(standing.revision));
    QString running = tr("from %1").arg(standing.source == QLatin1String("demo")   ? tr("the built-in demo")
                                        : standing.source == QLatin1String("file") ? tr("the file")
                                                                                   : tr("the store"));
    if (inForce && inForce->inForceFrom)
        running = tr("since %1 UTC, %2 by %3")
                      .arg(when(*inForce->inForceFrom, now), inForce->kind,
                          inForce->by.isEmpty() ? tr("the engine") : inForce->by);
    m_running->setText(running);
    const FileWords* known = nullptr;
    for (const FileWords& one : kFiles) {
        if (standing.fileState == QLatin1String(one.state))
            known = &one;
    }
    const bool differs = standing.drifts && known && known->status == Status::Degraded;
    QString words = known ? tr(known->words) : standing.fileState;
    if (differs && standing.drift.changes > 0)
        words = tr("%1, %2").arg(words, models::plural(standing.drift.changes, tr("change"), tr("changes")));
    m_file->set(known ? known->status : Status::Unknown, words);
    QString sentence = standing.fileSentence;
    if (!standing.heldBy.isEmpty() && standing.heldAt)
        sentence =
            tr("held back by %1 at %2: %3").arg(standing.heldBy, when(*standing.heldAt, now), standing.heldReason);
    m_sentence->setText(sentence);
    const bool isOverdue = !standing.overdue.isEmpty();
    m_overdue->set(isOverdue ? tr("REVIEW OVERDUE") : tr("TO REVIEW"),
        ChipLook::ofStatus(isOverdue ? Status::Down : Status::Degraded));
    m_overdue->setVisible(!standing.toReview.isEmpty());
    if (!standing.toReview.isEmpty())
        m_review->setText(tr("Look at r%1...").arg(standing.toReview.first()));
    refreshButtons();
}

void StandingBar::setMay(bool adopt, bool revert, bool review)
{
    m_mayAdopt = adopt;
    m_mayRevert = revert;
    m_mayReview = review;
    refreshButtons();
}

void StandingBar::refreshButtons()
{
    const bool hasFile = !m_standing.file.isEmpty() && m_standing.fileState != QLatin1String("none");
    const bool canTake = m_standing.drifts && m_standing.fileState != QLatin1String("refused") &&
                         m_standing.fileState != QLatin1String("missing");
    m_adopt->setVisible(m_mayAdopt && hasFile && canTake);
    m_revert->setVisible(m_mayRevert && hasFile && m_standing.drifts);
    m_review->setVisible(m_mayReview && !m_standing.toReview.isEmpty());
}

QString StandingBar::words() const
{
    return QStringList{m_state->accessibleName(), m_running->text(), m_file->accessibleName(), m_sentence->text()}.join(
        QStringLiteral("; "));
}

} // namespace ui::config
