// The matrix of issue 4: client x surface x provider x feature. Each feature of a row is a case, run streamed and not
// (unless it is about streams only), and each run asserts what the client made of the answer (content, stop reason in the
// caller's words, usage), what the provider really received (hear.mjs), the caller's bytes (wire.mjs) and the record.
//
//   client      a driver of clients.mjs
//   surface     as the record names it
//   provider    a row of providers.mjs
//   features    rows of features.mjs
//
// What is not as usual in a pair stands in `differences`, with its reason: there a reviewer sees what a dialect loses.
const chat = 'openai.chat';
const responses = 'openai.responses';
const messages = 'anthropic.messages';
const gemini = 'gemini.generate';

export const matrix = [
    // client         surface    provider             features
    // openai, chat completions: same dialect, other dialects, and the quirks of those who speak it
    ['openai',        chat,      'openai',            'text, multibyte, tools, tool round, schema, image, length, think, cache, refusal, bad, auth, rate, overloaded, context, billing, mid error, cut, unended'],
    ['openai',        chat,      'anthropic',         'text, multibyte, tools, text+tools, tool round, schema, image, length, think, think round, cache, refusal, bad, auth, rate, overloaded, context, billing, mid error, cut, unended'],
    ['openai',        chat,      'gemini',            'text, multibyte, tools, text+tools, tool round, schema, image, length, think, think round, cache read, refusal, bad, auth, rate, overloaded, mid error, cut, unended'],
    ['openai',        chat,      'vertex',            'text, tool round'],
    ['openai',        chat,      'vertex-claude',     'text, tool round, think'],
    ['openai',        chat,      'bedrock',           'text, multibyte, tools, tool round, image, length, think, think round, cache, bad, auth, rate, overloaded, mid error, cut, unended'],
    ['openai',        chat,      'bedrock-key',       'text, tools'],
    ['openai',        chat,      'azure-openai',      'text, tools, rate, mid error'],
    ['openai',        chat,      'mistral',           'text, tools, tool round, think, length, bad'],
    ['openai',        chat,      'cohere',            'text, multibyte, tools, tool round, think, length, mid error, cut, unended'],
    ['openai',        chat,      'groq',              'text, tools, think'],
    ['openai',        chat,      'deepseek',          'text, tools, think, cache read'],
    ['openai',        chat,      'xai',               'text, tools, think'],
    ['openai',        chat,      'openrouter',        'text, tools, think, mid error'],
    ['openai',        chat,      'ollama',            'text, multibyte, tools, tool round, image, think, length, mid error, cut, unended'],
    ['openai',        chat,      'openai-compatible', 'text, tools, text+tools, think'],

    // AzureOpenAI: the deployment is the alias, the key comes in api-key
    ['azure',         chat,      'azure-openai',      'text, tools'],
    ['azure',         chat,      'openai',            'text'],
    ['azure',         chat,      'anthropic',         'text, tools'],

    // openai, Responses
    ['responses',     responses, 'openai',            'text, multibyte, tools, tool round, schema, image, length, think, think round, refusal, bad, rate, mid error, cut, unended'],
    ['responses',     responses, 'azure-openai',      'text, tools'],
    ['responses',     responses, 'anthropic',         'text, multibyte, tools, text+tools, tool round, schema, image, length, think, think round, cache, refusal, bad, auth, rate, overloaded, mid error, cut, unended'],
    ['responses',     responses, 'gemini',            'text, multibyte, tools, tool round, schema, image, length, think, think round, refusal, rate, mid error, cut, unended'],
    ['responses',     responses, 'bedrock',           'text, tools, tool round, think round, mid error, cut'],
    ['responses',     responses, 'mistral',           'text, tools, tool round'],
    ['responses',     responses, 'deepseek',          'text, tools, think'],
    ['responses',     responses, 'openai-compatible', 'text, tools, think'],
    ['responses',     responses, 'cohere',            'text, tools'],
    ['responses',     responses, 'ollama',            'text, tools'],

    // @anthropic-ai/sdk 1.12.0: Bearer, API version 2026-10-21
    ['anthropic',     messages,  'anthropic',         'text, multibyte, tools, text+tools, tool round, schema, image, length, think, think round, cache, refusal, bad, auth, rate, overloaded, context, billing, mid error, cut, unended'],
    ['anthropic',     messages,  'openai',            'text, multibyte, tools, text+tools, tool round, schema, image, length, think, cache, refusal, bad, auth, rate, overloaded, mid error, cut, unended'],
    ['anthropic',     messages,  'gemini',            'text, multibyte, tools, tool round, schema, image, length, think, think round, refusal, overloaded, mid error, cut, unended'],
    ['anthropic',     messages,  'bedrock',           'text, multibyte, tools, tool round, think, think round, cache, rate, mid error, cut, unended'],
    ['anthropic',     messages,  'vertex-claude',     'text, tools, think round'],
    ['anthropic',     messages,  'mistral',           'text, tools, tool round, think'],
    ['anthropic',     messages,  'cohere',            'text, tools, tool round'],
    ['anthropic',     messages,  'groq',              'text, tools'],
    ['anthropic',     messages,  'deepseek',          'text, tools, think'],
    ['anthropic',     messages,  'xai',               'text, tools, think'],
    ['anthropic',     messages,  'openrouter',        'text, tools, mid error'],
    ['anthropic',     messages,  'ollama',            'text, tools, tool round'],
    ['anthropic',     messages,  'openai-compatible', 'text, tools, text+tools, think'],

    // @anthropic-ai/sdk 0.137.0: x-api-key, 2023-06-01
    ['anthropic0',    messages,  'anthropic',         'text, tools, think round, cache'],
    ['anthropic0',    messages,  'openai',            'text, tools'],
    ['anthropic0',    messages,  'gemini',            'text, tools'],

    // @google/genai 3.1.0: /v1 and /v1beta
    ['genai',         gemini,    'gemini',            'text, multibyte, tools, text+tools, tool round, schema, image, length, think, think round, cache read, refusal, bad, auth, rate, overloaded, mid error, cut, unended'],
    ['genai',         gemini,    'vertex',            'text, tools'],
    ['genai',         gemini,    'openai',            'text, multibyte, tools, tool round, schema, image, length, think, refusal, bad, auth, rate, overloaded, mid error, cut, unended'],
    ['genai',         gemini,    'anthropic',         'text, multibyte, tools, tool round, schema, image, length, think, think round, refusal, overloaded, mid error, cut, unended'],
    ['genai',         gemini,    'bedrock',           'text, tools, tool round, mid error, cut'],
    ['genai',         gemini,    'mistral',           'text, tools'],
    ['genai',         gemini,    'cohere',            'text, tools'],
    ['genai',         gemini,    'ollama',            'text, tools'],
    ['genaiBeta',     gemini,    'gemini',            'text, tools'],
    ['genaiBeta',     gemini,    'anthropic',         'text'],

    // Vercel's AI SDK 7: Responses by default, Anthropic with 2023-06-01, Google on /v1beta, and an OpenAI-compatible one
    ['ai/openai',     responses, 'openai',            'text, tools, tool round, schema, think, mid error'],
    ['ai/openai',     responses, 'anthropic',         'text, tools, tool round, schema, think, mid error'],
    ['ai/openai',     responses, 'gemini',            'text, tools, tool round'],
    ['ai/anthropic',  messages,  'anthropic',         'text, tools, tool round, think, think round, mid error'],
    ['ai/anthropic',  messages,  'openai',            'text, tools, tool round, image'],
    ['ai/anthropic',  messages,  'gemini',            'text, tools'],
    ['ai/google',     gemini,    'gemini',            'text, tools, tool round, schema, think, mid error'],
    ['ai/google',     gemini,    'openai',            'text, tools, tool round'],
    ['ai/google',     gemini,    'anthropic',         'text, tools'],
    ['ai/compatible', chat,      'openai',            'text, tools, tool round, schema'],
    ['ai/compatible', chat,      'anthropic',         'text, tools, tool round, schema, think, mid error'],
    ['ai/compatible', chat,      'bedrock',           'text, tools'],

    // @langchain/openai and @mistralai/mistralai on chat completions (the latter takes streamed tool calls only in one piece, as
    // Mistral sends them: it is asked for tools of Mistral only)
    ['langchain',     chat,      'openai',            'text, tools, tool round'],
    ['langchain',     chat,      'anthropic',         'text, multibyte, tools, tool round, mid error'],
    ['langchain',     chat,      'gemini',            'text, tools, tool round'],
    ['mistral',       chat,      'mistral',           'text, tools, tool round'],
    ['mistral',       chat,      'openai',            'text'],
    ['mistral',       chat,      'anthropic',         'text'],
];

