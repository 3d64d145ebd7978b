#include "observability/object_count.h"

#include <atomic>
#include <dlfcn.h>

class QObject;

namespace gateway::observability {
namespace {

using Hook = void (*)(QObject*);

// The table's places, as every Qt 5.4 to 6 has them (qhooks_p.h, version 3).
enum Place
{
    Version = 0,
    Size = 1,
    AddObject = 3,
    RemoveObject = 4
};
constexpr quintptr kVersion = 3;

std::atomic<qint64> s_live = 0;
bool s_counting = false;
Hook s_nextAdd = nullptr; // a debugger's, if one came before us
Hook s_nextRemove = nullptr;

void added(QObject* object)
{
    s_live.fetch_add(1, std::memory_order_relaxed);
    if (s_nextAdd)
        s_nextAdd(object);
}

void removed(QObject* object)
{
    s_live.fetch_sub(1, std::memory_order_relaxed);
    if (s_nextRemove)
        s_nextRemove(object);
}

} // namespace

void countObjectsIfAsked()
{
    if (qEnvironmentVariableIntValue("SIGNALBOX_COUNT_OBJECTS") != 1 || s_counting)
        return;
    // looked up at run time: to link a private symbol would tie the package to one build of Qt
    auto* table = static_cast<quintptr*>(::dlsym(RTLD_DEFAULT, "qtHookData"));
    if (!table || table[Version] != kVersion || table[Size] <= RemoveObject)
        return;
    s_nextAdd = reinterpret_cast<Hook>(table[AddObject]);
    s_nextRemove = reinterpret_cast<Hook>(table[RemoveObject]);
    table[AddObject] = reinterpret_cast<quintptr>(&added);
    table[RemoveObject] = reinterpret_cast<quintptr>(&removed);
    s_counting = true;
}

std::optional<qint64> liveObjects()
{
    return s_counting ? std::optional(s_live.load(std::memory_order_relaxed)) : std::nullopt;
}

} // namespace gateway::observability
