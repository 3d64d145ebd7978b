#include "pages/server/ready_panel.h"

#include "models/format.h"
#include "pages/server/snippets.h"
#include "theme/paint.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/chip.h"
#include "widgets/choice_cells.h"
#include "widgets/code_view.h"
#include "widgets/copy_field.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QStylePainter>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr int kNoteRole = Qt::UserRole + 1;

// "anthropic/claude-haiku-4-5@eu" -> "claude-haiku-4-5"
QString modelOf(const QString& candidate)
{
    const qsizetype slash = candidate.indexOf(QLatin1Char('/'));
    const qsizetype at = candidate.lastIndexOf(QLatin1Char('@'));
    return candidate.mid(slash + 1, at > slash ? at - slash - 1 : -1);
}

} // namespace

AliasCombo::AliasCombo(QWidget* parent) : QComboBox(parent)
{
    setAccessibleName(QStringLiteral("Model"));
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
}

void AliasCombo::paintEvent(QPaintEvent*)
{
    QStylePainter painter(this);
    QStyleOptionComboBox option;
    initStyleOption(&option);
    painter.drawComplexControl(QStyle::CC_ComboBox, option);
    QRectF row = QRectF(rect()).adjusted(9, 0, -30, 0);
    if (alias().isEmpty()) {
        paint::text(painter, row, type().ui, color(Token::Text3),
            m_known ? QStringLiteral("no alias is configured") : QStringLiteral("not known yet"));
        return;
    }
    const qreal used = paint::text(painter, row, type().mono, color(Token::Text1), alias());
    paint::text(
        painter, row.adjusted(used + 9, 0, 0, 0), type().ui, color(Token::Text3), currentData(kNoteRole).toString());
}

ReadyPanel::ReadyPanel(QWidget* parent)
    : Panel(QStringLiteral("Starting"), parent),
      m_url(new CopyField(QStringLiteral("Base URL"), this)),
      m_key(new CopyField(QStringLiteral("Key"), this)),
      m_model(new CopyField(QStringLiteral("Model"), this)),
      m_aliases(new AliasCombo(this)),
      m_issue(new Button(QStringLiteral("Issue a key"), Button::Kind::Secondary, QStringLiteral("key"), this)),
      m_reach(new Chip(QString(), ChipLook::neutral(), this)),
      m_note(new TextLabel(QString(), &Type::ui, Token::Text3, this))
{
    setStatus(Status::NotReached);
    m_reach->hide();
    addHeaderWidget(m_reach);
    m_key->setSecret(true);
    m_model->setEditor(m_aliases);
    m_issue->hide();
    m_note->setWrapped(true);
    setBodyMargins(Metrics::panelPadding, 8);
    auto* rows = new QVBoxLayout;
    rows->setSpacing(8);
    rows->addWidget(m_url);
    auto* keyRow = new QHBoxLayout;
    keyRow->setSpacing(8);
    keyRow->addWidget(m_key, 1);
    keyRow->addWidget(m_issue);
    rows->addLayout(keyRow);
    rows->addWidget(m_model);
    body()->addLayout(rows);
    auto* noteRow = new QHBoxLayout;
    noteRow->setContentsMargins(CopyField::labelWidth() + 11, 0, 0, 0);
    noteRow->addWidget(m_note);
    body()->addSpacing(3);
    body()->addLayout(noteRow);
    body()->addStretch(1);
    connect(m_aliases, &QComboBox::currentIndexChanged, this, [this] {
        m_model->setValue(alias());
        Q_EMIT aliasChosen(alias());
    });
    connect(m_issue, &QAbstractButton::clicked, this, &ReadyPanel::keyWanted);
}

void ReadyPanel::setBaseUrl(const QString& url, bool onlyThisComputer)
{
    m_url->setValue(url);
    m_reach->set(onlyThisComputer ? QStringLiteral("this computer only") : QStringLiteral("open to others"),
        onlyThisComputer ? ChipLook::neutral() : ChipLook::ofStatus(Status::Degraded));
    m_reach->show();
}

