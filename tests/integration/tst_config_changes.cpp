// Config revisions through a real engine: drafts, review, promotion, rollback, the file beside the store, emergencies,
// restarts, and the commands. Who writes, who reviews and who puts in force are different principals with real tokens.
#include "engine_fixture.h"
#include "raw_client.h"
#include "scripted_upstream.h"

#include "admin/in_process_transport.h"
#include "api/config_client.h"
#include "api/http_transport.h"
#include "config/change/check_text.h"

#include <QFile>
#include <QJsonDocument>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>

using namespace gateway;
using namespace gateway::test;
using api::ConfigClient;
using api::Failure;

namespace {

const QString kWhy = QStringLiteral("the test says so");

QByteArray configFor(const QString& upstream)
{
    QByteArray text = "# kept\n" + oneProviderConfig(upstream);
    text.replace("  - {name: acme}\n", "  - {name: acme, zone: here}\n");
    text.replace("providers:\n", "zones:\n  - {name: here, regions: [local], retention: zero}\nproviders:\n");
    return text;
}

// One principal's way in.
struct Person
{
    std::unique_ptr<api::GatewayClient> client;
    std::unique_ptr<ConfigClient> config;
};

class World
{
public:
    World() : engine(configFor(urlOf(upstream) + QStringLiteral("/v1")))
    {
        upstream.setAnswer({chatAnswer(), Hangup::Stay});
    }

    QString start()
    {
        if (const QString wrong = engine.start(); !wrong.isEmpty())
            return wrong;
        m_console = std::make_unique<api::GatewayClient>(engine.client());
        console = std::make_unique<ConfigClient>(*m_console);
        if (const QString wrong = let(anna, "anna", api::Role::Developer); !wrong.isEmpty())
            return wrong;
        return let(ben, "ben", api::Role::Operator);
    }
    QString let(Person& person, const char* name, api::Role role)
    {
        if (!m_tokens.contains(QLatin1String(name))) {
            api::PrincipalRequest request;
            request.name = QLatin1String(name);
            request.role = role;
            const auto issued = waitFor(m_console->issuePrincipal(request, kWhy));
            if (!issued)
                return issued.error().message;
            m_tokens.insert(QLatin1String(name), issued->token.toLatin1());
        }
        api::HttpTransportOptions options;
        options.base = QUrl(engine.gateway().adminUrl());
        options.token = m_tokens.value(QLatin1String(name));
        person.client = std::make_unique<api::GatewayClient>(std::make_shared<api::HttpTransport>(options));
        person.config = std::make_unique<ConfigClient>(*person.client);
        return {};
    }
    static QByteArray chatAnswer()
    {
        const QByteArray body =
            "{\"id\":\"1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m-2026-09-01\",\"choices\":[{"
            "\"index\":0,"
            "\"message\":{\"role\":\"assistant\",\"content\":\"ok\"},\"finish_reason\":\"stop\"}],\"usage\":{"
            "\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}";
        return "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " +
               QByteArray::number(body.size()) + "\r\n\r\n" + body;
    }
    static QString urlOf(ScriptedUpstream& upstream)
    {
        return QStringLiteral("http://127.0.0.1:%1").arg(upstream.port());
    }

    QByteArray running() { return waitFor(console->revision(engine.gateway().revision()))->text.toUtf8(); }
    void writeFile(const QByteArray& text)
    {
        QFile file(path());
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(text);
    }
    QByteArray readFile() const
    {
        QFile file(path());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QString path() const { return engine.file(QStringLiteral("signalbox.yaml")); }
    // The revision that served a call, as its caller was told.
    int servedBy()
    {
        int revision = 0;
        inThreads(1, [&](int) {
            const RawReply reply = rawCall(
                engine.port(), httpRequest("POST", "/v1/chat/completions",
                                   "Authorization: Bearer " + engine.key() +
                                       "\r\nContent-Type: application/json\r\nConnection: close\r\n",
                                   "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"));
            revision = reply.header("x-signalbox-revision").toInt();
        });
        return revision;
    }
    // A draft of what runs with this replaced, by anna.
    api::Draft draftOf(const QByteArray& from, const QByteArray& to)
    {
        api::DraftRequest request;
        request.text = QString::fromUtf8(running().replace(from, to));
        const auto draft = waitFor(anna.config->createDraft(request, kWhy));
        return draft ? *draft : api::Draft();
    }
    api::Result<api::Promotion> promote(const QString& draft, bool isEmergency = false)
    {
        return waitFor(ben.config->promote({draft, isEmergency}, kWhy));
    }
    // One row is in force, and it is this one.
    int inForceInTheDatabase()
    {
        const QString name = QStringLiteral("look");
        int number = -1;
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
            database.setDatabaseName(engine.dataDirectory() + QStringLiteral("/signalbox.db"));
            database.setConnectOptions(QStringLiteral("QSQLITE_OPEN_READONLY;QSQLITE_BUSY_TIMEOUT=5000"));
            if (database.open()) {
                QSqlQuery query(database);
                if (query.exec(
                        QStringLiteral("SELECT count(*), max(number) FROM config_revisions WHERE in_force = 1")) &&
                    query.next() && query.value(0).toInt() == 1)
                    number = query.value(1).toInt();
            }
        }
        QSqlDatabase::removeDatabase(name);
        return number;
    }

