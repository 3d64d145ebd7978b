#include "simulator/profile.h"

#include <yaml-cpp/yaml.h>

namespace gateway::simulator {
namespace {

using api::Failure;
using api::failure;

// Thrown and caught inside this file only: yaml-cpp reports its own errors in the same way.
struct Wrong
{
    QString sentence;
    int line = 0;
};

[[noreturn]] void complain(const YAML::Node& node, const QString& sentence)
{
    throw Wrong{sentence, node.Mark().line + 1};
}

QString textOf(const YAML::Node& node, const char* what)
{
    if (!node.IsScalar())
        complain(node, QStringLiteral("%1 is a single value").arg(QLatin1String(what)));
    return QString::fromStdString(node.Scalar());
}

double numberOf(const YAML::Node& node, const char* what, double least, double most)
{
    bool isNumber = false;
    const double number = textOf(node, what).toDouble(&isNumber);
    if (!isNumber || number < least || number > most)
        complain(node, QStringLiteral("%1 is a number from %2 to %3").arg(QLatin1String(what)).arg(least).arg(most));
    return number;
}

std::chrono::microseconds durationOf(const YAML::Node& node, const char* what)
{
    const QString text = textOf(node, what);
    qsizetype digits = 0;
    while (digits < text.size() && text[digits].isDigit())
        ++digits;
    const QString unit = text.sliced(digits);
    const qint64 factor = unit == QLatin1String("us")   ? 1
                          : unit == QLatin1String("ms") ? 1'000
                          : unit == QLatin1String("s")  ? 1'000'000
                          : unit == QLatin1String("m")  ? 60'000'000
                                                        : 0;
    if (digits == 0 || digits > 9 || factor == 0)
        complain(node, QStringLiteral("%1 is a duration such as 250ms or 2s").arg(QLatin1String(what)));
    return std::chrono::microseconds(text.first(digits).toLongLong() * factor);
}

template <typename Reader>
void readMap(const YAML::Node& node, const char* what, Reader reader)
{
    if (!node.IsMap())
        complain(node, QStringLiteral("%1 is a list of names and values").arg(QLatin1String(what)));
    for (const auto& entry : node) {
        const QString key = textOf(entry.first, what);
        if (!reader(key, entry.second))
            complain(entry.first, QStringLiteral("%1 knows no \"%2\"").arg(QLatin1String(what), key));
    }
}

bool readLatency(const QString& key, const YAML::Node& value, Latency& latency)
{
    if (key == QLatin1String("median"))
        latency.median = durationOf(value, "first_byte.median");
    else if (key == QLatin1String("p95"))
        latency.p95 = durationOf(value, "first_byte.p95");
    else
        return false;
    return true;
}

bool readStreams(const QString& key, const YAML::Node& value, Profile& profile)
{
    if (key == QLatin1String("cut"))
        profile.cutShare = numberOf(value, "streams.cut", 0, 1);
    else if (key == QLatin1String("stall"))
        profile.stallShare = numberOf(value, "streams.stall", 0, 1);
    else
        return false;
    return true;
}

bool readError(const QString& key, const YAML::Node& value, Profile& profile)
{
    const int status = key.toInt();
    if (status < 400 || status > 599)
        return false;
    profile.errorShares.insert(status, numberOf(value, "errors", 0, 1));
    return true;
}

bool readTokens(const QString& key, const YAML::Node& value, Profile& profile)
{
    if (key == QLatin1String("min"))
        profile.answerTokensMin = int(numberOf(value, "answer_tokens.min", 1, 100'000));
    else if (key == QLatin1String("max"))
        profile.answerTokensMax = int(numberOf(value, "answer_tokens.max", 1, 100'000));
    else
        return false;
    return true;
}

bool readAws(const QString& key, const YAML::Node& value, Profile& profile)
{
    if (key == QLatin1String("access_key"))
        profile.awsAccessKey = textOf(value, "aws.access_key").toUtf8();
    else if (key == QLatin1String("secret_key"))
        profile.awsSecretKey = textOf(value, "aws.secret_key").toUtf8();
    else
        return false;
    return true;
}

bool readTop(const QString& key, const YAML::Node& value, Profile& profile)
{
    if (key == QLatin1String("seed")) {
        profile.seed = quint64(numberOf(value, "seed", 0, 9e15));
    } else if (key == QLatin1String("first_byte")) {
        readMap(value, "first_byte",
            [&](const QString& k, const YAML::Node& v) { return readLatency(k, v, profile.firstByte); });
    } else if (key == QLatin1String("tokens_per_second")) {
        profile.tokensPerSecond = numberOf(value, "tokens_per_second", 0, 1e6);
    } else if (key == QLatin1String("answer_tokens")) {
        readMap(
            value, "answer_tokens", [&](const QString& k, const YAML::Node& v) { return readTokens(k, v, profile); });
    } else if (key == QLatin1String("errors")) {
        readMap(value, "errors", [&](const QString& k, const YAML::Node& v) { return readError(k, v, profile); });
    } else if (key == QLatin1String("retry_after")) {
        profile.retryAfter = std::chrono::duration_cast<std::chrono::seconds>(durationOf(value, "retry_after"));
    } else if (key == QLatin1String("streams")) {
        readMap(value, "streams", [&](const QString& k, const YAML::Node& v) { return readStreams(k, v, profile); });
    } else if (key == QLatin1String("key")) {
        profile.requiredKey = textOf(value, "key").toUtf8();
    } else if (key == QLatin1String("aws")) {
        readMap(value, "aws", [&](const QString& k, const YAML::Node& v) { return readAws(k, v, profile); });
    } else if (key == QLatin1String("models")) {
        if (!value.IsSequence() || value.size() == 0)
            complain(value, QStringLiteral("models is a list of at least one name"));
        profile.models.clear();
        for (const auto& model : value)
            profile.models.append(textOf(model, "models"));
    } else {
        return false;
    }
    return true;
}

} // namespace

Profile Profile::immediate()
{
    Profile profile;
    profile.firstByte = {};
    profile.tokensPerSecond = 0;
    return profile;
}

api::Result<Profile> parseProfile(const QByteArray& yaml, const QString& name)
{
    Profile profile;
    try {
        const YAML::Node root = YAML::Load(yaml.toStdString());
        if (!root.IsNull())
            readMap(root, "a profile",
                [&](const QString& key, const YAML::Node& value) { return readTop(key, value, profile); });
    } catch (const Wrong& wrong) {
        return failure(
            Failure::Invalid, QStringLiteral("%1, line %2: %3.").arg(name).arg(wrong.line).arg(wrong.sentence));
    } catch (const YAML::Exception& wrong) {
        return failure(Failure::Invalid, QStringLiteral("%1, line %2: %3.")
                                             .arg(name)
                                             .arg(wrong.mark.line + 1)
                                             .arg(QString::fromStdString(wrong.msg)));
    }
    if (profile.answerTokensMin > profile.answerTokensMax)
        return failure(Failure::Invalid, QStringLiteral("%1: answer_tokens.min is above answer_tokens.max.").arg(name));
    if (profile.awsAccessKey.isEmpty() != profile.awsSecretKey.isEmpty())
        return failure(
            Failure::Invalid, QStringLiteral("%1: aws takes an access_key and a secret_key together.").arg(name));
    if (profile.firstByte.p95 < profile.firstByte.median)
        return failure(Failure::Invalid, QStringLiteral("%1: first_byte.p95 is below first_byte.median.").arg(name));
    return profile;
}

} // namespace gateway::simulator
