#include "component_sheet.h"

#include "theme/paint.h"
#include "theme/status_paint.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/cell.h"
#include "widgets/chip.h"
#include "widgets/choice_cells.h"
#include "widgets/input_field.h"
#include "widgets/panel.h"
#include "widgets/sparkline.h"
#include "widgets/state_overlay.h"
#include "widgets/summary_strip.h"
#include "widgets/table_view.h"
#include "widgets/text_label.h"

#include <QFocusFrame>
#include <QHBoxLayout>
#include <QPainter>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <cmath>
#include <functional>

namespace ui::testing {
namespace {

QString words(const char* latin)
{
    return QString::fromLatin1(latin);
}

// A widget that paints with a function: for parts that are drawn inside of others in the pages.
class Drawn : public QWidget
{
public:
    Drawn(QSize size, std::function<void(QPainter&, const QRect&)> draw, QWidget* parent)
        : QWidget(parent), m_draw(std::move(draw))
    {
        setMinimumSize(size);
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        m_draw(painter, rect());
    }

private:
    std::function<void(QPainter&, const QRect&)> m_draw;
};

TextLabel* note(const char* text, QWidget* parent)
{
    return new TextLabel(words(text), &Type::ui, Token::Text3, parent);
}

} // namespace

ComponentSheet::ComponentSheet(QWidget* parent) : QWidget(parent)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 12);
    column->setSpacing(8);
    auto* head = new QHBoxLayout;
    head->setSpacing(10);
    auto* title = new TextLabel(words("Component sheet"), &Type::title, Token::Text1, this);
    title->setFixedHeight(28);
    head->addWidget(title);
    head->addWidget(note("every state at its real size; the same widgets build every page", this), 1);
    column->addLayout(head);
    auto* first = new QHBoxLayout;
    first->setSpacing(8);
    first->addWidget(statusPanel(), 330);
    first->addWidget(chipPanel(), 320);
    first->addWidget(buttonPanel(), 590);
    column->addLayout(first);
    column->addLayout(tiles());
    column->addWidget(tablePanel());
    column->addLayout(statePanels());
    auto* last = new QHBoxLayout;
    last->setSpacing(8);
    last->addWidget(seriesPanel(), 330);
    last->addWidget(surfacePanel(), 440);
    last->addWidget(typePanel(), 460);
    column->addLayout(last, 1);
}

QWidget* ComponentSheet::statusPanel()
{
    auto* panel = new Panel(words("Status"), this);
    panel->setCaption(words("12, 14, 16, 20 px"));
    panel->body()->addWidget(new Drawn(
        QSize(300, 216),
        [](QPainter& painter, const QRect& rect) {
            static constexpr std::pair<Status, const char*> rows[] = {{Status::Ok, "ring, quiet"},
                {Status::Degraded, "solid triangle"}, {Status::Down, "solid octagon"},
                {Status::CannotSay, "dashed ring, amber"}, {Status::Unknown, "dashed ring, grey"},
                {Status::Paused, "solid square"}, {Status::Canary, "open diamond"}};
            qreal y = 20;
            for (const auto& [status, shape] : rows) {
                qreal x = 12;
                for (const int size : {12, 14, 16, 20}) {
                    paintStatus(painter, QRectF(x, y - size / 2.0, size, size), status);
                    x += size + 8;
                }
                paint::text(painter, QRectF(108, y - 8, 90, 16), type().ui, color(Token::Text1), statusWord(status));
                paint::text(
                    painter, QRectF(200, y - 8, rect.width() - 200, 16), type().ui, color(Token::Text3), words(shape));
                y += 28;
            }
        },
        panel));
    return panel;
}

