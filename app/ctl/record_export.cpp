#include "record_export.h"

#include "output.h"

#include <algorithm>

namespace ctl {

using namespace gateway;

std::shared_ptr<ExportWanted> addExportOptions(CLI::App& command)
{
    const auto wanted = std::make_shared<ExportWanted>();
    command.add_option("--format", wanted->format, "JSON lines without it")
        ->check(CLI::IsMember({"jsonl", "csv"}))
        ->type_name("FORMAT");
    command
        .add_option(
            "--out", wanted->file, "Into this file, which is there whole or not at all; else on standard output")
        ->type_name("FILE");
    return wanted;
}

RecordExport::RecordExport(const ExportWanted& wanted, QString what)
    : m_out(QString::fromStdString(wanted.file)), m_what(std::move(what))
{
}

void RecordExport::count(const QDateTime& time)
{
    ++m_count;
    m_first = m_first.isValid() ? std::min(m_first, time) : time;
    m_last = m_last.isValid() ? std::max(m_last, time) : time;
}

int RecordExport::endEarly(const api::Error& error) const
{
    const int code = fail(error);
    say((m_out.isFile() ? QStringLiteral("The export ended after %1 %2; no file was written.")
                        : QStringLiteral("The export is incomplete: it ended after %1 %2."))
            .arg(m_count)
            .arg(m_what));
    return code;
}

int RecordExport::end(qint64 total)
{
    if (const api::Outcome done = m_out.commit(); !done)
        return endEarly(done.error());
    say(m_count == 0
            ? QStringLiteral("0 %1.").arg(m_what)
            : QStringLiteral("%1 %2, %3 to %4.").arg(m_count).arg(m_what, timeText(m_first), timeText(m_last)));
    if (m_count >= total)
        return Ok;
    say(QStringLiteral("signalboxctl: There were %1 %2 at the beginning; %3 have left the record meanwhile.")
            .arg(total)
            .arg(m_what)
            .arg(total - m_count));
    return NoData;
}

} // namespace ctl
