// A scene of the gallery: a page in its frame (or the component sheet), fed from fixtures, at a fixed moment. Thread:
// UI.
#pragma once

#include "fake_transport.h"

#include "pages/server/gateway_probe.h"
#include "session/session.h"

#include <QString>
#include <QVector>

#include <functional>

namespace ui {
class MainWindow;
}

namespace ui::testing {

struct Scene
{
    QString name; // also the file: NAME-THEME-PERCENT.png
    QString page;
    SessionOptions options;
    std::function<void(FakeTransport&)> feed;
    // After the page has settled: select a row, press a button. Empty: nothing.
    std::function<void(MainWindow&, FakeTransport&)> act;
    int distinctColours = 600; // fewer in the picture: the page is empty
    int readings = 1;          // status polls before the picture
    ProbeResult probe{200, 1.1, {}};
    TestResult test = {};
};

QVector<Scene> allScenes();
// Traffic and Providers, in front of the story.
QVector<Scene> pageScenes(const std::function<SessionOptions()>& production);
// Budgets, Routes and the levers of Providers, in front of the story.
QVector<Scene> controlScenes(const std::function<SessionOptions()>& production);
// Config in its views.
QVector<Scene> governanceScenes(const std::function<SessionOptions()>& production);
// Attaching to engines, and data that is not fresh.
QVector<Scene> connectionScenes(const std::function<SessionOptions()>& production);

} // namespace ui::testing
