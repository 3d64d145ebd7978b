// Unix signals as Qt signals: SIGTERM and SIGINT ask for a drain (a second one forces), SIGHUP for a reload. The
// handler writes one byte to a pipe and nothing else; the loop of the thread that made the object reads it. One per
// process.
#pragma once

#include <QObject>

class UnixSignals : public QObject
{
    Q_OBJECT
public:
    explicit UnixSignals(QObject* parent = nullptr);

Q_SIGNALS:
    void terminationAsked();
    void reloadAsked();
};
