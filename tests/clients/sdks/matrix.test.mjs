// Runs the table of matrix.mjs: every row a test, streamed and not. At the end it prints the table with its results.
import { tap, clients } from './clients.mjs';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startEngine, environment } from './setup.mjs';
import { features } from './features.mjs';
import { authFault, dialectOf, understand } from './hear.mjs';
import { cases } from './matrix.mjs';
import { goldenName, providers } from './providers.mjs';
import { answering } from './speak.mjs';
import { errorFaults, streamFaults } from './wire.mjs';

const stopWords = {
    chat: { stop: 'stop', length: 'length', tool: 'tool_calls', safety: 'content_filter' },
    responses: { stop: 'completed', length: 'incomplete/max_output_tokens', tool: 'completed', safety: 'incomplete/content_filter' },
    anthropic: { stop: 'end_turn', length: 'max_tokens', tool: 'tool_use', safety: 'refusal' },
    gemini: { stop: 'STOP', length: 'MAX_TOKENS', tool: 'STOP', safety: 'SAFETY' },
    aisdk: { stop: 'stop', length: 'length', tool: 'tool-calls', safety: 'content-filter' },
};
// a provider's error, in the caller's dialect: [status, our code]
const errors = {
    bad: { code: 'provider_bad_request', status: { default: 400 } },
    auth: { code: 'provider_auth', status: { default: 502, 'anthropic.messages': [500, 502] } },
    rate: { code: 'provider_throttled', status: { default: 429 }, retryAfter: true },
    overloaded: { code: 'provider_overloaded', status: { default: 503, 'anthropic.messages': 529 } },
    context: { code: 'context_too_long', status: { default: 400 } },
    billing: { code: ['provider_throttled', 'provider_auth', 'provider_unavailable', 'quota_provider'], status: { default: [402, 429, 502, 503] } },
};
const saysReasoning = new Set(['openai', 'azure-openai', 'anthropic', 'gemini', 'vertex', 'vertex-claude', 'mistral', 'groq', 'deepseek', 'xai', 'openrouter', 'openai-compatible']);

let engine;
let golden;
const results = [];

before(async () => ({ engine, golden } = await startEngine(cases)));
after(async () => {
    report();
    golden?.stop();
    if (engine) assert.equal(await engine.stop(), 0, 'signalboxd drains and ends with 0 on SIGTERM');
});

// ---- what the provider received ---------------------------------------------------------------------------------------
function withoutIds(said) {
    return said.map(([what, a, b]) => what === 'call' ? [what, a, b] : what === 'result' ? [what, b] : what === 'think' ? undefined : [what, a, ...(b === undefined ? [] : [b])]).filter(Boolean);
}

function checkHeard(entry, row, understood, ask) {
    const heard = understand(entry);
    const fault = authFault(entry);
    assert.equal(fault, '');
    assert.deepEqual(heard.faults ?? [], []);
    assert.equal(heard.model ?? providers[row.provider].model, providers[row.provider].model, 'the provider is asked for the pinned model');
    for (const field of ['system', 'max', 'temperature', 'seed', 'effort'])
        if (understood?.[field] !== undefined && row.expected[field] !== null) assert.deepEqual(heard[field] ?? '', row.expected[field] ?? understood[field], `the provider understood ${field}`);
    if (understood?.said && row.expected.said !== null) {
        const said = withoutIds(heard.said).map(([what, a, b]) => what === 'image' && dialectOf(entry) === 'ollama' ? [what, 'image/png', b] : [what, a, ...(b === undefined ? [] : [b])]);
        // an image may stand before or after its text
        const order = (list) => list.some(([what]) => what === 'image') ? [...list].sort() : list;
        assert.deepEqual(order(said), order(understood.said), 'the provider understood the conversation');
    }
    if (understood?.tools) {
        assert.deepEqual(heard.tools.map((tool) => tool.name), understood.tools.map((tool) => tool.name), 'the tools, in their order');
        heard.tools.forEach((tool, i) => assert.deepEqual(Object.keys(tool.schema.properties), Object.keys(understood.tools[i].schema.properties), 'the schema’s properties, in their order'));
    }
    if (understood?.required && row.expected.required !== null) assert.match(JSON.stringify(heard.toolChoice ?? row.expected.toolChoice), /required|any|"ANY"/i, 'a tool is required');
    if (understood?.schema) assert.deepEqual(Object.keys(heard.schema?.properties ?? {}), Object.keys(understood.schema.properties), 'the provider got the schema');
    if (understood?.signature && row.expected.signature !== false) assert.ok(entry.raw.includes(JSON.stringify(understood.signature)), 'the signature came back byte for byte');
    const calls = heard.said.filter(([what]) => what === 'call');
    const answered = heard.said.filter(([what]) => what === 'result');
    if (dialectOf(entry) !== 'gemini' && dialectOf(entry) !== 'ollama') {
        answered.forEach(([, id], i) => assert.equal(id, calls[i][3], 'each result names its call'));
        for (const [, , , id] of calls) if (providers[row.provider].kind === 'mistral') assert.match(id, /^[a-zA-Z0-9]{9}$/, 'Mistral takes no other ids');
    }
    if (ask?.cached && row.surface === 'anthropic.messages' && dialectOf(entry) === 'anthropic') assert.match(entry.raw, /"cache_control":\{"type":"ephemeral","ttl":"1h"\}/, 'the cache breakpoint arrived');
    if (ask?.cached && row.surface === 'anthropic.messages' && dialectOf(entry) === 'bedrock') assert.match(entry.raw, /"cachePoint"/, 'the cache breakpoint arrived');
}