// [client, surface, provider, feature, expected, reason]; '*' is any. In `expected`:
//   lost: [...]      fields that x-signalbox-warnings must name      usage, recorded   what the client reads, what the record says
//   effort, max ...  what the provider understands; null: nothing    think: false      the thinking has no place here
//   refused: true    400 in the caller's dialect, and the provider is not asked
// three tokens fewer than the answer of each feature states (speak.mjs)
const kBilled = { input: (stated) => stated - 3 };

export const differences = [
    ['*', '*', /^bedrock/, 'rate', { retryAfter: null }, 'Bedrock says nothing of when to come back'],
    ['*', '*', 'cohere', '*', { usage: kBilled, recorded: kBilled }, 'Cohere bills fewer tokens than it counts: billed_units are what the record, and so the caller, reads'],
    ['*', '*', 'ollama', 'tools', { required: null, lost: ['tool'] }, 'Ollama has no tool_choice'],
    ['*', '*', 'cohere', 'think', { effort: null }, 'Cohere takes a budget of thinking tokens, not an effort'],
    ['openai', chat, 'xai', 'think', { usage: { output: 8 } }, 'the same dialect: xAI’s own bytes, which count reasoning outside completion_tokens; the record has all of it'],
    ['ai/google', gemini, '*', 'tool round', { said: null }, 'this client wraps a tool’s result as {name, content}: the result is that object'],
    ['mistral', chat, /^(openai|anthropic)$/, '*', { usage: null }, 'this client does not ask for usage in a stream'],
];

export const cases = matrix.flatMap(([client, surface, provider, features]) => features.split(', ').map((feature) => {
    const fits = (pattern, value) => pattern === '*' || pattern === value || (pattern instanceof RegExp && pattern.test(value));
    const expected = differences.filter(([c, s, p, f]) => fits(c, client) && fits(s, surface) && fits(p, provider) && fits(f, feature)).map((row) => row[4]);
    return { client, surface, provider, feature, expected: Object.assign({}, ...expected) };
}));