QWidget* ComponentSheet::chipPanel()
{
    auto* panel = new Panel(words("Chips, attempts"), this);
    panel->body()->addWidget(new Drawn(
        QSize(280, 136),
        [](QPainter& painter, const QRect&) {
            static const std::pair<const char*, ChipLook> chips[] = {{"PASS", ChipLook::ofStatus(Status::Ok)},
                {"WATCH", ChipLook::ofStatus(Status::Degraded)}, {"OPEN", ChipLook::ofStatus(Status::Down)},
                {"CANNOT SAY", ChipLook::ofStatus(Status::CannotSay)}, {"NO DATA", ChipLook::ofStatus(Status::Unknown)},
                {"DRAINED", ChipLook::ofStatus(Status::Paused)}, {"5 %", ChipLook::ofStatus(Status::Canary)},
                {"read only", ChipLook::accent()}, {"gpt-6-luna", ChipLook::neutral()}};
            qreal x = 12;
            qreal y = 10;
            for (const auto& [text, look] : chips) {
                const qreal width = chipWidth(words(text));
                if (x + width > 290) {
                    x = 12;
                    y += 24;
                }
                paintChip(painter, QRectF(x, y, width, 18), words(text), look);
                x += width + 6;
            }
            y = 84;
            x = 12;
            for (const AttemptGlyph glyph : {AttemptGlyph::Failed, AttemptGlyph::Answered, AttemptGlyph::Skipped,
                     AttemptGlyph::CacheHit, AttemptGlyph::Refused}) {
                paintAttempt(painter, QRectF(x, y + 2, 13, 13), glyph);
                paint::text(painter, QRectF(x + 22, y, 70, 17), type().ui, color(Token::Text2), attemptWord(glyph));
                x += 94;
                if (x > 230) {
                    x = 12;
                    y += 22;
                }
            }
            paintAttempts(
                painter, QRectF(216, y, 90, 17), {AttemptGlyph::Failed, AttemptGlyph::Skipped, AttemptGlyph::Answered});
        },
        panel));
    auto* row = new QHBoxLayout;
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(8);
    auto* segment = new Segment(words("Range"), Segment::Size::Regular, panel);
    for (const char* choice : {"5m", "1h", "6h"})
        segment->addChoice(words(choice));
    segment->setCurrent(1);
    auto* mini = new Segment(words("Form"), Segment::Size::Mini, panel);
    mini->addChoice(words("Band"));
    mini->addChoice(words("Table"));
    row->addWidget(segment);
    row->addWidget(mini);
    row->addStretch(1);
    panel->body()->addLayout(row);
    panel->body()->addWidget(new Drawn(
        QSize(280, 34),
        [](QPainter& painter, const QRect& rect) {
            qreal x = 12;
            for (const double used : {0.38, 0.88, 1.0}) {
                paintHeadroom(painter, QRectF(x, 0, 66, rect.height()), used, 0.9);
                x += 74;
                paint::text(painter, QRectF(x, 0, 24, rect.height()), type().ui,
                    color(used > 0.85 ? used < 1 ? Token::Degraded : Token::Down : Token::Text2),
                    QString::number(qRound(used * 100)));
                x += 28;
            }
        },
        panel));
    panel->body()->addStretch(1);
    return panel;
}