void ReadyPanel::setProbe(const ProbeResult& result, const QDateTime& at, const QDateTime& now)
{
    if (result.status == 200) {
        setTitle(QStringLiteral("Ready"));
        setStatus(Status::Ok);
        setCaption(QStringLiteral("probe 200 in %1, %2")
                       .arg(models::durationFromUs(qRound64(result.ms * 1000)), models::age(at, now)));
    } else if (result.status != 0) {
        setTitle(QStringLiteral("Not ready"));
        setStatus(Status::Degraded);
        setCaption(QStringLiteral("probe answered %1, %2").arg(QString::number(result.status), models::age(at, now)));
    } else {
        setTitle(QStringLiteral("Not reachable"));
        setStatus(Status::Down);
        setCaption(result.error);
    }
}

void ReadyPanel::setAliases(const QVector<gateway::api::AliasStatus>& aliases)
{
    const QString kept = alias();
    const QSignalBlocker quiet(m_aliases);
    m_aliases->setKnown();
    m_aliases->clear();
    for (const auto& one : aliases) {
        m_aliases->addItem(one.name, one.name);
        const QString target = one.candidates.isEmpty() ? QStringLiteral("no candidate")
                               : one.candidates.size() == 1
                                   ? QStringLiteral("alias of %1").arg(modelOf(one.candidates.first()))
                                   : QStringLiteral("alias of %1 and %2 more")
                                         .arg(modelOf(one.candidates.first()))
                                         .arg(one.candidates.size() - 1);
        m_aliases->setItemData(m_aliases->count() - 1, target, kNoteRole);
    }
    const int index = m_aliases->findData(kept);
    m_aliases->setCurrentIndex(index >= 0 ? index : m_aliases->count() > 0 ? 0 : -1);
    m_model->setValue(alias());
    if (alias() != kept)
        Q_EMIT aliasChosen(alias());
}

void ReadyPanel::setKey(const QString& key)
{
    m_key->setValue(key);
    m_issue->hide();
}

void ReadyPanel::setNoKey(const QString& words, bool offer)
{
    m_key->setValue(QString());
    m_key->setPlaceholder(words);
    m_issue->setVisible(offer);
}

void ReadyPanel::setNote(const QString& note)
{
    m_note->setText(note);
}

SnippetPanel::SnippetPanel(QWidget* parent)
    : Panel(QString(), parent),
      m_tabs(new TabStrip(QStringLiteral("Language of the snippet"), this)),
      m_code(new CodeView(QStringLiteral("Snippet"), this))
{
    setAccessibleName(QStringLiteral("Snippets"));
    for (const Snippet& snippet : snippetsFor({}, {}, {}))
        m_tabs->addChoice(snippet.tab);
    auto* head = new QWidget(this);
    head->setFixedHeight(metrics().panelHeader());
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(Metrics::panelPadding, 0, 8, 0);
    row->addWidget(m_tabs);
    row->addStretch(1);
    auto* copy = new Button(QStringLiteral("Copy"), Button::Kind::Quiet, QStringLiteral("copy"), head);
    copy->setAccessibleName(QStringLiteral("Copy the snippet with the key in full"));
    copy->setSmall(true);
    row->addWidget(copy);
    body()->addWidget(head);
    body()->addWidget(new Hairline(Qt::Horizontal, this));
    body()->addWidget(m_code, 1);
    setKeepsCorners(true);
    connect(m_tabs, &ChoiceRow::chosen, this, &SnippetPanel::refresh);
    connect(copy, &QAbstractButton::clicked, this, [this, copy] {
        m_code->copyAll();
        copy->flash(QStringLiteral("Copied"));
    });
    setValues(QStringLiteral("<base URL>"), QString(), QStringLiteral("<alias>"));
}

void SnippetPanel::setValues(const QString& baseUrl, const QString& key, const QString& alias)
{
    if (m_baseUrl == baseUrl && m_key == key && m_alias == alias)
        return;
    m_baseUrl = baseUrl;
    m_key = key;
    m_alias = alias;
    refresh();
}

void SnippetPanel::refresh()
{
    const Snippet snippet = snippetsFor(m_baseUrl, m_key, m_alias).at(m_tabs->current());
    m_code->setSecret(m_key, maskedSecret(m_key, 8));
    m_code->setCode(snippet.code, snippet.language);
}

} // namespace ui
