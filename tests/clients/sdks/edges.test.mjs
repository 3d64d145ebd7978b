// What the matrix has no column for: embeddings, model lists, counting, keys and versions, what is refused or lost, streams
// as a JSON array, wide numbers, errors inside a 200. Each through a real client, with the provider's side and the record.
import { clients, tap } from './clients.mjs';
import Anthropic from '@anthropic-ai/sdk';
import Anthropic0 from 'anthropic-sdk-0';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { openaiClient } from './client_openai.mjs';
import { features, tools } from './features.mjs';
import { understand } from './hear.mjs';
import { startEngine } from './setup.mjs';
import { answering, counting, embedding, speakerOf, vectorOf } from './speak.mjs';

let engine;
let golden;
const names = ['openai', 'anthropic', 'gemini', 'vertex', 'bedrock', 'mistral', 'cohere', 'ollama', 'openai-compatible', 'openrouter', 'azure-openai'];
before(async () => ({ engine, golden } = await startEngine(names.map((provider) => ({ provider, alias: provider, feature: 'text' })), [
    '  - {name: strict, purpose: tests, owner: qa, on_loss: refuse, candidates: [{provider: anthropic, model: claude-sonnet-5, weight: 100}]}'])));
after(async () => {
    golden?.stop();
    if (engine) assert.equal(await engine.stop(), 0);
});

const plain = features.text.steps[0].answer;
const ask = { turns: [{ user: 'Is the line clear?' }], max: 100 };
const record = () => engine.record(tap.last.headers.get('x-request-id'));
const test_ = (name, body) => test(name, { timeout: 20000 }, body);
const json = (value, status = 200, headers = {}) => () => ({ status, headers: { 'content-type': 'application/json', ...headers }, body: typeof value === 'string' ? value : JSON.stringify(value) });
const chatBody = (extra = {}) => ({ messages: [{ role: 'user', content: 'Is the line clear?' }], max_completion_tokens: 100, ...extra });

// ---- embeddings: openai-node asks for base64 of its own accord -----------------------------------------------------------
for (const [client, provider, options] of [['openai', 'openai'], ['openai', 'openai-compatible', { floatsOnly: true }], ['openai', 'mistral', { floatsOnly: true }], ['openai', 'gemini'],
    ['openai', 'cohere'], ['openai', 'ollama'], ['azure', 'azure-openai'], ['genai', 'gemini'], ['genai', 'openai']]) {
    test_(`embeddings · ${client} · ${provider}`, async () => {
        const upstream = golden.of(provider);
        upstream.play(embedding(options));
        const { vectors } = await clients[client].embed(engine, provider, ['eins', 'zwei 列車']);
        assert.deepEqual(vectors.map((vector) => vector.map((x) => Math.fround(x))), [vectorOf(0), vectorOf(1)], 'the vectors, in order');
        assert.deepEqual(upstream.strays.splice(0), []);
        assert.ok(upstream.last.raw.includes('zwei 列車') || JSON.stringify(upstream.last.body).includes('zwei 列車'));
        const call = await record();
        assert.equal(call.outcome, 'answered');
        assert.equal(call.tokens.output, 0);
    });
}

// ---- model lists: three shapes of one path -------------------------------------------------------------------------------
for (const client of ['openai', 'anthropic', 'anthropic0', 'genai', 'genaiBeta']) {
    test_(`models · ${client}`, async () => {
        const list = await clients[client].models(engine);
        assert.deepEqual([...list].sort(), [...names, 'strict'].sort(), 'the aliases, and nothing of the providers');
    });
}

// ---- counting -------------------------------------------------------------------------------------------------------------
for (const [client, provider] of [['anthropic', 'anthropic'], ['genai', 'gemini'], ['anthropic', 'gemini'], ['genai', 'anthropic']]) {
    test_(`count tokens · ${client} · ${provider}`, async () => {
        const upstream = golden.of(provider);
        upstream.play(counting(17));
        assert.equal(await clients[client].count(engine, provider, { ...ask, system: 'A rule.', tools }), 17);
        assert.deepEqual(upstream.strays.splice(0), []);
        assert.match(upstream.last.path, /count_tokens$|:countTokens$/);
        assert.equal((await record()).outcome, 'answered');
    });
}

