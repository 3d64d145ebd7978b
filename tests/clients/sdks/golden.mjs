// The golden provider: one small HTTP server per provider, each at that provider's real paths on a port of its own. What
// it answers is said beforehand (play), as a transcript in that provider's own dialect (speak.mjs, or a file of
// tests/corpus); what it received is kept whole (heard) and is the witness of what the gateway really sent.
// It knows nothing of the gateway: no code is shared with the translator.
import { verify } from 'node:crypto';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// A transcript: {status, headers, body} or {status, headers, chunks: [Buffer], cut: true to reset after the last chunk}.
// play() takes a function (entry) => transcript, so that an answer may depend on stream or not.

const route = (pattern) => new RegExp(`^${pattern}$`);
// The paths each provider answers to; anything else is a 404 and noted as a stray.
export const paths = {
    openai: [route('/v1/chat/completions'), route('/v1/responses'), route('/v1/embeddings'), route('/v1/models')],
    'azure-openai': [route('/openai/v1/(chat/completions|responses|embeddings)'), route('/openai/deployments/[^/]+/(chat/completions|embeddings)')],
    anthropic: [route('/v1/messages'), route('/v1/messages/count_tokens')],
    gemini: [route('/v1(beta)?/models/[^/:]+:(generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)')],
    vertex: [route('/v1(beta1)?/projects/[^/]+/locations/[^/]+/publishers/(google|anthropic)/models/[^/:]+:(generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents|predict|rawPredict|streamRawPredict)'), route('/token')],
    bedrock: [route('/model/[^/]+/(converse|converse-stream)')],
    mistral: [route('/v1/chat/completions'), route('/v1/embeddings')],
    cohere: [route('/v2/(chat|embed)')],
    groq: [route('/openai/v1/chat/completions')],
    deepseek: [route('(/v1)?/chat/completions')],
    xai: [route('/v1/(chat/completions|responses)')],
    openrouter: [route('/api/v1/(chat/completions|responses|embeddings)')],
    ollama: [route('/api/(chat|embed)')],
    'openai-compatible': [route('/v1/(chat/completions|embeddings|responses)')],
};

class Golden {
    constructor(name, server) {
        this.name = name;
        this.server = server;
        this.heard = [];
        this.strays = [];
        this.script = undefined;
        this.tokensGiven = 0;
    }
    get url() { return `http://127.0.0.1:${this.server.address().port}`; }
    play(script) { this.script = typeof script === 'function' ? script : () => script; this.heard = []; }
    get last() { return this.heard.at(-1); }
}

const sleep = () => new Promise((resolve) => setImmediate(resolve));

async function send(response, transcript) {
    response.writeHead(transcript.status ?? 200, transcript.headers ?? {});
    if (!transcript.chunks) {
        response.end(transcript.body ?? '');
        return;
    }
    // each chunk in a write of its own: the peer sees the stream cut where the transcript cuts it
    for (const chunk of transcript.chunks) {
        response.write(chunk);
        await sleep();
    }
    if (transcript.cut) response.destroy();  // no final chunk: the connection just ends
    else response.end();
}

function serve(golden, request, response) {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', async () => {
        const raw = Buffer.concat(pieces);
        const [path, query = ''] = request.url.split('?');
        const entry = { provider: golden.name, method: request.method, path, query, headers: request.headers, raw: raw.toString('utf8') };
        try { entry.body = JSON.parse(entry.raw); } catch { entry.body = undefined; }
        if (path === '/token') {  // Google's OAuth token endpoint
            const fault = assertionFault(golden, new URLSearchParams(entry.raw));
            response.writeHead(fault ? 400 : 200, { 'content-type': 'application/json' });
            response.end(JSON.stringify(fault ? { error: 'invalid_grant', error_description: fault } : { access_token: 'golden-oauth-token', token_type: 'Bearer', expires_in: 3599 }));
            if (fault) golden.strays.push(`/token: ${fault}`);
            ++golden.tokensGiven;
            return;
        }
        golden.heard.push(entry);
        const known = paths[golden.name].some((pattern) => pattern.test(path));
        if (!known || request.method !== 'POST' || !golden.script) {
            golden.strays.push(`${request.method} ${request.url}`);
            response.writeHead(404, { 'content-type': 'application/json' });
            response.end(JSON.stringify({ error: { message: `nothing at ${request.method} ${request.url}`, type: 'invalid_request_error' } }));
            return;
        }
        try {
            await send(response, golden.script(entry));
        } catch (error) {
            golden.strays.push(`${request.url}: ${error.stack}`);
            response.destroy();
        }
    });
    request.on('error', () => {});
    response.on('error', () => {});
}

// A service account proves itself with a JWT: RS256, signed with its key, for this very token endpoint.
function assertionFault(golden, form) {
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'not the jwt-bearer grant';
    const [head, claims, signature] = (form.get('assertion') ?? '').split('.');
    if (!signature || !verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), golden.publicKey, Buffer.from(signature, 'base64url'))) return 'the signature is not the account’s';
    const said = JSON.parse(Buffer.from(claims, 'base64url'));
    if (JSON.parse(Buffer.from(head, 'base64url')).alg !== 'RS256') return 'not RS256';
    if (said.aud !== `${golden.url}/token` || !said.iss?.endsWith('.iam.gserviceaccount.com')) return 'another audience or issuer';
    if (!/cloud-platform/.test(said.scope ?? '') || !(said.exp - said.iat <= 3600)) return 'no scope, or valid for too long';
    return '';
}

export async function startGolden(names = Object.keys(paths)) {
    const all = {};
    for (const name of names) {
        const server = createServer((request, response) => serve(all[name], request, response));
        server.keepAliveTimeout = 60000;
        await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
        all[name] = new Golden(name, server);
    }
    return {
        of: (name) => all[name],
        stop: () => Object.values(all).forEach(({ server }) => { server.closeAllConnections(); server.close(); }),
    };
}

// A transcript of tests/corpus/<folder>/<file>, its kind told by its name. Streams are sent in pieces of `piece` bytes.
export function corpus(folder, file, { status, piece = 97, headers = {} } = {}) {
    const bytes = readFileSync(join(process.env.SIGNALBOX_SOURCE, 'tests/corpus', folder, file));
    const type = file.endsWith('.sse') ? 'text/event-stream' : file.endsWith('.ndjson') ? 'application/x-ndjson'
        : file.endsWith('.json') ? 'application/json' : 'application/vnd.amazon.eventstream';
    const code = status ?? Number(/error_(\d{3})/.exec(file)?.[1] ?? 200);
    if (type === 'application/json') return { status: code, headers: { 'content-type': type, ...headers }, body: bytes };
    return { status: code, headers: { 'content-type': type, ...headers }, chunks: inPieces(bytes, piece) };
}

export function inPieces(bytes, size) {
    const chunks = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    return chunks;
}
