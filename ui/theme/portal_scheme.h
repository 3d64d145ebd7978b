// PortalScheme: asks the desktop's settings portal over D-Bus for its light or dark wish and follows changes.
// Everything is asynchronous; without a session bus or a portal it stays silent. Built only where QtDBus exists.
// Thread: UI.
#pragma once

#include <QObject>

class QDBusVariant;

namespace ui {

class PortalScheme : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    // Connecting costs about 13 ms without a bus, so this is called after the first paint.
    void start();

Q_SIGNALS:
    void schemeKnown(bool dark);

private Q_SLOTS:
    void onSettingChanged(const QString& space, const QString& key, const QDBusVariant& value);

private:
    void take(uint scheme);
};

} // namespace ui
