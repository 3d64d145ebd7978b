#include "pages/config/change_panel.h"

#include "models/format.h"
#include "models/line_diff.h"
#include "pages/common/plain_scroll.h"
#include "pages/config/meaning_view.h"
#include "theme/theme.h"
#include "widgets/choice_cells.h"
#include "widgets/state_overlay.h"
#include "widgets/summary_strip.h"
#include "widgets/text_editor.h"

#include <QVBoxLayout>

namespace ui::config {

using namespace gateway::api;

ChangePanel::ChangePanel(QWidget* parent)
    : Panel(tr("What changes"), parent),
      m_summary(new SummaryStrip),
      m_modes(new Segment(tr("Show the difference"), Segment::Size::Mini)),
      m_meaning(new MeaningView(tr("Changes by effect"))),
      m_lines(new TextEditor(tr("Changes by lines"))),
      m_content(new QWidget)
{
    m_modes->addChoice(tr("Meaning"), tr("By effect, the riskiest first"));
    m_modes->addChoice(tr("Text"), tr("By lines"));
    m_modes->setCurrent(0);
    addHeaderWidget(m_modes);
    m_lines->setReadOnly(true);
    m_lines->hide();
    auto* wrap = new QWidget;
    auto* wrapped = new QVBoxLayout(wrap);
    wrapped->setContentsMargins(0, 0, 0, 0);
    wrapped->setSpacing(0);
    wrapped->addWidget(m_meaning);
    wrapped->addStretch(1);
    m_scroll = new PlainScroll(wrap, tr("Changes by effect"));
    auto* layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_summary);
    layout->addWidget(m_scroll, 1);
    layout->addWidget(m_lines, 1);
    body()->addWidget(m_content, 1);
    setKeepsCorners(true);
    m_overlay = new StateOverlay(this, metrics().panelHeader());
    m_overlay->setZeroIcon(QStringLiteral("config"));
    connect(m_modes, &ChoiceRow::chosen, this, &ChangePanel::showMode);
    connect(m_meaning, &MeaningView::lineWanted, this, [this](int line) {
        if (line == 0)
            showMode(1);
        else
            Q_EMIT lineWanted(line);
    });
    m_content->hide();
}

void ChangePanel::showMode(int mode)
{
    m_modes->setCurrent(mode);
    m_scroll->setVisible(mode == 0);
    m_lines->setVisible(mode == 1);
    refreshLines();
}

void ChangePanel::setReport(const DiffReport& report)
{
    setCaption(tr("%1 to %2, by effect, riskiest first").arg(report.from, report.to));
    m_meaning->setReport(report);
    if (report.isEmpty()) {
        setWaiting(tr("Nothing differs"), tr("The text says what is in force already."));
        return;
    }
    qint64 calls = 0;
    for (const AffectedTenant& tenant : report.affected)
        calls += tenant.calls;
    int loosening = 0;
    for (const DiffGroup& group : report.groups) {
        for (const DiffSentence& sentence : group.sentences)
            loosening += sentence.loosens ? 1 : 0;
    }
    m_summary->setCells(
        {{models::wholeNumber(report.changes), report.changes == 1 ? tr("change") : tr("changes"), Token::Text1, {}},
            {models::wholeNumber(report.affected.size()),
                report.affected.size() == 1 ? tr("tenant affected") : tr("tenants affected"), Token::Text1, {}},
            {report.trafficKnown ? models::wholeNumber(calls) : models::notApplicable(),
                report.trafficKnown ? tr("their calls, 24 h") : tr("calls not known"), Token::Text1, {}},
            {models::wholeNumber(loosening), loosening == 0 ? tr("loosen a zone") : tr("loosen, two people"),
                loosening == 0 ? Token::Text1 : Token::Degraded, {}}});
    m_overlay->clear();
    m_content->show();
}

void ChangePanel::setTexts(const QString& before, const QString& after)
{
    m_before = before;
    m_after = after;
    refreshLines();
}

void ChangePanel::refreshLines()
{
    if (m_modes->current() != 1)
        return;
    QHash<int, Token> grounds;
    QStringList numbers;
    QStringList text;
    for (const models::DiffLine& line : models::lineDiff(m_before, m_after)) {
        using Kind = models::DiffLine::Kind;
        const char* sign = line.kind == Kind::Added     ? "+ "
                           : line.kind == Kind::Removed ? "\u2212 "
                           : line.kind == Kind::LeftOut ? "\u22ef "
                                                        : "  ";
        text.append(QString::fromUtf8(sign) + line.text);
        numbers.append(
            line.kind == Kind::LeftOut ? QString() : QString::number(line.after > 0 ? line.after : line.before));
        if (line.kind == Kind::Added)
            grounds.insert(int(text.size()), Token::TintOk);
        else if (line.kind == Kind::Removed)
            grounds.insert(int(text.size()), Token::TintDown);
        else if (line.kind == Kind::LeftOut)
            grounds.insert(int(text.size()), Token::Sunken);
    }
    m_lines->setText(text.join(QLatin1Char('\n')));
    m_lines->setGrounds(grounds, numbers);
}

void ChangePanel::setWaiting(const QString& title, const QString& sentence)
{
    m_content->hide();
    m_overlay->show(StateOverlay::State::Zero, title, sentence);
}

void ChangePanel::setLoading()
{
    if (m_content->isHidden())
        m_overlay->showLoading();
}

} // namespace ui::config
