#include "observability/prometheus.h"

#include <cmath>

namespace gateway::observability {
namespace {

QByteArray number(double value)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    return QByteArray::number(value, 'g', 15);
}

void appendEscaped(QByteArray& out, const QByteArray& value)
{
    for (const char c : value) {
        switch (c) {
        case '\\':
            out.append("\\\\");
            break;
        case '"':
            out.append("\\\"");
            break;
        case '\n':
            out.append("\\n");
            break;
        default:
            out.append(c);
        }
    }
}

} // namespace

void PrometheusText::family(const char* name, const char* type, const char* help)
{
    m_family = name;
    m_text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    m_text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
}

void PrometheusText::sample(const char* suffix, const Labels& labels, double value)
{
    line(suffix, labels, nullptr, {}, number(value));
}

void PrometheusText::sample(const Labels& labels, qint64 value)
{
    line("", labels, nullptr, {}, QByteArray::number(value));
}

void PrometheusText::histogram(
    const Labels& labels, std::span<const qint64> bounds, std::span<const qint64> cells, qint64 sum, double unit)
{
    qint64 cumulative = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        cumulative += cells[i];
        line("_bucket", labels, "le", number(double(bounds[i]) * unit), QByteArray::number(cumulative));
    }
    cumulative += cells[bounds.size()];
    line("_bucket", labels, "le", "+Inf", QByteArray::number(cumulative));
    line("_sum", labels, nullptr, {}, number(double(sum) * unit));
    line("_count", labels, nullptr, {}, QByteArray::number(cumulative));
}

void PrometheusText::line(const char* suffix, const Labels& labels, const char* extraName, const QByteArray& extraValue,
    const QByteArray& value)
{
    m_text.append(m_family).append(suffix);
    bool first = true;
    const auto add = [&](const char* name, const QByteArray& text) {
        m_text.append(first ? "{" : ",").append(name).append("=\"");
        appendEscaped(m_text, text);
        m_text.append('"');
        first = false;
    };
    for (const Label& label : labels)
        add(label.name, label.value);
    if (extraName)
        add(extraName, extraValue);
    if (!first)
        m_text.append('}');
    m_text.append(' ').append(value).append('\n');
}

} // namespace gateway::observability
