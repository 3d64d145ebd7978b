#include "budget/bill.h"

#include <QDate>
#include <QStringDecoder>
#include <QStringList>

#include <array>

namespace gateway::budget {
namespace {

enum Column
{
    Month,
    Provider,
    Model,
    Amount,
    Currency,
    Requests,
    InputTokens,
    OutputTokens,
    kColumns
};

struct Name
{
    const char* name;
    Column column;
};
constexpr std::array kNames{Name{"month", Month}, Name{"period", Month}, Name{"day", Month}, Name{"date", Month},
    Name{"usage_date", Month}, Name{"start_date", Month}, Name{"start_time", Month}, Name{"provider", Provider},
    Name{"vendor", Provider}, Name{"model", Model}, Name{"model_id", Model}, Name{"model_name", Model},
    Name{"snapshot_id", Model}, Name{"amount_usd", Amount}, Name{"amount", Amount}, Name{"cost", Amount},
    Name{"cost_usd", Amount}, Name{"amount_value", Amount}, Name{"total_usd", Amount}, Name{"currency", Currency},
    Name{"amount_currency", Currency}, Name{"requests", Requests}, Name{"num_requests", Requests},
    Name{"n_requests", Requests}, Name{"num_model_requests", Requests}, Name{"calls", Requests},
    Name{"input_tokens", InputTokens}, Name{"prompt_tokens", InputTokens}, Name{"n_context_tokens_total", InputTokens},
    Name{"output_tokens", OutputTokens}, Name{"completion_tokens", OutputTokens},
    Name{"n_generated_tokens_total", OutputTokens}};

struct Row
{
    int line = 0;
    QStringList fields;
    QString wrong;
};

// RFC 4180: fields in quotes may hold commas, line breaks and doubled quotes.
class Rows
{
public:
    explicit Rows(const QString& text) : m_text(text) {}
    bool next(Row& row)
    {
        if (m_at >= m_text.size())
            return false;
        row = Row{m_line, {}, {}};
        for (;;) {
            row.fields.append(field(row));
            if (m_at >= m_text.size() || m_text[m_at] != u',')
                break;
            ++m_at;
        }
        lineBreak();
        return true;
    }

private:
    QString field(Row& row)
    {
        QString value;
        if (m_at < m_text.size() && m_text[m_at] == u'"') {
            ++m_at;
            for (;; ++m_at) {
                if (m_at >= m_text.size()) {
                    row.wrong = QStringLiteral("A quoted field does not end.");
                    return value;
                }
                if (m_text[m_at] == u'"') {
                    if (m_at + 1 >= m_text.size() || m_text[m_at + 1] != u'"') {
                        ++m_at;
                        break;
                    }
                    ++m_at;
                }
                m_line += m_text[m_at] == u'\n' ? 1 : 0;
                value += m_text[m_at];
            }
        }
        const qsizetype begin = m_at;
        while (m_at < m_text.size() && m_text[m_at] != u',' && m_text[m_at] != u'\n' && m_text[m_at] != u'\r')
            ++m_at;
        const QStringView rest = QStringView(m_text).mid(begin, m_at - begin);
        if ((!value.isEmpty() && !rest.trimmed().isEmpty()) || rest.contains(u'"'))
            row.wrong = QStringLiteral("A quote stands in the middle of a field.");
        return value.isEmpty() ? rest.trimmed().toString() : value;
    }
    void lineBreak()
    {
        if (m_at < m_text.size() && m_text[m_at] == u'\r')
            ++m_at;
        if (m_at < m_text.size() && m_text[m_at] == u'\n') {
            ++m_at;
            ++m_line;
        }
    }

    const QString& m_text;
    qsizetype m_at = 0;
    int m_line = 1;
};

// "2026-11", "2026-11-22" or the beginning of an RFC 3339 time
std::optional<QString> monthOf(const QString& text)
{
    const QString day = text.size() == 7 ? text + QStringLiteral("-01") : text.left(10);
    const bool time = text.size() > 10 && (text[10] == u'T' || text[10] == u' ');
    const QDate date = QDate::fromString(day, Qt::ISODate);
    if (!date.isValid() || (text.size() > 10 && !time) || date.year() < 2000 || date.year() > 2999)
        return std::nullopt;
    return day.left(7);
}

// A decimal; bills have more decimals than nine, which are rounded to the nearest nano-USD.
std::optional<api::Money> amountOf(QString text)
{
    const qsizetype point = text.indexOf(u'.');
    bool up = false;
    if (point >= 0 && text.size() - point - 1 > 9) {
        const QStringView rest = QStringView(text).mid(point + 10);
        for (const QChar c : rest) {
            if (c < u'0' || c > u'9')
                return std::nullopt;
        }
        up = rest.front() >= u'5';
        text.truncate(point + 10);
    }
    const auto amount = api::Money::fromDecimal(text);
    if (!amount || !up)
        return amount;
    return amount->plus(api::Money::fromNano(text.startsWith(u'-') ? -1 : 1));
}

std::optional<qint64> countOf(QString text)
{
    if (text.endsWith(QLatin1String(".0"))) // a spreadsheet's idea of a whole number
        text.chop(2);
    bool ok = false;
    const qint64 number = text.toLongLong(&ok);
    return ok && number >= 0 && QString::number(number) == text ? std::optional(number) : std::nullopt;
}

class Reading
{
public:
    Reading(Bill& bill, QString provider) : m_bill(bill), m_provider(std::move(provider)) { m_columns.fill(-1); }

