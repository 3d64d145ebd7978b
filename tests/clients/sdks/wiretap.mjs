// Listens to what the client libraries really receive: every answer of the gateway, its head and its bytes, beside what
// the library makes of them. The tap reads the answer to its end even where a library stops listening at an error.
// Imported before any client, because some keep the fetch they find when they are made.
const real = globalThis.fetch;
let answers = [];

globalThis.fetch = async function fetch(input, init) {
    const url = typeof input === 'string' ? input : input.url ?? String(input);
    if (url.includes('/sim/') || url.includes('/api/v1/')) return real(input, init);
    // the library's signal is not passed on: its abort must not cut what the tap still reads
    const request = input instanceof Request ? new Request(input.url, { method: input.method, headers: input.headers, body: input.body, duplex: 'half' }) : input;
    const response = await real(request, init ? { ...init, signal: undefined } : undefined);
    const pieces = [];
    let over;
    const answer = { url, status: response.status, headers: response.headers, text: new Promise((resolve) => { over = resolve; }) };
    answers.push(answer);
    let taken = true;
    const body = response.body && new ReadableStream({
        async start(controller) {
            try {
                for await (const piece of response.body) {
                    pieces.push(piece);
                    if (taken) controller.enqueue(piece);
                }
                if (taken) controller.close();
                over(Buffer.concat(pieces).toString('utf8'));
            } catch (error) {
                over(`${Buffer.concat(pieces).toString('utf8')}(cut: ${error.message})`);
                if (taken) controller.error(error);
            }
        },
        cancel() { taken = false; },
    });
    if (!body) over('');
    const copy = new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
    Object.defineProperty(copy, 'url', { value: response.url });
    return copy;
};

export const tap = {
    clear: () => { answers = []; },
    get last() { return answers.at(-1); },
};