    ScriptedUpstream upstream;
    EmbeddedEngine engine;
    std::unique_ptr<ConfigClient> console;
    Person anna; // a developer
    Person ben;  // an operator

private:
    std::unique_ptr<api::GatewayClient> m_console;
    QHash<QString, QByteArray> m_tokens;
};

} // namespace

class TestConfigChanges : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFirstRevisionIsTheFile();
    void draftToPromotion();
    void whoMay();
    void savesSayWhatTheyWereMadeFrom();
    void secretsAreNotKept();
    void edits();
    void behindIsMerged();
    void reviewBindsToTheText();
    void looseningTakesTwo();
    void reviewRequired();
    void rollbackAndTwice();
    void rollbackThatLoosens();
    void aBadFileIsHeld();
    void fileAndStore();
    void revertWritesTheFile();
    void emergencies();
    void restarts();
    void aFileThatChangedMeanwhile();
    void diffs();
    void theAuditLogHasNoTexts();
    void commands();
};

void TestConfigChanges::theFirstRevisionIsTheFile()
{
    World w;
    QCOMPARE(w.start(), QString());
    const auto all = waitFor(w.console->revisions());
    QVERIFY(all);
    QCOMPARE(all->size(), 1);
    QCOMPARE(all->first().kind, QStringLiteral("start"));
    QVERIFY(all->first().isInForce);
    QVERIFY(all->first().inForceFrom && !all->first().inForceUntil);
    const auto one = waitFor(w.console->revision(1));
    QCOMPARE(one->text.toUtf8(), w.readFile());
    const auto standing = waitFor(w.console->standing());
    QVERIFY2(standing, standing ? "" : qPrintable(standing.error().message));
    QCOMPARE(standing->source, QStringLiteral("file"));
    QCOMPARE(standing->fileState, QStringLiteral("in_force"));
    QVERIFY(!standing->drifts);
    QCOMPARE(standing->previous, 0);
    // what the command line decides is said so
    const auto overridden = std::find_if(standing->fields.begin(), standing->fields.end(),
        [](const api::FieldOrigin& field) { return field.field == QLatin1String("server.gateway"); });
    QVERIFY(overridden != standing->fields.end());
    QCOMPARE(overridden->source, QStringLiteral("command-line"));
    QCOMPARE(overridden->origin, QStringLiteral("--gateway"));
    QCOMPARE(w.inForceInTheDatabase(), 1);
}

void TestConfigChanges::draftToPromotion()
{
    World w;
    QCOMPARE(w.start(), QString());
    QCOMPARE(w.servedBy(), 1);
    const api::Draft draft = w.draftOf("owner: qa", "owner: someone");
    QCOMPARE(draft.id, QStringLiteral("d1"));
    QCOMPARE(draft.state, QStringLiteral("validated"));
    QCOMPARE(draft.base, 1);
    QVERIFY(draft.text.isEmpty()); // answers to changes have no texts
    QVERIFY(waitFor(w.anna.config->draft(draft.id))->text.contains(QLatin1String("# kept")));
    const auto reviewed = waitFor(w.ben.config->reviewDraft(draft.id, true, draft.hash, QStringLiteral("fine"), kWhy));
    QVERIFY2(reviewed, reviewed ? "" : qPrintable(reviewed.error().message));
    QCOMPARE(reviewed->state, QStringLiteral("reviewed"));
    const auto promoted = w.promote(draft.id);
    QVERIFY2(promoted, promoted ? "" : qPrintable(promoted.error().message));
    // answered means: in force on every worker, and durable
    QCOMPARE(promoted->revision.number, 2);
    QCOMPARE(promoted->replaced, 1);
    QCOMPARE(w.engine.gateway().revision(), 2);
    QCOMPARE(w.inForceInTheDatabase(), 2);
    QCOMPARE(w.servedBy(), 2);
    QCOMPARE(promoted->revision.author, QStringLiteral("anna"));
    QCOMPARE(promoted->revision.approver, QStringLiteral("ben"));
    QCOMPARE(promoted->revision.by, QStringLiteral("ben"));
    QVERIFY(!promoted->revision.isOwnApproval);
    const auto all = waitFor(w.console->revisions());
    QCOMPARE(all->size(), 2);
    QVERIFY(all->at(1).inForceUntil && !all->at(1).isInForce);
    QCOMPARE(*all->at(1).inForceUntil, *all->at(0).inForceFrom);
    QCOMPARE(waitFor(w.console->draft(draft.id))->state, QStringLiteral("promoted"));
    QCOMPARE(w.promote(draft.id).error().failure, Failure::Conflict); // once
    // the file is as it was, and that is said
    const auto standing = waitFor(w.console->standing());
    QCOMPARE(standing->source, QStringLiteral("store"));
    QCOMPARE(standing->fileState, QStringLiteral("unchanged"));
    QVERIFY(standing->drifts);
    QCOMPARE(standing->drift.changes, 1);
    const auto owner = std::find_if(standing->fields.begin(), standing->fields.end(),
        [](const api::FieldOrigin& field) { return field.field == QLatin1String("aliases[0].owner"); });
    QVERIFY(owner != standing->fields.end());
    QCOMPARE(owner->source, QStringLiteral("revision"));
    QVERIFY(owner->differs);
}

