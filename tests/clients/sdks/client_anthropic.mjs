// @anthropic-ai/sdk in both lives: 1.x (Bearer, API version 2026-10-21) and 0.137 (x-api-key, 2023-06-01).
import Anthropic from '@anthropic-ai/sdk';
import Anthropic0 from 'anthropic-sdk-0';

function messages(ask) {
    return ask.turns.map((turn) => {
        if (turn.native) return { role: 'assistant', content: turn.native };
        if (turn.results) return { role: 'user', content: turn.results.map(({ id, text }) => ({ type: 'tool_result', tool_use_id: id, content: text })) };
        if (turn.image) return { role: 'user', content: [{ type: 'text', text: turn.user }, { type: 'image', source: { type: 'base64', media_type: turn.image.type, data: turn.image.data } }] };
        return { role: turn.assistant ? 'assistant' : 'user', content: turn.assistant ?? turn.user };
    });
}

function parameters(alias, ask) {
    const config = { ...(ask.effort ? { effort: ask.effort } : {}), ...(ask.schema ? { format: { type: 'json_schema', schema: ask.schema } } : {}) };
    return { model: alias, max_tokens: ask.max ?? 300, messages: messages(ask),
        ...(ask.system ? { system: ask.cached ? [{ type: 'text', text: ask.system, cache_control: { type: 'ephemeral', ttl: '1h' } }] : ask.system } : {}),
        ...(ask.temperature !== undefined ? { temperature: ask.temperature } : {}),
        ...(ask.tools ? { tools: ask.tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema })) } : {}),
        ...(ask.required ? { tool_choice: { type: 'any' } } : {}),
        ...(Object.keys(config).length ? { output_config: config } : {}),
        ...(ask.effort ? { thinking: { type: 'adaptive' } } : {}), ...(ask.more ?? {}) };
}

function result(message) {
    const { usage } = message;
    return { text: message.content.filter((block) => block.type === 'text').map((block) => block.text).join(''),
        think: message.content.filter((block) => block.type === 'thinking').map((block) => block.thinking).join(''),
        signature: message.content.find((block) => block.type === 'thinking')?.signature,
        calls: message.content.filter((block) => block.type === 'tool_use').map((block) => ({ id: block.id, name: block.name, args: block.input })),
        stop: message.stop_reason, details: message.stop_details,
        usage: { input: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0), output: usage.output_tokens, cacheRead: usage.cache_read_input_tokens ?? 0,
            cacheWrite: usage.cache_creation_input_tokens ?? 0, reasoning: usage.output_tokens_details?.thinking_tokens ?? 0 },
        native: message.content };
}

const driver = (make) => ({
    words: 'anthropic',
    run: async (engine, alias, ask, stream) => {
        const client = make(engine);
        if (!stream) return result(await client.messages.create(parameters(alias, ask)));
        const runner = client.messages.stream(parameters(alias, ask));
        let streamed = '';
        runner.on('text', (delta) => { streamed += delta; });
        const message = result(await runner.finalMessage());
        if (streamed !== message.text) throw new Error(`the deltas say “${streamed}”, the whole says “${message.text}”`);
        return message;
    },
    count: async (engine, alias, ask) => {
        const { model, messages: list, system, tools } = parameters(alias, ask);
        return (await make(engine).messages.countTokens({ model, messages: list, ...(system ? { system } : {}), ...(tools ? { tools } : {}) })).input_tokens;
    },
    models: async (engine) => {
        const page = await make(engine).models.list();
        return page.data.map((model) => { if (model.type !== 'model') throw new Error(`an entry that is a ${model.type}`); return model.id; });
    },
    make,
});

export const anthropic = driver((engine) => new Anthropic({ apiKey: engine.key, baseURL: engine.url, maxRetries: 0, timeout: 15000 }));
export const anthropic0 = driver((engine) => new Anthropic0({ apiKey: engine.key, baseURL: engine.url, maxRetries: 0, timeout: 15000 }));
