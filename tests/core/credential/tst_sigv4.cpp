// AWS Signature Version 4 against signatures made by others: AWS's published test suite and botocore.
#include "credential/sigv4.h"
#include "sigv4_vectors.h"

#include <QTest>

using namespace gateway::credential;

namespace {

QByteArray valueOf(const std::vector<SignedField>& fields, const char* name)
{
    for (const auto& [key, value] : fields) {
        if (key == name)
            return value;
    }
    return {};
}

SigV4Request bedrockRequest()
{
    SigV4Request request;
    request.host = "bedrock-runtime.us-east-1.amazonaws.com";
    request.path = "/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/converse";
    request.payloadHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    request.region = "us-east-1";
    request.seconds = 1'440'938'160;
    return request;
}

} // namespace

class TestSigV4 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void vectors_data();
    void vectors();
    void payload();
    void fieldsToSend();
    void everythingIsSigned_data();
    void everythingIsSigned();
};

void TestSigV4::vectors_data()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < int(std::size(kSigV4Vectors)); ++i)
        QTest::newRow(kSigV4Vectors[i].name) << i;
}

void TestSigV4::vectors()
{
    QFETCH(int, index);
    const SigV4Vector& row = kSigV4Vectors[index];
    SigV4Request request;
    request.method = row.method;
    request.host = row.host;
    request.path = row.path;
    request.query = row.query;
    const QList<QByteArray> lines = QByteArray(row.headers).split('\n');
    for (const QByteArray& line : lines) {
        if (const qsizetype colon = line.indexOf(':'); colon > 0)
            request.fields.emplace_back(line.left(colon), line.mid(colon + 1));
    }
    request.payloadHash = row.payloadHash;
    request.region = row.region;
    request.service = row.service;
    request.seconds = row.seconds;
    request.sendPayloadHash = row.sendPayloadHash;
    const SigV4Keys keys{row.accessKey, row.secretKey, row.sessionToken};

    const QByteArray authorization = valueOf(signV4(request, keys), "authorization");
    const QByteArray day = valueOf(signV4(request, keys), "x-amz-date").left(8);
    QCOMPARE(authorization, QByteArray("AWS4-HMAC-SHA256 Credential=") + row.accessKey + '/' + day + '/' + row.region +
                                '/' + row.service + "/aws4_request, SignedHeaders=" + row.signedHeaders +
                                ", Signature=" + row.signature);
}

void TestSigV4::payload()
{
    QCOMPARE(payloadHash(""), QByteArray("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    QCOMPARE(
        payloadHash("Param1=value1"), QByteArray("9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"));
}

void TestSigV4::fieldsToSend()
{
    SigV4Request request = bedrockRequest();
    const auto shortLived = signV4(request, {"AKIDEXAMPLE", "secret", "token"});
    QCOMPARE(valueOf(shortLived, "x-amz-date"), QByteArray("20150830T123600Z"));
    QCOMPARE(valueOf(shortLived, "x-amz-security-token"), QByteArray("token"));
    QCOMPARE(valueOf(shortLived, "x-amz-content-sha256"), request.payloadHash.toByteArray());
    for (const auto& [name, value] : shortLived)
        QVERIFY2(!value.contains("secret"), name.constData());

    request.sendPayloadHash = false;
    const auto longLived = signV4(request, {"AKIDEXAMPLE", "secret", {}});
    QCOMPARE(longLived.size(), std::size_t(2));
    QVERIFY(!valueOf(longLived, "authorization").isEmpty());
}

void TestSigV4::everythingIsSigned_data()
{
    QTest::addColumn<QByteArray>("part");
    for (const char* part : {"method", "host", "path", "query", "field", "payload", "region", "service", "time"})
        QTest::newRow(part) << QByteArray(part);
}

// A change anywhere in the request is another signature.
void TestSigV4::everythingIsSigned()
{
    QFETCH(QByteArray, part);
    SigV4Request request = bedrockRequest();
    const SigV4Keys keys{"AKIDEXAMPLE", "secret", {}};
    const QByteArray before = valueOf(signV4(request, keys), "authorization");
    if (part == "method")
        request.method = "GET";
    else if (part == "host")
        request.host = "bedrock-runtime.us-east-2.amazonaws.com";
    else if (part == "path")
        request.path = "/model/anthropic.claude-haiku-4-5-20251001-v1:0/converse"; // not encoded: not what was sent
    else if (part == "query")
        request.query = "a=1";
    else if (part == "field")
        request.fields.emplace_back("content-type", "application/json");
    else if (part == "payload")
        request.payloadHash = "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e";
    else if (part == "region")
        request.region = "us-east-2";
    else if (part == "service")
        request.service = "bedrock-runtime";
    else
        request.seconds += 1;
    const QByteArray after = valueOf(signV4(request, keys), "authorization");
    QVERIFY(before.right(64) != after.right(64));
}

QTEST_GUILESS_MAIN(TestSigV4)
#include "tst_sigv4.moc"
