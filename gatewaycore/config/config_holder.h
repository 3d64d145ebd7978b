// ConfigHolder: the config in force. It loads a file (or the built-in demo), and on a reload keeps the last good
// snapshot when the new file has a problem, so a bad edit never changes how calls are served. A new file that is only
// the beginning of the one in force and ends inside an entry counts as cut off (cut_off.h). The revision counts up only
// when the content changed; reading the same content again takes up changed keys under the same number. An engine with
// a record decides itself what comes into force and when (engine/draft_book.h): it reads first (readFile, readText) and
// puts a snapshot in force under the number it chose (adopt). Threads: everything on the control thread, but current(),
// problems() and health() from any.
#pragma once

#include "api/engine_status.h"
#include "config/config_file.h"
#include "config/cut_off.h"
#include "config/key_source.h"
#include "config/policy_snapshot.h"
#include "config/problem.h"

#include <QSet>

#include <mutex>

namespace gateway::config {

class ConfigHolder
{
public:
    explicit ConfigHolder(KeySource keys = {});

    struct Report
    {
        bool ok = false; // the file is good and in force
        bool revisionChanged = false;
        SnapshotPtr snapshot; // in force after the load; nullptr if there never was a good one
        Problems problems;    // of the file; empty if ok
    };

    // Continue the numbering of an earlier run: `revision` was the number of the content with this hash.
    void resume(int revision, QByteArray contentHash);

    Report load(const QString& file);
    Report loadDemo();
    Report reload(); // what was loaded last
    // Reads a file and puts nothing in force (signalboxd --check). The snapshot is the one it would become.
    Report check(const QString& file) const;

    // A text that was read and is not in force. The snapshot has no number yet.
    struct Read
    {
        std::shared_ptr<PolicySnapshot> snapshot; // nullptr: it has problems
        QByteArray bytes;                         // empty: there was nothing to read
        Problems problems;
    };
    Read readFile() const; // what was loaded last, as it is now; a file that looks cut off has problems
    Read readText(const QString& name, const QByteArray& bytes) const;
    SnapshotPtr adopt(std::shared_ptr<PolicySnapshot> snapshot, const QByteArray& bytes, int revision);
    void refuse(Problems problems); // of the file, while what is in force stays; shown until the next adopt()

    const KeySource& keys() const { return m_keys; }
    QString file() const { return m_demo ? QString() : m_file; }
    QByteArray bytes() const { return m_bytes; } // of the text in force

    SnapshotPtr current() const;
    Problems problems() const; // of the last load; empty when all is well
    api::Part health() const;

private:
    Shortening lostItsEnd(const ConfigFile& file) const;
    bool refusedAsCutOff(const ConfigFile& file, Problems& problems) const;
    Report activate(std::unique_ptr<PolicySnapshot> snapshot, Problems problems);

    KeySource m_keys;
    bool m_demo = false;
    QString m_file;
    int m_revision = 0;
    QByteArray m_hash;
    QByteArray m_bytes;       // of the text in force
    QSet<QByteArray> m_known; // hashes of all content that was in force

    mutable std::mutex m_mutex; // guards what follows
    SnapshotPtr m_current;
    Problems m_problems;
};

} // namespace gateway::config
