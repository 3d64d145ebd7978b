// Clients of surfaces that the gateway does not serve: cohere-ai, ollama, @aws-sdk/client-bedrock-runtime. They judge our
// fakes (the golden provider, the simulator): what they accept is the provider's dialect.
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { CohereClientV2 } from 'cohere-ai';
import { Ollama } from 'ollama';

const texts = (ask) => ask.turns.filter((turn) => turn.user).map((turn) => turn.user);

export const cohere = {
    run: async ({ url, key }, model, ask, stream) => {
        const client = new CohereClientV2({ token: key, environment: url });
        const asked = { model, messages: texts(ask).map((content) => ({ role: 'user', content })), ...(ask.max ? { maxTokens: ask.max } : {}),
            ...(ask.tools ? { tools: ask.tools.map(({ name, description, schema }) => ({ type: 'function', function: { name, description, parameters: schema } })) } : {}) };
        const result = { text: '', think: '', calls: [], stop: undefined, usage: undefined };
        const usageOf = (usage) => ({ input: usage.tokens.inputTokens, output: usage.tokens.outputTokens, cacheRead: usage.cachedTokens ?? 0 });
        if (!stream) {
            const answer = await client.chat(asked, { maxRetries: 0 });
            for (const part of answer.message.content ?? []) {
                if (part.type === 'text') result.text += part.text;
                if (part.type === 'thinking') result.think += part.thinking;
            }
            result.calls = (answer.message.toolCalls ?? []).map((call) => ({ id: call.id, name: call.function.name, args: JSON.parse(call.function.arguments) }));
            return { ...result, stop: answer.finishReason, usage: usageOf(answer.usage) };
        }
        const calls = [];
        for await (const event of await client.chatStream(asked, { maxRetries: 0 })) {
            if (event.type === 'content-delta') {
                result.text += event.delta.message.content.text ?? '';
                result.think += event.delta.message.content.thinking ?? '';
            }
            if (event.type === 'tool-call-start') calls[event.index] = { id: event.delta.message.toolCalls.id, name: event.delta.message.toolCalls.function.name, json: '' };
            if (event.type === 'tool-call-delta') calls[event.index].json += event.delta.message.toolCalls.function.arguments;
            if (event.type === 'message-end') Object.assign(result, { stop: event.delta.finishReason, usage: event.delta.usage && usageOf(event.delta.usage), error: event.delta.error });
        }
        result.calls = calls.map(({ id, name, json }) => ({ id, name, args: JSON.parse(json) }));
        if (!result.stop || result.stop === 'ERROR') throw new Error(result.error ?? 'the stream ended without message-end');
        return result;
    },
};

export const ollama = {
    run: async ({ url, key }, model, ask, stream) => {
        const client = new Ollama({ host: url, headers: { authorization: `Bearer ${key}` } });
        const asked = { model, messages: texts(ask).map((content) => ({ role: 'user', content })), ...(ask.max ? { options: { num_predict: ask.max } } : {}), ...(ask.effort ? { think: true } : {}),
            ...(ask.tools ? { tools: ask.tools.map(({ name, description, schema }) => ({ type: 'function', function: { name, description, parameters: schema } })) } : {}) };
        const result = { text: '', think: '', calls: [], stop: undefined, usage: undefined };
        const take = (part) => {
            result.text += part.message.content ?? '';
            result.think += part.message.thinking ?? '';
            for (const call of part.message.tool_calls ?? []) result.calls.push({ name: call.function.name, args: call.function.arguments });
            if (part.done) Object.assign(result, { stop: part.done_reason, usage: { input: part.prompt_eval_count, output: part.eval_count } });
        };
        if (stream) for await (const part of await client.chat({ ...asked, stream: true })) take(part);
        else take(await client.chat(asked));
        if (!result.stop) throw new Error('the stream ended without done');
        return result;
    },
};

export const bedrock = {
    run: async ({ url, signed, key }, modelId, ask, stream) => {
        const client = new BedrockRuntimeClient({ region: 'eu-west-1', endpoint: url, maxAttempts: 1, requestHandler: new NodeHttpHandler(),
            ...(signed ? { credentials: signed } : { token: { token: key }, authSchemePreference: ['httpBearerAuth'] }) });
        const asked = { modelId, messages: texts(ask).map((text) => ({ role: 'user', content: [{ text }] })), ...(ask.system ? { system: [{ text: ask.system }] } : {}), ...(ask.max ? { inferenceConfig: { maxTokens: ask.max } } : {}),
            ...(ask.tools ? { toolConfig: { tools: ask.tools.map(({ name, description, schema }) => ({ toolSpec: { name, description, inputSchema: { json: schema } } })) } } : {}) };
        const usageOf = (usage) => ({ input: usage.inputTokens + (usage.cacheReadInputTokens ?? 0) + (usage.cacheWriteInputTokens ?? 0), output: usage.outputTokens, cacheRead: usage.cacheReadInputTokens ?? 0 });
        const result = { text: '', think: '', calls: [], stop: undefined, usage: undefined, signature: undefined };
        try {
            if (!stream) {
                const answer = await client.send(new ConverseCommand(asked));
                for (const block of answer.output.message.content) {
                    result.text += block.text ?? '';
                    result.think += block.reasoningContent?.reasoningText?.text ?? '';
                    result.signature = block.reasoningContent?.reasoningText?.signature ?? result.signature;
                    if (block.toolUse) result.calls.push({ id: block.toolUse.toolUseId, name: block.toolUse.name, args: block.toolUse.input });
                }
                return { ...result, stop: answer.stopReason, usage: usageOf(answer.usage) };
            }
            const calls = {};
            for await (const event of (await client.send(new ConverseStreamCommand(asked))).stream) {
                const start = event.contentBlockStart?.start?.toolUse;
                if (start) calls[event.contentBlockStart.contentBlockIndex] = { id: start.toolUseId, name: start.name, json: '' };
                const delta = event.contentBlockDelta?.delta;
                result.text += delta?.text ?? '';
                result.think += delta?.reasoningContent?.text ?? '';
                result.signature = delta?.reasoningContent?.signature ?? result.signature;
                if (delta?.toolUse) calls[event.contentBlockDelta.contentBlockIndex].json += delta.toolUse.input;
                if (event.messageStop) result.stop = event.messageStop.stopReason;
                if (event.metadata) result.usage = usageOf(event.metadata.usage);
            }
            result.calls = Object.values(calls).map(({ id, name, json }) => ({ id, name, args: JSON.parse(json) }));
            if (!result.stop) throw new Error('the stream ended without messageStop');
            return result;
        } finally {
            client.destroy();
        }
    },
};