// ---- keys and versions ----------------------------------------------------------------------------------------------------
for (const [name, headers, query] of [['bearer', (key) => ({ authorization: `Bearer ${key}` }), ''], ['x-api-key', (key) => ({ 'x-api-key': key }), ''], ['api-key', (key) => ({ 'api-key': key }), ''],
    ['x-goog-api-key', (key) => ({ 'x-goog-api-key': key }), ''], ['?key=', () => ({}), 'key']]) {
    test_(`the caller’s key as ${name}`, async () => {
        golden.of('gemini').play(answering(plain));
        const response = await fetch(`${engine.url}/v1beta/models/gemini:generateContent${query ? `?key=${engine.key}` : ''}`, { method: 'POST',
            headers: { 'content-type': 'application/json', ...headers(engine.key) }, body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hello' }] }] }) });
        assert.equal(response.status, 200, await response.text());
        assert.ok(!golden.of('gemini').last.query.includes('sbx_'));
        assert.ok(!JSON.stringify(golden.of('gemini').last.headers).includes('sbx_'));
    });
}

test_('a wrong key is each client’s own AuthenticationError', async () => {
    const stranger = { url: engine.url, key: 'sbx_none_such' };
    await assert.rejects(clients.openai.run(stranger, 'openai', ask, false), OpenAI.AuthenticationError);
    await assert.rejects(clients.anthropic.run(stranger, 'anthropic', ask, false), Anthropic.AuthenticationError);
    await assert.rejects(clients.anthropic0.run(stranger, 'anthropic', ask, false), Anthropic0.AuthenticationError);
    await assert.rejects(clients.genai.run(stranger, 'gemini', ask, false), (error) => error.status === 401);
});

test_('both Anthropic versions: the caller’s version and betas go on to Anthropic', async () => {
    const upstream = golden.of('anthropic');
    upstream.play(answering(plain));
    await clients.anthropic.run(engine, 'anthropic', ask, false);
    assert.equal(upstream.last.headers['anthropic-version'], '2026-10-21');
    await clients.anthropic0.run(engine, 'anthropic', ask, false);
    assert.equal(upstream.last.headers['anthropic-version'], '2023-06-01');
    await clients.anthropic.make(engine).beta.messages.create({ model: 'anthropic', max_tokens: 10, messages: [{ role: 'user', content: 'x' }], betas: ['some-beta-2026-11-01'] });
    assert.match(upstream.last.headers['anthropic-beta'], /some-beta-2026-11-01/);
    golden.of('openai').play(answering(plain));
    await clients.anthropic.make(engine).beta.messages.create({ model: 'openai', max_tokens: 10, messages: [{ role: 'user', content: 'x' }], betas: ['some-beta-2026-11-01'] });
    assert.equal(golden.of('openai').last.headers['anthropic-beta'], undefined);
});

test_('sampling parameters reach only models that take them', async () => {
    const upstream = golden.of('anthropic');
    upstream.play(answering(plain));
    await openaiClient(engine).chat.completions.create({ model: 'anthropic', ...chatBody({ temperature: 0.5, top_p: 0.9 }) });
    assert.equal(upstream.last.body.temperature, undefined, 'Sonnet 5 refuses them under either version');
    assert.match(tap.last.headers.get('x-signalbox-warnings'), /temperature/);
});

// ---- refused, lost, carried ------------------------------------------------------------------------------------------------
for (const [name, provider, extra] of [['n', 'anthropic', { n: 2 }], ['logprobs', 'anthropic', { logprobs: true, top_logprobs: 2 }], ['n', 'bedrock', { n: 3 }],
    ['audio', 'anthropic', { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } }]]) {
    test_(`refused: ${name} · ${provider}`, async () => {
        golden.of(provider).play(answering(plain));
        await assert.rejects(openaiClient(engine).chat.completions.create({ model: provider, ...chatBody(extra) }), (error) => {
            assert.ok(error.status >= 400 && error.status < 500, `status ${error.status}`);
            assert.ok(error.error.signalbox.code);
            return true;
        });
        assert.equal(golden.of(provider).heard.length, 0);
    });
}

test_('n = 2 goes to a provider of the same dialect as it came', async () => {
    golden.of('openai').play(json({ id: 'c', object: 'chat.completion', created: 1, model: 'gpt-6-sol', usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
        choices: [0, 1].map((index) => ({ index, message: { role: 'assistant', content: `answer ${index}`, refusal: null }, finish_reason: 'stop', logprobs: null })) }));
    const answer = await openaiClient(engine).chat.completions.create({ model: 'openai', ...chatBody({ n: 2 }) });
    assert.deepEqual(answer.choices.map((choice) => choice.message.content), ['answer 0', 'answer 1']);
    assert.equal(golden.of('openai').last.body.n, 2);
});

for (const stream of [false, true]) {
    test_(`what is lost is named · openai · anthropic · ${stream ? 'stream' : 'plain'}`, async () => {
        golden.of('anthropic').play(answering(plain));
        const answer = await openaiClient(engine).chat.completions.create({ model: 'anthropic', stream, ...chatBody({ seed: 7, logit_bias: { 50256: -100 }, frequency_penalty: 0.5, user: 'u1' }) });
        if (stream) for await (const chunk of answer) assert.ok(chunk);
        const warnings = tap.last.headers.get('x-signalbox-warnings');
        for (const field of ['seed', 'logit_bias', 'frequency_penalty']) assert.match(warnings ?? '', new RegExp(field));
        assert.ok(!/seed|logit_bias|frequency_penalty/.test(golden.of('anthropic').last.raw));
        assert.match(JSON.stringify(await record()), /logit_bias/, 'the record names it too');
    });
}

test_('an alias that refuses losses does not send such a request', async () => {
    golden.of('anthropic').play(answering(plain));
    await assert.rejects(openaiClient(engine).chat.completions.create({ model: 'strict', ...chatBody({ seed: 7 }) }), (error) => error.status >= 400 && /seed/.test(error.message));
    assert.equal(golden.of('anthropic').heard.length, 0);
    await openaiClient(engine).chat.completions.create({ model: 'strict', ...chatBody() });
    assert.equal(golden.of('anthropic').heard.length, 1);
});

test_('same dialect: unknown fields, key order and wide numbers are the caller’s bytes', async () => {
    const upstream = golden.of('openai');
    upstream.play(answering(plain));
    const body = '{"zeta":{"b":1.10,"a":12345678901234567890},"model":"openai","messages":[{"role":"user","content":"x","extra":"\\u00e9"}],"max_completion_tokens":5}';
    const response = await fetch(`${engine.url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${engine.key}` }, body });
    assert.equal(response.status, 200, await response.text());
    assert.equal(upstream.last.raw, body.replace('"model":"openai"', '"model":"gpt-6-sol"'));
});

