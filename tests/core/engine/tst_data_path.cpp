// The data plane's paths (contract.md, "Data plane"): which surface each is for, and what it says itself.
#include "engine/data_path.h"

#include <QTest>

using namespace gateway;
using namespace gateway::engine;

namespace {

struct Head
{
    http::RequestHead head;
    Head(const QByteArray& method, const QByteArray& target, const QByteArray& field = {})
        : m_method(method), m_target(target), m_field(field)
    {
        head.method = m_method;
        head.target = m_target;
        if (!m_field.isEmpty())
            head.fields.append({m_field, "x"});
    }

private:
    const QByteArray m_method;
    const QByteArray m_target;
    const QByteArray m_field;
};

} // namespace

class TestDataPath : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void paths_data();
    void paths();
    void lists();
};

void TestDataPath::paths_data()
{
    using What = DataPath::What;
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<int>("what");
    QTest::addColumn<QString>("surface");
    QTest::addColumn<QString>("alias");
    const auto row = [](const char* method, const char* target, What what, const char* surface = "openai.chat",
                         const char* alias = "") {
        QTest::addRow("%s %s", method, target) << QByteArray(method) << QByteArray(target) << int(what)
                                               << QString::fromLatin1(surface) << QString::fromUtf8(alias);
    };
    row("POST", "/v1/chat/completions", What::Call);
    row("POST", "/v1/chat/completions?x=1", What::Call);
    row("GET", "/v1/chat/completions", What::WrongMethod);
    row("POST", "/v1/responses", What::Call, "openai.responses");
    row("POST", "/v1/embeddings", What::Call, "openai.embeddings");
    row("POST", "/openai/v1/chat/completions", What::Call);
    row("POST", "/openai/v1/responses?api-version=preview", What::Call, "openai.responses");
    row("POST", "/openai/deployments/fast/chat/completions?api-version=2025-01-01", What::Call, "openai.chat", "fast");
    row("POST", "/openai/deployments/fast/embeddings?api-version=2025-01-01", What::Call, "openai.embeddings", "fast");
    row("POST", "/openai/deployments//chat/completions", What::Nothing);
    row("POST", "/openai/deployments/fast", What::Nothing);
    row("POST", "/v1/messages", What::Call, "anthropic.messages");
    row("POST", "/v1/messages/count_tokens", What::Call, "anthropic.count_tokens");
    row("POST", "/v1beta/models/fast:generateContent", What::Call, "gemini.generate", "fast");
    row("POST", "/v1/models/fast:streamGenerateContent?alt=sse", What::Call, "gemini.generate", "fast");
    row("POST", "/v1beta/models/a%2Eb:countTokens", What::Call, "gemini.count_tokens", "a.b");
    row("POST", "/v1beta/models/fast:embedContent", What::Call, "gemini.embed", "fast");
    row("POST", "/v1beta/models/fast:batchEmbedContents", What::Call, "gemini.embed", "fast");
    row("GET", "/v1beta/models/fast:generateContent", What::WrongMethod, "gemini.generate", "fast");
    row("POST", "/v1beta1/projects/p/locations/l/publishers/google/models/fast:generateContent", What::Call,
        "gemini.generate", "fast");
    row("POST", "/v1/projects/p/locations/l/publishers/google/models/fast:generateContent", What::Call,
        "gemini.generate", "fast");
    row("POST", "/v1/projects/p/locations/l/fast:generateContent", What::Nothing, "gemini.generate");
    row("GET", "/v1/models", What::ModelList);
    row("POST", "/v1/models", What::WrongMethod);
    row("GET", "/v1/models/fast", What::Model, "openai.chat", "fast");
    row("GET", "/v1/models/fast/x", What::Nothing);
    row("GET", "/v1beta/models", What::ModelList, "gemini.generate");
    row("GET", "/v1/models?key=k", What::ModelList, "gemini.generate");
    row("GET", "/healthz", What::Health);
    row("HEAD", "/readyz", What::Ready);
    row("POST", "/readyz", What::WrongMethod);
    row("POST", "/", What::Nothing);
    row("POST", "/v1", What::Nothing);
    row("POST", "/v1/chat/completions/", What::Nothing);
}

void TestDataPath::paths()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, target);
    const Head asked(method, target);
    const DataPath path = dataPath(asked.head);
    QTEST(int(path.what), "what");
    QTEST(QString::fromLatin1(path.surface->name()), "surface");
    QTEST(path.path.alias, "alias");
}

void TestDataPath::lists()
{
    const QStringList aliases{QStringLiteral("fast"), QStringLiteral("slow")};
    const auto list = [&](const char* field) {
        const Head asked("GET", "/v1/models", field);
        return modelListBody(*dataPath(asked.head).surface, aliases);
    };
    QVERIFY(list("").startsWith(R"({"object":"list","data":[{"id":"fast","object":"model")"));
    QVERIFY(list("anthropic-version").contains("\"has_more\":false"));
    QVERIFY(list("x-goog-api-key").startsWith(R"({"models":[{"name":"models/fast")"));
}

QTEST_APPLESS_MAIN(TestDataPath)
#include "tst_data_path.moc"
