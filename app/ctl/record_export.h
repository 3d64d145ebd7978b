// RecordExport: what exports of the record and of the audit log have in common: where the bytes go, how many records
// there were and over which time, and what is said when it ends early. Main thread.
#pragma once

#include "export_file.h"

#include <CLI/CLI.hpp>
#include <QDateTime>
#include <QString>

#include <memory>
#include <string>

namespace ctl {

struct ExportWanted
{
    std::string format = "jsonl";
    std::string file;

    bool isCsv() const { return format == "csv"; }
};

std::shared_ptr<ExportWanted> addExportOptions(CLI::App& command);

class RecordExport
{
public:
    RecordExport(const ExportWanted& wanted, QString what); // "calls"

    gateway::api::Outcome open() { return m_out.open(); }
    void count(const QDateTime& time);
    gateway::api::Outcome write(const QByteArray& bytes) { return m_out.write(bytes); }
    int endEarly(const gateway::api::Error& error) const; // the exit code
    // `total` as the engine counted at the beginning; fewer is "incomplete".
    int end(qint64 total);

private:
    ExportFile m_out;
    QString m_what;
    qint64 m_count = 0;
    QDateTime m_first;
    QDateTime m_last;
};

} // namespace ctl
