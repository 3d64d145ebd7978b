// The rules between the rooms, read from the sources themselves: who may include whom, and what must not appear at all.
// A rule that finds a violation names file, line and rule. The scanner has its own test: a rule that cannot fail is
// none.
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

namespace {

struct SourceLine
{
    QString file; // relative to the repository
    int number = 0;
    QString text; // without comments
    QString include() const
    {
        static const QRegularExpression pattern(QStringLiteral("^\\s*#\\s*include\\s+\"([^\"]+)\""));
        return pattern.match(text).captured(1);
    }
};

// Lines of a C++ text without // comments, /* */ comments and the contents of string literals, includes kept.
QVector<SourceLine> codeLines(const QString& file, const QString& text)
{
    QVector<SourceLine> lines;
    bool inComment = false;
    int number = 0;
    for (const QString& line : text.split(QLatin1Char('\n'))) {
        ++number;
        if (!inComment && line.trimmed().startsWith(QLatin1String("#include"))) {
            lines.append({file, number, line});
            continue;
        }
        QString code;
        QChar quote;
        for (qsizetype i = 0; i < line.size(); ++i) {
            const QChar c = line[i];
            const QStringView two = QStringView(line).mid(i, 2);
            if (inComment) {
                if (two == u"*/") {
                    inComment = false;
                    ++i;
                }
            } else if (!quote.isNull()) {
                if (c == QLatin1Char('\\'))
                    ++i;
                else if (c == quote)
                    quote = {};
            } else if (two == u"//") {
                break;
            } else if (two == u"/*") {
                inComment = true;
                ++i;
            } else {
                const bool digitBefore = !code.isEmpty() && code.back().isDigit(); // 10'000 is a number
                if (c == QLatin1Char('"') || (c == QLatin1Char('\'') && !digitBefore))
                    quote = c;
                code += c;
            }
        }
        lines.append({file, number, code});
    }
    return lines;
}

using Rule = std::function<QString(const SourceLine&)>; // empty: fine

QStringList violations(const QVector<SourceLine>& lines, const Rule& rule)
{
    QStringList found;
    for (const SourceLine& line : lines) {
        const QString wrong = rule(line);
        if (!wrong.isEmpty())
            found.append(QStringLiteral("%1:%2: %3").arg(line.file).arg(line.number).arg(wrong));
    }
    return found;
}

const QStringList kSurfaces{QStringLiteral("credential"), QStringLiteral("routing"), QStringLiteral("fallback"),
    QStringLiteral("quota"), QStringLiteral("transform"), QStringLiteral("observability"), QStringLiteral("budget"),
    QStringLiteral("cache"), QStringLiteral("content"), QStringLiteral("privacy"), QStringLiteral("drift"),
    QStringLiteral("audit"), QStringLiteral("simulator"), QStringLiteral("rollout")};
const QStringList kCoreRooms =
    kSurfaces + QStringList{QStringLiteral("engine"), QStringLiteral("http"), QStringLiteral("config"),
                    QStringLiteral("store"), QStringLiteral("admin"), QStringLiteral("base"), QStringLiteral("exports"),
                    QStringLiteral("replay")};
// Rooms that a foundation may use; whatever is not listed may use everything below it.
const QHash<QString, QStringList> kFoundation{
    {QStringLiteral("base"), {}},
    {QStringLiteral("http"), {QStringLiteral("base")}},
    {QStringLiteral("config"), {QStringLiteral("base")}},
    {QStringLiteral("store"),
        {QStringLiteral("base"), QStringLiteral("audit"), QStringLiteral("config"), QStringLiteral("credential")}},
};

QString roomOf(const QString& path)
{
    return path.section(QLatin1Char('/'), 0, 0);
}

QString uiRule(const SourceLine& line)
{
    const QString include = line.include();
    const bool core = kCoreRooms.contains(roomOf(include)) || include.contains(QLatin1String("gatewaycore"));
    return core ? QStringLiteral("the console includes nothing of the engine but api/ (%1)").arg(include) : QString();
}

QString apiRule(const SourceLine& line)
{
    const QString include = line.include();
    return include.isEmpty() || !include.contains(QLatin1Char('/')) || include.startsWith(QLatin1String("api/"))
               ? QString()
               : QStringLiteral("the contract includes nothing else (%1)").arg(include);
}

// The desks that the admin handlers see, and what they stand on (engine/governance.h).
bool knowsTheDesks(const QString& file)
{
    for (const char* part : {"governance", "parts.h", "desk_", "break_glass"}) {
        if (file.startsWith(QLatin1String("gatewaycore/engine/") + QLatin1String(part)))
            return true;
    }
    return false;
}

QString coreRule(const SourceLine& line)
{
    const QString room = line.file.section(QLatin1Char('/'), 1, 1);
    const QString other = roomOf(line.include());
    if (!line.include().contains(QLatin1Char('/')) || other == room || !kCoreRooms.contains(other))
        return {};
    if (kSurfaces.contains(room) && kSurfaces.contains(other))
        return QStringLiteral("sibling surfaces do not include each other; they meet in engine/ (%1)")
            .arg(line.include());
    if (kSurfaces.contains(room) && (other == QLatin1String("engine") || other == QLatin1String("admin")))
        return QStringLiteral("a surface does not include what stands above it (%1)").arg(line.include());
    if (kFoundation.contains(room) && !kFoundation[room].contains(other))
        return QStringLiteral("the foundation %1 does not include %2").arg(room, line.include());
    // exports stand beside the data path: they read what was counted and recorded, and the walk of a call does not know
    // that they are there
    static const QStringList exportsMayUse{
        QStringLiteral("base"), QStringLiteral("config"), QStringLiteral("http"), QStringLiteral("observability")};
    if (room == QLatin1String("exports") && !exportsMayUse.contains(other))
        return QStringLiteral("exports do not include %1").arg(line.include());
    if (other == QLatin1String("exports") && line.file != QLatin1String("gatewaycore/engine/parts.h"))
        return QStringLiteral("only the engine's parts include the exports (%1)").arg(line.include());
    // replay decides with the engine's own pure parts, and of the engine only its desk knows replay
    static const QStringList replayMayUse{QStringLiteral("engine/plan.h"), QStringLiteral("engine/zone.h"),
        QStringLiteral("engine/estimate.h"), QStringLiteral("engine/call_inputs.h")};
    if (room == QLatin1String("replay") &&
        (other == QLatin1String("admin") ||
            (other == QLatin1String("engine") && !replayMayUse.contains(line.include()))))
        return QStringLiteral("replay does not include %1").arg(line.include());
    if (other == QLatin1String("replay") && !line.file.startsWith(QLatin1String("gatewaycore/engine/desk_")))
        return QStringLiteral("only the engine's desks include replay (%1)").arg(line.include());
    // engine/gateway brings the parts up and down, the admin listener among them, and governance makes the desks; the
    // walk of a call knows nothing of it
    if (room == QLatin1String("engine") && other == QLatin1String("admin") &&
        !line.file.startsWith(QLatin1String("gatewaycore/engine/gateway")) && !knowsTheDesks(line.file))
        return QStringLiteral("the walk of a call does not include the admin listener (%1)").arg(line.include());
    return {};
}

QString guiRule(const SourceLine& line)
{
    static const QRegularExpression gui(QStringLiteral("#\\s*include\\s+<(Q(Widget|Gui|Application|Painter|Pixmap|"
                                                       "Color|Font|Chart|Icon|Style)\\w*|Qt(Gui|Widgets|Charts)/.*)>"));
    const auto match = gui.match(line.text);
    return match.hasMatch() ? QStringLiteral("the engine never includes a GUI class (%1)").arg(match.captured(1))
                            : QString();
}

QString forbiddenRule(const SourceLine& line)
{
    if (line.text.contains(QLatin1String("ignoreSslErrors")))
        return QStringLiteral("certificate errors are never ignored");
    // where threads are started and ended one waits for the other; nowhere else
    static const QStringList startAndEnd{QStringLiteral("gatewaycore/engine/worker.cpp"),
        QStringLiteral("gatewaycore/engine/record_reader.cpp"), QStringLiteral("app/console/engine_thread.cpp")};
    if (line.text.contains(QLatin1String("BlockingQueuedConnection")) && !startAndEnd.contains(line.file))
        return QStringLiteral("no thread waits for another in a queued call");
    // a listener asks its callers for no certificate; towards upstreams the peer is always verified
    if (line.text.contains(QLatin1String("VerifyNone")) && line.file != QLatin1String("gatewaycore/http/server.cpp"))
        return QStringLiteral("every TLS peer is verified");
    static const QRegularExpression secretStream(QStringLiteral("operator<<\\s*\\([^)]*Secret"));
    if (line.text.contains(secretStream))
        return QStringLiteral("a Secret has no stream operator");
    return {};
}

// QNetworkAccessManager repeats a POST when the peer closes early; only the HTTP transport of the admin API may use it.
QString accessManagerRule(const SourceLine& line)
{
    const bool allowed =
        line.file.contains(QLatin1String("gatewaycore/api/")) && line.file.contains(QLatin1String("http"));
    return !allowed && line.text.contains(QLatin1String("QNetworkAccessManager"))
               ? QStringLiteral("QNetworkAccessManager does not belong on the data path")
               : QString();
}

// Whom a TLS peer is verified against is decided in few files: what callers show us (and whether they are asked for
// it), what upstreams show us, and what an engine shows its clients. QueryPeer leaves the chain alone, so it stands
// only where a whole SHA-256 or the socket's own list of errors is looked at before anything is believed.
QString verificationRule(const SourceLine& line)
{
    static const QRegularExpression mode(
        QStringLiteral("\\b(setPeerVerifyMode|setPeerVerifyName|setPeerVerifyDepth|QueryPeer|AutoVerifyPeer)\\b"));
    static const QStringList allowed{QStringLiteral("gatewaycore/http/server.cpp"),
        QStringLiteral("gatewaycore/http/server_connection.cpp"), QStringLiteral("gatewaycore/http/upstream.cpp"),
        QStringLiteral("gatewaycore/engine/listen_address.cpp"), QStringLiteral("gatewaycore/api/wire_security.cpp")};
    const auto match = mode.match(line.text);
    return match.hasMatch() && !allowed.contains(line.file)
               ? QStringLiteral("TLS verification is decided in few files, not here (%1)").arg(match.captured(1))
               : QString();
}

// SQL with something put into its text: values are bound. arg() or + right in the statement is the pattern of old sins.
QString sqlRule(const SourceLine& line)
{
    static const QRegularExpression built(
        QStringLiteral("\\b(exec|prepare)\\s*\\([^;]*(\\.arg\\s*\\(|\"\\s*\\+|\\+\\s*\")"));
    return line.text.contains(built) ? QStringLiteral("SQL is not put together from values; bind them") : QString();
}

QString plainTextRule(const SourceLine& line)
{
    static const QRegularExpression rich(QStringLiteral(
        "\\b(setHtml|insertHtml|setOpenExternalLinks\\s*\\(\\s*true|Qt::RichText|Qt::AutoText|QTextBrowser)\\b"));
    const auto match = rich.match(line.text);
    return match.hasMatch() ? QStringLiteral("text from outside is shown as plain text (%1)").arg(match.captured(1))
                            : QString();
}

} // namespace