// The usage of an answer with what is different in this pair.
function differing(usage, other) {
    return { ...usage, ...Object.fromEntries(Object.entries(other ?? {}).map(([name, value]) => [name, typeof value === 'function' ? value(usage[name]) : value])) };
}

// ---- what the client got, and the record ------------------------------------------------------------------------------
function checkResult(result, row, answer) {
    const { words } = clients[row.client];
    const { expected } = row;
    if (answer.stop !== 'safety') {
        assert.equal(result.text, answer.text?.join('') ?? '', 'content');
        assert.deepEqual(result.calls.map(({ name, args }) => ({ name, args })), (answer.calls ?? []).map(({ name, args }) => ({ name, args: JSON.parse(args.join('')) })), 'tool calls');
    }
    const ids = result.calls.map((call) => call.id).filter(Boolean);
    assert.equal(new Set(ids).size, ids.length, 'each call has an id of its own');
    if (row.surface !== 'gemini.generate') assert.equal(ids.length, result.calls.length, 'each call has an id');
    assert.equal(result.stop, expected.stop ?? stopWords[words][answer.stop], 'stop reason in the caller’s words');
    if (answer.think && expected.think !== false) assert.equal(result.think, answer.think.join(''), 'thinking');
    if (answer.redacted) assert.ok(true);
    const usage = differing(answer.usage, expected.usage);
    if (expected.usage === null) return;  // the caller did not ask for a usage chunk
    assert.equal(result.usage?.input, usage.input, 'input tokens');
    assert.equal(result.usage.output, usage.output, 'output tokens');
    if (!result.usage.partial) {
        if (expected.cacheRead !== null) assert.equal(result.usage.cacheRead, usage.cacheRead ?? 0, 'tokens read from the cache');
        if (row.surface !== 'gemini.generate' && words !== 'aisdk' && row.client !== 'langchain') assert.equal(result.usage.cacheWrite, expected.cacheWrite ?? usage.cacheWrite5m ?? 0, 'tokens written to the cache');
        if (saysReasoning.has(row.provider) && expected.reasoning !== null) assert.equal(result.usage.reasoning, usage.reasoning ?? 0, 'tokens of thinking');
    }
}

async function checkRecord(answered, row, answer, outcome = 'answered', code = null) {
    const id = answered.headers.get('x-request-id');
    assert.ok(id, 'the answer names the call');
    assert.equal(answered.headers.get('request-id'), id);
    const call = await engine.record(id);
    assert.equal(call.surface, row.surface);
    assert.equal(call.alias, row.alias);
    assert.equal(call.outcome, outcome);
    assert.equal(call.error_code ?? null, code);
    if (!answer) return call;
    const usage = differing(answer.usage, row.expected.recorded);
    assert.equal(call.attempts.length, 1);
    assert.equal(call.served_by, `${row.alias}/${providers[row.provider].model}@${providers[row.provider].region ?? 'local'}`);
    assert.equal(call.tokens.source, 'reported');
    assert.deepEqual({ input: call.tokens.input, output: call.tokens.output }, { input: usage.input, output: usage.output }, 'the record’s tokens');
    assert.equal(call.finish_reason === '' || call.finish_reason === null, false, 'the record keeps the provider’s word');
    if (answered.headers.get('x-signalbox-cost-usd')) assert.equal(Number(answered.headers.get('x-signalbox-cost-usd')), Number(call.cost_usd));
    return call;
}

