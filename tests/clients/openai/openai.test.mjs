// The real openai client (npm, version in package.json) pointed at signalboxd, which calls signalbox-sim over a socket.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import OpenAI from 'openai';
import { startEngine } from './engine.mjs';

const tools = [{
    type: 'function',
    function: {
        name: 'get_weather',
        description: 'The weather of a city.',
        parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } }, required: ['city'] },
    },
}];
const ask = (content) => [{ role: 'user', content }];

let engine;
let client;
let once;  // the same, without the library's own retries: what is counted is what the gateway does

before(async () => {
    engine = await startEngine({
        fast: 'sim-small-2026-09-01',
        two: 'sim-tools-fast',
        slow: 'sim-tokens-400-rate-50',
        'busy-429': 'sim-429-retry-1',
        'broken-500': 'sim-500',
        'cut-stream': 'sim-cut-4',
        'cut-plain': 'sim-cut-40',
        'unended': 'sim-nodone',
        'bad-error': 'sim-error-3',
        'sim-401': 'sim-401',
    });
    client = new OpenAI({ apiKey: engine.key, baseURL: `${engine.url}/v1`, maxRetries: 2, timeout: 20000 });
    once = new OpenAI({ apiKey: engine.key, baseURL: `${engine.url}/v1`, maxRetries: 0, timeout: 20000 });
});
after(async () => {
    if (engine) assert.equal(await engine.stop(), 0, 'signalboxd drains and ends with 0 on SIGTERM');
});
beforeEach(() => engine.clearLedger());

test('a plain answer', async () => {
    const { data, response } = await client.chat.completions
        .create({ model: 'fast', messages: ask('echo: the line is clear, café 列車 🚂') }).withResponse();
    assert.equal(data.object, 'chat.completion');
    assert.equal(data.choices[0].message.role, 'assistant');
    assert.equal(data.choices[0].message.content, 'the line is clear, café 列車 🚂');
    assert.equal(data.choices[0].finish_reason, 'stop');
    assert.equal(data.usage.total_tokens, data.usage.prompt_tokens + data.usage.completion_tokens);
    assert.ok(data.usage.completion_tokens > 0);
    assert.equal(response.headers.get('x-request-id'), data._request_id);
    assert.match(response.headers.get('x-signalbox-served-by'), /^sim\/sim-small-2026-09-01@local$/);

    const ledger = await engine.ledger();
    assert.equal(ledger.posts, 1);
    assert.equal(ledger.entries[0].model, 'sim-small-2026-09-01', 'the provider is asked for the pinned model, not the alias');
    assert.equal(ledger.entries[0].authorization_sha256, '', 'the caller’s key never travels on');
    assert.equal(ledger.entries[0].x_request_id, data._request_id, 'the provider is told our id of the call');
    assert.equal(ledger.malformed, 0);
    const call = engine.ctl('call', 'show', data._request_id);
    assert.equal(call.outcome, 'answered');
    assert.equal(call.attempts.length, 1);
});

test('a streamed answer with usage', async () => {
    const stream = await client.chat.completions.create({
        model: 'fast', stream: true, stream_options: { include_usage: true }, messages: ask('echo: one two drei école 四'),
    });
    let text = '';
    let role;
    let finish;
    let usage;
    let chunks = 0;
    for await (const chunk of stream) {
        ++chunks;
        assert.equal(chunk.object, 'chat.completion.chunk');
        role ??= chunk.choices[0]?.delta.role;
        text += chunk.choices[0]?.delta.content ?? '';
        finish = chunk.choices[0]?.finish_reason ?? finish;
        if (chunk.usage) {
            assert.equal(chunk.choices.length, 0, 'usage comes on a chunk of its own');
            usage = chunk.usage;
        }
    }
    assert.equal(role, 'assistant');
    assert.equal(text, 'one two drei école 四');
    assert.equal(finish, 'stop');
    assert.equal(usage.completion_tokens, 5);
    assert.ok(chunks >= 8);
    const ledger = await engine.ledger();
    assert.equal(ledger.posts, 1);
    assert.equal(ledger.entries[0].stream, true);
});

