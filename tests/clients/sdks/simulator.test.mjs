// Does signalbox-sim speak the real dialects? The real client libraries talk straight to the simulator's port, without a
// gateway between: content, tool calls, stop reasons, thinking, errors before and inside a stream.
import { clients } from './clients.mjs';
import * as own from './client_providers.mjs';
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startSimulator } from './engine.mjs';
import { tools } from './features.mjs';

let sim;
before(async () => { sim = await startSimulator(); });
after(() => sim?.stop());
beforeEach(() => sim.clearLedger());

const openaiWords = { stop: 'stop', length: 'length', tool: 'tool_calls' };
const anthropicWords = { stop: 'end_turn', length: 'max_tokens', tool: 'tool_use' };
// client, its name, words, what its kind of stream cannot say
const rows = [
    ['openai', clients.openai, openaiWords],
    ['responses', clients.responses, { stop: 'completed', length: 'incomplete/max_output_tokens', tool: 'completed' }],
    ['azure', clients.azure, openaiWords],
    ['langchain', clients.langchain, openaiWords],
    ['ai/compatible', clients['ai/compatible'], { stop: 'stop', length: 'length', tool: 'tool-calls' }],
    ['anthropic', clients.anthropic, anthropicWords],
    ['anthropic0', clients.anthropic0, anthropicWords],
    ['genai', clients.genai, { stop: 'STOP', length: 'MAX_TOKENS', tool: 'STOP' }],
    ['genaiBeta', clients.genaiBeta, { stop: 'STOP', length: 'MAX_TOKENS', tool: 'STOP' }],
    ['bedrock', own.bedrock, anthropicWords],
];

for (const [name, client, words] of rows) {
    const run = (model, ask, stream) => client.run({ url: sim.url, key: 'sk-sim' }, model, { max: 200, ...ask }, stream);
    for (const stream of [false, true]) {
        const mode = stream ? 'stream' : 'plain';
        test(`${name} · text · ${mode}`, { timeout: 20000 }, async () => {
            const result = await run('sim-small-2026-09-01', { turns: [{ user: 'echo: the line is clear, café 列車 🚂' }] }, stream);
            assert.equal(result.text, 'the line is clear, café 列車 🚂');
            assert.equal(result.stop, words.stop);
            assert.ok(result.usage.input > 0 && result.usage.output > 0);
            const ledger = await sim.ledger();
            assert.equal(ledger.posts, 1);
            assert.equal(ledger.malformed, 0);
        });
        test(`${name} · two tools · ${mode}`, { timeout: 20000 }, async () => {
            const result = await run('sim-tools-fast', { turns: [{ user: 'What is the weather?' }], tools }, stream);
            assert.equal(result.calls.length, 2);
            for (const call of result.calls) assert.equal(typeof call.args.city, 'string');
            assert.equal(result.stop, words.tool);
        });
        test(`${name} · length · ${mode}`, { timeout: 20000 }, async () => {
            assert.equal((await run('sim-length-fast', { turns: [{ user: 'x' }] }, stream)).stop, words.length);
        });
        test(`${name} · 429 · ${mode}`, { timeout: 20000 }, async () => {
            await assert.rejects(run('sim-429-retry-1', { turns: [{ user: 'x' }] }, stream), (error) => (error.status ?? error.statusCode ?? error.$metadata?.httpStatusCode) === 429);
        });
    }
    for (const model of ['sim-error-3', 'sim-cut-3']) {
        test(`${name} · ${model} throws`, { timeout: 20000 }, async () => {
            await assert.rejects(run(model, { turns: [{ user: 'x' }] }, true));
        });
    }
}

for (const [name, client] of [['anthropic', clients.anthropic], ['genai', clients.genai], ['bedrock', own.bedrock], ['openai', clients.openai]]) {
    test(`${name} · thinking`, { timeout: 20000 }, async () => {
        for (const stream of [false, true]) {
            const result = await client.run({ url: sim.url, key: 'sk-sim' }, 'sim-think-fast', { turns: [{ user: 'x' }], max: 4000, effort: 'high' }, stream);
            if (name !== 'openai') assert.ok(result.think.length > 0, 'it says what it thought');
            assert.ok(result.text.length > 0);
        }
    });
}
