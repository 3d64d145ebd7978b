// What a provider understands of the request it received, in neutral words, read with each provider's documentation in
// hand (not with the translator's code): {system, said, tools, toolChoice, max, temperature, seed, stop, schema, effort,
// stream, model}. `said` is flat, in order: ['user', text], ['image', type, base64], ['assistant', text], ['think', text,
// signature], ['call', name, arguments, id], ['result', id, text]. Neighbouring texts of one speaker are one.
import { createHash, createHmac } from 'node:crypto';

const parse = (text) => { try { return JSON.parse(text); } catch { return text; } };

class Said extends Array {
    static get [Symbol.species]() { return Array; }
    text(who, text) {
        if (!text) return;
        const last = this.at(-1);
        if (last?.[0] === who) last[1] += text;
        else this.push([who, text]);
    }
}

const resultText = (content) => typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? (part.json !== undefined ? JSON.stringify(part.json) : '')).join('');

function dataUrl(url) {
    const match = /^data:([^;]+);base64,(.*)$/s.exec(url);
    return match ? ['image', match[1], match[2]] : ['image', 'url', url];
}

function chat(body) {
    const said = new Said();
    let system = '';
    for (const message of body.messages) {
        const parts = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content ?? [];
        if (message.role === 'system' || message.role === 'developer') {
            system += parts.map((part) => part.text).join('');
            continue;
        }
        if (message.role === 'tool') {
            said.push(['result', message.tool_call_id, parts.map((part) => part.text).join('')]);
            continue;
        }
        const think = message.reasoning_content ?? message.reasoning;
        if (think) said.push(['think', think, undefined]);
        for (const part of parts) {
            if (part.type === 'text') said.text(message.role, part.text);
            if (part.type === 'image_url') said.push(dataUrl(part.image_url.url ?? part.image_url));
            if (part.type === 'thinking') said.push(['think', part.thinking.map?.((one) => one.text).join('') ?? part.thinking, part.signature]);
        }
        for (const call of message.tool_calls ?? []) said.push(['call', call.function.name, parse(call.function.arguments), call.id]);
    }
    return { system, said: [...said], tools: (body.tools ?? []).map(({ function: f }) => ({ name: f.name, schema: f.parameters })), toolChoice: body.tool_choice,
        max: body.max_completion_tokens ?? body.max_tokens, temperature: body.temperature, seed: body.seed ?? body.random_seed, stop: body.stop,
        schema: body.response_format?.json_schema?.schema, effort: body.reasoning_effort, stream: body.stream === true, model: body.model };
}

function responses(body) {
    const said = new Said();
    let system = body.instructions ?? '';
    const items = typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : body.input;
    for (const item of items) {
        if (item.type === 'function_call') said.push(['call', item.name, parse(item.arguments), item.call_id]);
        else if (item.type === 'function_call_output') said.push(['result', item.call_id, resultText(item.output)]);
        else if (item.type === 'reasoning') said.push(['think', item.summary.map((part) => part.text).join(''), item.encrypted_content]);
        else {
            const parts = typeof item.content === 'string' ? [{ text: item.content }] : item.content;
            if (item.role === 'system' || item.role === 'developer') { system += parts.map((part) => part.text).join(''); continue; }
            for (const part of parts) {
                if (part.image_url) said.push(dataUrl(part.image_url));
                else said.text(item.role, part.text ?? part.refusal);
            }
        }
    }
    return { system, said: [...said], tools: (body.tools ?? []).map((tool) => ({ name: tool.name, schema: tool.parameters })), toolChoice: body.tool_choice, max: body.max_output_tokens,
        temperature: body.temperature, schema: body.text?.format?.schema, effort: body.reasoning?.effort, stream: body.stream === true, model: body.model };
}