class TestLayering : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void consoleIncludesOnlyTheContract();
    void contractIncludesNothingElse();
    void roomsKeepTheirOrder();
    void engineHasNoGui();
    void nothingForbidden();
    void accessManagerStaysOut();
    void verificationStaysInItsPlaces();
    void sqlIsBound();
    void consoleShowsPlainText();
    void headersBeginWithPragmaOnce();
    void sourcesIncludeTheirHeaderFirst();
    void filesHaveOneIdea();
    void rulesCanFail();
    void commentsDoNotCount();

private:
    QVector<SourceLine> linesOf(const QStringList& folders) const;
    void check(const QStringList& folders, const Rule& rule);
    QString m_root;
};

void TestLayering::initTestCase()
{
    m_root = qEnvironmentVariable("SIGNALBOX_SOURCE");
    QVERIFY2(
        QFile::exists(m_root + QStringLiteral("/gatewaycore/CMakeLists.txt")), "SIGNALBOX_SOURCE names the repository");
}

QVector<SourceLine> TestLayering::linesOf(const QStringList& folders) const
{
    QVector<SourceLine> lines;
    for (const QString& folder : folders) {
        QDirIterator files(m_root + QLatin1Char('/') + folder, {QStringLiteral("*.h"), QStringLiteral("*.cpp")},
            QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (file.open(QIODevice::ReadOnly))
                lines += codeLines(QDir(m_root).relativeFilePath(file.fileName()), QString::fromUtf8(file.readAll()));
        }
    }
    return lines;
}

