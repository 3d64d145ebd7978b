// CertificateCompare: one certificate, or the pinned and the shown one side by side, as facts that people compare: the
// whole SHA-256 in groups, names, issuer, dates; and the field in which the fingerprint from the engine's machine is
// pasted. Only a whole and equal one counts. Neutral words: a certificate changes for good reasons, too. Thread: UI.
#pragma once

#include "api/certificate_facts.h"

#include <QWidget>

#include <optional>

namespace ui {

class FactsView;
class InputField;
class StatusLabel;
class TextLabel;

class CertificateCompare : public QWidget
{
    Q_OBJECT
public:
    explicit CertificateCompare(QWidget* parent = nullptr);

    // `pinned`: the SHA-256 that was trusted so far; empty: none. `before`: what is known of that one.
    void setCertificate(const gateway::api::CertificateFacts& offered, const QString& pinned = {},
        const std::optional<gateway::api::CertificateFacts>& before = {});
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
    QWidget* m_beforeBox;
    FactsView* m_before;
    TextLabel* m_title; // of the shown one, when there are two
    FactsView* m_facts;
    TextLabel* m_how;
    InputField* m_field;
    StatusLabel* m_verdict;
};

} // namespace ui
