// ChangeSettler: asks after changes whose answer did not come, with a growing pause, until the engine says what became
// of each (POST operations/{key}/settle). Asking closes the question: a key the engine has not seen is void from then
// on. The change itself is never sent again. Private to the api library. Thread: the transport's.
#pragma once

#include "http_flights.h"

#include <QPromise>

#include <vector>

namespace gateway::api {

class ChangeSettler final : public QObject
{
    Q_OBJECT
public:
    using Promise = QPromise<Result<AdminReply>>;

    ChangeSettler(const HttpTransportOptions& options, HttpFlights& flights, LinkKeeper& link);
    ~ChangeSettler() override; // what is still open ends as Unreachable: not known

    void ask(const QString& key, const QString& path, std::shared_ptr<Promise> promise);
    void retryNow();

Q_SIGNALS:
    void checking(const QString& key, const QString& path);
    void settled(const QString& key, bool applied);

private:
    struct Question
    {
        QString path;
        std::vector<std::shared_ptr<Promise>> promises; // several when one key was sent several times
        QElapsedTimer since;
        std::chrono::milliseconds pause{0};
        std::unique_ptr<QTimer> timer;
        bool isAsking = false;
    };
    void askNow(const QString& key);
    void heard(const QString& key, const Landing& landing);
    void again(Question& question);
    void finish(const QString& key, const Result<AdminReply>& result, bool applied);
    Error notKnown(const QString& key, const QString& path, const QString& why) const;

    const HttpTransportOptions m_options;
    HttpFlights& m_flights;
    LinkKeeper& m_link;
    std::map<QString, Question> m_questions;
};

} // namespace gateway::api
