// signalbox-sim: the simulated provider as a program. Prints one JSON line when it listens, stops on SIGTERM or SIGINT.
// Exit 0 after a stop, 2 for a wrong command line, 78 for an invalid profile, 1 when it cannot listen.
#include "base/core_dumps.h"
#include "simulator/simulator_server.h"

#include <QCoreApplication>
#include <QFile>

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>

namespace {

using namespace gateway;

int complain(const QString& sentence, int code)
{
    fprintf(stderr, "signalbox-sim: %s\n", qPrintable(sentence));
    return code;
}

api::Result<simulator::Profile> readProfile(const QString& path)
{
    if (path.isEmpty())
        return simulator::Profile{};
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return api::failure(
            api::Failure::NotFound, QStringLiteral("%1 cannot be read: %2.").arg(path, file.errorString()));
    return simulator::parseProfile(file.readAll(), path);
}

} // namespace

int main(int argc, char** argv)
{
    std::string listen = "127.0.0.1:0";
    std::string profilePath;
    std::string awsKey;
    bool fast = false;
    CLI::App cli(
        "The simulated model providers of Signalbox: OpenAI, Azure, Anthropic, Gemini, Vertex and Bedrock, by path.");
    cli.add_option("--listen", listen, "HOST:PORT; port 0 takes any free one")->capture_default_str();
    cli.add_option("--profile", profilePath, "YAML file: seed, latency, token rate, error shares");
    cli.add_flag("--fast", fast, "no delays and no errors of its own, whatever the profile says");
    cli.add_option("--aws-key", awsKey, "ID:SECRET; requests to Bedrock's paths must be signed with it (SigV4)");
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& wrong) {
        return cli.exit(wrong) == 0 ? 0 : 2;
    }

    gateway::forbidCoreDumps(); // it is given prompts
    // Before any thread starts: the two signals are waited for here and delivered to no other thread.
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stops, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    const QCoreApplication application(argc, argv);
    const QString address = QString::fromStdString(listen);
    const qsizetype colon = address.lastIndexOf(QLatin1Char(':'));
    bool isNumber = false;
    const quint16 port = address.mid(colon + 1).toUShort(&isNumber);
    if (colon <= 0 || !isNumber)
        return complain(QStringLiteral("--listen takes HOST:PORT, for example 127.0.0.1:4190."), 2);
    api::Result<simulator::Profile> profile = readProfile(QString::fromStdString(profilePath));
    if (!profile)
        return complain(profile.error().message, 78);
    if (const QByteArray pair = QByteArray::fromStdString(awsKey); !pair.isEmpty()) {
        if (pair.indexOf(':') < 1 || pair.endsWith(':'))
            return complain(QStringLiteral("--aws-key takes ID:SECRET."), 2);
        profile->awsAccessKey = pair.left(pair.indexOf(':'));
        profile->awsSecretKey = pair.mid(pair.indexOf(':') + 1);
    }
    if (fast) {
        profile->firstByte = {};
        profile->tokensPerSecond = 0;
        profile->errorShares.clear();
        profile->cutShare = profile->stallShare = 0;
    }

    simulator::SimulatorServer server(*profile);
    if (const auto outcome = server.listen(address.left(colon), port); !outcome)
        return complain(outcome.error().message, 1);
    printf("{\"event\":\"ready\",\"url\":\"%s\",\"base_url\":\"%s\",\"pid\":%lld}\n", qPrintable(server.url()),
        qPrintable(server.baseUrl()), static_cast<long long>(QCoreApplication::applicationPid()));
    fflush(stdout);

    int received = 0;
    sigwait(&stops, &received);
    return 0;
}