QWidget* ComponentSheet::buttonPanel()
{
    auto* panel = new Panel(words("Buttons and inputs"), this);
    auto* grid = new QGridLayout;
    grid->setContentsMargins(12, 12, 12, 4);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(8);
    const char* states[] = {"normal", "hover", "focus", "disabled"};
    for (int row = 0; row < 4; ++row) {
        grid->addWidget(note(states[row], panel), row, 0);
        auto* primary = new Button(words("Fail over..."), Button::Kind::Primary, words("swap"), panel);
        auto* second = new Button(words("Drain..."), Button::Kind::Secondary, words("pause"), panel);
        auto* danger = new Button(words("Roll back"), Button::Kind::Danger, words("undo"), panel);
        auto* quiet = new Button(words("Export"), Button::Kind::Quiet, words("ext"), panel);
        if (row < 3) {
            primary->setKeycap(words("F"));
            second->setKeycap(words("D"));
        }
        int column = 1;
        for (Button* button : {primary, second, danger, quiet}) {
            grid->addWidget(button, row, column++, Qt::AlignLeft);
            if (row == 1)
                button->setAttribute(Qt::WA_UnderMouse);
            if (row == 2)
                (new QFocusFrame(button))->setWidget(button);
            if (row == 3)
                button->setEnabled(false);
        }
    }
    grid->setColumnMinimumWidth(0, 52);
    grid->setColumnStretch(5, 1);
    panel->body()->addLayout(grid);
    auto* inputs = new QHBoxLayout;
    inputs->setContentsMargins(12, 4, 12, 4);
    inputs->setSpacing(8);
    auto* plain = new InputField(words("Zone"), panel);
    plain->setText(words("eu-only"));
    auto* wrong = new InputField(words("Key"), panel);
    wrong->setText(words("wieght"));
    wrong->setError(words("unknown key; did you mean \"weight\"?"));
    auto* filter = new FilterField(words("Filter"), panel);
    filter->setText(words("tenant:acme"));
    filter->setVerdict(words("41 of 188"));
    inputs->addWidget(plain, 1);
    inputs->addWidget(filter, 2);
    inputs->addWidget(wrong, 1);
    panel->body()->addLayout(inputs);
    auto* message = new TextLabel(wrong->error(), &Type::small, Token::Down, panel);
    message->setAlignment(Qt::AlignRight);
    auto* messageRow = new QHBoxLayout;
    messageRow->setContentsMargins(12, 0, 12, 6);
    messageRow->addWidget(message);
    panel->body()->addLayout(messageRow);
    panel->body()->addStretch(1);
    return panel;
}

QHBoxLayout* ComponentSheet::tiles()
{
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    const auto add = [&](const char* label, const char* value, const char* unit, const char* norm, Status status,
                         double jump) {
        auto* tile = new Tile(words(label), this);
        tile->setValue(words(value), words(unit), words(norm));
        tile->setStatus(status);
        QVector<double> line;
        for (int i = 0; i < 58; ++i)
            line.append((i > 38 ? 1 + jump : 1) + 0.05 * std::sin(i * 0.35) + 0.02 * std::sin(i * 0.8));
        tile->sparkline()->setRange(0, qMax(1.3, 1.2 + jump));
        tile->sparkline()->setNorm(0.9, 1.1);
        tile->sparkline()->setValues(line);
        if (jump != 0)
            tile->sparkline()->setMarker(0.67);
        row->addWidget(tile, 1);
    };
    add("Traffic", "52.0", "req/s", "norm 51.4 at this hour", Status::Ok, 0);
    add("Errors reaching callers", "5.7", "%", "norm 0.04 %", Status::Down, 3);
    add("First token p95", "1.84", "s", "norm 0.71, total p95 9.6 s", Status::Degraded, 1.2);
    add("Least headroom", "12", "% left", "openai-eu tokens per min", Status::CannotSay, -0.8);
    return row;
}

