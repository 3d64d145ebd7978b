// The config of --demo: two simulated providers, two aliases, two tenants; nothing leaves this machine. Any thread.
#pragma once

#include <QByteArray>
#include <QString>

namespace gateway::config {

QByteArray demoConfig();  // the file's text
QString demoConfigName(); // what stands where a file name would

} // namespace gateway::config
