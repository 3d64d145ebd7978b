#include "budget/reconciliation.h"

#include <QMap>
#include <QSet>

#include <algorithm>
#include <tuple>

namespace gateway::budget {
namespace {

using api::Money;
using store::RecordedRow;

// Amounts of one line in nano-USD, wide enough that no sum of int64 amounts overflows.
__extension__ using Wide = __int128;

Money money(Wide nano)
{
    return Money::fromNano(qint64(std::clamp<Wide>(nano, INT64_MIN, INT64_MAX)));
}

struct Billed
{
    Wide amount = 0;
    std::optional<qint64> requests = 0; // empty as soon as one line does not state it
    std::optional<qint64> tokens = 0;
};

struct Key
{
    QString month;
    QString provider;
    QString model;
    friend bool operator<(const Key& a, const Key& b)
    {
        return std::tie(a.month, a.provider, a.model) < std::tie(b.month, b.provider, b.model);
    }
};

// Everything the record has of one line of the bill.
struct Ours
{
    Wide cost = 0;
    qint64 attempts = 0;
    qint64 unpriced = 0;
    qint64 unpricedTokens = 0;
    qint64 disconnects = 0;
    qint64 retries = 0;
    Wide disconnectCost = 0, disconnectMore = 0, retryCost = 0, retryMore = 0;

