#include "shell/certificate_view.h"

#include "pages/common/facts_view.h"
#include "theme/theme.h"
#include "widgets/chip.h"
#include "widgets/input_field.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui {

using namespace gateway::api;

namespace {

QString day(const QDateTime& time)
{
    return time.isValid() ? time.toUTC().toString(QStringLiteral("yyyy-MM-dd")) : QStringLiteral("not stated");
}

constexpr int kLabel = 62;

// The same groups in each line, so that two of them stand beside each other and can be compared line by line.
QString inLines(const QString& sha256, int perLine)
{
    const QStringList groups = groupedPin(sha256).split(u' ');
    QStringList lines;
    for (int i = 0; i < groups.size(); i += perLine)
        lines.append(groups.mid(i, perLine).join(u' '));
    return lines.join(u'\n');
}

QVector<models::Fact> factsFor(const CertificateFacts& facts, bool isNarrow)
{
    return {{QStringLiteral("SHA-256"), inLines(facts.sha256, isNarrow ? 4 : 8), true},
        {QStringLiteral("For"),
            facts.names.isEmpty() ? QStringLiteral("no names") : facts.names.join(QStringLiteral(", ")), false},
        {QStringLiteral("Issued by"), facts.selfSigned ? QStringLiteral("itself, %1").arg(facts.issuer) : facts.issuer,
            false},
        {QStringLiteral("Valid"), QStringLiteral("%1 to %2").arg(day(facts.notBefore), day(facts.notAfter)), false}};
}

} // namespace

CertificateCompare::CertificateCompare(QWidget* parent)
    : QWidget(parent),
      m_intro(new TextLabel({}, &Type::body, Token::Text1)),
      m_beforeBox(new QWidget),
      m_before(new FactsView(tr("Certificate that was pinned"), kLabel)),
      m_title(new TextLabel(tr("Shown now"), &Type::uiStrong)),
      m_facts(new FactsView(tr("Certificate"), kLabel)),
      m_how(new TextLabel(
          tr("On the engine's machine, `signalboxctl server fingerprint` prints it."), &Type::ui, Token::Text3)),
      m_field(new InputField(tr("Fingerprint from the engine's machine"))),
      m_verdict(new StatusLabel)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(Metrics::panelPadding, 12, Metrics::panelPadding, 12);
    column->setSpacing(8);
    m_intro->setWrapped(true);
    m_field->setMono(true);
    m_field->setPlaceholderText(tr("Paste the SHA-256 here to compare"));
    column->addWidget(m_intro);
    auto* pair = new QHBoxLayout;
    pair->setSpacing(16);
    const auto side = [pair](QWidget* box, TextLabel* title, FactsView* facts) {
        auto* half = new QVBoxLayout(box);
        half->setContentsMargins(0, 0, 0, 0);
        half->setSpacing(4);
        half->addWidget(title);
        half->addWidget(facts);
        half->addStretch(1);
        pair->addWidget(box, 1);
    };
    side(m_beforeBox, new TextLabel(tr("Pinned until now"), &Type::uiStrong), m_before);
    side(new QWidget, m_title, m_facts);
    column->addLayout(pair);
    // as high as their width makes them, not as high as they were before they had one
    for (FactsView* facts : {m_before, m_facts}) {
        QSizePolicy policy = facts->sizePolicy();
        policy.setVerticalPolicy(QSizePolicy::Preferred);
        facts->setSizePolicy(policy);
    }
    column->addWidget(m_how);
    column->addWidget(m_field);
    column->addWidget(m_verdict);
    connect(m_field, &QLineEdit::textChanged, this, &CertificateCompare::judge);
}

void CertificateCompare::setCertificate(
    const CertificateFacts& offered, const QString& pinned, const std::optional<CertificateFacts>& before)
{
    m_offered = offered;
    const bool changed = !pinned.isEmpty();
    m_intro->setText(
        changed ? tr("The engine shows another certificate than the one that was pinned here, so nothing was sent to "
                     "it. Certificates are renewed for good reasons; compare the new one before you trust it.")
                : tr("No authority that this computer knows vouches for the engine's certificate. That is usual for a "
                     "self-signed one. Compare its fingerprint with what the engine's machine says."));
    m_beforeBox->setVisible(changed);
    m_title->setVisible(changed);
    if (changed && before)
        m_before->setFacts(factsFor(*before, true));
    else
        m_before->setFacts(
            {{tr("SHA-256"), inLines(pinned, 4), true}, {tr("For"), tr("its names and dates were not kept"), false}});
    m_facts->setFacts(factsFor(offered, changed));
    judge();
}

bool CertificateCompare::isConfirmed() const
{
    return !m_offered.sha256.isEmpty() && pinFromText(m_field->text()) == m_offered.sha256;
}

void CertificateCompare::judge()
{
    const QString pasted = m_field->text().trimmed();
    const QString pin = pinFromText(pasted);
    if (pasted.isEmpty())
        m_verdict->set(Status::Unknown, tr("The whole fingerprint is compared; a part of it proves nothing."));
    else if (pin.isEmpty())
        m_verdict->set(Status::Degraded, tr("This is not a whole SHA-256, which has 64 hexadecimal digits."));
    else if (pin != m_offered.sha256)
        m_verdict->set(Status::Down, tr("It is another fingerprint: what answers at this address is not that engine."));
    else
        m_verdict->set(Status::Ok, tr("They are the same."));
    Q_EMIT confirmationChanged(isConfirmed());
}

} // namespace ui
