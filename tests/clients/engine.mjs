// Starts signalbox-sim and signalboxd for a client test: real programs, real sockets, ports chosen by the system.
// `ledger()` asks the simulator what it really received: it is the witness, not the gateway's own record.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = process.env.SIGNALBOX_BIN;

function start(name, args, folder, environment = {}) {
    const log = join(folder, `${name}.log`);
    const child = spawn(join(bin, name), args, { stdio: ['ignore', 'pipe', openSync(log, 'w')], env: { ...process.env, ...environment } });
    const ready = new Promise((resolve, reject) => {
        let text = '';
        const late = setTimeout(() => reject(new Error(`${name} was not ready in time: ${readFileSync(log, 'utf8')}`)), 20000);
        child.stdout.on('data', (data) => {
            text += data;
            if (text.includes('\n')) {
                clearTimeout(late);
                resolve(JSON.parse(text.split('\n')[0]));
            }
        });
        child.on('exit', (code) => reject(new Error(`${name} ended with ${code}: ${readFileSync(log, 'utf8')}`)));
    });
    const stop = () => new Promise((resolve) => {
        if (child.exitCode !== null) return resolve(child.exitCode);
        const hard = setTimeout(() => child.kill('SIGKILL'), 20000);
        child.removeAllListeners('exit');
        child.on('exit', (code) => { clearTimeout(hard); resolve(code); });
        child.kill('SIGTERM');
    });
    return { ready, stop };
}

// An engine with the given signalbox.yaml. `record(id)` is the call as the admin listener tells it.
export async function startWith(yaml, { environment = {}, files = {} } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-client-'));
    const data = join(folder, 'data');
    const config = join(folder, 'signalbox.yaml');
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
    writeFileSync(config, yaml.replaceAll('@FOLDER@', folder));
    const daemon = start('signalboxd',
        ['--config', config, '--data-dir', data, '--gateway', '127.0.0.1:0', '--admin', '127.0.0.1:0'], folder, environment);
    const { gateway, admin } = await daemon.ready;
    const ctl = (...args) => JSON.parse(execFileSync(join(bin, 'signalboxctl'), [...args, '--json', '--data-dir', data], { encoding: 'utf8' }));
    const issue = (names = ['*']) => ctl('credential', 'issue', '--tenant', 'acme', '--aliases', names.join(','), '--reason', 'client test').key;
    const token = readFileSync(join(data, 'admin.token'), 'utf8').trim();
    return {
        url: gateway,
        key: issue(),
        issue,
        ctl,
        log: () => readFileSync(join(folder, 'signalboxd.log'), 'utf8'),
        record: async (id) => {
            const response = await fetch(`${admin}/api/v1/calls/${id}`, { headers: { authorization: `Bearer ${token}` } });
            if (response.status !== 200) throw new Error(`no record of call ${id}: ${response.status} ${await response.text()}`);
            return response.json();
        },
        stop: async () => {
            const code = await daemon.stop();
            rmSync(folder, { recursive: true, force: true });
            return code;
        },
    };
}

// The simulated provider as a program of its own.
export async function startSimulator() {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-sim-'));
    const simulator = start('signalbox-sim', ['--listen', '127.0.0.1:0', '--fast'], folder);
    const sim = await simulator.ready;
    return {
        url: sim.url,
        baseUrl: sim.base_url,
        ledger: async () => (await fetch(`${sim.url}/sim/ledger`)).json(),
        clearLedger: async () => fetch(`${sim.url}/sim/ledger`, { method: 'DELETE' }),
        stop: async () => {
            await simulator.stop();
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

// aliases: {name: model}, all of the simulated provider. The tenant is acme; the returned key may call every alias
// unless `keyAliases` says otherwise.
export async function startEngine(aliases, keyAliases = ['*']) {
    const sim = await startSimulator();
    const rows = Object.entries(aliases).map(([name, model]) =>
        `  - {name: ${name}, purpose: tests, owner: qa, candidates: [{provider: sim, model: ${model}, weight: 100}]}`);
    const engine = await startWith(`signalbox: 1
providers:
  - {name: sim, kind: openai-compatible, base_url: "${sim.baseUrl}", region: local, retention: zero}
aliases:
${rows.join('\n')}
tenants:
  - {name: acme}
`);
    return {
        ...engine,
        key: engine.issue(keyAliases),
        ledger: sim.ledger,
        clearLedger: sim.clearLedger,
        stop: async () => {
            const code = await engine.stop();
            await sim.stop();
            return code;
        },
    };
}
