// Makes price_samples.tsv: what usage costs by an independent book, npm's @pydantic/genai-prices 0.1.8. Run it where the
// package is installed:
//   mkdir -p /tmp/oracle && cd /tmp/oracle && npm install @pydantic/genai-prices@0.1.8
//   node /path/to/make_samples.mjs >/path/to/price_samples.tsv
// A sample is usage in our disjoint buckets (wire.md section 4). The oracle is given the same tokens in its own terms:
// totals with shares of them. `oracle` names its provider and model where they are not ours; `ours` is what our book says
// instead, in nano-USD, and then there has to be a reason. null is "no price".
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const here = createRequire(pathToFileURL(`${process.cwd()}/`));
const { calcPrice } = await import(pathToFileURL(here.resolve('@pydantic/genai-prices')));

const providers = { openai: 'openai', 'azure-openai': 'azure', anthropic: 'anthropic', gemini: 'google', vertex: 'google',
    bedrock: 'aws', deepseek: 'deepseek', xai: 'x-ai', mistral: 'mistral', groq: 'groq', cohere: 'cohere',
    openrouter: 'openrouter' };
const noon = '2026-11-22T12:00:00Z';

const samples = [
    ['gpt-6-sol, plain', 'openai', 'gpt-6-sol', { in_uncached: 1234, out_text: 567 }],
    ['gpt-6-sol, every bucket it reports', 'openai', 'gpt-6-sol-2026-09-22',
        { in_uncached: 10000, in_cache_read: 5000, in_cache_write_30m: 2000, out_text: 700, out_reasoning: 4300 }],
    ['gpt-6-sol, twelve hours in the cache', 'openai', 'gpt-6-sol', { in_uncached: 1, in_cache_write_12h: 99999, out_text: 1 }],
    ['gpt-6-sol, the last token of the short context', 'openai', 'gpt-6-sol', { in_uncached: 272000, out_text: 1000 }],
    ['gpt-6-sol, the first of the long one', 'openai', 'gpt-6-sol', { in_uncached: 272001, out_text: 1000 }],
    ['gpt-6-sol, long because of its cache', 'openai', 'gpt-6-sol',
        { in_uncached: 1, in_cache_read: 200000, in_cache_write_30m: 72000, out_text: 10, out_reasoning: 10 }],
    ['gpt-6-astra, long from exactly 272,000 on', 'openai', 'gpt-6-astra', { in_uncached: 272000, out_text: 100 }],
    ['gpt-6-astra, one less', 'openai', 'gpt-6-astra', { in_uncached: 271999, out_text: 100 }],
    ['gpt-6-luna, cheap', 'openai', 'gpt-6-luna-2026-09-01', { in_uncached: 7, in_cache_read: 993, out_text: 3 }],
    ['gpt-6-luna, web searches', 'openai', 'gpt-6-luna', { in_uncached: 1000, out_text: 100, server_tool_calls: 3 }],
    ['gpt-5.6-sol before its price fell', 'openai', 'gpt-5.6-sol', { in_uncached: 1000, in_cache_write_30m: 80, out_text: 100 },
        { at: '2026-08-20T12:00:00Z' }],
    ['gpt-5.6-sol after', 'openai', 'gpt-5.6-sol', { in_uncached: 1000, in_cache_write_30m: 80, out_text: 100 },
        { at: '2026-08-21T12:00:00Z' }],
    ['gpt-5.6-luna at its launch price', 'openai', 'gpt-5.6-luna', { in_uncached: 1000, out_text: 100 },
        { at: '2026-07-29T12:00:00Z' }],
    ['gpt-5.5, rejected prediction is output', 'openai', 'gpt-5.5',
        { in_uncached: 500, out_text: 50, prediction_accepted: 20, prediction_rejected: 30 }],
    ['gpt-5.4-nano, images are input', 'openai', 'gpt-5.4-nano', { in_uncached: 100, in_image: 900, out_text: 10 }],
    ['gpt-6-sol in a batch', 'openai', 'gpt-6-sol', { in_uncached: 1000, in_cache_read: 1000, in_cache_write_30m: 500, out_text: 200 },
        { tier: 'batch', oracle: ['openrouter', 'openai/gpt-6-sol:batch'] }],
    ['gpt-6-sol, flex costs what a batch does', 'openai', 'gpt-6-sol', { in_uncached: 300000, out_text: 200 },
        { tier: 'flex', oracle: ['openrouter', 'openai/gpt-6-sol:batch'] }],
    ['gpt-6-luna, fast mode', 'openai', 'gpt-6-luna', { in_uncached: 1000, out_text: 1000 },
        { tier: 'priority', ours: 1200000, reason: 'the oracle has no fast mode; the price page has twice the standard rates' }],
    ['gpt-6-luna, a class nobody stated', 'openai', 'gpt-6-luna', { in_uncached: 1000, out_text: 1000 },
        { tier: 'scale', ours: null, reason: 'the oracle knows no classes; capacity that is bought beforehand has no price by the token' }],
    ['azure, a dated id', 'azure-openai', 'gpt-5.4-2026-03-05', { in_uncached: 300000, in_cache_read: 100, out_text: 10 }],
    ['text-embedding-3-small', 'openai', 'text-embedding-3-small', { in_uncached: 4321 }],
    ['claude-opus-5, both lifetimes', 'anthropic', 'claude-opus-5',
        { in_uncached: 10, in_cache_read: 20000, in_cache_write_5m: 3000, in_cache_write_1h: 4000, out_text: 100, out_reasoning: 900 }],
    ['claude-opus-5-5, web searches', 'anthropic', 'claude-opus-5-5',
        { in_uncached: 1000, in_cache_write_1h: 200, out_text: 10, server_tool_calls: 2 }],
    ['claude-fable-5-1, cheap cache', 'anthropic', 'claude-fable-5-1', { in_uncached: 1, in_cache_read: 999999, out_text: 1 }],
    ['claude-haiku-4-5, dated', 'anthropic', 'claude-haiku-4-5-20251001', { in_uncached: 333, in_cache_write_5m: 333, out_text: 333 }],
    ['claude-opus-5, fast mode', 'anthropic', 'claude-opus-5', { in_uncached: 1000, in_cache_write_5m: 10, out_text: 100 },
        { tier: 'fast', oracle: ['openrouter', 'anthropic/claude-opus-5-fast'] }],
    ['claude-sonnet-5-5 is not claude-sonnet-5', 'anthropic', 'claude-sonnet-5-5', { in_uncached: 1000, out_text: 100 },
        { ours: null, reason: 'the oracle matches the prefix claude-sonnet-5, which is another model' }],
    ['bedrock, global', 'bedrock', 'global.anthropic.claude-opus-5-5', { in_uncached: 1000, in_cache_write_1h: 70, out_text: 100 }],
    ['bedrock, a region costs a tenth more', 'bedrock', 'eu.anthropic.claude-haiku-4-5-20251001-v1:0',
        { in_uncached: 1000, in_cache_read: 10, in_cache_write_5m: 8, out_text: 100 }],
    ['bedrock, an hour in the cache', 'bedrock', 'global.anthropic.claude-opus-5', { in_uncached: 1000, in_cache_write_1h: 100, out_text: 100 },
        { ours: 8500000, reason: 'the oracle has no price for an hour there and takes that of five minutes; the maker says twice the input' }],
    ['vertex, gemini', 'vertex', 'gemini-3.8-flash', { in_uncached: 900, in_cache_read: 100, tool_prompt: 50, out_text: 10, out_reasoning: 90 }],
    ['gemini-3.8-flash after its introduction', 'gemini', 'gemini-3.8-flash', { in_uncached: 900, out_text: 10 },
        { at: '2027-01-01T00:00:00Z' }],
    ['gemini-3.1-pro-preview, long', 'gemini', 'gemini-3.1-pro-preview', { in_uncached: 200001, out_text: 1000, out_reasoning: 500 }],
    ['gemini-3.1-flash-lite, audio', 'gemini', 'gemini-3.1-flash-lite', { in_uncached: 700, in_audio: 300, out_text: 10 }],
    ['deepseek at its peak', 'deepseek', 'deepseek-v4-pro', { in_uncached: 1000, in_cache_read: 9000, out_text: 50, out_reasoning: 500 },
        { at: '2026-11-22T02:00:00Z' }],
    ['deepseek off its peak', 'deepseek', 'deepseek-v4-pro', { in_uncached: 1000, in_cache_read: 9000, out_text: 50, out_reasoning: 500 },
        { ours: 3894000, reason: 'our book knows no hours and holds the price of the peak, so that a bound is one at any hour' }],
    ['grok-4.6, from exactly 200,000 on', 'xai', 'grok-4.6', { in_uncached: 150000, in_cache_read: 50000, out_text: 10, out_reasoning: 100 }],
    ['grok-4.3, one less', 'xai', 'grok-4.3', { in_uncached: 149999, in_cache_read: 50000, out_text: 10 }],
    ['mistral-medium-latest', 'mistral', 'mistral-medium-latest', { in_uncached: 1500, in_cache_read: 500, out_text: 120 }],
    ['groq', 'groq', 'openai/gpt-oss-120b', { in_uncached: 1000, in_cache_read: 3, out_text: 100 }],
    ['cohere, parts of a nano-USD', 'cohere', 'command-r7b-12-2024', { in_uncached: 1 },
        { ours: 38, reason: 'a bucket is rounded up to a whole nano-USD' }],
    ['openrouter', 'openrouter', 'anthropic/claude-opus-5.5', { in_uncached: 1000, in_cache_read: 1000, out_text: 1000 }],
    ['an unknown model', 'openai', 'gpt-6-sol-mini', { in_uncached: 1000, out_text: 1 }],
];

