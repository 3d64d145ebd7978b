#include "change_settler.h"

#include "api/operation.h"

#include <QUrl>

#include <algorithm>

namespace gateway::api {
namespace {

constexpr std::chrono::milliseconds kFirstPause{250};
constexpr std::chrono::milliseconds kLongestPause{10'000};

} // namespace

ChangeSettler::ChangeSettler(const HttpTransportOptions& options, HttpFlights& flights, LinkKeeper& link)
    : m_options(options), m_flights(flights), m_link(link)
{
    // the engine is there again: no need to wait out the pause
    connect(&m_link, &LinkKeeper::changed, this, [this](const LinkStatus& status) {
        if (status.state == LinkStatus::State::Connected)
            retryNow();
    });
}

ChangeSettler::~ChangeSettler()
{
    auto questions = std::exchange(m_questions, {}); // taken out first: a continuation may come back to us
    for (auto& [key, question] : questions) {
        const Result<AdminReply> result =
            notKnown(key, question.path, QStringLiteral("the connection was closed before the engine could be asked"));
        for (const auto& promise : question.promises) {
            promise->addResult(result);
            promise->finish();
        }
    }
}

void ChangeSettler::ask(const QString& key, const QString& path, std::shared_ptr<Promise> promise)
{
    Question& question = m_questions[key];
    question.promises.push_back(std::move(promise));
    if (question.timer)
        return; // the same change twice: one answer is for both
    question.path = path;
    question.since.start();
    question.pause = std::min(kFirstPause, m_options.firstReconnect);
    question.timer = std::make_unique<QTimer>();
    question.timer->setSingleShot(true);
    connect(question.timer.get(), &QTimer::timeout, this, [this, key] { askNow(key); });
    question.timer->start(0);
    Q_EMIT checking(key, path);
}

void ChangeSettler::retryNow()
{
    for (auto& [key, question] : m_questions) {
        if (!question.isAsking)
            question.timer->start(0);
    }
}

void ChangeSettler::askNow(const QString& key)
{
    const auto found = m_questions.find(key);
    if (found == m_questions.end() || found->second.isAsking)
        return;
    if (m_link.heldBack())
        return again(found->second);
    AdminRequest request;
    request.method = QStringLiteral("POST");
    request.path = QStringLiteral("/api/v1/operations/%1/settle").arg(key);
    const Result<QByteArray> bytes = wireRequest(m_options, request);
    if (!bytes)
        return finish(key, bytes.error(), false);
    found->second.isAsking = true;
    m_flights.carry(*bytes, false, [this, key](const Landing& landing) { heard(key, landing); });
}

void ChangeSettler::heard(const QString& key, const Landing& landing)
{
    const auto found = m_questions.find(key);
    if (found == m_questions.end())
        return;
    Question& question = found->second;
    question.isAsking = false;
    if (!landing.reply)
        return again(question);
    const int status = landing.reply->status;
    // the listener is busy or goes down, or holds this computer back for a while: it has not answered the question
    if (status == 429 || status >= 500)
        return again(question);
    if (status == 404)
        return finish(key,
            notKnown(key, question.path, QStringLiteral("this engine is of a version that cannot be asked")), false);
    if (status < 200 || status >= 300)
        return finish(key,
            notKnown(key, question.path, QStringLiteral("the engine does not answer that question any more")), false);
    const Result<Operation> operation = operationFromJson(landing.reply->body);
    if (!operation)
        return finish(
            key, notKnown(key, question.path, QStringLiteral("the engine's answer cannot be understood")), false);
    switch (operation->state) {
    case Operation::State::UnderWay:
        question.pause = std::min(question.pause, kFirstPause);
        return again(question);
    case Operation::State::Applied:
        if (operation->status != 0)
            return finish(key, AdminReply{operation->status, operation->reply}, true);
        return finish(key,
            failure(Failure::NoData,
                QStringLiteral("The change was applied; its answer was lost when the engine went down."),
                QStringLiteral("Look at what it changed. Operation %1.").arg(key)),
            true);
    case Operation::State::NotApplied:
        if (operation->status >= 400)
            return finish(key, AdminReply{operation->status, operation->reply}, false);
        return finish(key,
            failure(Failure::Unreachable,
                QStringLiteral("The connection was lost; the engine says that the change was not applied."),
                QStringLiteral("It will not happen later either. Ask for it again if it is still wanted.")),
            false);
    case Operation::State::Unknown:
        return finish(key,
            notKnown(key, question.path, QStringLiteral("the engine went down in the middle of it and cannot tell")),
            false);
    }
}

void ChangeSettler::again(Question& question)
{
    if (m_options.settlePatience.count() > 0 && question.since.elapsed() >= m_options.settlePatience.count()) {
        const auto found = std::find_if(
            m_questions.begin(), m_questions.end(), [&](const auto& entry) { return &entry.second == &question; });
        const QString key = found->first;
        return finish(
            key, notKnown(key, question.path, QStringLiteral("the engine could not be asked in time")), false);
    }
    question.timer->start(question.pause);
    question.pause = std::min(question.pause * 2, std::min(kLongestPause, m_options.lastReconnect));
}

void ChangeSettler::finish(const QString& key, const Result<AdminReply>& result, bool applied)
{
    auto question = m_questions.extract(key);
    if (question.empty())
        return;
    question.mapped().timer.release()->deleteLater(); // we may be inside its timeout
    const auto promises = std::move(question.mapped().promises);
    Q_EMIT settled(key, applied);
    for (const auto& promise : promises) { // the last: they may be our end
        promise->addResult(result);
        promise->finish();
    }
}

Error ChangeSettler::notKnown(const QString& key, const QString& path, const QString& why) const
{
    return failure(Failure::Unreachable,
        QStringLiteral("It is not known whether %1 was carried out: %2.").arg(path, why),
        QStringLiteral("Look at what it would have changed before you ask again. Operation %1.").arg(key));
}

} // namespace gateway::api