void TestConfigChanges::whoMay()
{
    World w;
    QCOMPARE(w.start(), QString());
    const api::Draft draft = w.draftOf("owner: qa", "owner: someone");
    Person vera;
    QCOMPARE(w.let(vera, "vera", api::Role::Viewer), QString());
    QVERIFY(waitFor(vera.config->draft(draft.id)));
    QCOMPARE(waitFor(vera.config->createDraft({}, kWhy)).error().failure, Failure::NotPermitted);
    QCOMPARE(waitFor(w.anna.config->promote({draft.id, false}, kWhy)).error().failure, Failure::NotPermitted);
    QCOMPARE(waitFor(w.anna.config->rollBack(0, kWhy)).error().failure, Failure::NotPermitted);
    api::DiffSide text;
    text.text = QStringLiteral("signalbox: 1\n");
    QCOMPARE(waitFor(vera.config->diff({}, text)).error().failure, Failure::NotPermitted);
    QVERIFY(waitFor(vera.config->diff({}, {0, draft.id, {}, false})));
    // a change that was meant for another revision
    w.ben.client->expectRevision(9);
    QCOMPARE(w.promote(draft.id).error().failure, Failure::Conflict);
    w.ben.client->expectRevision(1);
    QVERIFY(w.promote(draft.id));
}

void TestConfigChanges::savesSayWhatTheyWereMadeFrom()
{
    World w;
    QCOMPARE(w.start(), QString());
    const api::Draft draft = w.draftOf("owner: qa", "owner: one");
    const QString text = waitFor(w.anna.config->draft(draft.id))->text;
    const auto second = waitFor(w.anna.config->saveDraft(draft.id, {1, text + QStringLiteral("# a\n"), {}, {}}, kWhy));
    QVERIFY(second);
    QCOMPARE(second->version, 2);
    const auto stale = waitFor(w.ben.config->saveDraft(draft.id, {1, text + QStringLiteral("# b\n"), {}, {}}, kWhy));
    QCOMPARE(stale.error().failure, Failure::Conflict);
    QVERIFY(waitFor(w.anna.config->draft(draft.id))->text.endsWith(QLatin1String("# a\n")));
    // a text that does not compile is kept as somebody's work, and blocks
    const auto broken =
        waitFor(w.anna.config->saveDraft(draft.id, {2, text + QStringLiteral("typo: 1\n"), {}, {}}, kWhy));
    QVERIFY(broken);
    QCOMPARE(broken->state, QStringLiteral("draft"));
    QVERIFY(broken->findings.isBlocked());
    QCOMPARE(w.promote(draft.id).error().failure, Failure::CheckFailed);
    QCOMPARE(w.promote(draft.id, true).error().failure, Failure::CheckFailed); // also in an emergency
    QVERIFY(waitFor(w.anna.config->abandonDraft(draft.id, kWhy)));
    QCOMPARE(waitFor(w.anna.config->saveDraft(draft.id, {3, text, {}, {}}, kWhy)).error().failure, Failure::Conflict);
}

void TestConfigChanges::secretsAreNotKept()
{
    World w;
    QCOMPARE(w.start(), QString());
    const QByteArray secret = "sk-canary-0123456789abcdef";
    api::DraftRequest request;
    request.text = QString::fromUtf8(
        w.running().replace("retention: zero}\naliases", "retention: zero, key: " + secret + "}\naliases"));
    QVERIFY(request.text->contains(QLatin1String("canary")));
    const auto refused = waitFor(w.anna.config->createDraft(request, kWhy));
    QCOMPARE(refused.error().failure, Failure::CheckFailed);
    QVERIFY(!refused.error().message.contains(QLatin1String("canary")));
    const api::Draft draft = w.draftOf("owner: qa", "owner: one");
    const auto edit = waitFor(w.anna.config->editDraft(draft.id,
        {1, {}, {{QStringLiteral("set"), QStringLiteral("providers[up].key"), QString::fromLatin1(secret)}}, {}},
        kWhy));
    QCOMPARE(edit.error().failure, Failure::CheckFailed);
    QVERIFY(waitFor(w.console->drafts())->size() == 1);
    const QString database = w.engine.recordDirectory() + QStringLiteral("/signalbox.db");
    for (const QString& name : {database, database + QStringLiteral("-wal")}) {
        QFile file(name);
        QVERIFY(!file.open(QIODevice::ReadOnly) || !file.readAll().contains("canary-0123"));
    }
}

