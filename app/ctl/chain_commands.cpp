// call receipt, audit verify, audit key: what can be proved of the record. A path is checked here, without an engine:
// a receipt, a database, or a data directory with the anchor in it.
#include "api/chain_client.h"

#include "table.h"
#include "walk.h"

#include "store/database.h"
#include "store/log_receipt.h"
#include "store/log_verifier.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QSqlQuery>

#include <cstdio>

namespace ctl {

using namespace gateway;

namespace {

constexpr qint64 kLargestReceipt = 16 << 20;

struct Verify
{
    std::string path;
    std::string anchor;
    std::vector<std::string> keys;
};

int verdictOf(const api::ChainVerification& result)
{
    if (result.verdict == QLatin1String("PASS"))
        return Ok;
    return result.verdict == QLatin1String("FAIL") ? CheckFailed : NoData;
}

void printVerification(const api::ChainVerification& result)
{
    using enum Table::Align;
    printLine(QStringLiteral("%1: %2").arg(plain(result.verdict), plain(result.sentence)));
    printFacts({{QStringLiteral("entries"), QString::number(result.entries)},
        {QStringLiteral("rows"), QString::number(result.rows)},
        {QStringLiteral("signed heads"), QString::number(result.heads)},
        {QStringLiteral("anchored"), result.anchor.isEmpty()
                                         ? QStringLiteral("no anchor to compare with")
                                         : QStringLiteral("%1 in %2").arg(result.anchored).arg(plain(result.anchor))},
        {QStringLiteral("under no head yet"), QString::number(result.tail)},
        {QStringLiteral("waiting to be sealed"), result.unsealed > 0 ? QString::number(result.unsealed) : QString()},
        {QStringLiteral("removed by retention"), result.purged > 0 ? QString::number(result.purged) : QString()},
        {QStringLiteral("key"), plain(result.key)}});
    if (!result.keyIsGiven && !result.key.isEmpty())
        say(QStringLiteral("The log was checked with the key it begins with. Compare its fingerprint with the one you"
                           " noted, or give that with --fingerprint."));
    if (result.findings.isEmpty())
        return;
    printLine({});
    Table table({{"WHAT"}, {"WHERE"}, {"ENTRY", Right}, {"ID"}, {"FINDING"}});
    for (const api::ChainFinding& finding : result.findings)
        table.add({finding.what, finding.where, finding.seq == 0 ? QString() : QString::number(finding.seq), finding.id,
            finding.sentence});
    table.print();
    if (result.findingCount > result.findings.size())
        say(QStringLiteral("%1 findings in all.").arg(result.findingCount));
}

QStringList keysOf(const Verify& asked)
{
    QStringList keys;
    for (const std::string& key : asked.keys)
        keys.append(QString::fromStdString(key));
    return keys;
}

int tellReceipt(const Options& options, const store::ReceiptVerdict& verdict)
{
    const QJsonObject json{
        {QStringLiteral("verdict"), verdict.isGood ? QStringLiteral("PASS") : QStringLiteral("FAIL")},
        {QStringLiteral("sentence"), verdict.sentence}, {QStringLiteral("call"), verdict.call},
        {QStringLiteral("engine"), verdict.engine}, {QStringLiteral("entry"), verdict.entry},
        {QStringLiteral("head"), verdict.head}, {QStringLiteral("head_size"), verdict.headSize},
        {QStringLiteral("head_at"),
            verdict.headAt.isValid() ? QJsonValue(verdict.headAt.toString(Qt::ISODateWithMs)) : QJsonValue()},
        {QStringLiteral("key"), verdict.key}, {QStringLiteral("key_is_given"), verdict.keyIsGiven}};
    if (options.json)
        printJson(json);
    else if (options.jsonl)
        printJsonLine(json);
    else
        printLine(QStringLiteral("%1: %2").arg(
            verdict.isGood ? QStringLiteral("PASS") : QStringLiteral("FAIL"), plain(verdict.sentence)));
    if (verdict.isGood && !verdict.keyIsGiven)
        say(QStringLiteral("Signed with %1. Compare that with the fingerprint you noted, or give it with --fingerprint.")
                .arg(verdict.key));
    return verdict.isGood ? Ok : CheckFailed;
}

int verifyDatabase(const Options& options, const QString& file, const Verify& asked)
{
    store::VerifyOptions with;
    with.keys = keysOf(asked);
    with.nowMs = QDateTime::currentMSecsSinceEpoch();
    with.anchorFile = QString::fromStdString(asked.anchor);
    if (with.anchorFile.isEmpty() && QFileInfo(QString::fromStdString(asked.path)).isDir())
        with.anchorFile = audit::localAnchorFile(QFileInfo(file).path());
    auto reader = store::openReader(file);
    if (!reader)
        return fail(reader.error());
    QSqlQuery query(**reader);
    if (!query.exec(QStringLiteral("SELECT value FROM meta WHERE key = 'engine_id'")))
        return fail(api::failure(api::Failure::Invalid, QStringLiteral("%1 is no database of Signalbox.").arg(file)));
    const QString engine = query.next() ? query.value(0).toString() : QString();
    query.finish();
    if (!with.anchorFile.isEmpty()) {
        auto anchor = audit::readAnchor(with.anchorFile, engine);
        if (!anchor)
            return fail(anchor.error());
        if (!anchor->exists && !asked.anchor.empty())
            return fail(
                api::failure(api::Failure::NotFound, QStringLiteral("There is no anchor %1.").arg(with.anchorFile)));
        with.anchor = std::move(*anchor);
    }
    const api::ChainVerification result = store::verifyLog(**reader, with);
    if (!printOneAsJson(options, result))
        printVerification(result);
    return verdictOf(result);
}

int verifyPath(const Options& options, const Verify& asked)
{
    QString path = QString::fromStdString(asked.path);
    if (QFileInfo(path).isDir()) {
        path = QDir(path).filePath(QStringLiteral("signalbox.db"));
        if (!QFileInfo::exists(path))
            return fail(api::failure(
                api::Failure::NotFound, QStringLiteral("There is no signalbox.db in %1.").arg(QFileInfo(path).path())));
        return verifyDatabase(options, path, asked);
    }
    QFile file(path);
    const bool opened =
        path == QLatin1String("-") ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (!opened)
        return fail(api::failure(
            api::Failure::NotFound, QStringLiteral("%1 cannot be read: %2.").arg(path, file.errorString())));
    if (path != QLatin1String("-") && file.peek(15) == "SQLite format 3") {
        file.close();
        return verifyDatabase(options, path, asked);
    }
    const QJsonDocument json = QJsonDocument::fromJson(file.read(kLargestReceipt));
    if (!json.isObject())
        return fail(
            api::failure(api::Failure::Invalid, QStringLiteral("%1 is neither a receipt nor a database.").arg(path)));
    return tellReceipt(options, store::checkReceipt(json.object(), keysOf(asked)));
}

void runVerify(Context context, const Verify& asked)
{
    if (!asked.path.empty()) {
        context.result = verifyPath(context.session.options(), asked);
        return;
    }
    runOne(
        context, [](const api::GatewayClient& client) { return api::ChainClient(client).verify(); }, &printVerification,
        &verdictOf);
}

void printKey(const api::ChainKey& key)
{
    printFacts({{QStringLiteral("fingerprint"), plain(key.fingerprint)},
        {QStringLiteral("public key"), plain(key.publicKey)}, {QStringLiteral("kept in"), plain(key.reference)},
        {QStringLiteral("signs since"), key.since.isValid() ? timeText(key.since) : QString()}});
}

} // namespace

void addCallReceipt(CLI::App& noun, Context context)
{
    auto* receipt = addCommand(noun, "receipt", "What proves one call, as JSON; audit verify checks it anywhere",
        "signalboxctl call receipt req_7f3a");
    const auto id = std::make_shared<std::string>();
    receipt->add_option("id", *id, "Its id, as in x-request-id")->required()->type_name("CALL");
    receipt->callback([context, id] {
        runOne(
            context,
            [id](const api::GatewayClient& client) {
                return api::ChainClient(client).receipt(QString::fromStdString(*id));
            },
            [](const api::Receipt& made) { printJson(made.document); });
    });
}

void addAuditVerify(CLI::App& noun, Context context)
{
    auto* verify = addCommand(noun, "verify",
        "Look the tamper-evident log through; a path is checked without an engine. Exit 6 if something was changed, 7 "
        "if"
        " there is too little to tell",
        "signalboxctl audit verify /var/lib/signalbox --fingerprint ed25519:1f3c-09aa-...");
    const auto asked = std::make_shared<Verify>();
    verify
        ->add_option("path", asked->path,
            "A receipt, a database or a data directory, or - for a receipt on standard input; the engine without it")
        ->type_name("FILE");
    verify
        ->add_option(
            "--anchor", asked->anchor, "Where the heads are anchored; log-heads.jsonl of a directory without it")
        ->type_name("FILE");
    verify->add_option("--fingerprint", asked->keys, "A fingerprint that is trusted; may be given more than once")
        ->type_name("FINGERPRINT");
    verify->callback([context, asked] { runVerify(context, *asked); });

    addCommand(noun, "key", "The key that signs the log", "signalboxctl audit key --json")->callback([context] {
        runOne(
            context, [](const api::GatewayClient& client) { return api::ChainClient(client).key(); }, &printKey);
    });
}

} // namespace ctl