void TestLayering::check(const QStringList& folders, const Rule& rule)
{
    const QVector<SourceLine> lines = linesOf(folders);
    QVERIFY2(!lines.isEmpty(), "no sources were found");
    const QStringList found = violations(lines, rule);
    QVERIFY2(found.isEmpty(), qPrintable(QLatin1Char('\n') + found.join(QLatin1Char('\n'))));
}

void TestLayering::consoleIncludesOnlyTheContract()
{
    check({QStringLiteral("ui")}, uiRule);
}
void TestLayering::contractIncludesNothingElse()
{
    check({QStringLiteral("gatewaycore/api")}, apiRule);
}
void TestLayering::roomsKeepTheirOrder()
{
    check({QStringLiteral("gatewaycore")}, coreRule);
}
void TestLayering::engineHasNoGui()
{
    check({QStringLiteral("gatewaycore")}, guiRule);
}
void TestLayering::nothingForbidden()
{
    check({QStringLiteral("app"), QStringLiteral("gatewaycore"), QStringLiteral("ui")}, forbiddenRule);
}
void TestLayering::accessManagerStaysOut()
{
    check({QStringLiteral("gatewaycore"), QStringLiteral("app/daemon"), QStringLiteral("app/sim")}, accessManagerRule);
}
void TestLayering::verificationStaysInItsPlaces()
{
    check({QStringLiteral("app"), QStringLiteral("gatewaycore"), QStringLiteral("ui")}, verificationRule);
}
void TestLayering::sqlIsBound()
{
    check({QStringLiteral("gatewaycore"), QStringLiteral("app")}, sqlRule);
}
void TestLayering::consoleShowsPlainText()
{
    check({QStringLiteral("ui"), QStringLiteral("app")}, plainTextRule);
}

