import { spawn } from 'node:child_process';

// With a terminal the console on the sandbox; without one the narrated demo, which ends by itself.
const interactive = process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== 'dumb';
const args = interactive ? ['--sandbox', ...process.argv.slice(2)] : ['demo', ...process.argv.slice(2)];
const child = spawn(process.execPath, ['dist/mayday.js', ...args], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', code => {
  process.exitCode = code ?? 1;
});