void TestConfigChanges::edits()
{
    World w;
    QCOMPARE(w.start(), QString());
    const api::Draft draft = w.draftOf("owner: qa", "owner: qa");
    const QString before = waitFor(w.anna.config->draft(draft.id))->text;
    const auto edited = waitFor(w.anna.config->editDraft(draft.id,
        {1, {}, {{QStringLiteral("set"), QStringLiteral("aliases[fast].owner"), QStringLiteral("search")}}, {}}, kWhy));
    QVERIFY2(edited, edited ? "" : qPrintable(edited.error().message));
    QString expected = before;
    QCOMPARE(waitFor(w.anna.config->draft(draft.id))->text,
        expected.replace(QLatin1String("owner: qa"), QLatin1String("owner: search")));
    QCOMPARE(
        waitFor(w.anna.config->editDraft(draft.id,
                    {2, {}, {{QStringLiteral("set"), QStringLiteral("aliases[none].owner"), QStringLiteral("x")}}, {}},
                    kWhy))
            .error()
            .failure,
        Failure::Invalid);
}

void TestConfigChanges::behindIsMerged()
{
    World w;
    QCOMPARE(w.start(), QString());
    const api::Draft late = w.draftOf("purpose: tests", "purpose: more");
    const api::Draft first = w.draftOf("# kept", "# kept as well");
    QVERIFY(w.promote(first.id));
    QVERIFY(waitFor(w.anna.config->draft(late.id))->isBehind);
    QCOMPARE(w.promote(late.id).error().failure, Failure::Conflict);
    const auto merged = waitFor(w.anna.config->mergeDraft(late.id, kWhy));
    QVERIFY(merged);
    QVERIFY(!merged->isBehind && merged->conflicts.isEmpty());
    const QString text = waitFor(w.anna.config->draft(late.id))->text;
    QVERIFY(text.contains(QLatin1String("# kept as well")) && text.contains(QLatin1String("purpose: more")));
    QVERIFY(w.promote(late.id));
    // the same line on both sides
    const api::Draft one = w.draftOf("owner: qa", "owner: one");
    const api::Draft two = w.draftOf("owner: qa", "owner: two");
    QVERIFY(w.promote(one.id));
    const auto conflict = waitFor(w.anna.config->mergeDraft(two.id, kWhy));
    QVERIFY(conflict);
    QCOMPARE(conflict->conflicts.size(), 1);
    QVERIFY(conflict->findings.isBlocked());
    QCOMPARE(w.promote(two.id).error().failure, Failure::CheckFailed);
}

void TestConfigChanges::reviewBindsToTheText()
{
    World w;
    QCOMPARE(w.start(), QString());
    const api::Draft draft = w.draftOf("owner: qa", "owner: one");
    QCOMPARE(waitFor(w.ben.config->reviewDraft(draft.id, true, QStringLiteral("00"), {}, kWhy)).error().failure,
        Failure::Conflict);
    QVERIFY(waitFor(w.ben.config->reviewDraft(draft.id, true, draft.hash, {}, kWhy)));
    const QString text = waitFor(w.anna.config->draft(draft.id))->text;
    const auto saved =
        waitFor(w.anna.config->saveDraft(draft.id, {1, text + QStringLiteral("# later\n"), {}, {}}, kWhy));
    QCOMPARE(saved->state, QStringLiteral("validated")); // the approval was of another text
    QVERIFY(!saved->reviews.first().holds);
    const auto promoted = w.promote(draft.id);
    QVERIFY(promoted);
    QVERIFY(promoted->revision.approver.isEmpty());
    QVERIFY(promoted->revision.isOwnApproval); // nobody else looked at it, and that is marked
    // turned down is turned down
    const api::Draft other = w.draftOf("owner: one", "owner: two");
    QVERIFY(waitFor(w.ben.config->reviewDraft(other.id, false, {}, QStringLiteral("no"), kWhy)));
    QCOMPARE(w.promote(other.id).error().failure, Failure::NotPermitted);
}