function anthropic(body, path) {
    const said = new Said();
    const faults = [];
    let roleBefore;
    for (const message of body.messages) {
        if (message.role === roleBefore) faults.push(`two ${message.role} messages in a row`);
        roleBefore = message.role;
        const blocks = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
        if (!blocks.length) faults.push('an empty message');
        let other = false;
        for (const block of blocks) {
            if (block.type === 'tool_result') {
                if (other) faults.push('a tool_result after other content');
                said.push(['result', block.tool_use_id, resultText(block.content)]);
                continue;
            }
            other = true;
            if (block.type === 'text') said.text(message.role, block.text);
            if (block.type === 'image') said.push(block.source.type === 'base64' ? ['image', block.source.media_type, block.source.data] : ['image', 'url', block.source.url]);
            if (block.type === 'thinking') said.push(['think', block.thinking, block.signature]);
            if (block.type === 'redacted_thinking') said.push(['redacted', block.data]);
            if (block.type === 'tool_use') said.push(['call', block.name, block.input, block.id]);
        }
    }
    if (!(body.max_tokens >= 0)) faults.push('max_tokens is required');
    const vertex = /publishers\/anthropic\//.test(path);
    if (vertex && body.model !== undefined) faults.push('Vertex takes no model in the body');
    if (vertex && body.anthropic_version !== 'vertex-2023-10-16') faults.push('Vertex wants anthropic_version in the body');
    const system = typeof body.system === 'string' ? body.system : (body.system ?? []).map((block) => block.text).join('');
    return { system, said: [...said], faults, tools: (body.tools ?? []).map((tool) => ({ name: tool.name, schema: tool.input_schema })), toolChoice: body.tool_choice, max: body.max_tokens,
        temperature: body.temperature, stop: body.stop_sequences, schema: body.output_config?.format?.schema, effort: body.output_config?.effort, thinking: body.thinking,
        stream: body.stream === true || /streamRawPredict/.test(path), model: body.model };
}

function gemini(body, path) {
    const said = new Said();
    const faults = [];
    for (const content of body.contents) {
        for (const part of content.parts) {
            const signature = part.thoughtSignature;
            if (part.text !== undefined && part.thought) said.push(['think', part.text, signature]);
            else if (part.text !== undefined) said.text(content.role === 'model' ? 'assistant' : 'user', part.text);
            if (part.inlineData) said.push(['image', part.inlineData.mimeType, part.inlineData.data]);
            if (part.functionCall) said.push(['call', part.functionCall.name, part.functionCall.args, part.functionCall.id, ...(signature ? [signature] : [])]);
            if (part.functionResponse) {
                const { response } = part.functionResponse;
                if (response === null || typeof response !== 'object' || Array.isArray(response)) faults.push('functionResponse.response is not an object');
                said.push(['result', part.functionResponse.id ?? part.functionResponse.name, Object.values(response).join('')]);
            }
        }
    }
    const config = body.generationConfig ?? {};
    return { system: (body.systemInstruction?.parts ?? []).map((part) => part.text).join(''), said: [...said], faults,
        tools: (body.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []).map((f) => ({ name: f.name, schema: f.parametersJsonSchema ?? f.parameters })),
        toolChoice: body.toolConfig?.functionCallingConfig, max: config.maxOutputTokens, temperature: config.temperature, seed: config.seed, stop: config.stopSequences,
        schema: config.responseJsonSchema ?? config.responseSchema, effort: config.thinkingConfig?.thinkingLevel?.toLowerCase(), thinking: config.thinkingConfig,
        stream: /streamGenerateContent/.test(path), model: /models\/([^:]+):/.exec(path)?.[1] };
}

