// ReadyPanel: where to point an SDK: base URL, key, model, each with Copy; its header says what the last real probe
// saw. SnippetPanel: the same as code. Both show values and tell what the user wants; the page does it. Thread: UI.
#pragma once

#include "api/engine_status.h"
#include "pages/server/gateway_probe.h"
#include "widgets/panel.h"

#include <QComboBox>
#include <QDateTime>

namespace ui {

class Button;
class Chip;
class CodeView;
class CopyField;
class TabStrip;
class TextLabel;

// Alias in mono, what it stands for in text.3 behind it.
class AliasCombo : public QComboBox
{
    Q_OBJECT
public:
    explicit AliasCombo(QWidget* parent = nullptr);
    QString alias() const { return currentData().toString(); }
    void setKnown() { m_known = true; } // the list was asked for and came, be it empty

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    bool m_known = false;
};

class ReadyPanel : public Panel
{
    Q_OBJECT
public:
    explicit ReadyPanel(QWidget* parent = nullptr);

    void setBaseUrl(const QString& url, bool onlyThisComputer);
    void setProbe(const ProbeResult& result, const QDateTime& at, const QDateTime& now);
    void setAliases(const QVector<gateway::api::AliasStatus>& aliases);
    void setKey(const QString& key);
    // Shown in the key field while there is none; with `offer` a button "Issue a key" takes Copy's place.
    void setNoKey(const QString& words, bool offer);
    void setNote(const QString& note);
    QString alias() const { return m_aliases->alias(); }

Q_SIGNALS:
    void aliasChosen(const QString& alias);
    void keyWanted();

private:
    CopyField* m_url;
    CopyField* m_key;
    CopyField* m_model;
    AliasCombo* m_aliases;
    Button* m_issue;
    Chip* m_reach;
    TextLabel* m_note;
};

class SnippetPanel : public Panel
{
    Q_OBJECT
public:
    explicit SnippetPanel(QWidget* parent = nullptr);
    void setValues(const QString& baseUrl, const QString& key, const QString& alias);

private:
    void refresh();

    TabStrip* m_tabs;
    CodeView* m_code;
    QString m_baseUrl;
    QString m_key;
    QString m_alias;
};

} // namespace ui
