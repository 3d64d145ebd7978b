// Answers in each provider's own words, from one neutral description, written from the providers' documentation
// (wire.md sections 1 to 5). An answer: {text: [pieces], think: [pieces], signature, redacted, calls: [{id, name, args:
// [fragments]}], refusal, stop, category, usage: {input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning}}.
// `input` is the whole prompt with what was cached; `output` is everything generated, thinking included. Each dialect
// states them in its own way, and that is the point.
import { inPieces } from './golden.mjs';

const json = (value) => JSON.stringify(value);
const joined = (pieces) => (pieces ?? []).join('');
const kSseHeaders = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
const kCreated = 1795305600;
export const kUpstreamId = 'req_golden_0001';

// ---- stop reasons ----------------------------------------------------------------------------------------------------
// neutral -> [chat, responses status/reason, anthropic, gemini, bedrock, cohere, mistral, ollama]
const stops = {
    stop: { chat: 'stop', anthropic: 'end_turn', gemini: 'STOP', bedrock: 'end_turn', cohere: 'COMPLETE', mistral: 'stop', ollama: 'stop' },
    sequence: { chat: 'stop', anthropic: 'stop_sequence', gemini: 'STOP', bedrock: 'stop_sequence', cohere: 'STOP_SEQUENCE', mistral: 'stop', ollama: 'stop' },
    length: { chat: 'length', anthropic: 'max_tokens', gemini: 'MAX_TOKENS', bedrock: 'max_tokens', cohere: 'MAX_TOKENS', mistral: 'length', ollama: 'length' },
    // Gemini and Ollama say STOP with tool calls; so do several compatible servers
    tool: { chat: 'tool_calls', anthropic: 'tool_use', gemini: 'STOP', bedrock: 'tool_use', cohere: 'TOOL_CALL', mistral: 'tool_calls', ollama: 'stop' },
    safety: { chat: 'content_filter', anthropic: 'refusal', gemini: 'SAFETY', bedrock: 'content_filtered', cohere: 'ERROR', mistral: 'content_filter', ollama: 'stop' },
};

// ---- OpenAI chat completions and those who speak it, each with its quirks --------------------------------------------
// quirks: {thinkField, usageIn: 'x_groq', finishAlways, azure, comments, hitMiss, reasoningOutside, contentArray, sameIndex}
function chatUsage(usage, quirks) {
    const outside = quirks.reasoningOutside ? usage.reasoning ?? 0 : 0;
    const stated = { prompt_tokens: usage.input, completion_tokens: usage.output - outside, total_tokens: usage.input + usage.output };
    if (quirks.hitMiss) {
        stated.prompt_cache_hit_tokens = usage.cacheRead ?? 0;
        stated.prompt_cache_miss_tokens = usage.input - (usage.cacheRead ?? 0);
    }
    stated.prompt_tokens_details = { cached_tokens: usage.cacheRead ?? 0, audio_tokens: 0 };
    if (usage.cacheWrite5m) stated.prompt_tokens_details.cache_write_tokens = usage.cacheWrite5m;
    if (usage.reasoning !== undefined) stated.completion_tokens_details = { reasoning_tokens: usage.reasoning };
    return stated;
}

function chatFinish(answer, quirks) {
    if (quirks.finishAlways) return quirks.finishAlways;
    return stops[answer.stop][quirks.contentArray ? 'mistral' : 'chat'];
}

function chatPlain(answer, model, quirks) {
    const message = { role: 'assistant', content: answer.text ? joined(answer.text) : null };
    if (quirks.contentArray && answer.think)
        message.content = [{ type: 'thinking', thinking: [{ type: 'text', text: joined(answer.think) }] }, { type: 'text', text: joined(answer.text) }];
    else if (answer.think) message[quirks.thinkField ?? 'reasoning_content'] = joined(answer.think);
    if (!quirks.contentArray) message.refusal = answer.refusal ?? null;
    if (answer.calls)
        message.tool_calls = answer.calls.map((call, index) => ({ id: call.id, ...(quirks.contentArray ? { index } : {}), type: 'function', function: { name: call.name, arguments: joined(call.args) } }));
    return {
        id: 'chatcmpl-golden', object: 'chat.completion', created: kCreated, model,
        choices: [{ index: 0, message, logprobs: null, finish_reason: chatFinish(answer, quirks),
            ...(quirks.azure ? { content_filter_results: { hate: { filtered: false, severity: 'safe' } } } : {}),
            ...(quirks.comments ? { native_finish_reason: 'end_turn' } : {}) }],
        usage: { ...chatUsage(answer.usage, quirks), ...(quirks.comments ? { cost: 0.00014, is_byok: false } : {}) },
        ...(quirks.azure ? { prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] } : {}),
    };
}