test('a streamed answer without usage has no usage chunk', async () => {
    const stream = await client.chat.completions.create({ model: 'fast', stream: true, messages: ask('echo: a b') });
    for await (const chunk of stream) {
        assert.ok(!chunk.usage, 'the caller did not ask for usage');
        assert.equal(chunk.choices.length, 1);
    }
    const call = engine.ctl('call', 'list', '--limit', '1');
    const newest = (call.calls ?? call)[0];
    assert.ok(newest.tokens.output > 0, 'the record knows the tokens all the same');
});

test('a tool call, and the answer to its result', async () => {
    const first = await client.chat.completions.create({ model: 'fast', tools, tool_choice: 'required', messages: ask('weather?') });
    const choice = first.choices[0];
    assert.equal(choice.finish_reason, 'tool_calls');
    assert.equal(choice.message.content, null);
    const call = choice.message.tool_calls[0];
    assert.equal(call.function.name, 'get_weather');
    assert.equal(JSON.parse(call.function.arguments).city, 'Swindon');
    const second = await client.chat.completions.create({
        model: 'fast', tools,
        messages: [...ask('weather?'), choice.message, { role: 'tool', tool_call_id: call.id, content: 'rain, 12 degrees' }],
    });
    assert.equal(second.choices[0].message.content, 'The tool said: rain, 12 degrees');
    assert.equal((await engine.ledger()).posts, 2);
});

test('two parallel tool calls, streamed', async () => {
    const runner = client.chat.completions.stream({ model: 'two', tools, messages: ask('weather in both cities?') });
    const message = (await runner.finalChatCompletion()).choices[0];
    assert.equal(message.finish_reason, 'tool_calls');
    assert.equal(message.message.tool_calls.length, 2);
    const [a, b] = message.message.tool_calls;
    assert.notEqual(a.id, b.id);
    for (const call of [a, b]) {
        assert.equal(call.type, 'function');
        assert.equal(typeof JSON.parse(call.function.arguments).days, 'number');
    }
});

test('structured output comes through', async () => {
    const answer = await client.chat.completions.create({
        model: 'fast', messages: ask('describe the platform'),
        response_format: { type: 'json_schema', json_schema: { name: 'place', strict: true, schema: {
            type: 'object', properties: { city: { type: 'string' }, open: { type: 'boolean' } }, required: ['city', 'open'], additionalProperties: false } } },
    });
    const value = JSON.parse(answer.choices[0].message.content);
    assert.equal(value.city, 'Swindon');
    assert.equal(typeof value.open, 'boolean');
});

test('images and unknown fields reach the provider as they came', async () => {
    const before = (await engine.ledger()).posts;
    const answer = await client.chat.completions.create({
        model: 'fast', unknown_extension: { big: 12345678901234567890n.toString(), nested: [1, 2.50] },
        messages: [{ role: 'user', content: [
            { type: 'text', text: 'echo: seen' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } }] }],
    });
    assert.equal(answer.choices[0].message.content, 'seen');
    assert.equal((await engine.ledger()).posts, before + 1);
});

test('a wrong key is an AuthenticationError', async () => {
    const stranger = new OpenAI({ apiKey: 'sbx_none_such', baseURL: `${engine.url}/v1` });
    await assert.rejects(stranger.chat.completions.create({ model: 'fast', messages: ask('x') }), (error) => {
        assert.ok(error instanceof OpenAI.AuthenticationError);
        assert.equal(error.status, 401);
        assert.equal(error.error.signalbox.code, 'unauthenticated');
        return true;
    });
    assert.equal((await engine.ledger()).posts, 0);
});

test('an unknown alias is a NotFoundError', async () => {
    await assert.rejects(client.chat.completions.create({ model: 'no-such-alias', messages: ask('x') }), (error) => {
        assert.ok(error instanceof OpenAI.NotFoundError);
        assert.equal(error.error.signalbox.code, 'alias_unknown');
        assert.ok(error.requestID);
        return true;
    });
    assert.equal((await engine.ledger()).posts, 0);
});

test('a key out of scope is refused', async () => {
    const narrow = new OpenAI({ apiKey: engine.issue(['two']), baseURL: `${engine.url}/v1` });
    await assert.rejects(narrow.chat.completions.create({ model: 'fast', messages: ask('x') }), (error) => {
        assert.ok(error instanceof OpenAI.PermissionDeniedError);
        assert.equal(error.error.signalbox.code, 'scope_denied');
        return true;
    });
    const names = [];
    for await (const model of narrow.models.list()) names.push(model.id);
    assert.deepEqual(names, ['two']);
    assert.equal((await engine.ledger()).posts, 0);
});

