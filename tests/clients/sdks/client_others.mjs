// @langchain/openai and @mistralai/mistralai against the chat surface.
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { Mistral } from '@mistralai/mistralai';

function langchainMessages(ask) {
    const list = ask.system ? [new SystemMessage(ask.system)] : [];
    for (const turn of ask.turns) {
        if (turn.native) list.push(turn.native);
        else if (turn.results) list.push(...turn.results.map(({ id, text }) => new ToolMessage({ tool_call_id: id, content: text })));
        else if (turn.image) list.push(new HumanMessage({ content: [{ type: 'text', text: turn.user }, { type: 'image_url', image_url: { url: `data:${turn.image.type};base64,${turn.image.data}` } }] }));
        else list.push(turn.assistant ? new AIMessage(turn.assistant) : new HumanMessage(turn.user));
    }
    return list;
}

export const langchain = {
    words: 'chat',
    run: async (engine, alias, ask, stream) => {
        let model = new ChatOpenAI({ model: alias, apiKey: engine.key, configuration: { baseURL: `${engine.url}/v1` }, maxRetries: 0, streamUsage: true, useResponsesApi: false,
            ...(ask.max ? { maxTokens: ask.max } : {}), ...(ask.temperature !== undefined ? { temperature: ask.temperature } : {}) });
        if (ask.tools)
            model = model.bindTools(ask.tools.map(({ name, description, schema }) => ({ type: 'function', function: { name, description, parameters: schema } })), ask.required ? { tool_choice: 'required' } : {});
        let message;
        if (stream) for await (const chunk of await model.stream(langchainMessages(ask))) message = message ? message.concat(chunk) : chunk;
        else message = await model.invoke(langchainMessages(ask));
        const usage = message.usage_metadata;
        return { text: typeof message.content === 'string' ? message.content : message.content.map((part) => part.text ?? '').join(''),
            think: message.additional_kwargs?.reasoning_content ?? '', calls: message.tool_calls.map((call) => ({ id: call.id, name: call.name, args: call.args })), stop: message.response_metadata.finish_reason,
            usage: { input: usage?.input_tokens, output: usage?.output_tokens, cacheRead: usage?.input_token_details?.cache_read ?? 0, cacheWrite: 0, reasoning: usage?.output_token_details?.reasoning ?? 0 },
            native: message };
    },
};

function mistralMessages(ask) {
    const list = ask.system ? [{ role: 'system', content: ask.system }] : [];
    for (const turn of ask.turns) {
        if (turn.native) list.push(turn.native);
        else if (turn.results) list.push(...turn.results.map(({ id, name, text }) => ({ role: 'tool', toolCallId: id, name, content: text })));
        else if (turn.image) list.push({ role: 'user', content: [{ type: 'text', text: turn.user }, { type: 'image_url', imageUrl: `data:${turn.image.type};base64,${turn.image.data}` }] });
        else list.push({ role: turn.assistant ? 'assistant' : 'user', content: turn.assistant ?? turn.user });
    }
    return list;
}

const mistralText = (content) => typeof content === 'string' ? content : (content ?? []).filter((part) => part.type === 'text').map((part) => part.text).join('');
const mistralThink = (content) => typeof content === 'string' ? '' : (content ?? []).filter((part) => part.type === 'thinking').flatMap((part) => part.thinking).map((part) => part.text).join('');

export const mistral = {
    words: 'chat',
    run: async (engine, alias, ask, stream) => {
        const client = new Mistral({ apiKey: engine.key, serverURL: engine.url, retryConfig: { strategy: 'none' } });
        const asked = { model: alias, messages: mistralMessages(ask), ...(ask.max ? { maxTokens: ask.max } : {}), ...(ask.temperature !== undefined ? { temperature: ask.temperature } : {}),
            ...(ask.tools ? { tools: ask.tools.map(({ name, description, schema }) => ({ type: 'function', function: { name, description, parameters: schema } })) } : {}), ...(ask.required ? { toolChoice: 'required' } : {}) };
        const message = { role: 'assistant', content: '', toolCalls: [] };
        let finish;
        let usage;
        let think = '';
        if (stream) {
            for await (const { data } of await client.chat.stream(asked)) {
                usage = data.usage ?? usage;
                const [choice] = data.choices;
                if (!choice) continue;
                message.content += mistralText(choice.delta.content);
                think += mistralThink(choice.delta.content);
                finish = choice.finishReason ?? finish;
                for (const part of choice.delta.toolCalls ?? []) {
                    const call = message.toolCalls[part.index] ??= { id: part.id, function: { name: part.function.name, arguments: '' } };
                    call.function.arguments += part.function.arguments;
                }
            }
            // this client does not notice a stream that just ends
            if (!finish) throw new Error('the stream ended without a finish reason');
        } else {
            const answer = await client.chat.complete(asked);
            Object.assign(message, answer.choices[0].message);
            finish = answer.choices[0].finishReason;
            usage = answer.usage;
            think = mistralThink(message.content);
        }
        const calls = (message.toolCalls ?? []).map((call) => ({ id: call.id, name: call.function.name, args: typeof call.function.arguments === 'string' ? JSON.parse(call.function.arguments) : call.function.arguments }));
        if (!message.toolCalls?.length) delete message.toolCalls;
        return { text: mistralText(message.content), think, calls, stop: finish, usage: { input: usage?.promptTokens, output: usage?.completionTokens, cacheRead: 0, cacheWrite: 0, reasoning: 0, partial: true }, native: message };
    },
};
