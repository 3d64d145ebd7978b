#include "export_file.h"

#include "output.h"

#include <QSaveFile>

namespace ctl {

using namespace gateway;

namespace {

api::Error cannot(const QString& name, const QString& why)
{
    return api::failure(api::Failure::Internal, QStringLiteral("%1 cannot be written: %2").arg(name, why));
}

} // namespace

ExportFile::ExportFile(const QString& name, Readers readers) : m_name(name), m_readers(readers)
{
    if (!name.isEmpty() && name != QLatin1String("-"))
        m_file = std::make_unique<QSaveFile>(name);
}

ExportFile::~ExportFile() = default;

api::Outcome ExportFile::open()
{
    if (!m_file)
        return api::Done{};
    QFileDevice::Permissions mode = QFileDevice::ReadOwner | QFileDevice::WriteOwner;
    if (m_readers == Readers::All)
        mode |= QFileDevice::ReadGroup | QFileDevice::ReadOther;
    if (!m_file->open(QIODevice::WriteOnly) || !m_file->setPermissions(mode))
        return cannot(m_name, m_file->errorString());
    return api::Done{};
}

api::Outcome ExportFile::write(const QByteArray& bytes)
{
    if (!m_file) {
        printBytes(bytes);
        return api::Done{};
    }
    if (m_file->write(bytes) != bytes.size())
        return cannot(m_name, m_file->errorString());
    return api::Done{};
}

api::Outcome ExportFile::commit()
{
    if (m_file && !m_file->commit())
        return cannot(m_name, m_file->errorString());
    return api::Done{};
}

} // namespace ctl
