// openai (chat completions and Responses), AzureOpenAI. A driver turns a neutral question into this client's own calls and
// what the client returns into neutral words: {text, think, calls, refusal, stop, usage, native}.
import OpenAI, { AzureOpenAI } from 'openai';

const parse = (text) => JSON.parse(text || '{}');

// ---- chat ------------------------------------------------------------------------------------------------------------
function messages(ask) {
    const list = ask.system ? [{ role: 'system', content: ask.system }] : [];
    for (const turn of ask.turns) {
        if (turn.native) list.push(turn.native);
        else if (turn.results) for (const { id, text } of turn.results) list.push({ role: 'tool', tool_call_id: id, content: text });
        else if (turn.image) list.push({ role: 'user', content: [{ type: 'text', text: turn.user }, { type: 'image_url', image_url: { url: `data:${turn.image.type};base64,${turn.image.data}` } }] });
        else list.push({ role: turn.assistant ? 'assistant' : 'user', content: turn.assistant ?? turn.user });
    }
    return list;
}

export function chatParameters(alias, ask) {
    return { model: alias, messages: messages(ask),
        ...(ask.max ? { max_completion_tokens: ask.max } : {}), ...(ask.temperature !== undefined ? { temperature: ask.temperature } : {}), ...(ask.seed ? { seed: ask.seed } : {}),
        ...(ask.tools ? { tools: ask.tools.map(({ name, description, schema }) => ({ type: 'function', function: { name, description, parameters: schema } })) } : {}),
        ...(ask.required ? { tool_choice: 'required' } : {}),
        ...(ask.schema ? { response_format: { type: 'json_schema', json_schema: { name: 'place', strict: true, schema: ask.schema } } } : {}),
        ...(ask.effort ? { reasoning_effort: ask.effort } : {}), ...(ask.more ?? {}) };
}

const chatUsage = (usage) => usage && { input: usage.prompt_tokens, output: usage.completion_tokens, cacheRead: usage.prompt_tokens_details?.cached_tokens ?? 0,
    cacheWrite: usage.prompt_tokens_details?.cache_write_tokens ?? 0, reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0 };

function chatResult(message, finish, usage) {
    return { text: message.content ?? '', think: message.reasoning_content ?? message.reasoning ?? '', refusal: message.refusal ?? undefined, stop: finish, usage: chatUsage(usage), native: message,
        calls: (message.tool_calls ?? []).map((call) => ({ id: call.id, name: call.function.name, args: parse(call.function.arguments), extra: call.extra_content })) };
}

async function chatStream(client, parameters) {
    const stream = await client.chat.completions.create({ ...parameters, stream: true, stream_options: { include_usage: true } });
    const message = { role: undefined, content: null, tool_calls: [] };
    let finish = null;
    let usage;
    let first = true;
    for await (const chunk of stream) {
        if (chunk.object !== 'chat.completion.chunk' && chunk.choices.length) throw new Error(`a chunk that is a ${chunk.object}`);
        if (chunk.usage) usage = chunk.usage;
        const [choice] = chunk.choices;
        if (!choice) continue;
        if (first && choice.delta.role !== 'assistant') throw new Error('the first delta has no role');
        first = false;
        message.role ??= choice.delta.role;
        if (choice.delta.content) message.content = (message.content ?? '') + choice.delta.content;
        if (choice.delta.refusal) message.refusal = (message.refusal ?? '') + choice.delta.refusal;
        for (const key of ['reasoning_content', 'reasoning']) {
            if (choice.delta[key]) message.reasoning_content = (message.reasoning_content ?? '') + choice.delta[key];
        }
        if (choice.delta.reasoning_details) message.reasoning_details = [...(message.reasoning_details ?? []), ...choice.delta.reasoning_details];
        for (const part of choice.delta.tool_calls ?? []) {
            const call = message.tool_calls[part.index] ??= { id: part.id, type: 'function', function: { name: part.function.name, arguments: '' } };
            call.function.arguments += part.function.arguments ?? '';
            if (part.extra_content) call.extra_content = part.extra_content;
        }
        finish = choice.finish_reason ?? finish;
    }
    if (!message.tool_calls.length) delete message.tool_calls;
    return chatResult(message, finish, usage);
}

async function chatPlain(client, parameters) {
    const answer = await client.chat.completions.create(parameters);
    return chatResult(answer.choices[0].message, answer.choices[0].finish_reason, answer.usage);
}

