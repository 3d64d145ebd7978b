// ServerPage: is my gateway running, where do I point an SDK, and did the first request come through. Steps that are
// really checked (the probe is an HTTP request over a socket), what to copy, the newest call with its trace, what the
// engine costs. Thread: UI. All data through Session's client and a GatewayProbe.
#pragma once

#include "pages/server/engine_panel.h"
#include "pages/server/gateway_probe.h"
#include "shell/page.h"

#include <QTimer>

#include <memory>
#include <optional>

namespace ui {

class ExportsPanel;
class LastCallPanel;
class ListeningPanel;
class ReadyPanel;
class SnippetPanel;
class StepsStrip;

class ServerPage : public Page
{
    Q_OBJECT
public:
    ServerPage(Session& session, std::shared_ptr<GatewayProbe> probe, QWidget* parent = nullptr);

    QString title() const override { return QStringLiteral("Server"); }
    QString caption() const override;
    void activated() override;
    void deactivated() override;
    bool isSettled() const override { return m_pending == 0 && m_session.status().has_value(); }

private:
    void takeStatus();
    void askAliases();
    void askCalls();
    void askExports();
    void testExport(const QString& name);
    void askKey();
    void issueKey(const QString& tenant);
    void probeNow();
    void sendTest();
    void refreshSteps();
    void refreshValues();
    void refreshNote();
    void addLog(const QDateTime& at, const QString& what, const QString& words);
    bool mayIssueByItself() const;

    Session& m_session;
    std::shared_ptr<GatewayProbe> m_probe;
    QTimer m_probeTimer;
    StepsStrip* m_steps;
    ReadyPanel* m_ready;
    SnippetPanel* m_snippets;
    EnginePanel* m_engine;
    ListeningPanel* m_listening;
    LastCallPanel* m_call;
    ExportsPanel* m_exports;

    QVector<gateway::api::AliasStatus> m_aliases;
    std::optional<ProbeResult> m_probed;
    QDateTime m_probedAt;
    QString m_key;
    QString m_keyTenant;
    QDateTime m_keyAt;
    QDateTime m_keyEnds;
    QString m_keyProblem;
    std::optional<gateway::api::Call> m_first;
    qint64 m_callsSeen = -1; // since the engine started; -1: not known yet
    qint64 m_pid = 0;        // another pid is another engine: keys and calls are asked again
    QVector<LogLine> m_log;
    int m_pending = 0;
    bool m_active = false;
    bool m_askingCalls = false;
    bool m_callsChanged = false;
    bool m_sending = false;
    bool m_keyAsked = false;
    bool m_askingExports = false;
};

} // namespace ui