function bedrock(body, path) {
    const said = new Said();
    const faults = [];
    let roleBefore;
    for (const message of body.messages) {
        if (message.role === roleBefore) faults.push(`two ${message.role} messages in a row`);
        roleBefore = message.role;
        for (const block of message.content) {
            if (block.text !== undefined) said.text(message.role, block.text);
            if (block.image) said.push(['image', `image/${block.image.format}`, block.image.source.bytes]);
            if (block.reasoningContent) said.push(['think', block.reasoningContent.reasoningText?.text, block.reasoningContent.reasoningText?.signature]);
            if (block.toolUse) said.push(['call', block.toolUse.name, block.toolUse.input, block.toolUse.toolUseId]);
            if (block.toolResult) said.push(['result', block.toolResult.toolUseId, resultText(block.toolResult.content)]);
        }
    }
    const usesTools = said.some(([what]) => what === 'call' || what === 'result');
    if (usesTools && !body.toolConfig) faults.push('tool blocks without toolConfig');
    return { system: (body.system ?? []).map((block) => block.text ?? '').join(''), said: [...said], faults,
        tools: (body.toolConfig?.tools ?? []).filter((tool) => tool.toolSpec).map(({ toolSpec }) => ({ name: toolSpec.name, schema: toolSpec.inputSchema.json })), toolChoice: body.toolConfig?.toolChoice,
        max: body.inferenceConfig?.maxTokens, temperature: body.inferenceConfig?.temperature, stop: body.inferenceConfig?.stopSequences,
        schema: body.outputConfig?.textFormat?.structure?.jsonSchema?.schema && parse(body.outputConfig.textFormat.structure.jsonSchema.schema),
        effort: body.outputConfig?.effort, more: body.additionalModelRequestFields, stream: /converse-stream$/.test(path), model: decodeURIComponent(/\/model\/([^/]+)\//.exec(path)[1]) };
}

function cohere(body) {
    const heard = chat(body);
    return { ...heard, max: body.max_tokens, schema: body.response_format?.json_schema ?? body.response_format?.schema, seed: body.seed, stop: body.stop_sequences };
}

function ollama(body) {
    const said = new Said();
    let system = '';
    for (const message of body.messages) {
        if (message.role === 'system') { system += message.content; continue; }
        if (message.role === 'tool') { said.push(['result', message.tool_call_id ?? message.tool_name, message.content]); continue; }
        if (message.thinking) said.push(['think', message.thinking, undefined]);
        said.text(message.role, message.content);
        for (const image of message.images ?? []) said.push(['image', 'base64', image]);
        for (const call of message.tool_calls ?? []) said.push(['call', call.function.name, call.function.arguments, call.id]);
    }
    return { system, said: [...said], tools: (body.tools ?? []).map(({ function: f }) => ({ name: f.name, schema: f.parameters })), max: body.options?.num_predict, temperature: body.options?.temperature,
        seed: body.options?.seed, stop: body.options?.stop, effort: body.think, schema: typeof body.format === 'object' ? body.format : undefined, stream: body.stream !== false, model: body.model };
}

export function dialectOf({ provider, path }) {
    if (path.endsWith('/responses')) return 'responses';
    if (provider === 'vertex') return /publishers\/anthropic\//.test(path) ? 'anthropic' : 'gemini';
    return { anthropic: 'anthropic', gemini: 'gemini', bedrock: 'bedrock', cohere: 'cohere', ollama: 'ollama' }[provider] ?? 'chat';
}

const readers = { chat, responses, anthropic, gemini, bedrock, cohere, ollama };
export function understand(entry) {
    return readers[dialectOf(entry)](entry.body, entry.path);
}

// AWS signature version 4, worked out once more from the request as it arrived: the path is encoded a second time, the
// payload is hashed, every signed header is taken as it came.
function signatureFault(entry, secret) {
    const match = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(entry.headers.authorization ?? '');
    if (!match) return 'no AWS signature';
    const [, , day, region, service, names, signature] = match;
    const hash = (text) => createHash('sha256').update(text).digest('hex');
    const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
    const payload = hash(Buffer.from(entry.raw));
    if ((entry.headers['x-amz-content-sha256'] ?? payload) !== payload) return 'x-amz-content-sha256 is not the body’s';
    const path = entry.path.split('/').map((segment) => encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)).join('/');
    const headers = names.split(';').map((name) => `${name}:${String(entry.headers[name]).trim().replace(/ +/g, ' ')}\n`).join('');
    const canonical = [entry.method, path, entry.query, headers, names, payload].join('\n');
    const toSign = ['AWS4-HMAC-SHA256', entry.headers['x-amz-date'], `${day}/${region}/${service}/aws4_request`, hash(canonical)].join('\n');
    const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), 'aws4_request');
    if (hmac(key, toSign).toString('hex') !== signature) return 'the AWS signature is wrong';
    return service === 'bedrock' && names.includes('host') ? '' : `signed for ${service} with ${names}`;
}

// How each provider wants to be authorised; the witness looks at the header itself.
const kKey = 'sk-golden-key-of-the-provider';
export const providerKey = kKey;
export function authFault(entry) {
    const { provider, headers, query } = entry;
    const bearer = `Bearer ${kKey}`;
    if (provider === 'bedrock' && headers.authorization !== bearer) {
        const fault = signatureFault(entry, 'golden-secret-access-key');
        if (fault) return fault;
    }
    const has = {
        anthropic: headers['x-api-key'] === kKey || headers.authorization === bearer,
        'azure-openai': headers['api-key'] === kKey || headers.authorization === bearer,
        gemini: headers['x-goog-api-key'] === kKey,
        vertex: headers.authorization === 'Bearer golden-oauth-token' || headers.authorization === bearer,
        bedrock: true,
    }[provider] ?? (provider === 'ollama' || headers.authorization === bearer);
    if (!has) return `${provider} was not authorised in its own way`;
    if (JSON.stringify(headers).includes('sbx_') || query.includes('sbx_')) return 'the caller’s key travelled on to the provider';
    return '';
}