QWidget* ComponentSheet::tablePanel()
{
    auto* panel = new Panel(QString(), this);
    auto* table = new TableView(words("Sample"), panel);
    auto* model = new QStandardItemModel(0, 7, table);
    const char* heads[] = {"Time, UTC", "Provider, region", "State", "Attempts", "Headroom left", "Breaker", "Total s"};
    for (int i = 0; i < 7; ++i) {
        model->setHeaderData(i, Qt::Horizontal, words(heads[i]));
        model->setHeaderData(i, Qt::Horizontal, int(i == 6 ? Qt::AlignRight : Qt::AlignLeft), Qt::TextAlignmentRole);
    }
    const auto add = [&](const char* time, int slot, const char* name, const char* region, Status status,
                         const QVector<AttemptGlyph>& attempts, double used, const char* left, const char* chip,
                         const char* total) {
        Cell provider;
        provider.kind = CellKind::Provider;
        provider.slot = slot;
        provider.text = words(name);
        provider.note = words(region);
        Cell tried;
        tried.kind = CellKind::Attempts;
        tried.attempts = attempts;
        Cell headroom;
        headroom.kind = CellKind::Headroom;
        headroom.used = used;
        headroom.mark = 0.9;
        headroom.text = words(left);
        Cell breaker;
        breaker.kind = CellKind::Chip;
        breaker.chip = ChipLook::ofStatus(Status::Down);
        breaker.text = words(chip);
        breaker.note = words(*chip ? "0:23 left" : "closed");
        QList<QStandardItem*> row;
        for (const Cell& cell : {Cell::mono(words(time)), provider, Cell::state(status, statusWord(status)), tried,
                 headroom, breaker, *total ? Cell::number(words(total)) : Cell::notApplicable()}) {
            auto* item = new QStandardItem(cell.text);
            item->setData(QVariant::fromValue(cell), CellRole);
            row.append(item);
        }
        model->appendRow(row);
    };
    add("03:22:24.118", 0, "azure-eu", "swedencentral", Status::Down,
        {AttemptGlyph::Failed, AttemptGlyph::Skipped, AttemptGlyph::Answered}, 0.38, "62 %", "OPEN", "2.41");
    add("03:22:24.090", 1, "openai-eu", "westeurope", Status::Degraded, {AttemptGlyph::Answered}, 0.88, "12 %", "",
        "4.02");
    add("03:22:23.871", 7, "ollama", "local", Status::Unknown, {AttemptGlyph::Refused}, 0.02, "94 %", "", "");
    table->setModel(model);
    table->setSortingEnabled(true);
    table->horizontalHeader()->setSortIndicator(0, Qt::DescendingOrder);
    table->setWidths({{130, 0}, {180, 2}, {130, 1}, {100, 1}, {150, 1}, {150, 1}, {90, 0}});
    table->selectRow(0);
    table->setFixedHeight(table->heightForRows(3));
    panel->body()->addWidget(table);
    panel->setKeepsCorners(true);
    return panel;
}

QHBoxLayout* ComponentSheet::statePanels()
{
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    using State = StateOverlay::State;
    const auto add = [&](const char* title, const char* caption, State state, const char* head, const char* sentence,
                         const char* action) {
        auto* panel = new Panel(words(title), this);
        panel->setCaption(words(caption));
        panel->setFixedHeight(130);
        auto* overlay = new StateOverlay(panel, metrics().panelHeader());
        if (state == State::Loading) {
            overlay->showLoading(words(sentence), true);
            overlay->setVisible(true); // the picture does not wait 400 ms
        } else {
            overlay->show(state, words(head), words(sentence), words(action));
        }
        row->addWidget(panel, 1);
    };
    add("Loading", "after 400 ms", State::Loading, "", "3.1 of 12 s", "Cancel");
    add("Empty", "zero is a value", State::Zero, "No calls in this hour", "0 of 188,412 match.", "Clear filter");
    add("No data", "never 0", State::NoData, "No data since 03:01", "ollama answers no probe.", "Probe now");
    add("Cannot say", "too few", State::CannotSay, "418 of 900 samples", "Two hours more suffice.", "");
    add("Error", "the rest works", State::Error, "Budgets cannot be read", "Timeout, retry in 8 s", "Copy details");
    add("Not permitted", "", State::NotPermitted, "Needs role developer", "You are operator.", "");
    add("Not collected", "", State::NotCollected, "Not collected", "Off for this alias.", "Turn on in a draft");
    return row;
}

