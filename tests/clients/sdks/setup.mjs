// One engine for the whole matrix: a provider and an alias for every provider of the table, and one more of both for every
// row whose provider fails, so that one case's failures do not open another case's breaker.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { startWith } from './engine.mjs';
import { features } from './features.mjs';
import { startGolden } from './golden.mjs';
import { providerKey } from './hear.mjs';
import { configRows, goldenName } from './providers.mjs';

const only = process.env.MATRIX_ONLY ? new RegExp(process.env.MATRIX_ONLY) : undefined;

export const environment = {
    rows: (cases) => cases.map((row, i) => {
        const fails = features[row.feature].error || (features[row.feature].how && features[row.feature].how !== 'whole');
        return { ...row, alias: fails ? `${row.provider}-${i}` : row.provider };
    }).filter(({ client, surface, provider, feature }) => !only || only.test(`${client} ${surface} ${provider} ${feature}`)),
};

export function serviceAccount(golden) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
    golden.of('vertex').publicKey = publicKey;
    return JSON.stringify({ type: 'service_account', project_id: 'golden-project', private_key_id: createHash('sha1').update(privateKey).digest('hex'), private_key: privateKey,
        client_email: 'signalbox@golden-project.iam.gserviceaccount.com', client_id: '1', token_uri: `${golden.of('vertex').url}/token` });
}

// `aliases`: more rows of the config, of providers that are there.
export async function startEngine(cases, aliases = []) {
    const golden = await startGolden();
    const rows = environment.rows(cases);
    const names = new Map(rows.map((row) => [row.alias, row.provider]));
    const entries = [...names].map(([as, provider]) => configRows(provider, golden, as));
    const usesVertex = rows.some((row) => goldenName(row.provider) === 'vertex');
    const engine = await startWith(`signalbox: 1
providers:
${entries.map((entry) => entry.provider).join('\n')}
aliases:
${[...entries.map((entry) => entry.alias), ...aliases].join('\n')}
tenants:
  - {name: acme}
`, { environment: { GOLDEN_KEY: providerKey, GOLDEN_ACCESS: 'AKIDGOLDEN', GOLDEN_SECRET: 'golden-secret-access-key' },
        files: usesVertex ? { 'service-account.json': serviceAccount(golden) } : {} });
    return { engine, golden };
}