void TestConfigChanges::looseningTakesTwo()
{
    World w;
    QCOMPARE(w.start(), QString());
    const api::Draft draft = w.draftOf("regions: [local]", "regions: [local, elsewhere]");
    QVERIFY(!draft.findings.isBlocked());
    QCOMPARE(w.promote(draft.id).error().failure, Failure::NotPermitted);
    QCOMPARE(w.promote(draft.id, true).error().failure, Failure::NotPermitted); // no emergency makes it one person's
    // whoever wrote the text is not somebody else, by any name: ben edits, then ben approves
    const QString text = waitFor(w.anna.config->draft(draft.id))->text;
    QVERIFY(waitFor(w.ben.config->saveDraft(draft.id, {1, text + QStringLiteral("# ben\n"), {}, {}}, kWhy)));
    const auto own = waitFor(w.ben.config->reviewDraft(draft.id, true, {}, {}, kWhy));
    QVERIFY(own && own->reviews.first().isOwn);
    QCOMPARE(w.promote(draft.id).error().failure, Failure::NotPermitted);
    Person carl;
    QCOMPARE(w.let(carl, "carl", api::Role::Operator), QString());
    QVERIFY(waitFor(carl.config->reviewDraft(draft.id, true, {}, {}, kWhy)));
    QVERIFY(w.promote(draft.id));
    // the console and the local token are one person
    api::DraftRequest request;
    request.text = QString::fromUtf8(w.running().replace("elsewhere]", "elsewhere, third]"));
    const auto mine = waitFor(w.console->createDraft(request, kWhy));
    QVERIFY(mine);
    api::HttpTransportOptions options;
    options.base = QUrl(w.engine.gateway().adminUrl());
    QFile token(w.engine.dataDirectory() + QStringLiteral("/admin.token"));
    QVERIFY(token.open(QIODevice::ReadOnly));
    options.token = token.readAll().trimmed();
    const api::GatewayClient local(std::make_shared<api::HttpTransport>(options));
    const auto again = waitFor(ConfigClient(local).reviewDraft(mine->id, true, {}, {}, kWhy));
    QVERIFY(again && again->reviews.first().isOwn);
    QCOMPARE(w.promote(mine->id).error().failure, Failure::NotPermitted);
}

void TestConfigChanges::reviewRequired()
{
    World w;
    w.writeFile(w.readFile() + "changes: {review: required}\n");
    QCOMPARE(w.start(), QString());
    QVERIFY(waitFor(w.console->standing())->reviewRequired);
    const api::Draft draft = w.draftOf("owner: qa", "owner: one");
    QCOMPARE(w.promote(draft.id).error().failure, Failure::NotPermitted);
    // an operator's own text is approved by another operator
    const QString text = waitFor(w.anna.config->draft(draft.id))->text;
    QVERIFY(waitFor(w.ben.config->saveDraft(draft.id, {1, text + QStringLiteral("# ben\n"), {}, {}}, kWhy)));
    QCOMPARE(waitFor(w.ben.config->reviewDraft(draft.id, true, {}, {}, kWhy)).error().failure, Failure::NotPermitted);
    Person carl;
    QCOMPARE(w.let(carl, "carl", api::Role::Operator), QString());
    QVERIFY(waitFor(carl.config->reviewDraft(draft.id, true, {}, {}, kWhy)));
    QVERIFY(w.promote(draft.id));
    // a draft that drops the rule is held to the rule that is in force
    const api::Draft drop = w.draftOf("changes: {review: required}\n", "");
    QCOMPARE(w.promote(drop.id).error().failure, Failure::NotPermitted);
    // an emergency is the way past it, and asks for a review afterwards
    const auto hurried = w.promote(drop.id, true);
    QVERIFY2(hurried, hurried ? "" : qPrintable(hurried.error().message));
    QVERIFY(hurried->revision.reviewDue);
    QVERIFY(!waitFor(w.console->standing())->reviewRequired);
}

void TestConfigChanges::rollbackAndTwice()
{
    World w;
    QCOMPARE(w.start(), QString());
    for (const char* owner : {"one", "two"}) {
        const QByteArray now = w.running();
        const qsizetype at = now.indexOf("owner: ");
        QVERIFY(w.promote(w.draftOf(now.mid(at, now.indexOf(',', at) - at), QByteArray("owner: ") + owner).id));
    }
    QCOMPARE(w.servedBy(), 3);
    const auto back = waitFor(w.ben.config->rollBack(0, kWhy));
    QVERIFY2(back, back ? "" : qPrintable(back.error().message));
    QCOMPARE(back->revision.number, 4); // numbers only grow
    QCOMPARE(back->revision.restores, 2);
    QCOMPARE(back->revision.kind, QStringLiteral("rollback"));
    QCOMPARE(back->replaced, 3);
    QCOMPARE(w.servedBy(), 4);
    QVERIFY(w.running().contains("owner: one"));
    // again: not forth to what was bad, but one further back
    const auto further = waitFor(w.ben.config->rollBack(0, kWhy));
    QVERIFY(further);
    QCOMPARE(further->revision.restores, 1);
    QVERIFY(w.running().contains("owner: qa"));
    QCOMPARE(waitFor(w.ben.config->rollBack(0, kWhy)).error().failure, Failure::Conflict); // nothing is before it
    // and by number, anywhere it has been
    const auto named = waitFor(w.ben.config->rollBack(3, kWhy));
    QVERIFY(named);
    QVERIFY(w.running().contains("owner: two"));
    QCOMPARE(waitFor(w.ben.config->rollBack(99, kWhy)).error().failure, Failure::NotFound);
    QCOMPARE(w.inForceInTheDatabase(), 6);
    const auto all = waitFor(w.console->revisions());
    QCOMPARE(all->at(3).number, 3);
    QCOMPARE(all->at(3).rolledBackBy, QStringLiteral("ben"));
    QCOMPARE(all->at(3).rolledBackReason, kWhy);
}

