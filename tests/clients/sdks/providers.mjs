// The providers of the matrix, as a signalbox.yaml names them: kind, model, and where the golden provider plays them.
// `base` is what the contract says base_url is: what the provider's own SDK takes.
export const providers = {
    openai: { kind: 'openai', base: '/v1', model: 'gpt-6-sol' },
    'azure-openai': { kind: 'azure-openai', base: '', model: 'gpt-6-luna' },
    anthropic: { kind: 'anthropic', base: '', model: 'claude-sonnet-5' },
    gemini: { kind: 'gemini', base: '', model: 'gemini-3.8-flash' },
    vertex: { kind: 'vertex', base: '', model: 'gemini-3.8-flash', region: 'europe-west4', key: 'file:@FOLDER@/service-account.json' },
    'vertex-claude': { kind: 'vertex', golden: 'vertex', base: '', model: 'claude-sonnet-5', region: 'europe-west4', key: 'file:@FOLDER@/service-account.json' },
    bedrock: { kind: 'bedrock', base: '', model: 'eu.anthropic.claude-sonnet-5-v1:0', signed: true },
    'bedrock-key': { kind: 'bedrock', golden: 'bedrock', base: '', model: 'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-5-v1:0' },
    mistral: { kind: 'mistral', base: '', model: 'mistral-medium-latest' },
    cohere: { kind: 'cohere', base: '', model: 'command-a-03-2025' },
    groq: { kind: 'groq', base: '/openai/v1', model: 'gpt-oss-120b' },
    deepseek: { kind: 'deepseek', base: '/v1', model: 'deepseek-v4-flash' },
    xai: { kind: 'xai', base: '/v1', model: 'grok-4.7' },
    openrouter: { kind: 'openrouter', base: '/api/v1', model: 'anthropic/claude-sonnet-5' },
    ollama: { kind: 'ollama', base: '', model: 'qwen3:8b' },
    'openai-compatible': { kind: 'openai-compatible', base: '/v1', model: 'local-model' },
};

export const goldenName = (name) => providers[name].golden ?? name;

// One provider entry and one alias; `as` gives both another name, so that a case has a breaker of its own.
export function configRows(name, golden, as = name) {
    const { kind, base, model, region = 'local', key, signed } = providers[name];
    const url = golden.of(goldenName(name)).url + base;
    const secret = signed ? 'credentials: {access_key: "env:GOLDEN_ACCESS", secret_key: "env:GOLDEN_SECRET"}' : `key: "${key ?? 'env:GOLDEN_KEY'}"`;
    const cloud = kind === 'bedrock' ? ', aws_region: eu-west-1' : '';
    return {
        provider: `  - {name: ${as}, kind: ${kind}, base_url: "${url}", ${secret}, region: ${region}, retention: zero${cloud}}`,
        alias: `  - {name: ${as}, purpose: tests, owner: qa, candidates: [{provider: ${as}, model: "${model}", weight: 100}]}`,
    };
}
