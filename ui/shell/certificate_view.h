// CertificateView: one certificate, or an old and a new one side by side, as facts that people compare: the whole
// SHA-256 in groups, names, issuer, dates. CertificateCompare adds the field in which the fingerprint from the engine's
// machine is pasted; only a whole and equal one counts. Neutral words: a certificate changes for good reasons, too.
// Thread: UI.
#pragma once

#include "api/certificate_facts.h"

#include <QWidget>

#include <optional>

namespace ui {

class FactsView;
class InputField;
class TextLabel;

class CertificateCompare : public QWidget
{
    Q_OBJECT
public:
    explicit CertificateCompare(QWidget* parent = nullptr);

    // `pinned`: the SHA-256 that was trusted so far; empty: none.
    void setCertificate(const gateway::api::CertificateFacts& offered, const QString& pinned = {});
    // What was pasted is this certificate's fingerprint, whole and equal.
    bool isConfirmed() const;
    QString sha256() const { return m_offered.sha256; }
    InputField* field() const { return m_field; }

Q_SIGNALS:
    void confirmationChanged(bool confirmed);

private:
    void judge();

    gateway::api::CertificateFacts m_offered;
    TextLabel* m_intro;
    FactsView* m_facts;
    TextLabel* m_how;
    InputField* m_field;
    TextLabel* m_verdict;
};

} // namespace ui