test_('wide numbers in tool arguments survive a change of dialect, both ways', async () => {
    const wide = '{"id":12345678901234567890,"price":1.10,"deep":{"z":1,"a":2}}';
    golden.of('anthropic').play(json(`{"id":"m","type":"message","role":"assistant","model":"claude-sonnet-5","content":[{"type":"tool_use","id":"toolu_1","name":"get_weather","input":${wide}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":4}}`));
    const answer = await openaiClient(engine).chat.completions.create({ model: 'anthropic', ...chatBody({ tools: [{ type: 'function', function: { name: 'get_weather', parameters: tools[0].schema } }] }) });
    assert.equal(answer.choices[0].message.tool_calls[0].function.arguments, wide);
    golden.of('anthropic').play(answering(plain));
    await openaiClient(engine).chat.completions.create({ model: 'anthropic', ...chatBody(), messages: [{ role: 'user', content: 'x' }, answer.choices[0].message, { role: 'tool', tool_call_id: 'toolu_1', content: 'ok' }] });
    assert.ok(golden.of('anthropic').last.raw.includes(`"input":${wide}`));
});

test_('parallel_tool_calls: false becomes disable_parallel_tool_use', async () => {
    golden.of('anthropic').play(answering(plain));
    await openaiClient(engine).chat.completions.create({ model: 'anthropic', ...chatBody({ parallel_tool_calls: false, tools: [{ type: 'function', function: { name: 'get_weather', parameters: tools[0].schema } }] }) });
    assert.equal(golden.of('anthropic').last.body.tool_choice.disable_parallel_tool_use, true);
});