QWidget* ComponentSheet::seriesPanel()
{
    auto* panel = new Panel(words("Provider series"), this);
    panel->setCaption(words("fixed order, dash"));
    panel->body()->addWidget(
        new Drawn(
            QSize(280, 160),
            [](QPainter& painter, const QRect& rect) {
                static constexpr const char* names[] = {
                    "azure-eu", "openai-eu", "anthropic", "bedrock-eu", "vertex-eu", "mistral", "groq-eu", "other"};
                qreal y = 14;
                for (int slot = 0; slot < kSeriesSlots; ++slot) {
                    painter.setRenderHint(QPainter::Antialiasing);
                    QPen pen(theme().series(slot), 1.8, Qt::SolidLine, Qt::FlatCap);
                    QVector<qreal> dash = Theme::seriesDash(slot);
                    for (qreal& part : dash)
                        part /= 1.8;
                    if (!dash.isEmpty())
                        pen.setDashPattern(dash);
                    painter.setPen(pen);
                    painter.drawLine(QPointF(12, y), QPointF(76, y));
                    painter.setRenderHint(QPainter::Antialiasing, false);
                    paint::box(painter, QRectF(86, y - 4, 8, 8), 2, theme().series(slot), QColor());
                    paint::text(
                        painter, QRectF(106, y - 8, 100, 16), type().ui, color(Token::Text1), words(names[slot]));
                    paint::text(painter, QRectF(rect.width() - 80, y - 8, 68, 16), type().mono, color(Token::Text2),
                        theme().series(slot).name().toUpper(), Qt::AlignRight);
                    y += (rect.height() - 14) / qreal(kSeriesSlots);
                }
            },
            panel),
        1);
    return panel;
}

QWidget* ComponentSheet::surfacePanel()
{
    auto* panel = new Panel(words("Surfaces and text"), this);
    panel->body()->addWidget(
        new Drawn(
            QSize(400, 160),
            [](QPainter& painter, const QRect& rect) {
                static constexpr std::pair<Token, const char*> tokens[] = {{Token::Window, "window"},
                    {Token::Canvas, "canvas"}, {Token::Panel, "panel"}, {Token::Raised, "raised"},
                    {Token::Sunken, "sunken"}, {Token::Hover, "hover"}, {Token::Selected, "selection"},
                    {Token::Line, "line"}, {Token::LineStrong, "line strong"}, {Token::Text1, "text 1"},
                    {Token::Text2, "text 2"}, {Token::Text3, "text 3"}, {Token::Accent, "accent"},
                    {Token::AccentFill, "accent fill"}, {Token::Focus, "focus"}, {Token::EnvProd, "PROD"}};
                const qreal half = rect.width() / 2.0;
                for (int i = 0; i < 16; ++i) {
                    const qreal x = 12 + (i % 2) * half;
                    const qreal y = 14 + (i / 2) * (rect.height() - 14) / 8.0;
                    paint::box(painter, QRectF(x, y - 6, 22, 13), 3, color(tokens[i].first), color(Token::LineStrong));
                    paint::text(painter, QRectF(x + 30, y - 8, 90, 16), type().ui, color(Token::Text1),
                        words(tokens[i].second));
                    paint::text(painter, QRectF(x + 110, y - 8, half - 132, 16), type().mono, color(Token::Text2),
                        color(tokens[i].first).name().toUpper(), Qt::AlignRight);
                }
            },
            panel),
        1);
    return panel;
}

QWidget* ComponentSheet::typePanel()
{
    auto* panel = new Panel(words("Type"), this);
    panel->setBodyMargins(12, 8);
    panel->body()->setSpacing(2);
    const auto add = [&](const char* text, TextLabel::FontRole font) {
        panel->body()->addWidget(new TextLabel(words(text), font, Token::Text1, panel));
    };
    add("52.0  one value of a tile", &Type::value);
    add("azure-eu fails 38 % of attempts", &Type::verdict);
    add("Providers  page, dialog, verdict", &Type::title);
    add("Sentences that explain.", &Type::body);
    add("Tables, labels, buttons 1,204.50", &Type::ui);
    add("Axes, captions, table heads", &Type::small);
    add("req_01JD9T7C4Q8M2 -> >= != // ids, code, log time", &Type::mono);
    panel->body()->addStretch(1);
    return panel;
}

} // namespace ui::testing
