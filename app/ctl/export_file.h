// ExportFile: where an export goes: standard output as it comes, or a file that is there whole or not at all (it is
// written beside its place and moved there at the end; mode 0600 unless all may read it). Main thread.
#pragma once

#include "api/result.h"

#include <QByteArray>
#include <QString>

#include <memory>

class QSaveFile;

namespace ctl {

class ExportFile
{
public:
    enum class Readers
    {
        Owner,
        All
    };
    // An empty name or "-": standard output.
    explicit ExportFile(const QString& name, Readers readers = Readers::Owner);
    ~ExportFile(); // without commit() a file stays as it was

    gateway::api::Outcome open();
    gateway::api::Outcome write(const QByteArray& bytes);
    gateway::api::Outcome commit();
    bool isFile() const { return m_file != nullptr; }

private:
    QString m_name;
    Readers m_readers;
    std::unique_ptr<QSaveFile> m_file;
};

} // namespace ctl
