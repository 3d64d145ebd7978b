#include "pages/server/snippets.h"

namespace ui {
namespace {

// %1 base URL, %2 key, %3 alias.
constexpr const char* kPython = R"(from openai import OpenAI

client = OpenAI(
    base_url="%1",
    api_key="%2", # copied in full
)
r = client.chat.completions.create(
    model="%3",
    messages=[{"role": "user", "content": "Say hello"}],
)
print(r.choices[0].message.content))";

constexpr const char* kJavaScript = R"(import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "%1",
  apiKey: "%2", // copied in full
});
const r = await client.chat.completions.create({
  model: "%3",
  messages: [{ role: "user", content: "Say hello" }],
});
console.log(r.choices[0].message.content);)";

constexpr const char* kCurl = R"(curl "%1/chat/completions" \
  -H "Authorization: Bearer %2" \
  -H "Content-Type: application/json" \
  -d '{
    "model": "%3",
    "messages": [{"role": "user", "content": "Say hello"}]
  }'
# the key is copied in full)";

constexpr const char* kEnvironment = R"(export OPENAI_BASE_URL="%1"
export OPENAI_API_KEY="%2" # copied in full
export OPENAI_MODEL="%3")";

} // namespace

QVector<Snippet> snippetsFor(const QString& baseUrl, const QString& key, const QString& alias)
{
    const QString shownKey = key.isEmpty() ? QStringLiteral("<issue a key first>") : key;
    const auto fill = [&](const char* text) { return QString::fromLatin1(text).arg(baseUrl, shownKey, alias); };
    return {
        {QStringLiteral("Python"), Language::Python, fill(kPython)},
        {QStringLiteral("JavaScript"), Language::JavaScript, fill(kJavaScript)},
        {QStringLiteral("curl"), Language::Shell, fill(kCurl)},
        {QStringLiteral("Environment"), Language::Shell, fill(kEnvironment)},
    };
}

} // namespace ui