test_('Responses: state is OpenAI’s to keep; anybody else gets a clear 400', async () => {
    golden.of('openai').play(answering(plain));
    await openaiClient(engine).responses.create({ model: 'openai', input: 'x', previous_response_id: 'resp_1' });
    assert.equal(golden.of('openai').last.body.previous_response_id, 'resp_1');
    golden.of('anthropic').play(answering(plain));
    await assert.rejects(openaiClient(engine).responses.create({ model: 'anthropic', input: 'x', previous_response_id: 'resp_1' }), (error) => error.status >= 400 && error.status < 500 && /previous_response_id|state/.test(error.message));
    assert.equal(golden.of('anthropic').heard.length, 0);
});

test_('redacted thinking goes back byte for byte', async () => {
    const upstream = golden.of('anthropic');
    const redacted = 'EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpP==';
    upstream.play(answering({ ...plain, redacted }));
    for (const stream of [false, true]) {
        const first = await clients.anthropic.run(engine, 'anthropic', { ...ask, effort: 'high' }, stream);
        assert.equal(first.native[0].type, 'redacted_thinking');
        await clients.anthropic.run(engine, 'anthropic', { ...ask, effort: 'high', turns: [...ask.turns, { native: first.native }, { user: 'And now?' }] }, stream);
        assert.ok(upstream.last.raw.includes(redacted));
    }
});

// ---- answers that are not what they seem ------------------------------------------------------------------------------------
test_('an error inside a 200 (OpenRouter) is an error', async () => {
    golden.of('openrouter').play(json({ error: { code: 502, message: 'Provider returned error', metadata: { provider_name: 'x' } } }));
    await assert.rejects(openaiClient(engine).chat.completions.create({ model: 'openrouter', ...chatBody() }), (error) => error.status >= 500 && Boolean(error.error.signalbox.code));
    assert.equal((await record()).outcome, 'failed');
});

for (const [client, stop] of [['openai', 'content_filter'], ['anthropic', 'refusal']]) {
    for (const stream of [false, true]) {
        test_(`a prompt that Gemini blocks · ${client} · ${stream ? 'stream' : 'plain'}`, async () => {
            golden.of('gemini').play(() => {
                const blocked = speakerOf('gemini', '').blocked('gemini-3.8-flash');
                return stream ? { headers: { 'content-type': 'text/event-stream' }, chunks: [Buffer.from(`data: ${blocked.body}\r\n\r\n`)] } : blocked;
            });
            const result = await clients[client].run(engine, 'gemini', ask, stream);
            assert.equal(result.stop, stop);
            assert.equal(result.text, '');
        });
    }
}

test_('Azure’s content filter is a refusal of content, not of the caller’s JSON', async () => {
    golden.of('azure-openai').play(json({ error: { message: 'The response was filtered.', type: null, param: 'prompt', code: 'content_filter', status: 400, innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: {} } } }, 400));
    await assert.rejects(clients.openai.run(engine, 'azure-openai', ask, false), (error) => error.status === 400 && error.error.signalbox.code === 'content_refused');
});

