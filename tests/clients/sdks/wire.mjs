// What the caller's bytes must look like in each of the four dialects, whatever a client library overlooks: the order of a
// stream's events, its one end mark, or an error in its place (wire.md sections 1, 5 and 9). Each check returns a list of
// faults.
const events = (text) => text.split(/\r\n\r\n|\n\n|\r\r/).filter((block) => block.trim()).map((block) => {
    const lines = block.split(/\r\n|\n|\r/);
    const field = (name) => lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).replace(/^ /, '')).join('\n');
    return { name: field('event'), data: field('data'), comment: lines.every((line) => line.startsWith(':')) };
}).filter((event) => !event.comment);

function parsed(list, faults) {
    return list.map((event) => {
        try { return JSON.parse(event.data); } catch { faults.push(`not JSON: ${event.data.slice(0, 80)}`); return {}; }
    });
}

function chat(text, { ended, usageChunk = true }) {
    const faults = [];
    const list = events(text);
    const done = list.findIndex((event) => event.data === '[DONE]');
    if (!ended) {
        if (done >= 0) faults.push('[DONE] after an error');
        const last = parsed(list.slice(-1), faults)[0];
        if (!last?.error?.message || !last.error.signalbox) faults.push(`the last event is no error: ${list.at(-1)?.data}`);
        return faults;
    }
    if (done !== list.length - 1) faults.push('[DONE] is not the last event');
    const chunks = parsed(list.slice(0, -1), faults);
    const finishes = chunks.filter((chunk) => chunk.choices?.[0]?.finish_reason);
    if (finishes.length !== 1) faults.push(`${finishes.length} finish reasons`);
    const usages = chunks.filter((chunk) => chunk.usage);
    if (usageChunk && (usages.length < 1 || usages.length > 2)) faults.push(`${usages.length} chunks with usage`);
    if (usages.length && chunks.indexOf(usages.at(-1)) < chunks.indexOf(finishes[0])) faults.push('usage before the finish reason');
    if (new Set(chunks.filter((chunk) => chunk.id).map((chunk) => chunk.id)).size > 1) faults.push('chunks with different ids');
    return faults;
}

function responses(text, { ended }) {
    const faults = [];
    const list = events(text).filter((event) => event.data !== '[DONE]');
    const all = parsed(list, faults);
    all.forEach((event, i) => {
        if (event.sequence_number !== i) faults.push(`event ${i} (${event.type}) has the sequence number ${event.sequence_number}`);
        if (list[i].name && list[i].name !== event.type) faults.push(`event ${list[i].name} says it is ${event.type}`);
    });
    const open = new Map();
    for (const event of all) {
        if (event.type === 'response.output_item.added') open.set(event.output_index, { parts: new Set(), id: event.item.id });
        if (event.type === 'response.content_part.added') open.get(event.output_index)?.parts.add(event.content_index);
        if (event.type === 'response.content_part.done') open.get(event.output_index)?.parts.delete(event.content_index);
        if (/\.delta$/.test(event.type) && open.get(event.output_index)?.id !== event.item_id) faults.push(`a ${event.type} of an item that is not open`);
        if (event.type === 'response.output_item.done') {
            if (open.get(event.output_index)?.parts.size) faults.push('an item is done with an open part');
            open.delete(event.output_index);
        }
    }
    if (open.size) faults.push('items that were never done');
    if (all[0]?.type !== 'response.created' || all[1]?.type !== 'response.in_progress') faults.push(`it begins with ${all[0]?.type}, ${all[1]?.type}`);
    const last = all.at(-1)?.type;
    if (ended && last !== 'response.completed' && last !== 'response.incomplete') faults.push(`it ends with ${last}`);
    if (!ended && last !== 'response.failed' && last !== 'error') faults.push(`it ends with ${last}`);
    if (!ended && all.some((event) => event.type === 'response.completed')) faults.push('response.completed in a stream that broke');
    return faults;
}

function anthropic(text, { ended }) {
    const faults = [];
    const list = events(text);
    const all = parsed(list, faults);
    all.forEach((event, i) => { if (list[i].name !== event.type) faults.push(`event ${i} is named ${list[i].name || 'nothing'} and says it is ${event.type}`); });
    if (all.filter((event) => event.type === 'message_start').length !== 1) faults.push('not exactly one message_start');
    let open;
    let next = 0;
    for (const event of all) {
        if (event.type === 'content_block_start') {
            if (open !== undefined || event.index !== next) faults.push(`block ${event.index} starts while ${open} is open, ${next} is due`);
            if (event.content_block.type === 'tool_use' && JSON.stringify(event.content_block.input) !== '{}') faults.push('a tool_use starts with arguments');
            open = next++;
        }
        if (event.type === 'content_block_delta' && event.index !== open) faults.push('a delta of a block that is not open');
        if (event.type === 'content_block_stop') open = undefined;
    }
    const last = all.at(-1)?.type;
    if (ended && (last !== 'message_stop' || all.at(-2)?.type !== 'message_delta')) faults.push(`it ends with ${last}`);
    if (!ended && (last !== 'error' || all.some((event) => event.type === 'message_stop'))) faults.push(`a broken stream ends with ${last}`);
    if (ended && open !== undefined) faults.push('a block that was never stopped');
    return faults;
}

function gemini(text, { ended }) {
    const faults = [];
    const list = events(text);
    const all = parsed(list, faults);
    if (list.some((event) => event.name)) faults.push('an event with a name');
    const last = all.at(-1);
    if (ended && !last?.candidates?.[0]?.finishReason && !last?.promptFeedback) faults.push('the last chunk has no finishReason');
    if (ended && !last?.usageMetadata) faults.push('the last chunk has no usageMetadata');
    if (!ended && !last?.error?.message) faults.push('the last chunk is no error');
    if (!ended && all.some((chunk) => chunk.candidates?.[0]?.finishReason)) faults.push('a finishReason in a stream that broke');
    return faults;
}

export const streamFaults = { 'openai.chat': chat, 'openai.responses': responses, 'anthropic.messages': anthropic, 'gemini.generate': gemini };

// An error that came instead of an answer, in the caller's dialect, with our own words beside it.
export function errorFaults(surface, status, body, code) {
    let json;
    try { json = JSON.parse(body); } catch { return [`the error is not JSON: ${body.slice(0, 200)}`]; }
    const faults = [];
    const { error } = json;
    const ours = error?.signalbox ?? json.signalbox;
    if (!error?.message) faults.push('no error.message');
    if (ours?.code !== code) faults.push(`signalbox.code is ${ours?.code}, not ${code}`);
    if (!ours?.request_id) faults.push('no signalbox.request_id');
    if (surface === 'anthropic.messages' && (json.type !== 'error' || !error?.type || !json.request_id)) faults.push('not the shape of an Anthropic error');
    if (surface === 'gemini.generate' && (error?.code !== status || !/^[A-Z_]+$/.test(error?.status ?? ''))) faults.push('not the shape of a Google error');
    if (surface.startsWith('openai') && (typeof error?.type !== 'string' || !('code' in (error ?? {})) || !('param' in (error ?? {})))) faults.push('not the shape of an OpenAI error');
    if (body.includes('sk-golden')) faults.push('the provider’s text about our key went out to the caller');
    return faults;
}
