#include "message_reader.h"

#include "fields.h"

namespace bench {
namespace {

constexpr std::size_t kLongestHead = 64 * 1024;

} // namespace

std::size_t MessageReader::feedLine(std::string_view bytes)
{
    const std::string_view mark = m_state == State::Head ? "\r\n\r\n" : "\r\n";
    std::size_t taken = 0;
    std::string_view line;
    if (m_head.empty()) {
        const std::size_t end = bytes.find(mark);
        if (end != std::string_view::npos) {
            line = bytes.substr(0, end);
            taken = end + mark.size();
        }
    }
    if (taken == 0) {
        const std::size_t before = m_head.size();
        const std::size_t from = before < mark.size() ? 0 : before - mark.size() + 1;
        m_head.append(bytes);
        const std::size_t end = m_head.find(mark, from);
        if (end == std::string::npos) {
            if (m_head.size() > kLongestHead)
                m_state = State::Bad;
            return bytes.size();
        }
        taken = end + mark.size() - before;
        m_head.resize(end);
        line = m_head;
    }
    switch (m_state) {
    case State::Head:
        readHead(line);
        break;
    case State::ChunkSize: {
        std::uint64_t size = 0;
        const bool good = readHex(line.substr(0, line.find(';')), size);
        m_left = size;
        m_state = !good ? State::Bad : size == 0 ? State::Trailer : State::ChunkData;
        break;
    }
    case State::ChunkEnd:
        m_state = line.empty() ? State::ChunkSize : State::Bad;
        break;
    case State::Trailer:
        if (line.empty())
            m_state = State::Done;
        break;
    default:
        m_state = State::Bad;
    }
    m_head.clear();
    return taken;
}

bool MessageReader::readFirstLine(std::string_view line)
{
    if (m_side == Side::Request) {
        const std::size_t path = line.find(' ');
        const std::size_t end = line.rfind(' ');
        if (path == std::string_view::npos || end <= path || line.substr(end + 1, 7) != "HTTP/1.")
            return false;
        m_get = line.substr(0, path) == "GET";
        m_path.assign(line.substr(path + 1, end - path - 1));
        m_close = line.back() == '0';
        return true;
    }
    std::uint64_t status = 0;
    if (line.size() < 12 || line.substr(0, 7) != "HTTP/1." || !readDecimal(line.substr(9, 3), status))
        return false;
    m_status = int(status);
    m_close = line[7] == '0';
    return true;
}

void MessageReader::readHead(std::string_view head)
{
    if (!readFirstLine(head.substr(0, head.find("\r\n")))) {
        m_state = State::Bad;
        return;
    }
    if (m_side == Side::Response && m_status < 200)
        return; // another head follows
    bool chunked = false;
    bool sized = false;
    bool good = true;
    eachField(head, [&](std::string_view name, std::string_view value) {
        if (isField(name, "content-length")) {
            sized = true;
            good = good && readDecimal(value, m_left);
        } else if (isField(name, "transfer-encoding")) {
            chunked = true;
            good = good && isField(value, "chunked");
        } else if (isField(name, "connection")) {
            m_close = isField(value, "close") || (m_close && !isField(value, "keep-alive"));
        } else if (isField(name, "retry-after") || isField(name, "retry-after-ms")) {
            m_retryAfter = true;
        }
    });
    if (!good)
        m_state = State::Bad;
    else if (m_status == 204 || m_status == 304)
        m_state = State::Done;
    else if (chunked)
        m_state = State::ChunkSize;
    else if (sized)
        m_state = m_left == 0 ? State::Done : State::Length;
    else if (m_side == Side::Request)
        m_state = State::Done;
    else
        m_state = State::UntilClose;
    if (m_state == State::UntilClose)
        m_close = true;
}

} // namespace bench