test('a body that is not a chat request is a BadRequestError', async () => {
    await assert.rejects(client.chat.completions.create({ model: 'fast', messages: 'hello' }), (error) => {
        assert.ok(error instanceof OpenAI.BadRequestError);
        return true;
    });
});

test('a provider’s 429 is a RateLimitError with the provider’s retry-after', async () => {
    await assert.rejects(once.chat.completions.create({ model: 'busy-429', messages: ask('x') }), (error) => {
        assert.ok(error instanceof OpenAI.RateLimitError);
        assert.equal(error.error.signalbox.code, 'provider_throttled');
        assert.equal(error.error.signalbox.retriable, true);
        assert.equal(error.headers.get('retry-after'), '1');
        return true;
    });
    // the alias has no other candidate, so the gateway asked the same one again: twice, after a second each
    assert.equal((await engine.ledger()).posts, 3);
});

test('what the gateway has repeated, the client does not repeat once more', async () => {
    const patient = new OpenAI({ apiKey: engine.key, baseURL: `${engine.url}/v1`, maxRetries: 1 });
    const begun = Date.now();
    await assert.rejects(patient.chat.completions.create({ model: 'busy-429', messages: ask('x') }), OpenAI.RateLimitError);
    const ledger = await engine.ledger();
    // as many repetitions as the provider's retry budget still has; each waited as long as the provider asked
    assert.ok(ledger.posts >= 2 && ledger.posts <= 3, `${ledger.posts} POSTs`);
    assert.ok(Date.now() - begun >= 950, 'retry-after was obeyed');
    assert.equal(new Set(ledger.entries.map((entry) => entry.x_request_id)).size, 1, 'all were attempts of one call');
});

test('a provider’s 500 is an InternalServerError, after at most three POSTs', async () => {
    await assert.rejects(once.chat.completions.create({ model: 'broken-500', messages: ask('x') }), (error) => {
        assert.ok(error instanceof OpenAI.InternalServerError);
        return true;
    });
    assert.ok((await engine.ledger()).posts <= 3);
});

test('a provider’s 401 is not the caller’s 401, and x-should-retry: false keeps the library from repeating', async () => {
    await assert.rejects(client.chat.completions.create({ model: 'sim-401', messages: ask('x') }), (error) => {
        assert.ok(error instanceof OpenAI.InternalServerError, 'the caller’s own key is fine');
        assert.equal(error.error.signalbox.code, 'provider_auth');
        assert.equal(error.headers.get('x-should-retry'), 'false');
        assert.ok(!JSON.stringify(error.error).includes('Incorrect API key'), 'the provider’s text about our key stays with us');
        return true;
    });
    assert.equal((await engine.ledger()).posts, 1);
});

for (const alias of ['cut-stream', 'unended', 'bad-error']) {
    test(`a stream that breaks throws (${alias})`, async () => {
        const read = async () => {
            const stream = await once.chat.completions.create({ model: alias, stream: true, messages: ask('x') });
            for await (const chunk of stream) assert.ok(chunk);
        };
        await assert.rejects(read(), OpenAI.APIError);
        assert.equal((await engine.ledger()).posts, 1);
    });
}

test('a plain answer that is cut throws, and is not asked for again', async () => {
    await assert.rejects(once.chat.completions.create({ model: 'cut-plain', messages: ask('x') }), OpenAI.APIError);
    assert.equal((await engine.ledger()).posts, 1);
});

test('leaving in the middle of a stream ends the upstream call', async () => {
    const stream = await client.chat.completions.create({ model: 'slow', stream: true, messages: ask('take your time') });
    for await (const chunk of stream) { assert.ok(chunk); break; }
    let entry;
    for (let i = 0; i < 100 && entry?.ended !== 'peer_left'; ++i) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        [entry] = (await engine.ledger()).entries;
    }
    assert.equal(entry.ended, 'peer_left', 'the provider sees the caller go');
    assert.equal(engine.ctl('call', 'show', entry.x_request_id).outcome, 'cancelled');
});

test('the model list holds the aliases', async () => {
    const names = [];
    for await (const model of client.models.list()) {
        assert.equal(model.object, 'model');
        names.push(model.id);
    }
    assert.ok(names.includes('fast') && names.includes('two'));
    assert.ok(!names.includes('sim-small-2026-09-01'), 'a provider’s model is not an alias');
});
