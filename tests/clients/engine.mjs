// Starts signalbox-sim and signalboxd for a client test: real programs, real sockets, ports chosen by the system.
// `ledger()` asks the simulator what it really received: it is the witness, not the gateway's own record.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = process.env.SIGNALBOX_BIN;

function start(name, args, folder) {
    const log = join(folder, `${name}.log`);
    const child = spawn(join(bin, name), args, { stdio: ['ignore', 'pipe', openSync(log, 'w')] });
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

// aliases: {name: model}. The tenant is acme; the returned key may call every alias unless `keyAliases` says otherwise.
export async function startEngine(aliases, keyAliases = ['*']) {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-client-'));
    const simulator = start('signalbox-sim', ['--listen', '127.0.0.1:0', '--fast'], folder);
    const sim = await simulator.ready;
    const rows = Object.entries(aliases).map(([name, model]) =>
        `  - {name: ${name}, purpose: tests, owner: qa, candidates: [{provider: sim, model: ${model}, weight: 100}]}`);
    const config = join(folder, 'signalbox.yaml');
    writeFileSync(config, `signalbox: 1
providers:
  - {name: sim, kind: openai-compatible, base_url: "${sim.base_url}", region: local, retention: zero}
aliases:
${rows.join('\n')}
tenants:
  - {name: acme}
`);
    const data = join(folder, 'data');
    const daemon = start('signalboxd',
        ['--config', config, '--data-dir', data, '--gateway', '127.0.0.1:0', '--admin', '127.0.0.1:0'], folder);
    const gateway = await daemon.ready;
    const ctl = (...args) => JSON.parse(execFileSync(join(bin, 'signalboxctl'), [...args, '--json', '--data-dir', data], { encoding: 'utf8' }));
    const issue = (names) => ctl('credential', 'issue', '--tenant', 'acme', '--aliases', names.join(','), '--reason', 'client test').key;
    return {
        url: gateway.gateway,
        key: issue(keyAliases),
        issue,
        ctl,
        ledger: async () => (await fetch(`${sim.url}/sim/ledger`)).json(),
        clearLedger: async () => fetch(`${sim.url}/sim/ledger`, { method: 'DELETE' }),
        stop: async () => {
            const code = await daemon.stop();
            await simulator.stop();
            rmSync(folder, { recursive: true, force: true });
            return code;
        },
    };
}