void TestConfigChanges::rollbackThatLoosens()
{
    World w;
    w.writeFile(configFor(World::urlOf(w.upstream) + QStringLiteral("/v1"))
                    .replace("regions: [local]", "regions: [local, old]"));
    QCOMPARE(w.start(), QString());
    QVERIFY(w.promote(w.draftOf("regions: [local, old]", "regions: [local]").id));
    const auto refused = waitFor(w.ben.config->rollBack(0, kWhy));
    QCOMPARE(refused.error().failure, Failure::NotPermitted);
    QCOMPARE(w.engine.gateway().revision(), 2);
    // as a draft that somebody else approves
    api::DraftRequest restore;
    restore.from = 1;
    const auto draft = waitFor(w.anna.config->createDraft(restore, kWhy));
    QVERIFY(draft);
    QVERIFY(waitFor(w.ben.config->reviewDraft(draft->id, true, {}, {}, kWhy)));
    QVERIFY(w.promote(draft->id));
    QVERIFY(w.running().contains("[local, old]"));
}

void TestConfigChanges::aBadFileIsHeld()
{
    World w;
    QCOMPARE(w.start(), QString());
    const QByteArray good = w.readFile();
    const QByteArray bad = QByteArray(good).replace("owner: qa", "owner: nobody");
    w.writeFile(bad);
    w.engine.gateway().reload();
    QTRY_COMPARE(w.engine.gateway().revision(), 2);
    QVERIFY(waitFor(w.ben.config->rollBack(0, QStringLiteral("it was bad"))));
    QCOMPARE(w.engine.gateway().revision(), 3);
    // the file is still the bad one, and a signal does not bring it back
    w.engine.gateway().reload();
    const auto standing = waitFor(w.console->standing());
    QCOMPARE(standing->fileState, QStringLiteral("held"));
    QCOMPARE(standing->heldBy, QStringLiteral("ben"));
    QCOMPARE(standing->heldReason, QStringLiteral("it was bad"));
    QVERIFY(standing->fileSentence.contains(QLatin1String("it was bad")));
    QCOMPARE(w.engine.gateway().revision(), 3);
    // nor does a restart
    QCOMPARE(w.start(), QString());
    QCOMPARE(w.engine.gateway().revision(), 3);
    QVERIFY(w.running().contains("owner: qa"));
    // somebody who asks for it gets it
    const auto adopted = waitFor(w.ben.config->adoptFile(kWhy));
    QVERIFY2(adopted, adopted ? "" : qPrintable(adopted.error().message));
    QCOMPARE(adopted->revision.kind, QStringLiteral("adopt"));
    QVERIFY(w.running().contains("owner: nobody"));
    QCOMPARE(waitFor(w.console->standing())->fileState, QStringLiteral("in_force"));
    // and another file is taken as always
    w.writeFile(good + "# another\n");
    w.engine.gateway().reload();
    QTRY_COMPARE(w.engine.gateway().revision(), 5);
}

void TestConfigChanges::fileAndStore()
{
    World w;
    QCOMPARE(w.start(), QString());
    QVERIFY(w.promote(w.draftOf("owner: qa", "owner: store").id));
    const QByteArray file = w.readFile();
    QVERIFY(file.contains("owner: qa")); // nobody wrote into it
    // a signal with the file as it was is no wish to undo a promotion
    w.engine.gateway().reload();
    QCOMPARE(w.engine.gateway().revision(), 2);
    QVERIFY(w.running().contains("owner: store"));
    // one with another file is
    w.writeFile(QByteArray(file).replace("owner: qa", "owner: file"));
    QCOMPARE(waitFor(w.console->standing())->fileState, QStringLiteral("changed"));
    w.engine.gateway().reload();
    QTRY_COMPARE(w.engine.gateway().revision(), 3);
    QVERIFY(w.running().contains("owner: file"));
    QCOMPARE(waitFor(w.console->revision(3))->kind, QStringLiteral("reload"));
    // a file with a problem changes nothing and is shown
    w.writeFile("signalbox: 1\ntypo: 2\n");
    w.engine.gateway().reload();
    const auto standing = waitFor(w.console->standing());
    QCOMPARE(standing->fileState, QStringLiteral("refused"));
    QCOMPARE(standing->fileProblems.first().line, 2);
    QCOMPARE(w.engine.gateway().revision(), 3);
    QCOMPARE(waitFor(w.ben.config->adoptFile(kWhy)).error().failure, Failure::CheckFailed);
    // edited while somebody promoted: the edit is still to be taken
    w.writeFile(QByteArray(file).replace("owner: qa", "owner: edited"));
    QVERIFY(w.promote(w.draftOf("owner: file", "owner: promoted").id));
    w.engine.gateway().reload();
    QTRY_COMPARE(w.engine.gateway().revision(), 5);
    QVERIFY(w.running().contains("owner: edited"));
}