    bool header(const Row& row)
    {
        if (!row.wrong.isEmpty())
            return refuse(row.line, row.wrong);
        for (qsizetype i = 0; i < row.fields.size(); ++i) {
            const QString name = row.fields[i].toLower().replace(u' ', u'_').replace(u'-', u'_');
            for (const Name& known : kNames) {
                if (name != QLatin1String(known.name))
                    continue;
                if (m_columns[known.column] >= 0)
                    return refuse(row.line, QStringLiteral("The columns %1 and %2 say the same.")
                                                .arg(row.fields[m_columns[known.column]], row.fields[i]));
                m_columns[known.column] = int(i);
            }
        }
        m_width = row.fields.size();
        if (m_columns[Provider] < 0 && m_provider.isEmpty())
            return refuse(row.line, QStringLiteral("The first line must name a column provider."));
        if (m_columns[Month] < 0)
            return refuse(row.line, QStringLiteral("The first line must name a column month (or day, or date)."));
        if (m_columns[Model] < 0)
            return refuse(row.line, QStringLiteral("The first line must name a column model."));
        if (m_columns[Amount] < 0)
            return refuse(row.line, QStringLiteral("The first line must name a column amount_usd."));
        return true;
    }

    void line(const Row& row)
    {
        if (row.fields.size() == 1 && row.fields[0].isEmpty() && row.wrong.isEmpty())
            return; // an empty line
        if (!row.wrong.isEmpty()) {
            refuse(row.line, row.wrong);
            return;
        }
        if (row.fields.size() != m_width) {
            refuse(row.line,
                QStringLiteral("The line has %1 fields, the first line has %2.").arg(row.fields.size()).arg(m_width));
            return;
        }
        const auto field = [&](Column column) {
            return m_columns[column] < 0 ? QString() : row.fields[m_columns[column]];
        };
        BillLine line;
        line.line = row.line;
        line.provider = m_columns[Provider] < 0 ? m_provider : field(Provider);
        line.model = field(Model);
        const auto month = monthOf(field(Month));
        const auto amount = amountOf(field(Amount));
        const QString currency = field(Currency);
        if (line.provider.isEmpty() || line.model.isEmpty())
            refuse(row.line, QStringLiteral("The line names no provider or no model."));
        else if (!month)
            refuse(row.line, QStringLiteral("\"%1\" is no month and no day.").arg(field(Month).left(40)));
        else if (!amount)
            refuse(row.line, QStringLiteral("\"%1\" is no amount in US dollars.").arg(field(Amount).left(40)));
        else if (!currency.isEmpty() && currency.compare(QLatin1String("usd"), Qt::CaseInsensitive) != 0)
            refuse(row.line, QStringLiteral("The amount is in %1, not in US dollars.").arg(currency.left(40)));
        else if (counts(row, line)) {
            line.month = *month;
            line.amount = *amount;
            m_bill.lines.push_back(std::move(line));
        }
    }

    void finish()
    {
        if (m_refused > kMostUnread)
            m_bill.unread.append({0, QStringLiteral("%1 more lines cannot be read.").arg(m_refused - kMostUnread)});
    }
    bool refuse(int line, const QString& message)
    {
        if (++m_refused <= kMostUnread)
            m_bill.unread.append({line, message});
        return false;
    }

private:
    // a count that is left empty is not stated; one that is no number is wrong
    bool counts(const Row& row, BillLine& line)
    {
        const std::pair<Column, std::optional<qint64> BillLine::*> stated[] = {{Requests, &BillLine::requests},
            {InputTokens, &BillLine::inputTokens}, {OutputTokens, &BillLine::outputTokens}};
        for (const auto& [column, member] : stated) {
            if (m_columns[column] < 0 || row.fields[m_columns[column]].isEmpty())
                continue;
            line.*member = countOf(row.fields[m_columns[column]]);
            if (!(line.*member))
                return refuse(
                    row.line, QStringLiteral("\"%1\" is no whole number.").arg(row.fields[m_columns[column]].left(40)));
        }
        return true;
    }

    Bill& m_bill;
    QString m_provider;
    std::array<int, kColumns> m_columns{};
    qsizetype m_width = 0;
    int m_refused = 0;
};

} // namespace

Bill parseBill(const QByteArray& csv, const QString& provider)
{
    Bill bill;
    Reading reading(bill, provider);
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString text =
        csv.size() > kLargestBill ? QString() : QString(decoder.decode(csv)); // without a byte order mark
    if (csv.size() > kLargestBill || decoder.hasError()) {
        reading.refuse(0, csv.size() > kLargestBill ? QStringLiteral("The bill is larger than 16 MiB.")
                                                    : QStringLiteral("The bill is not UTF-8 text."));
        return bill;
    }
    Rows rows(text);
    Row row;
    if (!rows.next(row))
        reading.refuse(1, QStringLiteral("The bill is empty."));
    else if (reading.header(row)) {
        while (rows.next(row))
            reading.line(row);
    }
    reading.finish();
    return bill;
}

} // namespace gateway::budget