function chatEvents(answer, model, quirks, withUsage) {
    const events = [];
    const chunk = (delta, finish = null, extra = {}) => events.push({ id: 'chatcmpl-golden', object: 'chat.completion.chunk', created: kCreated, model,
        choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], ...(withUsage && !quirks.usageIn && !quirks.usageWithFinish ? { usage: null } : {}), ...extra });
    if (quirks.azure) events.push({ id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] });
    chunk({ role: 'assistant', content: '' });
    for (const piece of answer.think ?? [])
        chunk(quirks.contentArray ? { content: [{ type: 'thinking', thinking: [{ type: 'text', text: piece }] }] } : { [quirks.thinkField ?? 'reasoning_content']: piece });
    for (const piece of answer.text ?? []) chunk({ content: piece });
    if (answer.refusal) chunk({ refusal: answer.refusal });
    (answer.calls ?? []).forEach((call, index) => {
        if (quirks.contentArray || quirks.wholeCalls) {  // the call in one piece
            chunk({ tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: joined(call.args) } }] });
            return;
        }
        chunk({ tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }] });
        for (const fragment of call.args) chunk({ tool_calls: [{ index, function: { arguments: fragment } }] });
    });
    const usage = chatUsage(answer.usage, quirks);
    if (quirks.usageIn === 'x_groq') chunk({}, chatFinish(answer, quirks), { x_groq: { id: 'req_groq', usage } });
    else if (quirks.usageWithFinish) chunk({}, chatFinish(answer, quirks), { usage });  // Mistral, DeepSeek: on the last choice
    else {
        chunk({}, chatFinish(answer, quirks));
        if (withUsage) events.push({ id: 'chatcmpl-golden', object: 'chat.completion.chunk', created: kCreated, model, choices: [], usage });
    }
    return events;
}

