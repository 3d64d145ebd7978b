// The changes of the Config page: each opens its sheet with what it does, sends it with the reason and says what came
// of it. A rollback offers its way back. Thread: UI; belongs to the page.
#pragma once

#include "api/config_change.h"
#include "pages/common/reason_sheet.h"

#include <QObject>
#include <QPointer>

#include <functional>

namespace gateway::api {
enum class CanaryAction;
}

namespace ui {
class Session;
} // namespace ui

namespace ui::config {

class ConfigData;

class ConfigActions : public QObject
{
    Q_OBJECT
public:
    ConfigActions(Session& session, ConfigData& data, QWidget* page);

    void newDraft();
    void restore(int revision);
    void save(const QString& draft, int version, const QString& text);
    void merge();
    void abandon();
    void review();
    void reviewRevision(int revision);
    void startCanary();
    void act(gateway::api::CanaryAction action);
    void promote(bool emergency);
    void rollBack(int revision); // 0: the one before
    void adopt();
    void revert();
    // What is sent to the person who is asked to look: id, text, who, what changes.
    QString reviewRequest() const;
    ReasonSheet* sheet() const; // that is open; nullptr: none

Q_SIGNALS:
    void changed(); // something came into force or went to the engine
    void saved();
    void said(const QString& words);
    void undoOffered(const QString& words, const std::function<void()>& undo);
    void refused(const QString& words); // of what has no sheet

private:
    void came(const gateway::api::Promotion& promotion, const QString& words);
    QWidget* window() const;

    Session& m_session;
    ConfigData& m_data;
    QWidget* m_page;
    QPointer<ReasonSheet> m_sheet;
};

} // namespace ui::config
