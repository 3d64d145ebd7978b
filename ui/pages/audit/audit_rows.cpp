#include "pages/audit/audit_rows.h"

#include "models/format.h"
#include "session/actions.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMap>
#include <QRegularExpression>

#include <array>

namespace ui::audit {
namespace {

using namespace gateway::api;

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::audit", text);
}

constexpr std::array kOutcomes{
    Outcome{"applied", QT_TRANSLATE_NOOP("ui::audit", "Applied"), Status::Ok},
    Outcome{"refused", QT_TRANSLATE_NOOP("ui::audit", "Refused"), Status::Degraded},
    Outcome{"failed", QT_TRANSLATE_NOOP("ui::audit", "Failed"), Status::Down},
    Outcome{"void", QT_TRANSLATE_NOOP("ui::audit", "Void"), Status::NotApplicable},
    Outcome{"unknown", QT_TRANSLATE_NOOP("ui::audit", "Not known"), Status::CannotSay},
    Outcome{"read", QT_TRANSLATE_NOOP("ui::audit", "Read"), Status::NotApplicable},
};

QString stampOf(const QDateTime& at)
{
    return at.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

QString orDash(const QString& text)
{
    return text.isEmpty() ? models::notApplicable() : text;
}

QString valueOf(const QJsonValue& value)
{
    if (value.isString())
        return value.toString();
    if (value.isNull() || value.isUndefined())
        return QStringLiteral("null");
    // an array around it: a document cannot be a bare number
    const QByteArray text = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(text.mid(1, text.size() - 2));
}

void flatten(const QString& path, const QJsonObject& object, QMap<QString, QString>& out)
{
    for (auto member = object.begin(); member != object.end(); ++member) {
        const QString name = path.isEmpty() ? member.key() : path + u'.' + member.key();
        if (member->isObject() && !member->toObject().isEmpty())
            flatten(name, member->toObject(), out);
        else
            out.insert(name, valueOf(*member));
    }
}

// The path with the object in the place of its {name}.
QString pathOf(const AuditEntry& entry, const QString& route)
{
    static const QRegularExpression kPlace(QStringLiteral("\\{[^}]*\\}"));
    const QRegularExpressionMatch place = kPlace.match(route);
    if (!place.hasMatch() || entry.object.isEmpty())
        return route;
    return QString(route).replace(place.capturedStart(), place.capturedLength(), entry.object);
}

} // namespace

const Outcome* outcomeOf(const QString& name)
{
    for (const Outcome& one : kOutcomes) {
        if (name == QLatin1String(one.name))
            return &one;
    }
    return nullptr;
}

QString actionWords(const AuditEntry& entry)
{
    const qsizetype space = entry.action.indexOf(u' ');
    if (space < 0)
        return entry.action;
    const QString method = entry.action.left(space);
    const QString path = pathOf(entry, entry.action.mid(space + 1));
    if (method != QLatin1String("GET"))
        return changeWords(method, path);
    static const QString kRoot = QStringLiteral("/api/v1/");
    return tr("Read %1").arg(path.startsWith(kRoot) ? path.mid(kRoot.size()) : path);
}

QVector<Cell> rowOf(const AuditEntry& entry)
{
    const Outcome* outcome = outcomeOf(entry.outcome);
    Cell who = Cell::plain(orDash(entry.principal), entry.principal.isEmpty() ? Token::Text3 : Token::Text1);
    who.note = entry.role;
    Cell action = Cell::plain(actionWords(entry));
    action.strong = entry.outcome != QLatin1String("read");
    const bool refused = !entry.message.isEmpty();
    return {Cell::mono(entry.at.toUTC().toString(QStringLiteral("d MMM HH:mm:ss"))),
        Cell::state(outcome ? outcome->status : Status::Unknown, outcome ? tr(outcome->word) : orDash(entry.outcome)),
        who, action,
        Cell::plain(refused ? entry.message : orDash(entry.reason),
            entry.reason.isEmpty() && !refused ? Token::Text3 : Token::Text2),
        Cell::number(
            entry.revision > 0 ? QStringLiteral("r%1").arg(entry.revision) : models::notApplicable(), Token::Text2),
        Cell::number(models::wholeNumber(entry.sequence), Token::Text3)};
}

QVector<models::Fact> factsOf(const AuditEntry& entry)
{
    const Outcome* outcome = outcomeOf(entry.outcome);
    QString ended = outcome ? tr(outcome->word) : entry.outcome;
    if (entry.status > 0)
        ended += tr(", answered %1").arg(entry.status);
    QVector<models::Fact> facts{{tr("Outcome"), ended, false}};
    const auto add = [&facts](const QString& label, const QString& value, bool isMono = false) {
        if (!value.isEmpty())
            facts.append({label, value, isMono});
    };
    add(tr("Why refused"), entry.message);
    add(tr("Reason"), entry.reason);
    add(tr("When"), stampOf(entry.at) + QStringLiteral(" UTC"));
    QString who = entry.principal;
    if (!entry.role.isEmpty())
        who += tr(", %1").arg(entry.role);
    if (!entry.by.isEmpty())
        who += tr(", known by %1").arg(entry.by);
    add(tr("Who"), who);
    add(tr("With"), entry.peer.isEmpty()     ? entry.client
                    : entry.client.isEmpty() ? entry.peer
                                             : tr("%1 from %2").arg(entry.client, entry.peer));
    add(tr("Route"), pathOf(entry, entry.action), true);
    add(tr("Operation"), entry.operation, true);
    return facts;
}

QVector<FieldChange> changesOf(const AuditEntry& entry)
{
    QMap<QString, QString> before;
    QMap<QString, QString> after;
    flatten({}, entry.before, before);
    flatten({}, entry.after, after);
    if (before.isEmpty() && after.isEmpty())
        flatten({}, entry.asked, after);
    QVector<FieldChange> changes;
    QMap<QString, QString> names = before;
    names.insert(after);
    for (auto name = names.begin(); name != names.end(); ++name) {
        if (before.contains(name.key()) && after.contains(name.key()) && before[name.key()] == after[name.key()])
            continue;
        changes.append({name.key(), before.value(name.key()), after.value(name.key())});
    }
    return changes;
}

QVector<Cell> rowOf(const ChainFinding& finding)
{
    return {Cell::state(Status::Down, finding.what), Cell::mono(finding.where),
        Cell::number(finding.seq > 0 ? models::wholeNumber(finding.seq) : models::notApplicable(),
            finding.seq > 0 ? Token::Text1 : Token::Text3),
        Cell::plain(finding.sentence, Token::Text2)};
}

} // namespace ui::audit
