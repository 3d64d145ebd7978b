#include "models/call_filter.h"

#include <QRegularExpression>

#include <algorithm>

namespace ui::models {
namespace {

using gateway::api::Attempt;
using gateway::api::Call;
using gateway::api::CallQuery;

// "10m" counts back from now; "03:18" is the latest such moment that is not in the future; otherwise ISO 8601.
QDateTime momentFrom(const QString& value, const QDateTime& now)
{
    static const QRegularExpression back(QStringLiteral("^(\\d{1,6})([smhd])$"));
    if (const auto match = back.match(value); match.hasMatch()) {
        const qint64 count = match.captured(1).toLongLong();
        const QChar unit = match.captured(2).at(0);
        const qint64 seconds = unit == QLatin1Char('s')   ? 1
                               : unit == QLatin1Char('m') ? 60
                               : unit == QLatin1Char('h') ? 3600
                                                          : 86400;
        return now.addSecs(-count * seconds);
    }
    static const QRegularExpression clock(QStringLiteral("^(\\d{1,2}):(\\d{2})(?::(\\d{2}))?$"));
    if (const auto match = clock.match(value); match.hasMatch()) {
        const QTime time(match.captured(1).toInt(), match.captured(2).toInt(), match.captured(3).toInt());
        if (!time.isValid())
            return {};
        QDateTime moment(now.date(), time, Qt::UTC);
        return moment > now ? moment.addDays(-1) : moment;
    }
    QDateTime moment = QDateTime::fromString(value, Qt::ISODateWithMs);
    if (moment.isValid() && moment.timeSpec() == Qt::LocalTime)
        moment.setTimeSpec(Qt::UTC); // a time without a zone is UTC, as everything on the page
    return moment.toUTC();
}

int distance(const QString& a, const QString& b)
{
    QVector<int> row(b.size() + 1);
    for (int j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (int i = 1; i <= a.size(); ++i) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= b.size(); ++j) {
            const int above = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

QString unknownKey(const QString& key)
{
    QString best;
    int least = 3;
    for (const QString& known : CallFilter::keys()) {
        const int d = distance(key.toLower(), known);
        if (d < least) {
            least = d;
            best = known;
        }
    }
    const QString list = QStringLiteral("Keys are tenant, alias, provider, outcome, since and until.");
    if (best.isEmpty())
        return QStringLiteral("There is no filter key \u201c%1\u201d. %2").arg(key, list);
    return QStringLiteral("There is no filter key \u201c%1\u201d. Did you mean %2?").arg(key, best);
}

QString setField(CallQuery& query, const QString& key, const QString& value, const QDateTime& now)
{
    const bool any = value == QLatin1String("*");
    if (key == QLatin1String("tenant")) {
        query.tenant = any ? QString() : value;
    } else if (key == QLatin1String("alias")) {
        query.alias = any ? QString() : value;
    } else if (key == QLatin1String("provider")) {
        query.provider = any ? QString() : value;
    } else if (key == QLatin1String("outcome")) {
        query.outcome = any ? std::nullopt : gateway::api::callOutcomeFromName(value.toLower());
        if (!any && !query.outcome)
            return QStringLiteral(
                "\u201c%1\u201d is no outcome. Outcomes are answered, refused, failed, truncated, cancelled and "
                "indeterminate.")
                .arg(value);
    } else {
        const QDateTime moment = momentFrom(value, now);
        if (!moment.isValid())
            return QStringLiteral("\u201c%1\u201d is no time. Write %2:10m, %2:03:18 or %2:2026-11-22T03:18.")
                .arg(value, key);
        (key == QLatin1String("since") ? query.since : query.until) = moment;
    }
    return {};
}

} // namespace

QStringList CallFilter::keys()
{
    return {QStringLiteral("tenant"), QStringLiteral("alias"), QStringLiteral("provider"), QStringLiteral("outcome"),
        QStringLiteral("since"), QStringLiteral("until")};
}

bool CallFilter::isEmpty() const
{
    return query.tenant.isEmpty() && query.alias.isEmpty() && query.provider.isEmpty() && !query.outcome &&
           !query.since && !query.until;
}

bool CallFilter::matches(const Call& call) const
{
    const auto same = [](const QString& wanted, const QString& is) { return wanted.isEmpty() || wanted == is; };
    if (!same(query.tenant, call.tenant) || !same(query.alias, call.alias))
        return false;
    if (query.outcome && *query.outcome != call.outcome)
        return false;
    if ((query.since && call.startedAt < *query.since) || (query.until && call.startedAt >= *query.until))
        return false;
    // Any attempt at the provider counts, not only the one that answered: a fallback must not hide who failed.
    return query.provider.isEmpty() ||
           std::any_of(call.attempts.cbegin(), call.attempts.cend(),
               [this](const Attempt& attempt) { return attempt.provider == query.provider; });
}

CallFilter CallFilter::parse(const QString& text, const QDateTime& now)
{
    CallFilter filter;
    filter.text = text;
    static const QRegularExpression word(QStringLiteral("\\S+"));
    for (auto it = word.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        const QString whole = match.captured();
        const int colon = int(whole.indexOf(QLatin1Char(':')));
        Piece piece{int(match.capturedStart()), colon < 0 ? 0 : colon + 1, int(whole.size()), false};
        const QString key = colon < 0 ? QString() : whole.left(colon).toLower();
        const QString value = whole.mid(colon + 1);
        QString problem;
        if (colon < 0)
            problem = QStringLiteral("\u201c%1\u201d has no key. Write key:value, for example tenant:acme.").arg(whole);
        else if (!keys().contains(key))
            problem = unknownKey(key);
        else if (value.isEmpty())
            problem = QStringLiteral("%1: needs a value.").arg(key);
        else
            problem = setField(filter.query, key, value, now);
        piece.wrong = !problem.isEmpty();
        filter.pieces.append(piece);
        if (filter.problem.isEmpty())
            filter.problem = problem;
    }
    if (filter.isValid() && filter.query.since && filter.query.until && *filter.query.since >= *filter.query.until)
        filter.problem = QStringLiteral("The filter ends before it begins: until must be later than since.");
    return filter;
}

QString CallFilter::with(const QString& text, const QString& key, const QString& value)
{
    QStringList words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    words.erase(
        std::remove_if(words.begin(), words.end(),
            [&key](const QString& word) { return word.startsWith(key + QLatin1Char(':'), Qt::CaseInsensitive); }),
        words.end());
    if (!value.isEmpty())
        words.append(key + QLatin1Char(':') + value);
    return words.join(QLatin1Char(' '));
}

} // namespace ui::models
