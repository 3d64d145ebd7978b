// The matrix of issue 4: client x surface x provider x feature. Each row is run streamed and not (unless `modes` says
// otherwise), and each run asserts what the client made of the answer (content, stop reason in the caller's words, usage),
// what the provider really received (hear.mjs), the caller's bytes (wire.mjs) and the record.
//
//   client      a driver of clients.mjs           provider  a row of providers.mjs
//   surface     as the record names it            feature   a row of features.mjs
//   expected    only what differs from the feature's usual outcome:
//     lost      fields that x-signalbox-warnings must name      think: false   the thinking has no place in this pair
//     refused   the call is refused with 400, in the caller's dialect, and the provider is not asked
const chat = 'openai.chat';
const responses = 'openai.responses';
const messages = 'anthropic.messages';
const gemini = 'gemini';

export const matrix = [
    // client          surface    provider             feature        expected
    ['openai',         chat,      'openai',            'text'],
    ['openai',         chat,      'openai',            'multibyte'],
    ['openai',         chat,      'openai',            'tools'],
    ['openai',         chat,      'openai',            'tool round'],
    ['openai',         chat,      'openai',            'schema'],
    ['openai',         chat,      'openai',            'image'],
    ['openai',         chat,      'openai',            'length'],
    ['openai',         chat,      'openai',            'cache'],
];