test_('usage that never came is estimated and says so', async () => {
    golden.of('openai-compatible').play(json({ id: 'c', object: 'chat.completion', created: 1, model: 'local-model', choices: [{ index: 0, message: { role: 'assistant', content: 'hello there' }, finish_reason: 'stop' }] }));
    await openaiClient(engine).chat.completions.create({ model: 'openai-compatible', ...chatBody() });
    assert.equal((await record()).tokens.source, 'estimated');
});

test_('a stop reason nobody knows is a stop', async () => {
    golden.of('anthropic').play(json({ id: 'm', type: 'message', role: 'assistant', model: 'claude-sonnet-5', content: [{ type: 'text', text: 'hm' }], stop_reason: 'brand_new_reason', stop_sequence: null, usage: { input_tokens: 3, output_tokens: 4 } }));
    const answer = await openaiClient(engine).chat.completions.create({ model: 'anthropic', ...chatBody() });
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.equal((await record()).finish_reason, 'brand_new_reason');
});

test_('tool calls that a backend numbers 0, 0 are two calls', async () => {
    const chunk = (delta, finish = null) => Buffer.from(`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'local-model', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
    const call = (id, city) => ({ tool_calls: [{ index: 0, id, type: 'function', function: { name: 'get_weather', arguments: JSON.stringify({ city }) } }] });
    golden.of('openai-compatible').play(() => ({ headers: { 'content-type': 'text/event-stream' }, chunks: [chunk({ role: 'assistant' }), chunk(call('a1', 'Crewe')), chunk(call('a2', 'York')), chunk({}, 'stop'), Buffer.from('data: [DONE]\n\n')] }));
    const result = await clients.anthropic.run(engine, 'openai-compatible', { ...ask, tools }, true);
    assert.deepEqual(result.calls.map((one) => one.args), [{ city: 'Crewe' }, { city: 'York' }]);
    assert.equal(result.stop, 'tool_use');
});

for (const provider of ['gemini', 'anthropic']) {
    test_(`Gemini’s stream without alt=sse is one JSON array · ${provider}`, async () => {
        golden.of(provider).play(answering(features.tools.steps[0].answer));
        const response = await fetch(`${engine.url}/v1beta/models/${provider}:streamGenerateContent`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-goog-api-key': engine.key },
            body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'What is the weather?' }] }], generationConfig: { maxOutputTokens: 100 } }) });
        assert.match(response.headers.get('content-type'), /application\/json/);
        const list = JSON.parse(await response.text());
        assert.ok(Array.isArray(list));
        const calls = list.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []).filter((part) => part.functionCall);
        assert.deepEqual(calls.map((part) => part.functionCall.args), [{ city: 'Ørsted', days: 12 }, { city: 'Crewe' }]);
        assert.ok(list.at(-1).usageMetadata);
    });
}

test_('the provider’s id of a call comes back in a header of its own', async () => {
    for (const provider of ['openai', 'anthropic', 'bedrock']) {
        golden.of(provider).play(answering(plain));
        await clients.openai.run(engine, provider, ask, false);
        assert.equal(tap.last.headers.get('x-signalbox-upstream-request-id'), 'req_golden_0001');
    }
});

test_('JSON schema for Gemini: a keyword it does not know does not cost the request, a property of that name stays', async () => {
    golden.of('gemini').play(answering({ text: ['{}'], stop: 'stop', usage: { input: 5, output: 1 } }));
    const schema = { type: 'object', properties: { uniqueItems: { type: 'string' }, list: { type: 'array', items: { type: 'integer', exclusiveMinimum: 0 }, uniqueItems: true } }, required: ['list'], additionalProperties: false };
    await openaiClient(engine).chat.completions.create({ model: 'gemini', ...chatBody({ tools: [{ type: 'function', function: { name: 'f', parameters: schema } }] }) });
    const declared = understand(golden.of('gemini').last).tools[0].schema;
    assert.ok(declared.properties.uniqueItems, 'a property named like a keyword');
});
