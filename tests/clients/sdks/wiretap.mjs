// Listens to what the client libraries really receive: every answer of the gateway, its head and its bytes, beside what
// the library makes of them. Imported before any client, because some keep the fetch they find when they are made.
const real = globalThis.fetch;
let answers = [];

globalThis.fetch = async function fetch(input, init) {
    const response = await real(input, init);
    const url = typeof input === 'string' ? input : input.url ?? String(input);
    if (url.includes('/sim/') || url.includes('/api/v1/')) return response;
    const copy = response.clone();
    answers.push({ url, status: response.status, headers: response.headers, text: copy.text().catch((error) => `(cut: ${error.message})`) });
    return response;
};

export const tap = {
    clear: () => { answers = []; },
    get all() { return answers; },
    get last() { return answers.at(-1); },
};