    void add(const RecordedRow& row)
    {
        cost += row.cost.nano();
        attempts += row.attempts;
        unpriced += row.unpriced;
        unpricedTokens += row.unpricedTokens;
        disconnects += row.disconnects;
        disconnectCost += row.disconnectCost.nano();
        disconnectMore += row.disconnectMore.nano();
        retries += row.retries;
        retryCost += row.retryCost.nano();
        retryMore += row.retryMore.nano();
    }
};

void addCount(std::optional<qint64>& sum, std::optional<qint64> count)
{
    qint64 total = 0;
    sum = sum && count && !__builtin_add_overflow(*sum, *count, &total) ? std::optional(total) : std::nullopt;
}

std::optional<qint64> tokensOf(const BillLine& line)
{
    std::optional<qint64> sum = 0;
    addCount(sum, line.inputTokens);
    addCount(sum, line.outputTokens);
    return sum;
}

QString usd(Wide nano)
{
    return money(nano < 0 ? -nano : nano).toDecimal() + QStringLiteral(" USD");
}

// Shares the difference out among the causes, the surest first, none more than it can account for.
QVector<api::ResidualCause> causesOf(const Billed& billed, const Ours& ours)
{
    QVector<api::ResidualCause> causes;
    Wide left = billed.amount - ours.cost;
    const auto take = [&](const char* cause, qint64 calls, Wide most, const QString& sentence) {
        const Wide amount = left > 0 ? std::min(left, most) : -std::min(-left, most);
        left -= amount;
        causes.append({QLatin1String(cause), money(amount), calls, sentence});
    };
    if (ours.unpriced > 0) {
        // by their share of the tokens billed; without counts they may be any of it
        const bool counted = billed.tokens && *billed.tokens > 0;
        const Wide most = left <= 0 ? 0
                          : counted
                              ? Wide(billed.amount) * std::min(ours.unpricedTokens, *billed.tokens) / *billed.tokens
                              : left;
        take("unpriced", ours.unpriced, most,
            QStringLiteral("%1 attempts have no price in the book, so the record has no cost of them.")
                .arg(ours.unpriced));
    }
    if (ours.disconnects > 0)
        take("disconnects", ours.disconnects, left > 0 ? ours.disconnectMore : ours.disconnectCost,
            QStringLiteral("%1 attempts ended early; the record has %2 for what was streamed or reserved, and the "
                           "provider may count otherwise.")
                .arg(ours.disconnects)
                .arg(usd(ours.disconnectCost)));
    if (ours.retries > 0)
        take("retries", ours.retries, left > 0 ? ours.retryMore : ours.retryCost,
            QStringLiteral("%1 attempts failed after they were sent; the record takes them as not billed.")
                .arg(ours.retries));
    if (left > 0 && billed.requests && *billed.requests > ours.attempts) {
        const qint64 direct = *billed.requests - ours.attempts;
        take("direct_calls", direct, billed.amount * direct / *billed.requests,
            QStringLiteral("The bill counts %1 requests more than this gateway sent; they were made around it.")
                .arg(direct));
    }
    if (left != 0)
        take("unknown", 0, left > 0 ? left : -left,
            left > 0
                ? QStringLiteral("%1 more was billed than the record accounts for: calls around the gateway, another "
                                 "price, or another count of tokens.")
                      .arg(usd(left))
                : QStringLiteral("%1 less was billed than the record has: another price, a discount, or calls that "
                                 "are billed later.")
                      .arg(usd(left)));
    return causes;
}

double percentOf(Wide part, Wide whole)
{
    return whole == 0 ? 0 : 100.0 * double(part) / double(whole);
}

// Whose bill a row of the record stands on, and which of its lines.
std::optional<Key> keyOf(
    const RecordedRow& row, const QMap<Key, Billed>& billed, const QHash<QString, QString>& billedAs)
{
    for (const QString& provider : {row.provider, billedAs.value(row.provider)}) {
        for (const QString& model : {row.modelReported, row.model}) {
            const Key key{row.month, provider, model};
            if (!provider.isEmpty() && !model.isEmpty() && billed.contains(key))
                return key;
        }
    }
    return std::nullopt;
}

} // namespace

api::Reconciliation reconcile(const Bill& bill, std::span<const RecordedRow> recorded,
    const QHash<QString, QString>& billedAs, const Tolerance& tolerance)
{
    QMap<Key, Billed> billed;
    QSet<std::pair<QString, QString>> covered; // months and providers that the bill speaks of
    for (const BillLine& line : bill.lines) {
        Billed& sum = billed[{line.month, line.provider, line.model}];
        sum.amount += line.amount.nano();
        addCount(sum.requests, line.requests);
        addCount(sum.tokens, tokensOf(line));
        covered.insert({line.month, line.provider});
    }
    QMap<Key, Ours> ours;
    for (const RecordedRow& row : recorded) {
        if (const auto key = keyOf(row, billed, billedAs)) {
            ours[*key].add(row);
            continue;
        }
        // the bill has the provider and the month, but not the model
        for (const QString& provider : {row.provider, billedAs.value(row.provider)}) {
            if (!covered.contains({row.month, provider}))
                continue;
            const Key key{row.month, provider, row.modelReported.isEmpty() ? row.model : row.modelReported};
            billed.insert(key, Billed{0, std::nullopt, std::nullopt});
            ours[key].add(row);
            break;
        }
    }

    api::Reconciliation result;
    result.unread = bill.unread;
    int failed = 0;
    bool anything = false;
    for (auto each = billed.constBegin(); each != billed.constEnd(); ++each) {
        const auto found = ours.constFind(each.key());
        const Ours mine = found != ours.constEnd() ? *found : Ours();
        anything = anything || found != ours.constEnd();
        const Wide delta = each->amount - mine.cost;
        const Wide allowed = std::max<Wide>(tolerance.least.nano(),
            Wide(double(each->amount < 0 ? -each->amount : each->amount) * tolerance.percent / 100.0));
        api::ReconciledLine line;
        line.provider = each.key().provider;
        line.model = each.key().model;
        line.month = each.key().month;
        line.billed = money(each->amount);
        if (found != ours.constEnd())
            line.recorded = money(mine.cost);
        line.delta = money(delta);
        line.tolerancePercent = tolerance.percent;
        line.within = (delta < 0 ? -delta : delta) <= allowed;
        if (delta != 0)
            line.causes = causesOf(*each, mine);
        failed += line.within ? 0 : 1;
        result.lines.append(line);
    }
    // the largest difference first: that is what somebody came for
    std::stable_sort(result.lines.begin(), result.lines.end(), [](const auto& a, const auto& b) {
        return std::abs(double(a.delta.nano())) > std::abs(double(b.delta.nano()));
    });

    Wide total = 0;
    Wide delta = 0;
    for (const api::ReconciledLine& line : std::as_const(result.lines)) {
        total += line.billed.nano();
        delta += line.delta.nano();
    }
    if (bill.lines.empty() || !anything) {
        result.verdict = QStringLiteral("no_data");
        result.sentence =
            bill.lines.empty()
                ? QStringLiteral("The bill has no line that can be read.")
                : QStringLiteral("The record has no call of the providers, models and months of this bill.");
    } else {
        result.verdict = failed > 0              ? QStringLiteral("fail")
                         : bill.unread.isEmpty() ? QStringLiteral("pass")
                                                 : QStringLiteral("incomplete");
        result.sentence = QStringLiteral(
            "%1 of %2 lines differ by more than %3 percent; %4 were billed, which is %5 %6 than recorded (%7 percent).")
                              .arg(failed)
                              .arg(result.lines.size())
                              .arg(tolerance.percent)
                              .arg(usd(total), usd(delta), delta < 0 ? QStringLiteral("less") : QStringLiteral("more"))
                              .arg(percentOf(delta < 0 ? -delta : delta, total), 0, 'f', 2);
        if (!bill.unread.isEmpty())
            result.sentence += QStringLiteral(" Some lines of the bill could not be read and are left out.");
    }
    return result;
}

std::optional<std::pair<QDateTime, QDateTime>> monthsOf(const Bill& bill)
{
    if (bill.lines.empty())
        return std::nullopt;
    const auto [first, last] = std::minmax_element(
        bill.lines.begin(), bill.lines.end(), [](const BillLine& a, const BillLine& b) { return a.month < b.month; });
    const auto begin = [](const QString& month) {
        return QDateTime(QDate::fromString(month + QStringLiteral("-01"), Qt::ISODate), QTime(0, 0), Qt::UTC);
    };
    return std::pair{begin(first->month), begin(last->month).addMonths(1)};
}

} // namespace gateway::budget
