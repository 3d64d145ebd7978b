#include "shell/certificate_view.h"

#include "pages/common/facts_view.h"
#include "theme/theme.h"
#include "widgets/input_field.h"
#include "widgets/text_label.h"

#include <QVBoxLayout>

namespace ui {

using namespace gateway::api;

namespace {

QString day(const QDateTime& time)
{
    return time.isValid() ? time.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm")) + QStringLiteral(" UTC")
                          : QStringLiteral("not stated");
}

} // namespace

CertificateCompare::CertificateCompare(QWidget* parent)
    : QWidget(parent),
      m_intro(new TextLabel({}, &Type::ui, Token::Text1)),
      m_facts(new FactsView(tr("Certificate"), 128)),
      m_how(new TextLabel(tr("On the engine's machine: `signalboxctl server fingerprint`"), &Type::ui, Token::Text3)),
      m_field(new InputField(tr("Fingerprint from the engine's machine"))),
      m_verdict(new TextLabel({}, &Type::ui, Token::Text3))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(Metrics::panelPadding, 10, Metrics::panelPadding, 10);
    column->setSpacing(8);
    m_intro->setWrapped(true);
    m_field->setMono(true);
    m_field->setPlaceholderText(tr("Paste the SHA-256 here to compare"));
    column->addWidget(m_intro);
    column->addWidget(m_facts);
    column->addWidget(m_how);
    column->addWidget(m_field);
    column->addWidget(m_verdict);
    connect(m_field, &QLineEdit::textChanged, this, &CertificateCompare::judge);
}

void CertificateCompare::setCertificate(const CertificateFacts& offered, const QString& pinned)
{
    m_offered = offered;
    const bool changed = !pinned.isEmpty();
    m_intro->setText(
        changed ? tr("The engine shows another certificate than the one that was pinned here. Nothing was sent to "
                     "it. Certificates are renewed for good reasons; compare the new one before it is trusted.")
                : tr("No authority this computer knows vouches for the engine's certificate. That is usual for a "
                     "self-signed one. Compare its fingerprint with what the engine's machine says."));
    QVector<models::Fact> facts;
    if (changed)
        facts.append({tr("Pinned SHA-256"), groupedPin(pinned), true});
    facts.append({changed ? tr("New SHA-256") : tr("SHA-256"), groupedPin(offered.sha256), true});
    facts.append({tr("For"), offered.names.isEmpty() ? tr("no names") : offered.names.join(QStringLiteral(", "))});
    facts.append({tr("Issued by"), offered.selfSigned ? tr("itself (%1)").arg(offered.issuer) : offered.issuer});
    facts.append({tr("Valid"), tr("%1 to %2").arg(day(offered.notBefore), day(offered.notAfter))});
    m_facts->setFacts(facts);
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
    if (pasted.isEmpty()) {
        m_verdict->setInk(Token::Text3);
        m_verdict->setText(tr("The whole fingerprint is compared; a part of it proves nothing."));
    } else if (pin.isEmpty()) {
        m_verdict->setInk(Token::Degraded);
        m_verdict->setText(tr("This is not a whole SHA-256: it has 64 hexadecimal digits."));
    } else if (pin != m_offered.sha256) {
        m_verdict->setInk(Token::Down);
        m_verdict->setText(tr("It is another fingerprint. What answers at this address is not that engine, or its "
                              "certificate was changed again."));
    } else {
        m_verdict->setInk(Token::Ok);
        m_verdict->setText(tr("They are the same."));
    }
    Q_EMIT confirmationChanged(isConfirmed());
}

} // namespace ui
