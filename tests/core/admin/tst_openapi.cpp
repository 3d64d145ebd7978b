// The OpenAPI file says exactly what the route table says, both ways.
#include "admin/router.h"

#include <QSet>
#include <QTest>

#include <functional>
#include <yaml-cpp/yaml.h>

using namespace gateway::admin;

namespace {

QString text(const YAML::Node& node)
{
    return QString::fromStdString(node.as<std::string>());
}

QSet<QString> asSet(const std::vector<QLatin1String>& names)
{
    QSet<QString> set;
    for (const QLatin1String& name : names)
        set.insert(name);
    return set;
}

class Document
{
public:
    explicit Document(const std::string& file) : m_root(YAML::LoadFile(file)) {}
    YAML::Node paths() const { return m_root["paths"]; }

    // "#/components/schemas/X" followed; other nodes as they are.
    YAML::Node resolved(const YAML::Node& node) const
    {
        if (!node.IsMap() || !node["$ref"])
            return node;
        YAML::Node at = YAML::Clone(m_root);
        for (const QString& part : text(node["$ref"]).mid(2).split(u'/'))
            at.reset(at[part.toStdString()]);
        return at;
    }

private:
    YAML::Node m_root;
};

} // namespace

class TestOpenApi : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void everyRouteIsDescribed();
    void nothingElseIsDescribed();
    void referencesLeadSomewhere();

private:
    std::unique_ptr<Document> m_document;
};

void TestOpenApi::initTestCase()
{
    const QString source = qEnvironmentVariable("SIGNALBOX_SOURCE", QStringLiteral("."));
    m_document =
        std::make_unique<Document>((source + QStringLiteral("/resources/openapi/signalbox-admin.yaml")).toStdString());
}

void TestOpenApi::everyRouteIsDescribed()
{
    for (const Route& route : routes()) {
        const std::string method = QString::fromLatin1(route.method).toLower().toStdString();
        const YAML::Node described = m_document->paths()[route.path][method];
        QVERIFY2(described.IsDefined(), route.path);
        QStringList roles;
        for (const gateway::api::Role role : gateway::api::kRoles) {
            if (route.roles.has(role))
                roles.append(gateway::api::nameOf(role));
        }
        QStringList stated;
        for (const YAML::Node& role : described["x-signalbox-roles"])
            stated.append(text(role));
        QVERIFY2(stated == roles, route.path);
        QCOMPARE(described["x-signalbox-mutation"].IsDefined() && described["x-signalbox-mutation"].as<bool>(),
            route.isChange());
        QSet<QString> queryKeys;
        QSet<QString> headers;
        QSet<QString> pathNames;
        for (const YAML::Node& entry : described["parameters"]) {
            const YAML::Node parameter = m_document->resolved(entry);
            const QString place = text(parameter["in"]);
            (place == QLatin1String("query")     ? queryKeys
                : place == QLatin1String("path") ? pathNames
                                                 : headers)
                .insert(text(parameter["name"]));
        }
        QCOMPARE(queryKeys, asSet(route.queryKeys));
        QCOMPARE(headers.contains(QStringLiteral("x-signalbox-reason")), route.isChange());
        QCOMPARE(headers.contains(QStringLiteral("idempotency-key")), route.isChange());
        for (const QString& name : pathNames)
            QVERIFY(QString::fromLatin1(route.path).contains(u'{' + name + u'}'));
        QCOMPARE(int(pathNames.size()), int(QString::fromLatin1(route.path).count(u'{')));
        QSet<QString> fields;
        if (described["requestBody"]) {
            const YAML::Node schema =
                m_document->resolved(described["requestBody"]["content"]["application/json"]["schema"]);
            QVERIFY2(
                schema["additionalProperties"].IsDefined() && !schema["additionalProperties"].as<bool>(), route.path);
            for (const auto& property : schema["properties"])
                fields.insert(text(property.first));
        }
        QCOMPARE(fields, asSet(route.bodyFields));
    }
}

void TestOpenApi::nothingElseIsDescribed()
{
    std::size_t described = 0;
    for (const auto& path : m_document->paths())
        described += path.second.size();
    QCOMPARE(described, routes().size());
}

void TestOpenApi::referencesLeadSomewhere()
{
    int found = 0;
    const std::function<void(const YAML::Node&)> walk = [&](const YAML::Node& node) {
        if (node.IsMap() && node["$ref"]) {
            QVERIFY2(m_document->resolved(node).IsMap(), qPrintable(text(node["$ref"])));
            ++found;
        } else if (node.IsMap()) {
            for (const auto& entry : node)
                walk(entry.second);
        } else if (node.IsSequence()) {
            for (const YAML::Node& entry : node)
                walk(entry);
        }
    };
    walk(m_document->paths());
    QVERIFY(found > 20);
}

QTEST_GUILESS_MAIN(TestOpenApi)
#include "tst_openapi.moc"
