#include "observability/redactor.h"

#include <algorithm>
#include <array>
#include <vector>

namespace gateway::observability {
namespace {

constexpr qsizetype kPiece = 12;
constexpr qsizetype kLeastSecret = 6; // shorter "secrets" would blank ordinary words
constexpr int kDecodeRounds = 3;

// A text with, for each byte, the piece of the original line it came from.
struct Decoded
{
    QByteArray text;
    std::vector<qsizetype> begin;
    std::vector<qsizetype> end;

    void append(char c, qsizetype from, qsizetype to)
    {
        text.append(c);
        begin.push_back(from);
        end.push_back(to);
    }
};

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int hexNumber(const QByteArray& text, qsizetype at, int digits)
{
    int number = 0;
    for (int i = 0; i < digits; ++i) {
        const int digit = at + i < text.size() ? hexDigit(text[at + i]) : -1;
        if (digit < 0)
            return -1;
        number = number * 16 + digit;
    }
    return number;
}

// One layer of \uXXXX, \x and %XX taken off; false if there was none. Characters above ASCII are of no interest here.
bool decodeOnce(const Decoded& in, Decoded& out)
{
    bool changed = false;
    for (qsizetype i = 0; i < in.text.size();) {
        qsizetype length = 1;
        char c = in.text[i];
        if (c == '\\' && i + 1 < in.text.size()) {
            const char kind = in.text[i + 1];
            const int number = kind == 'u'   ? hexNumber(in.text, i + 2, 4)
                               : kind == 'x' ? hexNumber(in.text, i + 2, 2)
                                             : -1;
            if (number >= 0 && number < 0x80) {
                c = char(number);
                length = kind == 'u' ? 6 : 4;
            } else if (kind == '/' || kind == '"' || kind == '\\') {
                c = kind;
                length = 2;
            }
        } else if (c == '%') {
            const int number = hexNumber(in.text, i + 1, 2);
            if (number >= 0 && number < 0x80) {
                c = char(number);
                length = 3;
            }
        }
        changed |= length > 1;
        out.append(c, in.begin[std::size_t(i)], in.end[std::size_t(i + length - 1)]);
        i += length;
    }
    return changed;
}

bool isWord(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isTokenChar(char c)
{
    return isWord(c) || c == '_' || c == '-' || c == '.' || c == '~' || c == '+' || c == '/' || c == '=';
}

qsizetype tokenEnd(const QByteArray& text, qsizetype at)
{
    while (at < text.size() && isTokenChar(text[at]))
        ++at;
    return at;
}

bool startsWith(const QByteArray& text, qsizetype at, const char* prefix)
{
    const auto length = qsizetype(qstrlen(prefix));
    return at + length <= text.size() &&
           qstrnicmp(text.constData() + at, std::size_t(length), prefix, std::size_t(length)) == 0;
}

struct Range
{
    qsizetype begin;
    qsizetype end;
};

// Shapes of secrets anybody may recognise. `least`: characters that must follow for it to be one.
void findShapes(const QByteArray& text, std::vector<Range>& found)
{
    struct Shape
    {
        const char* prefix;
        qsizetype least;
        bool inWord; // may stand inside a word
        bool keepPrefix;
    };
    static constexpr std::array shapes{
        Shape{"sbx_", 4, true, false},
        Shape{"sba_", 4, true, false},
        Shape{"sbp_", 4, true, false},
        Shape{"sk-", 8, false, false},
        Shape{"bearer ", 8, false, true},
        Shape{"basic ", 8, false, true},
        Shape{"AIza", 20, false, false},
        Shape{"key=", 1, true, true},
        Shape{"token=", 1, true, true},
        Shape{"secret=", 1, true, true},
        Shape{"password=", 1, true, true},
        Shape{"signature=", 1, true, true},
    };
    for (qsizetype at = 0; at < text.size(); ++at) {
        for (const Shape& shape : shapes) {
            if (!startsWith(text, at, shape.prefix) || (!shape.inWord && at > 0 && isWord(text[at - 1])))
                continue;
            qsizetype begin = at + qsizetype(qstrlen(shape.prefix));
            while (shape.keepPrefix && begin < text.size() && (text[begin] == ' ' || text[begin] == '+'))
                ++begin;
            const qsizetype end = tokenEnd(text, begin);
            if (end - begin >= shape.least)
                found.push_back({shape.keepPrefix ? begin : at, end});
        }
    }
}

void findPieces(
    const QByteArray& text, const QSet<QByteArray>& pieces, const QSet<QByteArray>& shorts, std::vector<Range>& found)
{
    if (!pieces.isEmpty()) {
        for (qsizetype at = 0; at + kPiece <= text.size(); ++at) {
            if (pieces.contains(QByteArray::fromRawData(text.constData() + at, kPiece)))
                found.push_back({at, at + kPiece});
        }
    }
    for (const QByteArray& whole : shorts) {
        for (qsizetype at = text.indexOf(whole); at >= 0; at = text.indexOf(whole, at + 1))
            found.push_back({at, at + whole.size()});
    }
}

// The spellings of a key that programs produce by accident. Base64 of a text with something before it depends on the
// length of that something modulo 3, so there are three; the characters that mix with the neighbours are cut off.
std::vector<QByteArray> spellingsOf(const QByteArray& key)
{
    std::vector<QByteArray> all{key, key.toHex(), key.toHex().toUpper()};
    for (int offset = 0; offset < 3; ++offset) {
        const QByteArray padded = QByteArray(offset, '\0') + key;
        for (const auto alphabet : {QByteArray::Base64Encoding, QByteArray::Base64UrlEncoding}) {
            QByteArray encoded = padded.toBase64(alphabet | QByteArray::OmitTrailingEquals);
            encoded.remove(0, offset == 0 ? 0 : offset + 1);
            if (padded.size() % 3 != 0)
                encoded.chop(1);
            all.push_back(encoded);
        }
    }
    return all;
}

} // namespace

void Redactor::learn(const Secret& secret)
{
    const QByteArray& key = secret.reveal();
    if (key.size() < kLeastSecret)
        return;
    const std::lock_guard lock(m_mutex);
    auto next = std::make_shared<Known>(*m_known);
    if (key.size() < kPiece)
        next->shorts.insert(QByteArray(key.constData(), key.size()));
    for (const QByteArray& spelling : spellingsOf(key)) {
        for (qsizetype at = 0; at + kPiece <= spelling.size(); ++at)
            next->pieces.insert(spelling.mid(at, kPiece));
    }
    m_known = std::move(next);
}

std::shared_ptr<const Redactor::Known> Redactor::known() const
{
    const std::lock_guard lock(m_mutex);
    return m_known;
}

QByteArray Redactor::apply(QByteArrayView line) const
{
    const auto secrets = known();
    Decoded layer;
    layer.text = line.toByteArray();
    for (qsizetype i = 0; i < line.size(); ++i) {
        layer.begin.push_back(i);
        layer.end.push_back(i + 1);
    }
    std::vector<Range> ranges; // in the line itself
    for (int round = 0; round <= kDecodeRounds; ++round) {
        std::vector<Range> found;
        findShapes(layer.text, found);
        findPieces(layer.text, secrets->pieces, secrets->shorts, found);
        for (const Range& range : found)
            ranges.push_back({layer.begin[std::size_t(range.begin)], layer.end[std::size_t(range.end - 1)]});
        Decoded next;
        if (!decodeOnce(layer, next))
            break;
        layer = std::move(next);
    }
    if (ranges.empty())
        return line.toByteArray();
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
    QByteArray out;
    qsizetype done = 0;
    for (std::size_t i = 0; i < ranges.size();) {
        const qsizetype begin = ranges[i].begin;
        qsizetype end = ranges[i].end;
        for (++i; i < ranges.size() && ranges[i].begin <= end; ++i)
            end = std::max(end, ranges[i].end);
        out.append(line.sliced(done, begin - done));
        out.append("[redacted]");
        done = end;
    }
    out.append(line.sliced(done));
    return out;
}

} // namespace gateway::observability
