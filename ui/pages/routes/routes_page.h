// The Routes page: the aliases, one of them with its candidates and chain, and below either a request explained without
// a call or what the candidates can be given (the capability matrix). Asks every ten seconds while it is the active
// page. Thread: UI; the frame owns it, the session outlives it.
#pragma once

#include "api/engine_status.h"
#include "api/route_explanation.h"
#include "session/session.h"
#include "shell/page.h"

#include <QTimer>

class QStackedWidget;

namespace ui {
class Panel;
class PlainTable;
class Segment;
class StateOverlay;
} // namespace ui

namespace ui::routes {

class AliasDetail;
class ExplainPanel;
class MatrixPanel;

class RoutesPage : public Page
{
    Q_OBJECT
public:
    explicit RoutesPage(Session& session, QWidget* parent = nullptr);

    QString title() const override { return tr("Routes"); }
    QString caption() const override;
    void activated() override;
    void deactivated() override;
    void setPaused(bool paused) override;
    bool isSettled() const override { return m_asking == 0 && m_answered; }
    // The lower half: a request explained, or what the candidates can be given.
    enum Lower
    {
        ExplainPart,
        MatrixPart
    };
    void showLower(int part);

    // "alias=NAME" chooses an alias.
    void open(const QString& argument) override;

    PlainTable* table() const { return m_table; }
    AliasDetail* detail() const { return m_detail; }
    ExplainPanel* explain() const { return m_explain; }
    MatrixPanel* matrix() const { return m_matrix; }
    StateOverlay* overlay() const { return m_overlay; }

private:
    void ask();
    void takeAliases(const gateway::api::Result<QVector<gateway::api::AliasStatus>>& answer);
    void choose(int row);
    void showContent(bool isThere);
    void explainRoute(const gateway::api::RouteQuestion& question);

    Session& m_session;
    QVector<gateway::api::AliasStatus> m_aliases;
    QString m_name; // of the chosen alias
    quint64 m_question = 0;
    int m_asking = 0;
    bool m_answered = false;
    bool m_active = false;
    bool m_paused = false;
    QTimer m_refresh;

    Panel* m_listPanel;
    PlainTable* m_table;
    AliasDetail* m_detail;
    ExplainPanel* m_explain;
    MatrixPanel* m_matrix;
    QStackedWidget* m_lower;
    QVector<Segment*> m_switches; // one in the header of each part
    QWidget* m_content;
    Panel* m_statePanel; // instead of the content while there is none
    StateOverlay* m_overlay;
};

} // namespace ui::routes
