// The features of the matrix: what a caller asks, what the provider answers, and what the provider must have understood.
// Neutral: the drivers put the questions into each client's calls, speak.mjs puts the answers into each provider's words,
// hear.mjs reads back what the provider received. A feature has steps; each step is one call.
const weather = { name: 'get_weather', description: 'The weather of a city.',
    schema: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 }, type: { type: 'string', enum: ['short', 'long'] } }, required: ['city'] } };
const time = { name: 'get_time', description: 'The time of a city.', schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } };
export const tools = [weather, time];
const place = { type: 'object', properties: { city: { type: 'string' }, open: { type: 'boolean' } }, required: ['city', 'open'], additionalProperties: false };
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const question = 'Is the line clear, café 列車 🚂?';
const twoCalls = [  // arguments in fragments that cut a number, a key and a multi-byte character's neighbourhood
    { id: 'callAbc12', name: 'get_weather', args: ['{"ci', 'ty":"Ørs', 'ted","da', 'ys":1', '2}'] },
    { id: 'callXyz89', name: 'get_time', args: ['{"city":', '"Crewe"}'] },
];
const calledArgs = [{ city: 'Ørsted', days: 12 }, { city: 'Crewe' }];
const usage = { input: 21, output: 9 };
const words = { text: ['The line', ' is clear.'], stop: 'stop', usage };
const signature = 'EqQBCgIYAhIkMDEyMzQ1Njc4OWFiY2RlZg+/golden==';

const afterTools = (first) => [{ user: 'What is the weather?' }, { native: first.native },
    { results: first.calls.map((call, i) => ({ id: call.id, name: call.name, text: ['12 degrees', 'half past nine'][i] })) }];
const saidAfterTools = [['user', 'What is the weather?'], ['call', 'get_weather', calledArgs[0]], ['call', 'get_time', calledArgs[1]], ['result', '12 degrees'], ['result', 'half past nine']];

export const features = {
    text: { steps: [{ ask: { system: 'You are a signaller.', turns: [{ user: question }], max: 200 }, answer: words,
        understood: { system: 'You are a signaller.', said: [['user', question]], max: 200 } }] },
    // every byte of the stream in a packet of its own size 7: characters are cut in the middle
    multibyte: { piece: 7, steps: [{ ask: { turns: [{ user: question }] }, answer: { text: ['Zu', 'g fährt: ', '列車', ' 🚂🚃', ' naï', 've — “ok”'], stop: 'stop', usage: { input: 30, output: 17 } }, understood: { said: [['user', question]] } }] },
    length: { steps: [{ ask: { turns: [{ user: question }], max: 9 }, answer: { ...words, stop: 'length' }, understood: { said: [['user', question]], max: 9 } }] },
    tools: { steps: [{ ask: { turns: [{ user: 'What is the weather?' }], tools, required: true }, answer: { calls: twoCalls, stop: 'tool', usage: { input: 80, output: 31 } },
        understood: { said: [['user', 'What is the weather?']], tools, required: true } }] },
    // text before the calls, and the provider's stop reason says nothing of tools: promoted all the same (wire.md 3)
    'text+tools': { steps: [{ ask: { turns: [{ user: 'What is the weather?' }], tools }, answer: { text: ['Let me', ' look.'], calls: twoCalls, stop: 'tool', usage: { input: 80, output: 35 } }, understood: { tools } }] },
    'tool round': { steps: [
        { ask: { turns: [{ user: 'What is the weather?' }], tools }, answer: { calls: twoCalls, stop: 'tool', usage: { input: 80, output: 31 } }, understood: { tools } },
        { ask: (first) => ({ turns: afterTools(first), tools }), answer: { text: ['It is 12 degrees', ' and half past nine.'], stop: 'stop', usage: { input: 140, output: 12 } }, understood: { said: saidAfterTools, tools } }] },
    schema: { steps: [{ ask: { turns: [{ user: 'Describe the platform.' }], schema: place }, answer: { text: ['{"city":"Swin', 'don","open":true}'], stop: 'stop', usage: { input: 60, output: 14 } },
        understood: { said: [['user', 'Describe the platform.']], schema: place } }] },
    image: { steps: [{ ask: { turns: [{ user: 'What is this?', image: { type: 'image/png', data: pixel } }] }, answer: { text: ['One pixel.'], stop: 'stop', usage: { input: 300, output: 4 } },
        understood: { said: [['user', 'What is this?'], ['image', 'image/png', pixel]] } }] },
    think: { steps: [{ ask: { turns: [{ user: question }], effort: 'high', max: 4000 }, answer: { think: ['The signal ', 'is green.'], signature, text: ['The line is clear.'], stop: 'stop', usage: { input: 25, output: 40, reasoning: 32 } },
        understood: { said: [['user', question]], effort: 'high' } }] },
    // thinking, a call, and back: the signature must return to its signer byte for byte
    'think round': { steps: [
        { ask: { turns: [{ user: 'What is the weather?' }], tools, effort: 'high', max: 4000 }, answer: { think: ['I should ask.'], signature, calls: twoCalls, stop: 'tool', usage: { input: 80, output: 60, reasoning: 29 } }, understood: { tools } },
        { ask: (first) => ({ turns: afterTools(first), tools, effort: 'high', max: 4000 }), answer: { text: ['12 degrees.'], stop: 'stop', usage: { input: 170, output: 12, reasoning: 0 } }, understood: { signature, tools } }] },
    cache: { steps: [{ ask: { system: 'A long house rule. '.repeat(40), cached: true, turns: [{ user: question }] }, answer: { ...words, usage: { input: 2100, cacheRead: 1500, cacheWrite5m: 400, output: 9 } }, understood: { said: [['user', question]] } }] },
    'cache read': { steps: [{ ask: { turns: [{ user: question }] }, answer: { ...words, usage: { input: 2100, cacheRead: 1500, output: 9 } }, understood: { said: [['user', question]] } }] },
    refusal: { steps: [{ ask: { turns: [{ user: 'Something forbidden.' }] }, answer: { text: ['I cannot'], refusal: 'This is against the rules.', stop: 'safety', category: 'cyber', usage: { input: 14, output: 3 } }, understood: { said: [['user', 'Something forbidden.']] } }] },
    // errors before anything was sent
    bad: { error: 'bad', steps: [{ ask: { turns: [{ user: question }], max: 100 }, answer: words }] },
    auth: { error: 'auth', steps: [{ ask: { turns: [{ user: question }], max: 100 }, answer: words }] },
    rate: { error: 'rate', steps: [{ ask: { turns: [{ user: question }], max: 100 }, answer: words }] },
    overloaded: { error: 'overloaded', steps: [{ ask: { turns: [{ user: question }], max: 100 }, answer: words }] },
    context: { error: 'context', steps: [{ ask: { turns: [{ user: question }], max: 100 }, answer: words }] },
    billing: { error: 'billing', steps: [{ ask: { turns: [{ user: question }], max: 100 }, answer: words }] },
    // after the first content: the stream must not end as if nothing had been (not streamed: a cut body is an error too)
    'mid error': { how: 'error', steps: [{ ask: { turns: [{ user: question }], max: 100 }, answer: { ...words, text: ['The line', ' is', ' clear', ' now.'] } }] },
    cut: { how: 'cut', steps: [{ ask: { turns: [{ user: question }], max: 100 }, answer: { ...words, text: ['The line', ' is', ' clear', ' now.'] } }] },
    unended: { how: 'unended', steps: [{ ask: { turns: [{ user: question }], max: 100 }, answer: { ...words, text: ['The line', ' is', ' clear', ' now.'] } }] },
};
export { calledArgs, signature };
