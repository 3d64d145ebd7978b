// Usage samples whose cost the gateway's record must give as an independent calculator does (npm @pydantic/genai-prices,
// bundled data). The calculator reads the provider's own answer by itself (extractUsage) and prices it by itself; nothing
// of ours stands between.
//
//   usage      neutral (speak.mjs): `input` is the whole prompt, `output` all that was generated
//   oracle     provider and dialect as the calculator names them; `model` where its name for it is another
//   at         the moment the calculator is asked about, where it matters
//   differs    [the reason, our nano-USD]: where the two are known to differ, and which one we hold for right
//
// What the calculator cannot know or does otherwise: it prices DeepSeek by the hour (its peak hours are what our book
// states: an upper bound), and it matches by prefix (claude-sonnet-5-5 would get Sonnet 5's price; our book says nothing of
// a model that it does not list).
const k = 1000;
const peak = '2026-11-20T02:00:00Z';  // a Friday, inside DeepSeek's peak hours

export const samples = [
    // provider  model                     usage                                                                                            oracle
    ['openai',   'gpt-6-astra',            { input: 1200, output: 340 },                                                                    { provider: 'openai', flavor: 'chat' }],
    ['openai',   'gpt-6-sol',              { input: 1200, cacheRead: 1000, output: 340, reasoning: 300 },                                   { provider: 'openai', flavor: 'chat' }],
    ['openai',   'gpt-6-sol',              { input: 50 * k, cacheRead: 20 * k, cacheWrite5m: 10 * k, output: 1234, reasoning: 999 },        { provider: 'openai', flavor: 'chat' }],
    ['openai',   'gpt-6-sol',              { input: 272 * k, output: 1 },                                                                   { provider: 'openai', flavor: 'chat' }],
    ['openai',   'gpt-6-sol',              { input: 272 * k + 1, output: 1 },                                                               { provider: 'openai', flavor: 'chat' }],
    ['openai',   'gpt-6-sol',              { input: 400 * k, cacheRead: 300 * k, cacheWrite5m: 50 * k, output: 8 * k, reasoning: 7 * k },   { provider: 'openai', flavor: 'chat' }],
    ['openai',   'gpt-6-luna',             { input: 777, cacheRead: 512, cacheWrite5m: 128, output: 33 },                                   { provider: 'openai', flavor: 'chat' }],
    ['openai',   'gpt-6-luna-2026-09-01',  { input: 1, output: 1 },                                                                         { provider: 'openai', flavor: 'chat' }],
    ['openai',   'gpt-5.6-terra',          { input: 9 * k, cacheWrite5m: 8 * k, output: 100, reasoning: 64 },                               { provider: 'openai', flavor: 'chat' }],
    ['openai',   'gpt-5.6-sol',            { input: 9 * k, cacheRead: 3 * k, output: 100 },                                                 { provider: 'openai', flavor: 'chat' }],
    ['openai',   'gpt-5.5',                { input: 300 * k, cacheRead: 299 * k, output: 5 * k },                                           { provider: 'openai', flavor: 'chat' }],
    ['openai',   'gpt-5.4-mini',           { input: 123456, output: 65432, reasoning: 65000 },                                              { provider: 'openai', flavor: 'chat' }],
    ['anthropic', 'claude-sonnet-5',       { input: 4096, output: 512 },                                                                    { provider: 'anthropic', flavor: 'default' }],
    ['anthropic', 'claude-sonnet-5',       { input: 20 * k, cacheRead: 15 * k, cacheWrite5m: 2 * k, cacheWrite1h: 1 * k, output: 700, reasoning: 300 }, { provider: 'anthropic', flavor: 'default' }],
    ['anthropic', 'claude-opus-5',         { input: 100 * k, cacheWrite1h: 99 * k, output: 1 },                                             { provider: 'anthropic', flavor: 'default' }],
    ['anthropic', 'claude-opus-5-5',       { input: 250 * k, cacheRead: 249 * k, output: 2 * k },                                           { provider: 'anthropic', flavor: 'default' }],
    ['anthropic', 'claude-fable-5-1',      { input: 8 * k, cacheRead: 4 * k, cacheWrite5m: 1 * k, output: 3 * k },                          { provider: 'anthropic', flavor: 'default' }],
    ['anthropic', 'claude-fable-5-1',      { input: 8 * k, cacheWrite1h: 4 * k, output: 3 * k },                                            { provider: 'anthropic', flavor: 'default' }],
    ['anthropic', 'claude-haiku-4-5-20251001', { input: 5 * k, cacheRead: 1, cacheWrite5m: 1, cacheWrite1h: 1, output: 0 },                 { provider: 'anthropic', flavor: 'default' }],
    ['gemini',   'gemini-3.8-flash',       { input: 6 * k, cacheRead: 5 * k, output: 900, reasoning: 800 },                                 { provider: 'google', flavor: 'default' }],
    ['gemini',   'gemini-3.5-flash',       { input: 333, output: 222, reasoning: 111 },                                                     { provider: 'google', flavor: 'default' }],
    ['gemini',   'gemini-3.1-pro-preview', { input: 200 * k, output: 10 },                                                                  { provider: 'google', flavor: 'default' }],
    ['gemini',   'gemini-3.1-pro-preview', { input: 250 * k, cacheRead: 100 * k, output: 4 * k, reasoning: 3 * k },                         { provider: 'google', flavor: 'default' }],
    ['vertex',   'gemini-3.8-flash',       { input: 100, output: 100 },                                                                     { provider: 'google', flavor: 'default' }],
    ['deepseek', 'deepseek-v4-flash',      { input: 10 * k, cacheRead: 8 * k, output: 2 * k, reasoning: 1 * k },                            { provider: 'deepseek', flavor: 'chat', at: peak }],
    ['deepseek', 'deepseek-v4-pro',        { input: 10 * k, cacheRead: 0, output: 2 * k },                                                  { provider: 'deepseek', flavor: 'chat', at: peak }],
    ['xai',      'grok-4.6',               { input: 3 * k, cacheRead: 1 * k, output: 900, reasoning: 700 },                                 { provider: 'x-ai', flavor: 'chat' }],
    ['xai',      'grok-4.6',               { input: 250 * k, cacheRead: 100 * k, output: 900, reasoning: 700 },                             { provider: 'x-ai', flavor: 'chat' }],
    ['xai',      'grok-4.3',               { input: 200 * k, output: 900, reasoning: 100 },                                                 { provider: 'x-ai', flavor: 'chat' }],
    ['mistral',  'mistral-medium-latest',  { input: 1500, cacheRead: 500, output: 250 },                                                    { provider: 'mistral', flavor: 'default' }],
    ['groq',     'openai/gpt-oss-120b',    { input: 4 * k, cacheRead: 2 * k, output: 600, reasoning: 200 },                                 { provider: 'groq', flavor: 'default' }],
    ['bedrock',  'anthropic.claude-sonnet-5-v1:0', { input: 5 * k, cacheRead: 1 * k, cacheWrite5m: 1 * k, output: 600 },                    { provider: 'aws', flavor: 'default' }],
];