void TestConfigChanges::revertWritesTheFile()
{
    World w;
    QCOMPARE(w.start(), QString());
    const QByteArray before = w.readFile();
    QVERIFY(w.promote(w.draftOf("owner: qa", "owner: store").id));
    const auto standing = waitFor(w.ben.config->revertFile(kWhy));
    QVERIFY2(standing, standing ? "" : qPrintable(standing.error().message));
    QCOMPARE(standing->fileState, QStringLiteral("in_force"));
    QCOMPARE(w.readFile(), w.running());
    QFile backup(w.path() + QStringLiteral(".before-revision-2"));
    QVERIFY(backup.open(QIODevice::ReadOnly));
    QCOMPARE(backup.readAll(), before);
    QCOMPARE(w.start(), QString());
    QCOMPARE(w.engine.gateway().revision(), 2);
}

void TestConfigChanges::emergencies()
{
    World w;
    QCOMPARE(w.start(), QString());
    const api::Draft draft = w.draftOf("owner: qa", "owner: hurry");
    QVERIFY(waitFor(w.anna.config->reviewDraft(draft.id, true, {}, {}, kWhy)).error().failure == Failure::NotPermitted);
    const auto promoted = w.promote(draft.id, true);
    QVERIFY(promoted);
    QCOMPARE(promoted->revision.kind, QStringLiteral("emergency"));
    QVERIFY(promoted->revision.reviewDue);
    // by the end of the next day
    const qint64 hours = promoted->revision.inForceFrom->secsTo(*promoted->revision.reviewDue) / 3600;
    QVERIFY(hours >= 24 && hours <= 48);
    QCOMPARE(waitFor(w.console->standing())->toReview, QVector<int>{2});
    // not by who did it
    QCOMPARE(waitFor(w.ben.config->reviewRevision(2, true, {}, kWhy)).error().failure, Failure::NotPermitted);
    Person carl;
    QCOMPARE(w.let(carl, "carl", api::Role::Operator), QString());
    const auto reviewed = waitFor(carl.config->reviewRevision(2, true, QStringLiteral("fine"), kWhy));
    QVERIFY(reviewed && reviewed->reviewedAfter);
    QCOMPARE(reviewed->reviewedAfter->by, QStringLiteral("carl"));
    QVERIFY(waitFor(w.console->standing())->toReview.isEmpty());
    QCOMPARE(waitFor(carl.config->reviewRevision(1, true, {}, kWhy)).error().failure, Failure::Conflict);
}

void TestConfigChanges::restarts()
{
    World w;
    QCOMPARE(w.start(), QString());
    QVERIFY(w.promote(w.draftOf("owner: qa", "owner: store").id));
    const api::Draft open = w.draftOf("owner: store", "owner: later");
    QCOMPARE(w.start(), QString());
    QCOMPARE(w.engine.gateway().revision(), 2);
    QVERIFY(w.running().contains("owner: store"));
    QCOMPARE(w.servedBy(), 2);
    QCOMPARE(waitFor(w.console->revisions())->size(), 2);
    const auto kept = waitFor(w.console->draft(open.id));
    QVERIFY(kept && kept->text.contains(QLatin1String("owner: later")));
    // drafts go on counting
    QVERIFY(w.draftOf("owner: store", "owner: another").id != open.id);
    QVERIFY(w.promote(open.id));
    QCOMPARE(w.engine.gateway().revision(), 3);
}

void TestConfigChanges::aFileThatChangedMeanwhile()
{
    World w;
    QCOMPARE(w.start(), QString());
    QVERIFY(w.promote(w.draftOf("owner: qa", "owner: store").id));
    w.writeFile(w.readFile().replace("owner: qa", "owner: night"));
    QCOMPARE(w.start(), QString());
    QCOMPARE(w.engine.gateway().revision(), 3);
    QVERIFY(w.running().contains("owner: night"));
    const auto three = waitFor(w.console->revision(3));
    QCOMPARE(three->kind, QStringLiteral("start"));
    QVERIFY(!three->reason.isEmpty());
    // what it replaced is one step away
    QVERIFY(waitFor(w.ben.config->rollBack(0, kWhy)));
    QVERIFY(w.running().contains("owner: store"));
}

void TestConfigChanges::diffs()
{
    World w;
    QCOMPARE(w.start(), QString());
    QCOMPARE(w.servedBy(), 1);
    QVERIFY(waitFor(w.engine.client().calls({}))); // the record has it
    const api::Draft draft = w.draftOf("weight: 100", "weight: 7");
    api::DiffSide side;
    side.draft = draft.id;
    const auto same = waitFor(w.ben.config->diff({}, side)); // the only candidate gets all of them either way
    QVERIFY2(same, same ? "" : qPrintable(same.error().message));
    QCOMPARE(same->changes, 0);
    QCOMPARE(same->cosmetic, 1);
    side = {};
    side.text = QString::fromUtf8(w.running().replace("model: m-2026-09-01", "model: m-2026-10-01"));
    const auto other = waitFor(w.ben.config->diff({}, side));
    QVERIFY(other);
    QCOMPARE(other->from, QStringLiteral("revision 1"));
    QVERIFY(other->changes >= 1);
    QVERIFY(other->trafficKnown);
    QCOMPARE(other->affected.size(), 1);
    QCOMPARE(other->affected.first().tenant, QStringLiteral("acme"));
    QCOMPARE(other->affected.first().calls, 1);
    side.text = QStringLiteral("typo: 1\n");
    QCOMPARE(waitFor(w.ben.config->diff({}, side)).error().failure, Failure::CheckFailed);
    side.revision = 1;
    QCOMPARE(waitFor(w.ben.config->diff({}, side)).error().failure, Failure::Invalid);
    side = {};
    side.revision = 9;
    QCOMPARE(waitFor(w.ben.config->diff({}, side)).error().failure, Failure::NotFound);
}

