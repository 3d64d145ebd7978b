// signalboxctl: the command line of Signalbox, a client of the same admin API as the console. Data on stdout, talk on
// stderr, exit codes of the contract.
#include "command_line.h"

#include <QCoreApplication>

int main(int argc, char** argv)
{
    qputenv("QT_NO_GLIB", "1");
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("signalboxctl"));
    return ctl::runCommandLine(argc, argv);
}