void TestLayering::headersBeginWithPragmaOnce()
{
    QStringList found;
    for (const QString& folder :
        {QStringLiteral("app"), QStringLiteral("gatewaycore"), QStringLiteral("ui"), QStringLiteral("tests")}) {
        QDirIterator files(
            m_root + QLatin1Char('/') + folder, {QStringLiteral("*.h")}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray text = file.readAll();
            if (!text.startsWith("//") || !text.contains("\n#pragma once\n"))
                found.append(file.fileName() + QStringLiteral(": a header opens with a comment and says #pragma once"));
        }
    }
    QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
}

void TestLayering::sourcesIncludeTheirHeaderFirst()
{
    QStringList found;
    for (const QString& folder : {QStringLiteral("gatewaycore"), QStringLiteral("ui")}) {
        QDirIterator files(
            m_root + QLatin1Char('/') + folder, {QStringLiteral("*.cpp")}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QFileInfo source(files.next());
            if (!QFile::exists(source.path() + QLatin1Char('/') + source.completeBaseName() + QStringLiteral(".h")))
                continue;
            QFile file(source.filePath());
            QVERIFY(file.open(QIODevice::ReadOnly));
            QString first;
            for (const SourceLine& line : codeLines(source.filePath(), QString::fromUtf8(file.readAll()))) {
                if (line.text.trimmed().startsWith(QLatin1String("#include"))) {
                    first = line.include();
                    break;
                }
            }
            if (first.section(QLatin1Char('/'), -1) != source.completeBaseName() + QStringLiteral(".h"))
                found.append(
                    source.filePath() +
                    QStringLiteral(": includes its own header first, which shows that the header compiles alone"));
        }
    }
    QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
}