// ---- one run -----------------------------------------------------------------------------------------------------------
async function run(row, stream) {
    const feature = features[row.feature];
    const upstream = golden.of(goldenName(row.provider));
    const driver = clients[row.client];
    let previous;
    for (const [i, step] of feature.steps.entries()) {
        const ask = typeof step.ask === 'function' ? step.ask(previous) : step.ask;
        upstream.play(answering(step.answer, { how: feature.how, piece: feature.piece, error: feature.error }));
        tap.clear();
        let failure;
        try {
            previous = await driver.run(engine, row.alias, { ...ask, ...(row.expected.ask ?? {}) }, stream);
        } catch (error) {
            failure = error;
        }
        const answered = tap.last;
        assert.ok(answered, failure?.stack?.slice(0, 300) ?? 'the gateway was not asked');
        const text = await answered.text;
        const told = () => `${failure?.stack?.slice(0, 300) ?? ''}\n${answered.status} ${text.slice(0, 2000)}\nprovider received: ${upstream.last?.raw.slice(0, 1500)}\n${upstream.strays.join('\n')}`;
        try {
            assert.deepEqual(upstream.strays.splice(0), [], 'paths that the provider does not have');
            if (row.expected.refused) {
                assert.ok(failure, 'the client throws');
                assert.deepEqual(errorFaults(row.surface, answered.status, text, 'invalid_request'), []);
                assert.equal(answered.status, 400);
                assert.equal(upstream.heard.length, 0, 'the provider was not asked');
                await checkRecord(answered, row, null, 'refused', 'invalid_request');
                continue;
            }
            if (feature.error) {
                const { code, status, retryAfter } = errors[feature.error];
                assert.ok(failure, 'the client throws');
                const codes = [row.expected.code ?? code].flat();
                const statuses = [row.expected.status ?? status[row.surface] ?? status.default].flat();
                const call = await checkRecord(answered, row, null, 'failed', codes.length === 1 ? codes[0] : (await engine.record(answered.headers.get('x-request-id'))).error_code);
                assert.ok(codes.includes(call.error_code), `code ${call.error_code}`);
                assert.ok(statuses.includes(answered.status), `status ${answered.status}`);
                assert.deepEqual(errorFaults(row.surface, answered.status, text, call.error_code), []);
                const status2 = failure.status ?? failure.statusCode ?? failure.code;
                if (typeof status2 === 'number') assert.equal(status2, answered.status, 'the client tells the status');
                if (retryAfter && row.expected.retryAfter !== null) assert.ok(Number(answered.headers.get('retry-after')) >= 29 || Number(answered.headers.get('retry-after-ms')) >= 29000, 'retry-after is the provider’s');
                continue;
            }
            if (feature.how && feature.how !== 'whole') {
                assert.ok(failure, 'the client throws');
                if (stream) {
                    assert.equal(answered.status, 200);
                    assert.deepEqual(streamFaults[row.surface](text, { ended: false }), []);
                } else if (feature.how === 'cut') {
                    assert.ok(answered.status >= 500, `status ${answered.status}`);
                }
                const call = await checkRecord(answered, row, null, stream ? 'truncated' : 'failed', (await engine.record(answered.headers.get('x-request-id'))).error_code);
                assert.ok(call.error_code, 'the record names an error');
                assert.ok(stream ? upstream.heard.length === 1 : upstream.heard.length <= 3, 'nothing is repeated once content went out');
                continue;
            }
            if (failure) throw failure;
            assert.equal(answered.status, 200);
            assert.equal(upstream.heard.length, 1, 'one POST');
            checkHeard(upstream.last, row, step.understood, ask);
            checkResult(previous, row, step.answer);
            if (stream) assert.deepEqual(streamFaults[row.surface](text, { ended: true, usageChunk: row.expected.usage !== null }), []);
            await checkRecord(answered, row, step.answer);
            const warnings = answered.headers.get('x-signalbox-warnings') ?? '';
            for (const field of row.expected.lost ?? []) assert.ok(warnings.includes(field), `the warning header names ${field}: “${warnings}”`);
            if (row.expected.lossless) assert.equal(warnings, '');
        } catch (error) {
            error.stack += `\n(step ${i + 1}) ${told()}`;
            throw error;
        }
    }
}

for (const row of environment.rows(cases)) {
    const feature = features[row.feature];
    const modes = (feature.how && feature.how !== 'cut' ? ['stream'] : ['plain', 'stream']);
    for (const mode of modes) {
        const name = `${row.client} · ${row.surface} · ${row.provider} · ${row.feature} · ${mode}`;
        test(name, { timeout: 20000 }, async () => {
            const result = { row, mode, ok: false };
            results.push(result);
            await run(row, mode === 'stream');
            result.ok = true;
        });
    }
}

function report() {
    const features_ = [...new Set(results.map(({ row }) => row.feature))];
    const pairs = [...new Set(results.map(({ row }) => `${row.client.padEnd(14)} ${row.surface.padEnd(19)} ${row.provider}`))];
    const lines = [`${'client'.padEnd(14)} ${'surface'.padEnd(19)} ${'provider'.padEnd(18)} features (+ passed, ! failed)`];
    for (const pair of pairs) {
        const own = results.filter(({ row }) => `${row.client.padEnd(14)} ${row.surface.padEnd(19)} ${row.provider}` === pair);
        const cells = features_.map((name) => own.filter(({ row }) => row.feature === name)).filter((list) => list.length)
            .map((list) => `${list.every((one) => one.ok) ? '+' : '!'}${list[0].row.feature.replace(' ', '-')}`);
        lines.push(`${pair.slice(0, 35)}${pair.slice(35).padEnd(18)} ${cells.join(' ')}`);
    }
    const failed = results.filter((one) => !one.ok).length;
    console.log(`${lines.join('\n')}\n${new Set(results.map(({ row }) => row)).size} cases, ${results.length} runs, ${failed} failed`);
}