const chatSpeaker = (quirks = {}) => ({
    plain: (answer, model) => ({ headers: { 'content-type': 'application/json', 'x-request-id': kUpstreamId }, body: json(chatPlain(answer, model, quirks)) }),
    stream: (answer, model, entry) => {
        const lines = chatEvents(answer, model, quirks, entry.body?.stream_options?.include_usage === true).map((event) => `data: ${json(event)}\n\n`);
        if (quirks.comments) lines.splice(0, 0, ': OPENROUTER PROCESSING\n\n', ': OPENROUTER PROCESSING\n\n');
        if (quirks.keepAlive) lines.splice(1, 0, ': keep-alive\n\n');
        return { headers: { ...kSseHeaders, 'x-request-id': kUpstreamId }, frames: lines.map((line) => Buffer.from(line)), end: [Buffer.from('data: [DONE]\n\n')] };
    },
    streamError: () => Buffer.from(`data: ${json({ error: { message: 'The server had an error while processing your request.', type: 'server_error', code: quirks.comments ? 502 : null, param: null } })}\n\n`),
    errors: {
        bad: [400, {}, { error: { message: "Invalid value for 'temperature'.", type: 'invalid_request_error', param: 'temperature', code: 'invalid_value' } }],
        auth: [401, {}, { error: { message: 'Incorrect API key provided: sk-golden-key-of-the-provider.', type: 'invalid_request_error', param: null, code: 'invalid_api_key' } }],
        rate: [429, { 'retry-after': '30' }, { error: { message: 'Rate limit reached.', type: 'requests', param: null, code: 'rate_limit_exceeded' } }],
        overloaded: [503, { 'retry-after': '30' }, { error: { message: 'The server is overloaded.', type: 'service_unavailable_error', param: null, code: 'server_is_overloaded' } }],
        context: [400, {}, { error: { message: "This model's maximum context length is 128000 tokens.", type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' } }],
        billing: [429, {}, { error: { message: 'You exceeded your current quota.', type: 'insufficient_quota', param: null, code: 'insufficient_quota' } }],
    },
});

// ---- OpenAI Responses ------------------------------------------------------------------------------------------------
function responsesUsage(usage) {
    return { input_tokens: usage.input, input_tokens_details: { cached_tokens: usage.cacheRead ?? 0, cache_write_tokens: usage.cacheWrite5m ?? 0 },
        output_tokens: usage.output, output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 }, total_tokens: usage.input + usage.output };
}

function responsesItems(answer) {
    const items = [];
    if (answer.think) items.push({ id: 'rs_golden', type: 'reasoning', summary: [{ type: 'summary_text', text: joined(answer.think) }], encrypted_content: answer.signature ?? null });
    if (answer.text || answer.refusal)
        items.push({ id: 'msg_golden', type: 'message', status: 'completed', role: 'assistant',
            content: [answer.refusal ? { type: 'refusal', refusal: answer.refusal } : { type: 'output_text', text: joined(answer.text), annotations: [], logprobs: [] }] });
    (answer.calls ?? []).forEach((call, i) => items.push({ id: `fc_golden_${i}`, type: 'function_call', status: 'completed', call_id: call.id, name: call.name, arguments: joined(call.args) }));
    return items;
}

function responsesObject(answer, model, status) {
    const cut = { length: 'max_output_tokens', safety: 'content_filter' }[answer.stop];
    const done = status === 'completed';
    return { id: 'resp_golden', object: 'response', created_at: kCreated, status: done && cut ? 'incomplete' : status, error: null,
        incomplete_details: done && cut ? { reason: cut } : null, instructions: null, max_output_tokens: null, model,
        output: done ? responsesItems(answer) : [], parallel_tool_calls: true, previous_response_id: null, reasoning: { effort: null, summary: null }, store: false,
        temperature: 1, text: { format: { type: 'text' } }, tool_choice: 'auto', tools: [], top_p: 1, truncation: 'disabled', usage: done ? responsesUsage(answer.usage) : null, user: null, metadata: {} };
}

function responsesEvents(answer, model) {
    const events = [];
    let sequence = 0;
    const event = (type, fields) => events.push({ type, sequence_number: sequence++, ...fields });
    event('response.created', { response: responsesObject(answer, model, 'in_progress') });
    event('response.in_progress', { response: responsesObject(answer, model, 'in_progress') });
    responsesItems(answer).forEach((item, output_index) => {
        const at = { item_id: item.id, output_index };
        if (item.type === 'reasoning') {
            event('response.output_item.added', { output_index, item: { ...item, summary: [], encrypted_content: null } });
            event('response.reasoning_summary_part.added', { ...at, summary_index: 0, part: { type: 'summary_text', text: '' } });
            for (const delta of answer.think) event('response.reasoning_summary_text.delta', { ...at, summary_index: 0, delta });
            event('response.reasoning_summary_text.done', { ...at, summary_index: 0, text: joined(answer.think) });
            event('response.reasoning_summary_part.done', { ...at, summary_index: 0, part: item.summary[0] });
        } else if (item.type === 'message') {
            const refusal = item.content[0].type === 'refusal';
            event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', content: [] } });
            event('response.content_part.added', { ...at, content_index: 0, part: refusal ? { type: 'refusal', refusal: '' } : { type: 'output_text', text: '', annotations: [], logprobs: [] } });
            if (refusal) {
                event('response.refusal.delta', { ...at, content_index: 0, delta: answer.refusal });
                event('response.refusal.done', { ...at, content_index: 0, refusal: answer.refusal });
            } else {
                for (const delta of answer.text) event('response.output_text.delta', { ...at, content_index: 0, delta, logprobs: [] });
                event('response.output_text.done', { ...at, content_index: 0, text: joined(answer.text), logprobs: [] });
            }
            event('response.content_part.done', { ...at, content_index: 0, part: item.content[0] });
        } else {
            event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', arguments: '' } });
            const call = answer.calls.find((one) => one.id === item.call_id);
            for (const delta of call.args) event('response.function_call_arguments.delta', { ...at, delta });
            event('response.function_call_arguments.done', { ...at, name: item.name, arguments: item.arguments });
        }
        event('response.output_item.done', { output_index, item });
    });
    const whole = responsesObject(answer, model, 'completed');
    event(`response.${whole.status}`, { response: whole });
    return events;
}

const named = (event, name = event.type) => Buffer.from(`event: ${name}\ndata: ${json(event)}\n\n`);

const responsesSpeaker = {
    plain: (answer, model) => ({ headers: { 'content-type': 'application/json', 'x-request-id': kUpstreamId }, body: json(responsesObject(answer, model, 'completed')) }),
    stream: (answer, model) => {
        const frames = responsesEvents(answer, model).map((event) => named(event));
        return { headers: { ...kSseHeaders, 'x-request-id': kUpstreamId }, frames: frames.slice(0, -1), end: frames.slice(-1) };
    },
    streamError: () => named({ type: 'error', sequence_number: 99, code: 'server_error', message: 'The server had an error.', param: null }, 'error'),
    errors: chatSpeaker().errors,
};

// ---- Anthropic -------------------------------------------------------------------------------------------------------
function anthropicUsage(usage) {
    const stated = { input_tokens: usage.input - (usage.cacheRead ?? 0) - (usage.cacheWrite5m ?? 0) - (usage.cacheWrite1h ?? 0),
        cache_creation_input_tokens: (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0), cache_read_input_tokens: usage.cacheRead ?? 0,
        cache_creation: { ephemeral_5m_input_tokens: usage.cacheWrite5m ?? 0, ephemeral_1h_input_tokens: usage.cacheWrite1h ?? 0 },
        output_tokens: usage.output, service_tier: 'standard' };
    if (usage.reasoning !== undefined) stated.output_tokens_details = { thinking_tokens: usage.reasoning };
    return stated;
}

function anthropicBlocks(answer) {
    const blocks = [];
    if (answer.redacted) blocks.push({ type: 'redacted_thinking', data: answer.redacted });
    if (answer.think) blocks.push({ type: 'thinking', thinking: joined(answer.think), signature: answer.signature });
    if (answer.text || answer.refusal) blocks.push({ type: 'text', text: joined(answer.text) || answer.refusal });
    for (const call of answer.calls ?? []) blocks.push({ type: 'tool_use', id: call.id, name: call.name, input: JSON.parse(joined(call.args)) });
    return blocks;
}

const anthropicStop = (answer) => ({ stop_reason: stops[answer.stop].anthropic, stop_sequence: answer.stop === 'sequence' ? answer.sequence : null,
    ...(answer.stop === 'safety' ? { stop_details: { type: 'refusal', category: answer.category ?? null, explanation: answer.refusal ?? null } } : {}) });

function anthropicEvents(answer, model) {
    const events = [];
    const first = { ...anthropicUsage(answer.usage), output_tokens: 1 };  // an estimate; message_delta is cumulative and replaces it
    delete first.output_tokens_details;
    events.push({ type: 'message_start', message: { id: 'msg_golden', type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null, usage: first } });
    anthropicBlocks(answer).forEach((block, index) => {
        const start = { thinking: { type: 'thinking', thinking: '', signature: '' }, text: { type: 'text', text: '' }, redacted_thinking: block,
            tool_use: { ...block, input: {} } }[block.type];
        events.push({ type: 'content_block_start', index, content_block: start });
        const delta = (fields) => events.push({ type: 'content_block_delta', index, delta: fields });
        if (index === 0) events.push({ type: 'ping' });
        if (block.type === 'thinking') {
            for (const piece of answer.think) delta({ type: 'thinking_delta', thinking: piece });
            delta({ type: 'signature_delta', signature: block.signature });
        }
        if (block.type === 'text') for (const piece of answer.text ?? [answer.refusal]) delta({ type: 'text_delta', text: piece });
        if (block.type === 'tool_use') {
            delta({ type: 'input_json_delta', partial_json: '' });
            for (const fragment of answer.calls.find((call) => call.id === block.id).args) delta({ type: 'input_json_delta', partial_json: fragment });
        }
        events.push({ type: 'content_block_stop', index });
    });
    events.push({ type: 'message_delta', delta: anthropicStop(answer), usage: anthropicUsage(answer.usage) });
    events.push({ type: 'message_stop' });
    return events;
}

const anthropicError = (status, headers, type, message) => [status, { 'request-id': kUpstreamId, ...headers }, { type: 'error', error: { type, message }, request_id: kUpstreamId }];
const anthropicSpeaker = {
    plain: (answer, model) => ({ headers: { 'content-type': 'application/json', 'request-id': kUpstreamId },
        body: json({ id: 'msg_golden', type: 'message', role: 'assistant', model, content: anthropicBlocks(answer), ...anthropicStop(answer), usage: anthropicUsage(answer.usage) }) }),
    stream: (answer, model) => {
        const frames = anthropicEvents(answer, model).map((event) => named(event));
        return { headers: { ...kSseHeaders, 'request-id': kUpstreamId }, frames: frames.slice(0, -1), end: frames.slice(-1) };
    },
    streamError: () => named({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
    errors: {
        bad: anthropicError(400, {}, 'invalid_request_error', 'messages.0.content: at least one message is required'),
        auth: anthropicError(401, {}, 'authentication_error', 'invalid x-api-key sk-golden-key-of-the-provider'),
        rate: anthropicError(429, { 'retry-after': '30', 'anthropic-ratelimit-requests-remaining': '0' }, 'rate_limit_error', 'Number of requests has exceeded your rate limit.'),
        overloaded: anthropicError(529, {}, 'overloaded_error', 'Overloaded'),
        context: anthropicError(400, {}, 'invalid_request_error', 'prompt is too long: 1200000 tokens > 1000000 maximum'),
        billing: anthropicError(402, {}, 'billing_error', 'Your credit balance is too low.'),
    },
    count: (n) => ({ headers: { 'content-type': 'application/json' }, body: json({ input_tokens: n }) }),
};

// ---- Gemini ----------------------------------------------------------------------------------------------------------
function geminiUsage(usage) {
    return { promptTokenCount: usage.input, ...(usage.cacheRead ? { cachedContentTokenCount: usage.cacheRead } : {}),
        candidatesTokenCount: usage.output - (usage.reasoning ?? 0), ...(usage.reasoning ? { thoughtsTokenCount: usage.reasoning } : {}),
        totalTokenCount: usage.input + usage.output, promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.input }] };
}

const geminiChunk = (parts, model, extra = {}, candidate = {}) => ({ candidates: [{ content: { parts, role: 'model' }, index: 0, ...candidate }], ...extra, modelVersion: model, responseId: 'resp-golden' });

function geminiParts(answer) {
    const parts = (answer.think ?? []).map((text) => ({ text, thought: true }));
    for (const text of answer.text ?? []) parts.push({ text });
    // the first call of a step carries the signature (wire.md 9.11); Google gives no id of its own accord
    (answer.calls ?? []).forEach((call, i) => parts.push({ functionCall: { name: call.name, args: JSON.parse(joined(call.args)) },
        ...(i === 0 && answer.signature ? { thoughtSignature: answer.signature } : {}) }));
    if (!answer.calls && answer.signature && parts.length) parts.at(-1).thoughtSignature = answer.signature;
    return parts;
}

const geminiFinish = (answer) => ({ finishReason: stops[answer.stop].gemini, ...(answer.stop === 'safety' ? { safetyRatings: [{ category: 'HARM_CATEGORY_DANGEROUS_CONTENT', probability: 'HIGH', blocked: true }] } : {}) });
const geminiError = (status, code, message, details = []) => [status, {}, { error: { code: status, message, status: code, details } }];

const geminiSpeaker = {
    plain: (answer, model) => {
        const parts = geminiParts(answer).reduce((all, part) => {  // a whole answer has its pieces of one kind together
            const before = all.at(-1);
            if (before && 'text' in part && 'text' in before && before.thought === part.thought && !before.thoughtSignature)
                all[all.length - 1] = { ...before, ...part, text: before.text + part.text };
            else all.push(part);
            return all;
        }, []);
        return { headers: { 'content-type': 'application/json; charset=UTF-8' }, body: json(geminiChunk(parts, model, { usageMetadata: geminiUsage(answer.usage) }, geminiFinish(answer))) };
    },
    stream: (answer, model) => {
        const parts = geminiParts(answer);
        const frames = parts.slice(0, -1).map((part) => geminiChunk([part], model, { usageMetadata: { promptTokenCount: answer.usage.input, totalTokenCount: answer.usage.input } }));
        const last = geminiChunk(parts.slice(-1), model, { usageMetadata: geminiUsage(answer.usage) }, geminiFinish(answer));
        const line = (chunk) => Buffer.from(`data: ${json(chunk)}\r\n\r\n`);  // Google sends CRLF
        return { headers: { 'content-type': 'text/event-stream' }, frames: frames.map(line), end: [line(last)] };
    },
    streamError: () => Buffer.from(`data: ${json({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } })}\r\n\r\n`),
    blocked: (model) => ({ headers: { 'content-type': 'application/json' }, body: json({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 14, totalTokenCount: 14 }, modelVersion: model }) }),
    errors: {
        bad: geminiError(400, 'INVALID_ARGUMENT', 'Invalid value at generation_config.temperature.'),
        auth: geminiError(401, 'UNAUTHENTICATED', 'API key not valid: sk-golden-key-of-the-provider.'),
        rate: geminiError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '30s' }]),
        overloaded: geminiError(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.', [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '30s' }]),
        context: geminiError(400, 'INVALID_ARGUMENT', 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'),
        billing: geminiError(402, 'RESOURCE_EXHAUSTED', 'Your prepaid credits are used up.'),
    },
    count: (n) => ({ headers: { 'content-type': 'application/json' }, body: json({ totalTokens: n, promptTokensDetails: [{ modality: 'TEXT', tokenCount: n }] }) }),
};

