// ai 7 (Vercel's AI SDK) with four of its providers: @ai-sdk/openai speaks Responses by default, @ai-sdk/anthropic sends
// x-api-key and 2023-06-01, @ai-sdk/google asks /v1beta, @ai-sdk/openai-compatible speaks chat completions.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, jsonSchema, Output, streamText, tool } from 'ai';

function messages(ask) {
    return ask.turns.flatMap((turn) => {
        if (turn.native) return turn.native;
        if (turn.results) return [{ role: 'tool', content: turn.results.map(({ id, name, text }) => ({ type: 'tool-result', toolCallId: id, toolName: name, output: { type: 'text', value: text } })) }];
        if (turn.image) return [{ role: 'user', content: [{ type: 'text', text: turn.user }, { type: 'file', mediaType: turn.image.type, data: turn.image.data }] }];
        return [{ role: turn.assistant ? 'assistant' : 'user', content: turn.assistant ?? turn.user }];
    });
}

function parameters(model, ask, providerOptions) {
    return { model, messages: messages(ask), maxRetries: 0, ...(ask.system ? { system: ask.system } : {}), ...(ask.max ? { maxOutputTokens: ask.max } : {}),
        ...(ask.temperature !== undefined ? { temperature: ask.temperature } : {}), ...(ask.seed ? { seed: ask.seed } : {}),
        ...(ask.tools ? { tools: Object.fromEntries(ask.tools.map(({ name, description, schema }) => [name, tool({ description, inputSchema: jsonSchema(schema) })])) } : {}),
        ...(ask.required ? { toolChoice: 'required' } : {}),
        ...(ask.schema ? { output: Output.object({ schema: jsonSchema(ask.schema) }) } : {}),
        ...(ask.effort && providerOptions ? { providerOptions: providerOptions(ask.effort) } : {}) };
}

async function gathered(result, ask) {
    const [text, think, toolCalls, stop, usage, response] = await Promise.all([result.text, result.reasoningText, result.toolCalls, result.finishReason, result.totalUsage ?? result.usage, result.response]);
    return { text, think: think ?? '', calls: toolCalls.map((call) => ({ id: call.toolCallId, name: call.toolName, args: call.input })), stop,
        object: ask.schema ? await result.output : undefined,
        usage: { input: usage.inputTokens, output: usage.outputTokens, cacheRead: usage.inputTokenDetails?.cacheReadTokens ?? 0, cacheWrite: usage.inputTokenDetails?.cacheWriteTokens ?? 0,
            reasoning: usage.outputTokenDetails?.reasoningTokens ?? 0 },
        native: response.messages };
}

const driver = (make, providerOptions) => ({
    words: 'aisdk',
    run: async (engine, alias, ask, stream) => {
        const asked = parameters(make(engine)(alias), ask, providerOptions);
        if (!stream) return gathered(await generateText(asked), ask);
        let failure;
        const result = streamText({ ...asked, onError: ({ error }) => { failure ??= error; } });
        for await (const part of result.fullStream) if (part.type === 'error') failure ??= part.error;
        if (failure) {
            for (const promise of ['text', 'output', 'toolCalls', 'finishReason', 'usage', 'totalUsage', 'response', 'reasoningText'])
                Promise.resolve(result[promise]).catch(() => {});
            throw failure instanceof Error ? failure : Object.assign(new Error(JSON.stringify(failure)), { streamed: failure });
        }
        return gathered(result, ask);
    },
});

export const aiOpenai = driver((engine) => createOpenAI({ apiKey: engine.key, baseURL: `${engine.url}/v1` }), (effort) => ({ openai: { forceReasoning: true, reasoningEffort: effort, reasoningSummary: 'auto', store: false, include: ['reasoning.encrypted_content'] } }));
export const aiAnthropic = driver((engine) => createAnthropic({ apiKey: engine.key, baseURL: `${engine.url}/v1` }), (effort) => ({ anthropic: { effort, thinking: { type: 'adaptive' } } }));
export const aiGoogle = driver((engine) => createGoogleGenerativeAI({ apiKey: engine.key, baseURL: `${engine.url}/v1beta` }), (effort) => ({ google: { thinkingConfig: { thinkingLevel: effort, includeThoughts: true } } }));
export const aiCompatible = driver((engine) => createOpenAICompatible({ name: 'signalbox', apiKey: engine.key, baseURL: `${engine.url}/v1`, includeUsage: true, supportsStructuredOutputs: true }), (effort) => ({ signalbox: { reasoningEffort: effort } }));
