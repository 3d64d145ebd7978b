// Do our fakes speak the real dialects? Each provider's own client library, or the one its users take, talks straight to the
// golden provider, without a gateway between: what it accepts and understands is right, and what it throws on is an error
// there too. The answers and questions are those of the matrix.
import { clients } from './clients.mjs';
import * as own from './client_providers.mjs';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { features } from './features.mjs';
import { startGolden } from './golden.mjs';
import { authFault, providerKey, understand } from './hear.mjs';
import { answering, counting, embedding, vectorOf } from './speak.mjs';

let golden;
before(async () => { golden = await startGolden(); });
after(() => golden?.stop());

const signed = { accessKeyId: 'AKIDGOLDEN', secretAccessKey: 'golden-secret-access-key' };
// provider, client, prefix of its paths, stop words, features it is asked
const all = ['text', 'multibyte', 'tools', 'text+tools', 'length', 'think', 'mid error', 'cut'];
const chatWords = { stop: 'stop', length: 'length', tool: 'tool_calls' };
const rows = [
    ['openai', clients.openai, '', chatWords, all],
    ['openai', clients.responses, '', { stop: 'completed', length: 'incomplete/max_output_tokens', tool: 'completed' }, all],
    ['azure-openai', clients.azure, '', chatWords, all],
    ['anthropic', clients.anthropic, '', { stop: 'end_turn', length: 'max_tokens', tool: 'tool_use' }, all],
    ['anthropic', clients.anthropic0, '', { stop: 'end_turn', length: 'max_tokens', tool: 'tool_use' }, all],
    ['gemini', clients.genai, '', { stop: 'STOP', length: 'MAX_TOKENS', tool: 'STOP' }, all],
    ['mistral', clients.mistral, '', chatWords, all],
    ['groq', clients.openai, '/openai', chatWords, all.filter((name) => name !== 'think')],
    ['deepseek', clients.openai, '', chatWords, all],
    ['xai', clients.openai, '', chatWords, ['text', 'tools', 'mid error']],
    ['openrouter', clients.openai, '/api', chatWords, all],
    ['openai-compatible', clients.langchain, '', { stop: 'stop', length: 'stop', tool: 'stop' }, ['text', 'tools', 'mid error']],
    ['bedrock', own.bedrock, '', { stop: 'end_turn', length: 'max_tokens', tool: 'tool_use' }, all],
    ['cohere', own.cohere, '', { stop: 'COMPLETE', length: 'MAX_TOKENS', tool: 'TOOL_CALL' }, all],
    ['ollama', own.ollama, '', { stop: 'stop', length: 'length', tool: 'stop' }, all],
];
const nameOf = (client) => Object.entries({ ...clients, ...own }).find(([, one]) => one === client)[0];

for (const [provider, client, prefix, words, names] of rows) {
    for (const name of names) {
        for (const mode of ['plain', 'stream']) {
            const feature = features[name];
            if (feature.how && mode === 'plain') continue;
            test(`${provider} · ${nameOf(client)} · ${name} · ${mode}`, async () => {
                const upstream = golden.of(provider);
                const [{ ask, answer }] = feature.steps;
                upstream.play(answering(answer, { how: feature.how, piece: feature.piece }));
                const engine = { url: upstream.url + prefix, key: providerKey, signed: mode === 'stream' ? signed : undefined };
                const result = client.run(engine, 'golden-model', ask, mode === 'stream');
                if (feature.how) {
                    await assert.rejects(result);
                    return;
                }
                const { text, think, calls, stop, usage } = await result;
                assert.equal(text, answer.text?.join('') ?? '');
                assert.deepEqual(calls.map(({ name: called, args }) => ({ name: called, args })), (answer.calls ?? []).map((call) => ({ name: call.name, args: JSON.parse(call.args.join('')) })));
                if (answer.think) assert.equal(think, answer.think.join(''));
                assert.equal(stop, words[answer.stop]);
                if (provider !== 'groq' || mode === 'plain') assert.equal(usage?.input, answer.usage.input);  // the openai client does not read x_groq
                assert.deepEqual(upstream.strays.splice(0), []);
                // and our reader of requests understands what the real client sends
                const heard = understand(upstream.last);
                assert.deepEqual(heard.faults ?? [], []);
                assert.ok(heard.said.some(([who, said]) => who === 'user' && said === ask.turns[0].user));
                assert.deepEqual(heard.tools.map((tool) => tool.name), (ask.tools ?? []).map((tool) => tool.name));
                assert.equal(heard.stream, mode === 'stream');
                if (provider !== 'azure-openai') assert.equal(authFault(upstream.last), '');
            });
        }
    }
}

test('embeddings: base64 and floats', async () => {
    for (const [provider, client, prefix] of [['openai', clients.openai, ''], ['openrouter', clients.openai, '/api'], ['gemini', clients.genai, '']]) {
        const upstream = golden.of(provider);
        upstream.play(embedding());
        const { vectors } = await client.embed({ url: upstream.url + prefix, key: providerKey }, 'golden-model', ['one', 'two']);
        assert.deepEqual(vectors, [vectorOf(0), vectorOf(1)]);
    }
});

test('counting tokens', async () => {
    golden.of('anthropic').play(counting(17));
    assert.equal(await clients.anthropic.count({ url: golden.of('anthropic').url, key: providerKey }, 'golden-model', features.text.steps[0].ask), 17);
    golden.of('gemini').play(counting(18));
    assert.equal(await clients.genai.count({ url: golden.of('gemini').url, key: providerKey }, 'golden-model', features.text.steps[0].ask), 18);
});