void TestConfigChanges::theAuditLogHasNoTexts()
{
    World w;
    QCOMPARE(w.start(), QString());
    const api::Draft draft = w.draftOf("owner: qa", "owner: audited-by-the-test");
    QVERIFY(w.promote(draft.id));
    // its end is written after its answer
    const auto isThere = [&] {
        const auto log = waitFor(w.engine.client().audit({}));
        return log && std::any_of(log->entries.begin(), log->entries.end(), [](const api::AuditEntry& entry) {
            return entry.action.contains(QLatin1String("config/promote")) && entry.outcome == QLatin1String("applied");
        });
    };
    QTRY_VERIFY(isThere());
    const auto log = waitFor(w.engine.client().audit({}));
    QVERIFY(log);
    for (const api::AuditEntry& entry : log->entries) {
        const QByteArray all = QJsonDocument(api::toJson(entry)).toJson();
        QVERIFY2(!all.contains("audited-by-the-test"), all.constData());
    }
}

void TestConfigChanges::commands()
{
    World w;
    QCOMPARE(w.start(), QString());
    const auto run = [&](const QStringList& words, int expected) {
        Finished finished;
        inThreads(1, [&](int) {
            finished = runProgram(QStringLiteral("signalboxctl"),
                words + QStringList{QStringLiteral("--data-dir"), w.engine.dataDirectory()});
        });
        if (finished.exitCode != expected)
            qWarning("%s: %d\n%s%s", qPrintable(words.join(u' ')), finished.exitCode, finished.output.constData(),
                finished.log.constData());
        return finished;
    };
    const auto ok = [&](const char* line, int expected = 0) {
        return run(QString::fromLatin1(line).split(u' '), expected).exitCode == expected;
    };
    QVERIFY(ok("config history"));
    QVERIFY(ok("config standing --fields"));
    QFile text(w.engine.file(QStringLiteral("next.yaml")));
    QVERIFY(text.open(QIODevice::WriteOnly));
    text.write(w.readFile().replace("owner: qa", "owner: ctl"));
    text.close();
    QVERIFY(run({QStringLiteral("config"), QStringLiteral("check"), text.fileName()}, 0).exitCode == 0);
    QVERIFY(run({QStringLiteral("config"), QStringLiteral("draft"), QStringLiteral("new"), text.fileName()}, 0)
                .output.startsWith("d1"));
    QVERIFY(ok("config draft list"));
    QVERIFY(ok("config draft show d1"));
    QVERIFY(run({QStringLiteral("config"), QStringLiteral("diff"), QStringLiteral("running"), QStringLiteral("d1")}, 0)
                .output.contains("The owner of alias fast is ctl instead of qa."));
    QVERIFY(ok("config draft save d1 --set aliases[fast].owner=ctl2"));
    QVERIFY(ok("config draft save d1 --if-version 1 --set aliases[fast].owner=ctl3", 5));
    QVERIFY(ok("config draft review d1"));
    QVERIFY(ok("config promote d1 --reason tested"));
    QCOMPARE(w.engine.gateway().revision(), 2);
    QVERIFY(ok("config promote d1", 5));
    QVERIFY(run({QStringLiteral("config"), QStringLiteral("history"), QStringLiteral("2"), QStringLiteral("--text")}, 0)
                .output == w.running());
    QVERIFY(ok("config rollback --reason tested"));
    QCOMPARE(w.engine.gateway().revision(), 3);
    QVERIFY(ok("config history 9", 3));
    QVERIFY(ok("config draft save d9 --merge", 3));
    QVERIFY(text.open(QIODevice::WriteOnly | QIODevice::Truncate));
    text.write(w.readFile() + "typo: 1\n");
    text.close();
    QVERIFY(
        run({QStringLiteral("config"), QStringLiteral("draft"), QStringLiteral("new"), text.fileName()}, 6).exitCode ==
        6);
    QVERIFY(ok("config promote d2", 6));
    QVERIFY(ok("config draft abandon d2"));
    w.writeFile(w.readFile() + "# more\n");
    QVERIFY(ok("config adopt --reason tested"));
    QVERIFY(ok("config revert --reason tested"));
    QVERIFY(ok("config promote d3 --dry-run"));
}

QTEST_GUILESS_MAIN(TestConfigChanges)
#include "tst_config_changes.moc"
