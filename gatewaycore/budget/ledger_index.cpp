#include "budget/ledger_index.h"

#include <QCryptographicHash>
#include <QHash>

#include <algorithm>
#include <array>

namespace gateway::budget {
namespace {

using config::UsageScope;

constexpr std::array kMembers{
    &UsageScope::tenant, &UsageScope::feature, &UsageScope::agent, &UsageScope::alias, &UsageScope::provider};
using Hashes = std::array<std::size_t, kMembers.size()>;

Hashes hashesOf(const UsageScope& scope)
{
    Hashes hashes{};
    for (std::size_t i = 0; i < kMembers.size(); ++i)
        hashes[i] = qHash(scope.*kMembers[i], i + 1);
    return hashes;
}

unsigned shapeOf(const UsageScope& scope)
{
    unsigned shape = 0;
    for (std::size_t i = 0; i < kMembers.size(); ++i)
        shape |= (scope.*kMembers[i]).isEmpty() ? 0U : 1U << i;
    return shape;
}

std::size_t keyOf(unsigned shape, const Hashes& hashes)
{
    std::size_t key = shape;
    for (std::size_t i = 0; i < kMembers.size(); ++i) {
        if (shape & 1U << i)
            key = qHashMulti(key, hashes[i]);
    }
    return key;
}

bool covers(const UsageScope& scope, const Spender& spender)
{
    return std::all_of(kMembers.begin(), kMembers.end(),
        [&](auto member) { return (scope.*member).isEmpty() || scope.*member == spender.*member; });
}

} // namespace

BudgetIndex::BudgetIndex(const std::vector<std::shared_ptr<Account>>& accounts)
{
    for (const auto& account : accounts) {
        const unsigned shape = shapeOf(account->scope);
        if (std::find(m_shapes.begin(), m_shapes.end(), shape) == m_shapes.end())
            m_shapes.push_back(shape);
        m_accounts.emplace(keyOf(shape, hashesOf(account->scope)), account);
    }
}

BudgetIndex::Found BudgetIndex::find(const Spender& spender) const
{
    Found found;
    if (m_shapes.empty())
        return found;
    const Hashes hashes = hashesOf(spender);
    const unsigned stated = shapeOf(spender);
    for (const unsigned shape : m_shapes) {
        if ((shape & ~stated) != 0)
            continue;
        const auto [begin, end] = m_accounts.equal_range(keyOf(shape, hashes));
        for (auto each = begin; each != end; ++each) {
            // the same hash is not yet the same scope; and another shape may share it
            if (shapeOf(each->second->scope) == shape && covers(each->second->scope, spender))
                found.append(&each->second);
        }
    }
    return found;
}

Account::Account(const config::BudgetPolicy& stated, qint64 nowMs)
    : id(accountId(stated)),
      scope(stated.scope),
      policy(stated),
      window(windowAt(stated.period, stated.timeZone, nowMs))
{
}

void Account::roll(qint64 nowMs)
{
    if (nowMs < window.endMs)
        return;
    window = windowAt(policy.period, policy.timeZone, nowMs);
    settled = reserved = openReservations = settledCalls = refusals = unpriced = overruns = 0;
}

qint64 Account::limit(qint64 nowMs) const
{
    return raisedTo && nowMs < raiseEndsMs ? *raisedTo : policy.amount.nano();
}

qint64 Account::available(qint64 nowMs) const
{
    qint64 rest = 0; // limit, settled and reserved are not negative; the sum of the last two may be too large
    if (__builtin_sub_overflow(limit(nowMs), settled, &rest) || __builtin_sub_overflow(rest, reserved, &rest))
        return INT64_MIN;
    return rest;
}

int Account::softMark(qint64 nowMs) const
{
    __extension__ using Wide = __int128;
    const Wide used = Wide(settled) + reserved;
    int mark = 0;
    for (const int percent : policy.softPercents) {
        if (used * 100 >= Wide(limit(nowMs)) * percent)
            mark = percent;
    }
    return mark;
}

QString accountId(const config::BudgetPolicy& policy)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const auto member : kMembers)
        hash.addData((policy.scope.*member).toUtf8() + '\0');
    hash.addData(QByteArray::number(int(policy.period)) + '\0' + policy.timeZone);
    return QStringLiteral("bgt_") + QString::fromLatin1(hash.result().toHex().left(12));
}

} // namespace gateway::budget
