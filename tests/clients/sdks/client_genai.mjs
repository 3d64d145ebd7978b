// @google/genai 3.x: generateContent on /v1 (or /v1beta), key in x-goog-api-key.
import { GoogleGenAI } from '@google/genai';

function contents(ask) {
    return ask.turns.map((turn) => {
        if (turn.native) return turn.native;
        if (turn.results) return { role: 'user', parts: turn.results.map(({ id, name, text }) => ({ functionResponse: { ...(id ? { id } : {}), name, response: { output: text } } })) };
        const parts = [{ text: turn.assistant ?? turn.user }];
        if (turn.image) parts.push({ inlineData: { mimeType: turn.image.type, data: turn.image.data } });
        return { role: turn.assistant ? 'model' : 'user', parts };
    });
}

function parameters(alias, ask) {
    return { model: alias, contents: contents(ask), config: {
        ...(ask.system ? { systemInstruction: ask.system } : {}), ...(ask.max ? { maxOutputTokens: ask.max } : {}), ...(ask.temperature !== undefined ? { temperature: ask.temperature } : {}),
        ...(ask.seed ? { seed: ask.seed } : {}),
        ...(ask.tools ? { tools: [{ functionDeclarations: ask.tools.map(({ name, description, schema }) => ({ name, description, parametersJsonSchema: schema })) }] } : {}),
        ...(ask.required ? { toolConfig: { functionCallingConfig: { mode: 'ANY' } } } : {}),
        ...(ask.schema ? { responseMimeType: 'application/json', responseJsonSchema: ask.schema } : {}),
        ...(ask.effort ? { thinkingConfig: { thinkingLevel: ask.effort.toUpperCase(), includeThoughts: true } } : {}), ...(ask.more ?? {}),
    } };
}

function result(parts, finish, usage) {
    return { text: parts.filter((part) => part.text && !part.thought).map((part) => part.text).join(''), think: parts.filter((part) => part.thought).map((part) => part.text ?? '').join(''),
        calls: parts.filter((part) => part.functionCall).map((part) => ({ id: part.functionCall.id, name: part.functionCall.name, args: part.functionCall.args, signature: part.thoughtSignature })),
        signature: parts.find((part) => part.thoughtSignature)?.thoughtSignature, stop: finish,
        usage: usage && { input: usage.promptTokenCount, output: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0), cacheRead: usage.cachedContentTokenCount ?? 0, cacheWrite: 0,
            reasoning: usage.thoughtsTokenCount ?? 0, total: usage.totalTokenCount },
        native: { role: 'model', parts } };
}

const make = (engine, options = {}) => new GoogleGenAI({ apiKey: engine.key, httpOptions: { baseUrl: engine.url, retryOptions: { attempts: 1 }, ...options } });

const driver = (options) => ({
    words: 'gemini',
    run: async (engine, alias, ask, stream) => {
        const client = make(engine, options);
        if (!stream) {
            const answer = await client.models.generateContent(parameters(alias, ask));
            return { ...result(answer.candidates?.[0]?.content?.parts ?? [], answer.candidates?.[0]?.finishReason, answer.usageMetadata), blocked: answer.promptFeedback?.blockReason };
        }
        const parts = [];
        let finish;
        let usage;
        let blocked;
        for await (const chunk of await client.models.generateContentStream(parameters(alias, ask))) {
            parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
            finish = chunk.candidates?.[0]?.finishReason ?? finish;
            usage = chunk.usageMetadata ?? usage;
            blocked = chunk.promptFeedback?.blockReason ?? blocked;
        }
        // this client neither throws nor says a word when a stream just ends: no finish reason is how one notices
        if (!finish && !blocked) throw new Error('the stream ended without a finishReason');
        return { ...result(parts, finish, usage), blocked };
    },
    count: async (engine, alias, ask) => (await make(engine, options).models.countTokens({ model: alias, contents: contents(ask) })).totalTokens,
    embed: async (engine, alias, texts) => {
        const answer = await make(engine, options).models.embedContent({ model: alias, contents: texts });
        return { vectors: answer.embeddings.map((one) => one.values) };
    },
    models: async (engine) => {
        const names = [];
        for await (const model of await make(engine, options).models.list()) names.push(model.name);
        return names.map((name) => { if (!name.startsWith('models/')) throw new Error(`a name without models/: ${name}`); return name.slice(7); });
    },
});

export const genai = driver({});
export const genaiBeta = driver({ apiVersion: 'v1beta' });
