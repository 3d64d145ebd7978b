// bench_mock [--port N] [--think MS]: the provider of the benches (mock_server.h). Prints {"ready": PORT} and runs
// until it is ended.
#include "mock_server.h"
#include "options.h"
#include "usage.h"

#include <cstdio>

int main(int count, char** words)
{
    const bench::Options options(count, words);
    bench::raiseDescriptorLimit();
    bench::MockServer server(unsigned(options.number("think", 0)));
    const int port = server.listen(int(options.number("port", 0)));
    if (port < 0) {
        std::perror("bench_mock");
        return 1;
    }
    std::printf("{\"ready\": %d}\n", port);
    std::fflush(stdout);
    server.run();
}