function oracleNano(kind, model, buckets, options) {
    const of = (...names) => names.reduce((sum, name) => sum + (buckets[name] ?? 0), 0);
    const writes = of('in_cache_write_5m', 'in_cache_write_30m', 'in_cache_write_1h', 'in_cache_write_12h');
    const usage = {
        input_tokens: of('in_uncached', 'in_cache_read', 'in_audio', 'in_image', 'tool_prompt') + writes,
        output_tokens: of('out_text', 'out_reasoning', 'out_audio', 'prediction_accepted', 'prediction_rejected'),
    };
    if (of('in_cache_read')) usage.cache_read_tokens = of('in_cache_read');
    if (writes) usage.cache_write_tokens = writes;
    if (of('in_cache_write_1h')) usage.cache_write_1h_tokens = of('in_cache_write_1h');
    if (of('in_audio')) usage.input_audio_tokens = of('in_audio');
    if (of('server_tool_calls')) usage.web_searches = of('server_tool_calls');
    const [providerId, modelId] = options.oracle ?? [providers[kind], model];
    const price = calcPrice(usage, modelId, { providerId, timestamp: new Date(options.at ?? noon) });
    if (!price)
        return null;
    const nano = price.total_price * 1e9; // doubles: off by far less than a thousandth of a nano-USD at these sizes
    return Math.abs(nano - Math.round(nano)) < 1e-3 ? Math.round(nano) : nano;
}

console.log('# Made by make_samples.mjs from @pydantic/genai-prices 0.1.8; do not edit by hand.');
console.log(['# name', 'kind', 'model', 'day', 'class', 'buckets', 'oracle_nano_usd', 'our_nano_usd', 'reason'].join('\t'));
for (const [name, kind, model, buckets, options = {}] of samples) {
    const oracle = oracleNano(kind, model, buckets, options);
    const ours = 'ours' in options ? options.ours : oracle;
    if (('ours' in options) !== ('reason' in options) || ('ours' in options && ours === oracle))
        throw new Error(`${name}: a difference has a reason, and a reason a difference (${oracle})`);
    const list = Object.entries(buckets).map(([bucket, count]) => `${bucket}=${count}`).join(' ');
    console.log([name, kind, model, (options.at ?? noon).slice(0, 10), options.tier ?? '-', list, oracle ?? 'none',
        ours ?? 'none', options.reason ?? '-'].join('\t'));
}
