#include "pages/server/snippets.h"

namespace ui {
namespace {

// %1 base URL, %2 key, %3 alias. OpenAI's SDKs want the base URL with /v1; the others add their own paths to the root.
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

constexpr const char* kAnthropic = R"(from anthropic import Anthropic
client = Anthropic(
    base_url="%1", # it adds /v1/messages
    api_key="%2", # copied in full
)
r = client.messages.create(
    model="%3",
    max_tokens=256,
    messages=[{"role": "user", "content": "Say hello"}],
)
print(r.content[0].text))";

constexpr const char* kGoogle = R"(from google import genai

client = genai.Client(
    http_options={"base_url": "%1"}, # it adds /v1beta
    api_key="%2", # copied in full
)
r = client.models.generate_content(
    model="%3",
    contents="Say hello",
)
print(r.text))";

constexpr const char* kAzure = R"(from openai import AzureOpenAI
client = AzureOpenAI(
    azure_endpoint="%1", # it adds /openai/deployments
    api_key="%2", # copied in full
    api_version="2024-10-21",
)
r = client.chat.completions.create(
    model="%3",
    messages=[{"role": "user", "content": "Say hello"}],
)
print(r.choices[0].message.content))";

} // namespace

QVector<Snippet> snippetsFor(const QString& baseUrl, const QString& key, const QString& alias)
{
    const QString shownKey = key.isEmpty() ? QStringLiteral("<issue a key first>") : key;
    const QString root = baseUrl.endsWith(QLatin1String("/v1")) ? baseUrl.chopped(3) : baseUrl;
    const auto fill = [&](const char* text, const QString& url) {
        return QString::fromLatin1(text).arg(url, shownKey, alias);
    };
    return {
        {QStringLiteral("Python"), Language::Python, fill(kPython, baseUrl)},
        {QStringLiteral("JavaScript"), Language::JavaScript, fill(kJavaScript, baseUrl)},
        {QStringLiteral("curl"), Language::Shell, fill(kCurl, baseUrl)},
        {QStringLiteral("Environment"), Language::Shell, fill(kEnvironment, baseUrl)},
        {QStringLiteral("Anthropic"), Language::Python, fill(kAnthropic, root)},
        {QStringLiteral("Google"), Language::Python, fill(kGoogle, root)},
        {QStringLiteral("Azure"), Language::Python, fill(kAzure, root)},
    };
}

} // namespace ui