void TestLayering::filesHaveOneIdea()
{
    QHash<QString, int> sizes;
    for (const SourceLine& line : linesOf({QStringLiteral("app"), QStringLiteral("gatewaycore"), QStringLiteral("ui")}))
        sizes[line.file] = line.number;
    QStringList found;
    for (auto it = sizes.cbegin(); it != sizes.cend(); ++it) {
        if (it.value() > 800)
            found.append(QStringLiteral("%1: %2 lines").arg(it.key()).arg(it.value()));
    }
    QVERIFY2(found.isEmpty(), qPrintable(QStringLiteral("too long for one idea: ") + found.join(QStringLiteral(", "))));
}

void TestLayering::rulesCanFail()
{
    const auto broken = [](const char* file, const char* text, const Rule& rule) {
        return violations(codeLines(QLatin1String(file), QString::fromUtf8(text)), rule).size();
    };
    QCOMPARE(broken("ui/pages/x.cpp", "#include \"store/store.h\"\n#include \"api/call.h\"\n", uiRule), 1);
    QCOMPARE(broken("gatewaycore/api/x.cpp", "#include \"config/names.h\"\n#include \"api/call.h\"\n", apiRule), 1);
    QCOMPARE(broken("gatewaycore/routing/x.cpp",
                 "#include \"credential/book.h\"\n#include \"config/names.h\"\n#include \"routing/y.h\"\n", coreRule),
        1);
    QCOMPARE(broken("gatewaycore/http/x.cpp", "#include \"engine/call.h\"\n#include \"base/clock.h\"\n", coreRule), 1);
    QCOMPARE(
        broken("gatewaycore/audit/x.cpp", "#include \"admin/router.h\"\n#include \"store/store.h\"\n", coreRule), 1);
    QCOMPARE(broken("gatewaycore/exports/x.cpp",
                 "#include \"engine/call.h\"\n#include \"store/store.h\"\n#include \"http/upstream.h\"\n", coreRule),
        2);
    QCOMPARE(broken("gatewaycore/engine/call.cpp", "#include \"exports/exports.h\"\n", coreRule), 1);
    QCOMPARE(broken("gatewaycore/http/x.cpp", "#include <QPainter>\n#include <QTcpSocket>\n", guiRule), 1);
    QCOMPARE(broken("gatewaycore/http/x.cpp", "socket->ignoreSslErrors();\n", forbiddenRule), 1);
    QCOMPARE(broken("gatewaycore/http/x.cpp", "QNetworkAccessManager m;\n", accessManagerRule), 1);
    QCOMPARE(broken("gatewaycore/api/http_transport.cpp", "tls.setPeerVerifyMode(QSslSocket::QueryPeer);\n",
                 verificationRule),
        1);
    QCOMPARE(broken("gatewaycore/api/wire_security.cpp", "tls.setPeerVerifyMode(QSslSocket::QueryPeer);\n",
                 verificationRule),
        0);
    QCOMPARE(broken("gatewaycore/api/http_transport.cpp", "QNetworkAccessManager m;\n", accessManagerRule), 0);
    QCOMPARE(broken("gatewaycore/store/x.cpp", "query.exec(QStringLiteral(\"\").arg(name));\nquery.prepare(sql);\n",
                 sqlRule),
        1);
    QCOMPARE(broken("ui/x.cpp", "label->setTextFormat(Qt::RichText);\nlabel->setTextFormat(Qt::PlainText);\n",
                 plainTextRule),
        1);
}

void TestLayering::commentsDoNotCount()
{
    const QString text = QStringLiteral(
        "// ignoreSslErrors\n/* ignoreSslErrors\n ignoreSslErrors */ int x;\nauto s = \"ignoreSslErrors\";\n");
    QVERIFY(violations(codeLines(QStringLiteral("x.cpp"), text), forbiddenRule).isEmpty());
    QCOMPARE(violations(codeLines(QStringLiteral("x.cpp"),
                            QStringLiteral("/* a */ s.ignoreSslErrors();\nint y = 10'000; s.ignoreSslErrors();")),
                 forbiddenRule)
                 .size(),
        2);
}

QTEST_GUILESS_MAIN(TestLayering)
#include "tst_layering.moc"
