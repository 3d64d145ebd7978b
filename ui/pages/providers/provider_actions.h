// What stands between a provider and its calls, and what can be done about it: the breakers of its candidates, what is
// left of its limits, and the buttons of the levers. Values in, wishes out. Thread: UI.
#pragma once

#include "api/engine_status.h"

#include <QWidget>

class QVBoxLayout;

namespace ui {
class Button;
class Chip;
class TextLabel;
} // namespace ui

namespace ui::providers {

// Which of the buttons are there; the engine decides it again for every wish.
struct ProviderMay
{
    bool drain = false;
    bool resume = false;
    bool breaker = false;
    bool probe = false;
    bool drill = false;
    bool endLever = false;
};

class ProviderActions : public QWidget
{
    Q_OBJECT
public:
    explicit ProviderActions(const ProviderMay& may, QWidget* parent = nullptr);

    void setProvider(const gateway::api::ProviderStatus& status, const QDateTime& now);
    // What came of a probe; empty: nothing yet.
    void showProbe(const QString& words, bool ok);

    Button* drainButton() const { return m_drain; }
    Button* breakerButton() const { return m_breaker; }
    Button* probeButton() const { return m_probe; }
    Button* drillButton() const { return m_drill; }

Q_SIGNALS:
    void drainWanted();
    void resumeWanted();
    void breakerWanted();
    void probeWanted();
    void drillWanted();

private:
    struct BreakerRow
    {
        QWidget* box = nullptr;
        TextLabel* name = nullptr;
        Chip* chip = nullptr;
        TextLabel* reason = nullptr;
    };
    void showBreakers(const gateway::api::ProviderStatus& status, const QDateTime& now);
    BreakerRow makeRow();

    ProviderMay m_may;
    QString m_name;
    bool m_drained = false;
    QVBoxLayout* m_list;
    QVector<BreakerRow> m_rows;
    TextLabel* m_none;
    TextLabel* m_drainWords;
    TextLabel* m_gate;
    TextLabel* m_probeWords;
    Button* m_drain;
    Button* m_breaker;
    Button* m_probe;
    Button* m_drill;
};

} // namespace ui::providers
