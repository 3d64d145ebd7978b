#include "audit/open_calls.h"

#include "base/ascii.h"

#include <QtEndian>

#include <array>
#include <atomic>
#include <cstring>

#include <zlib.h>

#include <fcntl.h>
#include <sys/mman.h>

namespace gateway::audit {
namespace {

// The layout, as decisions/0012-open-calls.md describes it. Numbers are little endian.
constexpr char kMagic[] = "SBXOPEN"; // with its NUL: 8 bytes
constexpr quint32 kVersion = 2;
constexpr quint32 kWithoutMoney = 1; // an older file: buffers hold the text alone
constexpr qint64 kHeader = 4096;
constexpr int kSlot = 1280;
constexpr quint32 kOpen = 0x4e45504f; // "OPEN"

constexpr int kState = 0;    // u32, written last by open, first by close
constexpr int kAttempt = 4;  // u32: number of notes x 2 + which candidate buffer is good; 0: none yet
constexpr int kChecksum = 8; // u32: CRC-32 of the bytes from kRevision to the end of the texts
constexpr int kUsed = 12;    // u32: where the texts end
constexpr int kCandidate[] = {16, 368};
constexpr int kCandidateBytes = 352; // u16 length, u16 CRC of what follows, i64 reserved, i64 earlier, i64 cost, text
constexpr int kMoneyBytes = 24;
constexpr int kLongestLabel = kCandidateBytes - 4 - kMoneyBytes;
constexpr qint64 kNoMoney = -1; // unpriced; of the cost also: still under way, told apart by kUnderWay
constexpr qint64 kUnderWay = -2;
constexpr int kRevision = 720; // u32
constexpr int kStarted = 728;  // i64, ms
constexpr int kTexts = 736;    // u8 length and bytes, in the order of kTextFields
static_assert(kCandidate[1] + kCandidateBytes == kRevision);

struct TextField
{
    QString api::Call::*member;
    int longest; // bytes; ours and names always fit, a caller's free text is cut
};
constexpr std::array kTextFields{
    TextField{&api::Call::id, 64},
    TextField{&api::Call::tenant, 64},
    TextField{&api::Call::alias, 64},
    TextField{&api::Call::credential, 32},
    TextField{&api::Call::surface, 32},
    TextField{&api::Call::workloadClass, 16},
    TextField{&api::Call::zone, 64},
    TextField{&api::Call::feature, 64},
    TextField{&api::Call::agent, 64},
    TextField{&api::Call::user, 64},
};
constexpr int longestTexts()
{
    int sum = 0;
    for (const TextField& field : kTextFields)
        sum += 1 + field.longest;
    return sum;
}
static_assert(kTexts + longestTexts() <= kSlot);

quint32 checksum(const unsigned char* bytes, int size)
{
    return quint32(crc32(0, bytes, uInt(size))); // 0 is where a CRC-32 begins
}

// A word another process (the next engine) reads after a kill: everything written before it is there when it is.
void publish(unsigned char* at, quint32 value)
{
    std::atomic_ref(*reinterpret_cast<quint32*>(at)).store(qToLittleEndian(value), std::memory_order_release);
}

quint32 word(const unsigned char* at)
{
    return qFromLittleEndian<quint32>(at);
}

// At most `longest` bytes of UTF-8, never half a character.
QByteArray cut(QStringView text, int longest)
{
    QByteArray bytes = text.toUtf8();
    if (bytes.size() <= longest)
        return bytes;
    int end = longest;
    while (end > 0 && (static_cast<unsigned char>(bytes[end]) & 0xc0) == 0x80)
        --end;
    bytes.truncate(end);
    return bytes;
}

// As cut(), to where it stands; how many bytes. Names are ASCII nearly always, and this is done for every call.
int putCut(QStringView text, int longest, unsigned char* to)
{
    if (text.size() <= longest && copyAscii(text, reinterpret_cast<char*>(to)))
        return int(text.size());
    const QByteArray bytes = cut(text, longest);
    std::memcpy(to, bytes.constData(), std::size_t(bytes.size()));
    return int(bytes.size());
}

// The money of a candidate buffer.
struct Amounts
{
    qint64 reserved = kNoMoney;
    qint64 earlier = 0; // cost of the attempts before this one
    qint64 cost = kUnderWay;
};

// What a candidate buffer of the engine before us says.
struct Note : Amounts
{
    QByteArray label;
};

// What goes in front of a label of so many bytes, which is there already.
void seal(unsigned char* buffer, const Amounts& amounts, int label)
{
    qToLittleEndian(amounts.reserved, buffer + 4);
    qToLittleEndian(amounts.earlier, buffer + 12);
    qToLittleEndian(amounts.cost, buffer + 20);
    qToLittleEndian(quint16(label), buffer);
    qToLittleEndian(quint16(checksum(buffer + 4, kMoneyBytes + label)), buffer + 2);
}

Amounts amountsIn(const unsigned char* buffer)
{
    return {qFromLittleEndian<qint64>(buffer + 4), qFromLittleEndian<qint64>(buffer + 12),
        qFromLittleEndian<qint64>(buffer + 20)};
}

std::optional<Note> read(const unsigned char* buffer, quint32 version)
{
    const int money = version == kWithoutMoney ? 0 : kMoneyBytes;
    const int length = qFromLittleEndian<quint16>(buffer);
    if (length > kCandidateBytes - 4 - money ||
        qFromLittleEndian<quint16>(buffer + 2) != quint16(checksum(buffer + 4, money + length)))
        return std::nullopt;
    Note note;
    if (money > 0)
        static_cast<Amounts&>(note) = amountsIn(buffer);
    note.label = QByteArray(reinterpret_cast<const char*>(buffer + 4 + money), length);
    return note;
}

qint64 nanoOf(const std::optional<api::Money>& amount)
{
    return amount && amount->nano() >= 0 ? amount->nano() : kNoMoney;
}

std::optional<api::Money> moneyOf(qint64 nano)
{
    return nano >= 0 ? std::optional(api::Money::fromNano(nano)) : std::nullopt;
}

qint64 sum(qint64 a, qint64 b) // saturating; what is not known adds nothing
{
    qint64 total = 0;
    return __builtin_add_overflow(std::max<qint64>(a, 0), std::max<qint64>(b, 0), &total) ? INT64_MAX : total;
}

// The attempts a slot knows of: what came before the last, if that cost something, and the last.
QVector<api::Attempt> attemptsOf(const unsigned char* slot, quint32 version)
{
    const quint32 noted = word(slot + kAttempt);
    if (noted == 0)
        return {};
    api::Attempt attempt;
    attempt.number = int(noted >> 1);
    attempt.result = api::AttemptResult::Failed;
    attempt.error = api::ErrorCode::Internal;
    attempt.reason =
        QStringLiteral("The engine stopped while this attempt was under way; whether it was answered is not known.");
    attempt.costKnown = false;
    const auto note = read(slot + kCandidate[noted & 1], version);
    if (!note)
        return {attempt};
    // provider/model@region: a provider's name has no slash, a region's no @
    const QString label = QString::fromUtf8(note->label);
    const qsizetype slash = label.indexOf(u'/');
    const qsizetype at = label.lastIndexOf(u'@');
    attempt.provider = label.left(slash);
    attempt.model = label.mid(slash + 1, at > slash ? at - slash - 1 : -1);
    attempt.region = at > slash ? label.mid(at + 1) : QString();
    attempt.costEstimated = moneyOf(note->reserved);
    attempt.costKnown = note->cost != kUnderWay;
    attempt.cost = moneyOf(attempt.costKnown ? note->cost : note->reserved);
    if (attempt.costKnown)
        attempt.reason = QStringLiteral("This attempt was over when the engine stopped; how it ended is not known.");
    if (note->earlier <= 0)
        return {attempt};
    api::Attempt earlier;
    earlier.number = std::max(1, attempt.number - 1);
    earlier.result = api::AttemptResult::Failed;
    earlier.error = api::ErrorCode::Internal;
    earlier.reason = QStringLiteral("What the attempts before the last one cost together; their ends are not known.");
    earlier.cost = moneyOf(note->earlier);
    return {earlier, attempt};
}

std::optional<api::Call> callOf(const unsigned char* slot, quint32 version)
{
    const quint32 used = word(slot + kUsed);
    if (used < quint32(kTexts) || used > quint32(kSlot) ||
        word(slot + kChecksum) != checksum(slot + kRevision, int(used) - kRevision))
        return std::nullopt;
    api::Call call;
    int at = kTexts;
    for (const TextField& field : kTextFields) {
        if (at >= int(used) || at + 1 + slot[at] > int(used))
            return std::nullopt;
        call.*field.member = QString::fromUtf8(reinterpret_cast<const char*>(slot + at + 1), slot[at]);
        at += 1 + slot[at];
    }
    if (call.id.isEmpty())
        return std::nullopt;
    call.revision = int(word(slot + kRevision));
    call.startedAt = QDateTime::fromMSecsSinceEpoch(qFromLittleEndian<qint64>(slot + kStarted), Qt::UTC);
    call.outcome = api::CallOutcome::Indeterminate;
    call.error = api::ErrorCode::Internal;
    call.attempts = attemptsOf(slot, version);
    for (const api::Attempt& attempt : call.attempts) {
        if (attempt.cost)
            call.cost = api::Money::fromNano(sum(call.cost ? call.cost->nano() : 0, attempt.cost->nano()));
    }
    call.costEstimated = call.cost;
    return call;
}

// A slot of an older file in today's form, where it stands. A kill within leaves a note that does not verify: the call
// stays listed, its attempt without a candidate.
void bringUp(unsigned char* slot)
{
    const quint32 noted = word(slot + kAttempt);
    unsigned char* buffer = slot + kCandidate[noted & 1];
    if (auto note = noted == 0 ? std::nullopt : read(buffer, kWithoutMoney)) {
        const int size = putCut(QString::fromUtf8(note->label), kLongestLabel, buffer + 4 + kMoneyBytes);
        seal(buffer, *note, size);
    }
}

api::Error wrong(const QString& message)
{
    return api::failure(api::Failure::Unavailable, message);
}

} // namespace

int OpenCalls::Region::open(const api::Call& call)
{
    if (m_free.empty())
        return -1;
    const int number = m_free.back();
    m_free.pop_back();
    unsigned char* slot = m_base + qint64(number) * kSlot;
    publish(slot + kAttempt, 0);
    qToLittleEndian(quint32(call.revision), slot + kRevision);
    qToLittleEndian(quint32(0), slot + kRevision + 4);
    qToLittleEndian(call.startedAt.toMSecsSinceEpoch(), slot + kStarted);
    int at = kTexts;
    for (const TextField& field : kTextFields) {
        const int size = putCut(call.*field.member, field.longest, slot + at + 1);
        slot[at] = static_cast<unsigned char>(size);
        at += 1 + size;
    }
    qToLittleEndian(quint32(at), slot + kUsed);
    qToLittleEndian(checksum(slot + kRevision, at - kRevision), slot + kChecksum);
    publish(slot + kState, kOpen);
    return number;
}

namespace {

// The buffer in force and the one that is not. What is written goes into the latter, then the word is turned: a kill in
// between leaves the earlier note whole. Both are this worker's own words, so they are not verified as a stranger's
// are.
struct Buffers
{
    explicit Buffers(unsigned char* of) : slot(of), noted(word(of + kAttempt)) {}