const chatDriver = (make) => ({
    words: 'chat',
    run: (engine, alias, ask, stream) => (stream ? chatStream : chatPlain)(make(engine, alias), chatParameters(alias, ask)),
    embed: async (engine, alias, texts) => {
        const answer = await make(engine, alias).embeddings.create({ model: alias, input: texts });
        return { vectors: answer.data.map((one) => one.embedding), input: answer.usage.prompt_tokens };
    },
    models: async (engine) => (await make(engine).models.list()).data.map((model) => model.id),
    make,
});

export const openaiClient = (engine, options = {}) => new OpenAI({ apiKey: engine.key, baseURL: `${engine.url}/v1`, maxRetries: 0, timeout: 15000, ...options });
export const openai = chatDriver((engine) => openaiClient(engine));
export const azure = chatDriver((engine, alias) => new AzureOpenAI({ apiKey: engine.key, endpoint: engine.url, apiVersion: '2024-10-21', deployment: alias, maxRetries: 0, timeout: 15000 }));

// ---- Responses -------------------------------------------------------------------------------------------------------
function items(ask) {
    const list = [];
    for (const turn of ask.turns) {
        if (turn.native) list.push(...turn.native);
        else if (turn.results) for (const { id, text } of turn.results) list.push({ type: 'function_call_output', call_id: id, output: text });
        else if (turn.image) list.push({ role: 'user', content: [{ type: 'input_text', text: turn.user }, { type: 'input_image', image_url: `data:${turn.image.type};base64,${turn.image.data}`, detail: 'auto' }] });
        else list.push({ role: turn.assistant ? 'assistant' : 'user', content: turn.assistant ?? turn.user });
    }
    return list;
}

function responsesParameters(alias, ask) {
    return { model: alias, input: items(ask), store: false, include: ['reasoning.encrypted_content'], ...(ask.system ? { instructions: ask.system } : {}),
        ...(ask.max ? { max_output_tokens: ask.max } : {}), ...(ask.temperature !== undefined ? { temperature: ask.temperature } : {}),
        ...(ask.tools ? { tools: ask.tools.map(({ name, description, schema }) => ({ type: 'function', name, description, parameters: schema, strict: false })) } : {}),
        ...(ask.required ? { tool_choice: 'required' } : {}),
        ...(ask.schema ? { text: { format: { type: 'json_schema', name: 'place', strict: true, schema: ask.schema } } } : {}),
        ...(ask.effort ? { reasoning: { effort: ask.effort, summary: 'auto' } } : {}), ...(ask.more ?? {}) };
}

function responsesResult(response) {
    const parts = response.output.filter((item) => item.type === 'message').flatMap((item) => item.content);
    const reasoning = response.output.filter((item) => item.type === 'reasoning');
    return { text: parts.filter((part) => part.type === 'output_text').map((part) => part.text).join(''), refusal: parts.find((part) => part.type === 'refusal')?.refusal,
        think: reasoning.flatMap((item) => [...(item.summary ?? []), ...(item.content ?? [])]).map((part) => part.text).join(''),
        calls: response.output.filter((item) => item.type === 'function_call').map((item) => ({ id: item.call_id, name: item.name, args: parse(item.arguments) })),
        stop: response.incomplete_details ? `${response.status}/${response.incomplete_details.reason}` : response.status,
        usage: response.usage && { input: response.usage.input_tokens, output: response.usage.output_tokens, cacheRead: response.usage.input_tokens_details?.cached_tokens ?? 0,
            cacheWrite: response.usage.input_tokens_details?.cache_write_tokens ?? 0, reasoning: response.usage.output_tokens_details?.reasoning_tokens ?? 0 },
        native: response.output };
}

export const responses = {
    words: 'responses',
    run: async (engine, alias, ask, stream) => {
        const client = openaiClient(engine);
        const parameters = responsesParameters(alias, ask);
        if (!stream) return responsesResult(await client.responses.create(parameters));
        const runner = client.responses.stream(parameters);
        let streamed = '';
        runner.on('response.output_text.delta', (event) => { streamed += event.delta; });
        const response = await runner.finalResponse();
        if (response.status === 'failed') throw Object.assign(new Error(response.error?.message), { failedResponse: response });
        const result = responsesResult(response);
        if (streamed !== result.text) throw new Error(`the deltas say “${streamed}”, the whole says “${result.text}”`);
        return result;
    },
};
