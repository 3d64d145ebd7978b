// Costs on the record against an independent calculator: see prices.mjs. Every sample is called plain and streamed through
// the gateway (surface openai.chat), the golden provider reports its usage in the provider's own words, and the record's
// cost_usd must be the calculator's to the nano-USD. At the end the table is printed.
import { clients, tap } from './clients.mjs';
import { calcPrice, extractUsage, findProvider } from '@pydantic/genai-prices';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWith } from './engine.mjs';
import { startGolden } from './golden.mjs';
import { providerKey } from './hear.mjs';
import { samples as all } from './prices.mjs';
import { configRows, providers } from './providers.mjs';
import { serviceAccount } from './setup.mjs';
import { answering, speakerOf } from './speak.mjs';

const only = process.env.MATRIX_ONLY ? new RegExp(process.env.MATRIX_ONLY) : undefined;
const samples = all.filter(([provider, model]) => !only || only.test(`${provider} ${model}`));
let golden;
let engine;
const table = [];
const names = [...new Set(samples.map(([provider]) => provider))];

before(async () => {
    golden = await startGolden(names);
    const models = [...new Map(samples.map(([provider, model]) => [`${provider} ${model}`, { provider, model }])).values()];
    engine = await startWith(`signalbox: 1
providers:
${names.map((name) => configRows(name, golden).provider).join('\n')}
aliases:
${models.map(({ provider, model }) => `  - {name: ${aliasOf(provider, model)}, purpose: prices, owner: qa, candidates: [{provider: ${provider}, model: "${model}", weight: 100}]}`).join('\n')}
tenants:
  - {name: acme}
`, { environment: { GOLDEN_KEY: providerKey, GOLDEN_ACCESS: 'AKIDGOLDEN', GOLDEN_SECRET: 'golden-secret-access-key' },
        files: names.includes('vertex') ? { 'service-account.json': serviceAccount(golden) } : {} });
});

after(async () => {
    console.log(['sample'.padEnd(52) + 'oracle nano-USD'.padStart(18) + 'recorded'.padStart(18) + '  ', ...table].join('\n'));
    golden?.stop();
    if (engine) assert.equal(await engine.stop(), 0);
});

const aliasOf = (provider, model) => `${provider}-${model}`.replace(/[^A-Za-z0-9._-]/g, '_');

function nano(decimal) {
    const [whole, part = ''] = String(decimal).split('.');
    return Number(BigInt(whole) * 1000000000n + BigInt(part.padEnd(9, '0').slice(0, 9)));
}

function expectedNano(provider, model, usage, oracle) {
    const path = { vertex: `/v1/projects/p/locations/l/publishers/google/models/${model}:generateContent` }[provider] ?? '/v1/chat/completions';
    const answer = speakerOf(provider, path).plain({ text: ['ok'], stop: 'stop', usage }, model, {});
    const known = findProvider({ providerId: oracle.provider });
    // the calculator reads the provider's own bytes; Bedrock's answers name no model
    const { usage: extracted } = extractUsage(known, { model, modelVersion: model, ...JSON.parse(answer.body) }, oracle.flavor);
    const price = calcPrice(extracted, oracle.model ?? model, { providerId: oracle.provider, ...(oracle.at ? { timestamp: new Date(oracle.at) } : { timestamp: new Date() }) });
    assert.ok(price, `the calculator knows ${oracle.provider}/${model}`);
    return Math.round(price.total_price * 1e9);
}

samples.forEach(([provider, model, usage, oracle], i) => {
    for (const stream of [false, true]) {
        const label = `${provider} ${model} in ${usage.input} out ${usage.output}`;
        test(`${i + 1} ${label}${stream ? ' streamed' : ''}`, async () => {
            assert.ok(providers[provider]);
            const expected = expectedNano(provider, model, usage, oracle);
            golden.of(provider).play(answering({ text: ['ok'], stop: 'stop', usage }));
            tap.clear();
            await clients.openai.run(engine, aliasOf(provider, model), { turns: [{ user: 'What does this cost?' }], max: 500 }, stream);
            const call = await engine.record(tap.last.headers.get('x-request-id'));
            const recorded = call.cost_usd === null ? NaN : nano(call.cost_usd);
            if (!stream) table.push(`${`${provider} ${model}`.padEnd(52)}${String(expected).padStart(18)}${String(recorded).padStart(18)}  ${oracle.differs ? oracle.differs[0] : recorded === expected ? '' : 'DIFFERS'}`);
            assert.equal(call.tokens.input, usage.input);
            assert.equal(call.tokens.output, usage.output);
            assert.equal(recorded, oracle.differs ? oracle.differs[1] : expected);
        });
    }
});