// ---- Bedrock Converse ------------------------------------------------------------------------------------------------
const crcTable = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
});
function crc32(bytes) {
    let c = 0xffffffff;
    for (const byte of bytes) c = crcTable[(c ^ byte) & 0xff] ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
}
export function eventFrame(headers, payload) {
    const fields = Buffer.concat(Object.entries(headers).map(([name, value]) => {
        const text = Buffer.from(value);
        const length = Buffer.alloc(2);
        length.writeUInt16BE(text.length);
        return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, text]);
    }));
    const body = Buffer.from(payload);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(16 + fields.length + body.length, 0);
    head.writeUInt32BE(fields.length, 4);
    const headCrc = Buffer.alloc(4);
    headCrc.writeUInt32BE(crc32(head));
    const whole = Buffer.concat([head, headCrc, fields, body]);
    const tail = Buffer.alloc(4);
    tail.writeUInt32BE(crc32(whole));
    return Buffer.concat([whole, tail]);
}
const awsEvent = (type, payload) => eventFrame({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, json(payload));
const awsException = (type, message) => eventFrame({ ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' }, json({ message }));

function bedrockUsage(usage) {
    const write = (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0);
    const inputTokens = usage.input - (usage.cacheRead ?? 0) - write;
    return { inputTokens, outputTokens: usage.output, totalTokens: usage.input + usage.output, ...(usage.cacheRead ? { cacheReadInputTokens: usage.cacheRead } : {}),
        ...(write ? { cacheWriteInputTokens: write, cacheDetails: [...(usage.cacheWrite5m ? [{ ttl: '5m', inputTokens: usage.cacheWrite5m }] : []), ...(usage.cacheWrite1h ? [{ ttl: '1h', inputTokens: usage.cacheWrite1h }] : [])] } : {}) };
}
function bedrockContent(answer) {
    const content = [];
    if (answer.think) content.push({ reasoningContent: { reasoningText: { text: joined(answer.think), signature: answer.signature } } });
    if (answer.text) content.push({ text: joined(answer.text) });
    for (const call of answer.calls ?? []) content.push({ toolUse: { toolUseId: call.id, name: call.name, input: JSON.parse(joined(call.args)) } });
    return content;
}
const kAws = { 'x-amzn-requestid': kUpstreamId };
const bedrockError = (status, type, message) => [status, { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`, ...kAws }, { message }];
const bedrockSpeaker = {
    plain: (answer) => ({ headers: { 'content-type': 'application/json', ...kAws },
        body: json({ metrics: { latencyMs: 420 }, output: { message: { content: bedrockContent(answer), role: 'assistant' } }, stopReason: stops[answer.stop].bedrock, usage: bedrockUsage(answer.usage) }) }),
    stream: (answer) => {
        const frames = [awsEvent('messageStart', { p: 'abcd', role: 'assistant' })];
        let contentBlockIndex = 0;
        const stop = () => frames.push(awsEvent('contentBlockStop', { contentBlockIndex: contentBlockIndex++, p: 'ab' }));
        const delta = (fields) => frames.push(awsEvent('contentBlockDelta', { contentBlockIndex, delta: fields, p: 'abcdefgh' }));
        if (answer.think) {
            for (const text of answer.think) delta({ reasoningContent: { text } });
            delta({ reasoningContent: { signature: answer.signature } });
            stop();
        }
        if (answer.text) {  // no contentBlockStart for text
            for (const text of answer.text) delta({ text });
            stop();
        }
        for (const call of answer.calls ?? []) {
            frames.push(awsEvent('contentBlockStart', { contentBlockIndex, p: 'a', start: { toolUse: { name: call.name, toolUseId: call.id } } }));
            for (const input of call.args) delta({ toolUse: { input } });
            stop();
        }
        frames.push(awsEvent('messageStop', { p: 'abc', stopReason: stops[answer.stop].bedrock }));
        return { headers: { 'content-type': 'application/vnd.amazon.eventstream', ...kAws }, frames, end: [awsEvent('metadata', { metrics: { latencyMs: 420 }, p: 'x', usage: bedrockUsage(answer.usage) })], before: 1 };
    },
    streamError: () => awsException('modelStreamErrorException', 'The model had an error.'),
    errors: {
        bad: bedrockError(400, 'ValidationException', 'The temperature must be between 0 and 1.'),
        auth: bedrockError(403, 'AccessDeniedException', 'The security token sk-golden-key-of-the-provider is not valid.'),
        rate: bedrockError(429, 'ThrottlingException', 'Too many requests, please wait before trying again.'),
        overloaded: bedrockError(503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.'),
        context: bedrockError(400, 'ValidationException', 'The model returned the following errors: Input is too long for requested model.'),
    },
};

// ---- Cohere v2 -------------------------------------------------------------------------------------------------------
const cohereUsage = (usage) => ({ billed_units: { input_tokens: usage.input - 3, output_tokens: usage.output }, tokens: { input_tokens: usage.input, output_tokens: usage.output }, ...(usage.cacheRead ? { cached_tokens: usage.cacheRead } : {}) });
const cohereSpeaker = {
    plain: (answer) => ({ headers: { 'content-type': 'application/json' }, body: json({ id: 'c14c80c3-golden', message: { role: 'assistant',
        content: [...(answer.think ? [{ type: 'thinking', thinking: joined(answer.think) }] : []), ...(answer.text ? [{ type: 'text', text: joined(answer.text) }] : [])],
        ...(answer.calls ? { tool_plan: 'I will look it up.', tool_calls: answer.calls.map((call) => ({ id: call.id, type: 'function', function: { name: call.name, arguments: joined(call.args) } })) } : {}) },
    finish_reason: stops[answer.stop].cohere, usage: cohereUsage(answer.usage) }) }),
    stream: (answer) => {
        const events = [{ id: 'c14c80c3-golden', type: 'message-start', delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } } }];
        let index = 0;
        const block = (type, key, pieces) => {
            events.push({ type: 'content-start', index, delta: { message: { content: { type, [key]: '' } } } });
            for (const piece of pieces) events.push({ type: 'content-delta', index, delta: { message: { content: { [key]: piece } } } });
            events.push({ type: 'content-end', index });
            ++index;
        };
        if (answer.calls) for (const piece of ['I will ', 'look it up.']) events.push({ type: 'tool-plan-delta', delta: { message: { tool_plan: piece } } });
        if (answer.think) block('thinking', 'thinking', answer.think);
        if (answer.text) block('text', 'text', answer.text);
        (answer.calls ?? []).forEach((call, i) => {
            events.push({ type: 'tool-call-start', index: i, delta: { message: { tool_calls: { id: call.id, type: 'function', function: { name: call.name, arguments: '' } } } } });
            for (const fragment of call.args) events.push({ type: 'tool-call-delta', index: i, delta: { message: { tool_calls: { function: { arguments: fragment } } } } });
            events.push({ type: 'tool-call-end', index: i });
        });
        const end = { type: 'message-end', delta: { finish_reason: stops[answer.stop].cohere, usage: cohereUsage(answer.usage) } };
        return { headers: { ...kSseHeaders }, frames: events.map((event) => named(event)), end: [named(end)] };
    },
    streamError: () => named({ type: 'message-end', delta: { error: 'generation failed', finish_reason: 'ERROR' } }),
    errors: {
        bad: [400, {}, { id: 'e1', message: 'invalid request: temperature must be between 0 and 1.' }],
        auth: [401, {}, { id: 'e2', message: 'invalid api token sk-golden-key-of-the-provider' }],
        rate: [429, {}, { id: 'e3', message: 'You are past the per minute request limit, please wait and try again later.' }],
        overloaded: [503, {}, { id: 'e4', message: 'service unavailable' }],
    },
};

// ---- Ollama native ---------------------------------------------------------------------------------------------------
const ollamaUsage = (usage) => ({ total_duration: 174560334, load_duration: 101397084, prompt_eval_count: usage.input, prompt_eval_duration: 13074791, eval_count: usage.output, eval_duration: 52479709 });
const ollamaCalls = (answer) => answer.calls.map((call) => ({ function: { name: call.name, arguments: JSON.parse(joined(call.args)) } }));
const ollamaSpeaker = {
    plain: (answer, model) => ({ headers: { 'content-type': 'application/json; charset=utf-8' }, body: json({ model, created_at: '2026-11-22T09:00:00.1Z',
        message: { role: 'assistant', content: joined(answer.text), ...(answer.think ? { thinking: joined(answer.think) } : {}), ...(answer.calls ? { tool_calls: ollamaCalls(answer) } : {}) },
        done_reason: stops[answer.stop].ollama, done: true, ...ollamaUsage(answer.usage) }) }),
    stream: (answer, model) => {
        const line = (message, rest = { done: false }) => Buffer.from(json({ model, created_at: '2026-11-22T09:00:00.1Z', message: { role: 'assistant', content: '', ...message }, ...rest }) + '\n');
        const frames = [...(answer.think ?? []).map((thinking) => line({ thinking })), ...(answer.text ?? []).map((content) => line({ content })),
            ...(answer.calls ? ollamaCalls(answer).map((call) => line({ tool_calls: [call] })) : [])];
        return { headers: { 'content-type': 'application/x-ndjson' }, frames, end: [line({}, { done_reason: stops[answer.stop].ollama, done: true, ...ollamaUsage(answer.usage) })] };
    },
    streamError: () => Buffer.from(json({ error: 'an error was encountered while running the model' }) + '\n'),
    errors: {
        bad: [400, {}, { error: 'invalid options: temperature' }],
        auth: [401, {}, { error: 'unauthorized' }],
        rate: [429, {}, { error: 'too many requests' }],
        overloaded: [503, {}, { error: 'server busy, please try again. maximum pending requests exceeded' }],
    },
};

// ---- who speaks what -------------------------------------------------------------------------------------------------
const speakers = {
    openai: chatSpeaker(),
    'azure-openai': chatSpeaker({ azure: true }),
    mistral: chatSpeaker({ contentArray: true, usageWithFinish: true }),
    groq: chatSpeaker({ usageIn: 'x_groq', thinkField: 'reasoning' }),
    deepseek: chatSpeaker({ hitMiss: true, usageWithFinish: true, keepAlive: true }),
    xai: chatSpeaker({ reasoningOutside: true, wholeCalls: true }),
    openrouter: chatSpeaker({ comments: true, thinkField: 'reasoning' }),
    'openai-compatible': chatSpeaker({ thinkField: 'reasoning', finishAlways: 'stop' }),  // "stop" even with tool calls
    anthropic: anthropicSpeaker, gemini: geminiSpeaker, bedrock: bedrockSpeaker, cohere: cohereSpeaker, ollama: ollamaSpeaker,
};

// The dialect a request at this path expects its answer in.
export function speakerOf(provider, path) {
    if (path.endsWith('/responses')) return responsesSpeaker;
    if (provider === 'vertex') return /publishers\/anthropic\//.test(path) ? anthropicSpeaker : geminiSpeaker;
    return speakers[provider];
}

export function wantsStream(entry) {
    return /converse-stream|streamGenerateContent|streamRawPredict/.test(entry.path) || entry.body?.stream === true
        || (/^\/api\/chat$/.test(entry.path) && entry.body?.stream !== false);
}

function modelOf(entry, provider) {
    return entry.body?.model ?? decodeURIComponent(/\/(?:models?|deployments)\/([^/:]+)/.exec(entry.path)?.[1] ?? `model-of-${provider}`);
}

// play(answer): plain or streamed, as asked. `how`: 'whole' (default), 'cut' (the connection ends after the content),
// 'unended' (a clean end without the end mark), 'error' (the provider's own error event after the content).
export function answering(answer, { how = 'whole', piece, error } = {}) {
    return (entry) => {
        const speaker = speakerOf(entry.provider, entry.path);
        if (error) {
            const [status, headers, body] = speaker.errors[error];
            return { status, headers: { 'content-type': 'application/json', ...headers }, body: json(body) };
        }
        const model = modelOf(entry, entry.provider);
        if (!wantsStream(entry)) {
            const whole = speaker.plain(answer, model, entry);
            if (how === 'whole') return whole;
            const bytes = Buffer.from(whole.body);
            return { headers: { ...whole.headers, 'content-length': String(bytes.length) }, chunks: [bytes.subarray(0, bytes.length >> 1)], cut: true };
        }
        const { headers, frames, end } = speaker.stream(answer, model, entry);
        const content = how === 'whole' ? [...frames, ...end] : frames.slice(0, Math.max(2, frames.length - 2));
        if (how === 'error') content.push(speaker.streamError());
        const chunks = piece ? inPieces(Buffer.concat(content), piece) : content;
        return { headers, chunks, cut: how === 'cut' };
    };
}

export function counting(n) {
    return (entry) => speakerOf(entry.provider, entry.path).count(n);
}

// Embeddings: the vector of text i is [i + 0.5, -0.25, 1e-3], as floats in each dialect; base64 only where asked for.
export const vectorOf = (i) => [i + 0.5, -0.25, Math.fround(0.001)];
export function embedding({ input = 9, floatsOnly = false } = {}) {
    return (entry) => {
        const reply = (body) => ({ headers: { 'content-type': 'application/json' }, body: json(body) });
        const body = entry.body;
        if (/:embedContent$/.test(entry.path)) return reply({ embedding: { values: vectorOf(0) }, usageMetadata: { promptTokenCount: input } });
        if (/:batchEmbedContents$/.test(entry.path)) return reply({ embeddings: body.requests.map((_, i) => ({ values: vectorOf(i) })), usageMetadata: { promptTokenCount: input } });
        if (/:predict$/.test(entry.path)) return reply({ predictions: body.instances.map((_, i) => ({ embeddings: { values: vectorOf(i), statistics: { token_count: input / body.instances.length } } })) });
        if (entry.path === '/v2/embed') return reply({ id: 'e', embeddings: { float: (body.texts ?? body.inputs).map((_, i) => vectorOf(i)) }, texts: body.texts, meta: { billed_units: { input_tokens: input } } });
        if (entry.path === '/api/embed') return reply({ model: body.model, embeddings: [].concat(body.input).map((_, i) => vectorOf(i)), prompt_eval_count: input });
        const base64 = body.encoding_format === 'base64' && !floatsOnly;
        const data = [].concat(body.input).map((_, index) => ({ object: 'embedding', index,
            embedding: base64 ? Buffer.from(new Float32Array(vectorOf(index)).buffer).toString('base64') : vectorOf(index) }));
        return reply({ object: 'list', data, model: body.model, usage: { prompt_tokens: input, total_tokens: input } });
    };
}