    bool isNoted() const { return noted != 0; }
    const unsigned char* current() const { return slot + kCandidate[noted & 1]; }
    unsigned char* other() const { return slot + kCandidate[(noted & 1) ^ 1]; }
    void turn(quint32 attempt) const { publish(slot + kAttempt, attempt << 1 | ((noted & 1) ^ 1)); }

    unsigned char* const slot;
    const quint32 noted;
};

} // namespace

void OpenCalls::Region::note(int number, QStringView candidate, std::optional<api::Money> reserved)
{
    const Buffers buffers(m_base + qint64(number) * kSlot);
    Amounts amounts;
    amounts.reserved = nanoOf(reserved);
    if (buffers.isNoted()) { // one that was never settled keeps its reservation
        const Amounts before = amountsIn(buffers.current());
        amounts.earlier = sum(before.earlier, before.cost == kUnderWay ? before.reserved : before.cost);
    }
    const int size = putCut(candidate, kLongestLabel, buffers.other() + 4 + kMoneyBytes);
    seal(buffers.other(), amounts, size);
    buffers.turn((buffers.noted >> 1) + 1);
}

void OpenCalls::Region::settled(int number, std::optional<api::Money> cost, bool known)
{
    const Buffers buffers(m_base + qint64(number) * kSlot);
    if (!buffers.isNoted())
        return;
    Amounts amounts = amountsIn(buffers.current());
    (known ? amounts.cost : amounts.reserved) = nanoOf(cost); // what is not known is as good as still under way
    const int size = std::min<int>(qFromLittleEndian<quint16>(buffers.current()), kLongestLabel);
    std::memcpy(buffers.other() + 4 + kMoneyBytes, buffers.current() + 4 + kMoneyBytes, std::size_t(size));
    seal(buffers.other(), amounts, size);
    buffers.turn(buffers.noted >> 1);
}

void OpenCalls::Region::close(int number)
{
    publish(m_base + qint64(number) * kSlot + kState, 0);
    m_free.push_back(number);
}

api::Result<std::unique_ptr<OpenCalls>> OpenCalls::map(const QString& directory, int workers, int slotsPerWorker)
{
    std::unique_ptr<OpenCalls> calls(new OpenCalls);
    const QString name = directory + QStringLiteral("/open_calls");
    calls->m_file.setFileName(name);
    if (!calls->m_file.open(QIODevice::ReadWrite))
        return wrong(
            QStringLiteral("The list of open calls %1 cannot be opened: %2.").arg(name, calls->m_file.errorString()));
    calls->m_file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    const qint64 before = calls->m_file.size();
    const qint64 slots = qint64(workers) * slotsPerWorker;
    calls->m_size = std::max(before, kHeader + slots * kSlot);
    // allocated, not sparse: a full disk must show here and not as a signal at a later write
    if (const int error = ::posix_fallocate(calls->m_file.handle(), 0, calls->m_size); error != 0)
        return wrong(QStringLiteral("The disk has no room for the list of open calls %1.").arg(name));
    // opened again: QFile remembers the size it had, and warns about a map beyond it
    calls->m_file.close();
    if (!calls->m_file.open(QIODevice::ReadWrite))
        return wrong(
            QStringLiteral("The list of open calls %1 cannot be opened: %2.").arg(name, calls->m_file.errorString()));
    calls->m_map = calls->m_file.map(0, calls->m_size);
    if (!calls->m_map)
        return wrong(
            QStringLiteral("The list of open calls %1 cannot be mapped: %2.").arg(name, calls->m_file.errorString()));

    unsigned char* base = calls->m_map;
    const bool fresh = word(base) == 0;
    const quint32 version = fresh ? kVersion : word(base + 8);
    if (!fresh && (std::memcmp(base, kMagic, sizeof kMagic) != 0 || (version != kVersion && version != kWithoutMoney) ||
                      word(base + 12) != quint32(kSlot)))
        return wrong(QStringLiteral("The file %1 is not a list of open calls this program can read.").arg(name));
    if (fresh) {
        qToLittleEndian(kVersion, base + 8);
        qToLittleEndian(quint32(kSlot), base + 12);
        std::memcpy(base + 4, kMagic + 4, 4);
        publish(base, word(reinterpret_cast<const unsigned char*>(kMagic)));
    }

    const int all = int((calls->m_size - kHeader) / kSlot);
    std::vector<bool> taken(std::size_t(all), false);
    for (int i = 0; i < all; ++i) {
        unsigned char* slot = base + kHeader + qint64(i) * kSlot;
        if (word(slot + kState) == 0)
            continue;
        if (auto call = word(slot + kState) == kOpen ? callOf(slot, version) : std::nullopt) {
            if (version == kWithoutMoney)
                bringUp(slot);
            calls->m_leftOver.push_back(std::move(*call));
            calls->m_leftOverSlots.push_back(i);
            taken[std::size_t(i)] = true;
        } else {
            ++calls->m_damaged;
            publish(slot + kState, 0);
        }
    }
    if (version == kWithoutMoney)
        publish(base + 8, kVersion);
    calls->m_slotsPerWorker = slotsPerWorker;
    for (int w = 0; w < workers; ++w) {
        auto region = std::make_unique<Region>();
        region->m_base = base + kHeader + qint64(w) * slotsPerWorker * kSlot;
        region->m_free.reserve(std::size_t(slotsPerWorker));
        for (int i = slotsPerWorker - 1; i >= 0; --i) {
            if (!taken[std::size_t(w * slotsPerWorker + i)])
                region->m_free.push_back(i);
        }
        calls->m_regions.push_back(std::move(region));
    }
    return calls;
}

OpenCalls::~OpenCalls()
{
    if (m_map)
        m_file.unmap(m_map);
}

bool OpenCalls::flush()
{
    return ::msync(m_map, std::size_t(m_size), MS_SYNC) == 0;
}

void OpenCalls::clearLeftOver()
{
    for (const int i : m_leftOverSlots) {
        publish(m_map + kHeader + qint64(i) * kSlot + kState, 0);
        const auto worker = std::size_t(i / m_slotsPerWorker);
        if (worker < m_regions.size())
            m_regions[worker]->m_free.push_back(i % m_slotsPerWorker);
    }
    m_leftOverSlots.clear();
    m_leftOver.clear();
}

} // namespace gateway::audit
