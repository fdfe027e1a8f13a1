/**
 * Builds the control plane's binaries, those that are missing and no others, and says beforehand how long that takes.
 * `node test/cluster/controlplane/build.ts [--operators] [--check]`
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  binaryFolder,
  controlPlaneModules,
  type GoModule,
  operatorModules,
  pinnedVersion,
  sourceFolder,
} from './modules.ts';

type Print = (line: string) => void;

/** The installed Go as `go1.26.0`, or undefined when there is none on the PATH. */
export function installedGo(): string | undefined {
  const asked = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.trim() : undefined;
}

/** The modules of which at least one binary is not there yet. */
export function missing(modules: readonly GoModule[]): GoModule[] {
  return modules.filter(module => needed(module).some(path => !existsSync(join(binaryFolder(module), path))));
}

const needed = (module: GoModule): string[] => [
  ...module.binaries,
  ...(module.keeps === undefined ? [] : [module.keeps]),
];

/**
 * Why tests on a real control plane cannot run here, as one line, or undefined when they can.
 * They can where everything is built, or where Go is there to build it; certificates need openssl.
 */
export function whyNoControlPlane(modules: readonly GoModule[] = controlPlaneModules): string | undefined {
  if (process.platform === 'win32') return 'no real control plane here: it needs Linux or macOS';
  if (spawnSync('openssl', ['version']).status !== 0) return 'no real control plane here: openssl is not on the PATH';
  const absent = missing(modules);
  if (absent.length === 0 || installedGo() !== undefined) return undefined;
  return `no real control plane here: ${absent.map(module => module.name).join(', ')} not built and Go is not on the PATH`;
}

/**
 * Builds what is missing of `modules`, one after another (the compiler already uses every core).
 * Resolves when all binaries are there; rejects with the compiler's words when a build fails.
 */
export async function ensureBuilt(modules: readonly GoModule[], print: Print = toStderr): Promise<void> {
  const absent = missing(modules);
  if (absent.length === 0) return;
  const go = installedGo();
  if (go === undefined) throw new Error(whyNoControlPlane(modules) ?? 'Go is not on the PATH');
  const cold = absent.reduce((sum, module) => sum + module.coldSeconds, 0);
  print(`building ${absent.map(module => `${module.name} ${pinnedVersion(module)}`).join(', ')} with ${go}`);
  print(`about ${spoken(cold)} on two cores when Go's build cache is cold, under half a minute when it is warm`);
  for (const module of absent) {
    const began = performance.now();
    await build(module);
    print(`built ${module.name} ${pinnedVersion(module)} in ${spoken((performance.now() - began) / 1000)}`);
  }
}

/** Builds into a folder beside the final one and renames, so that an interrupted build leaves nothing half there. */
async function build(module: GoModule): Promise<void> {
  const target = binaryFolder(module);
  const unfinished = `${target}.${process.pid}.unfinished`;
  mkdirSync(unfinished, { recursive: true });
  try {
    // An output path that ends in a slash is a folder for all tools; etcd's main package is the module's root,
    // whose last element is "v3", so a single binary is named outright.
    const output = module.binaries.length === 1 ? join(unfinished, String(module.binaries[0])) : `${unfinished}/`;
    const stamps = Object.entries(module.stamp?.(pinnedVersion(module)) ?? {}).map(
      ([name, value]) => ` -X ${name}=${value}`,
    );
    await go(['build', `-ldflags=-s -w${stamps.join('')}`, '-o', output, 'tool'], sourceFolder(module));
    if (module.keeps !== undefined) keep(module, module.keeps, unfinished);
    // Another process may have built the same meanwhile; what runs from there must not be pulled away under it.
    if (missing([module]).length === 0) return;
    rmSync(target, { recursive: true, force: true });
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function keep(module: GoModule, folder: string, target: string): void {
  const list = ['list', '-m', '-f', '{{.Dir}}', module.provides];
  const { stdout } = spawnSync('go', list, { cwd: sourceFolder(module), encoding: 'utf8' });
  cpSync(join(stdout.trim(), folder), join(target, folder), { recursive: true });
  // Go keeps modules read-only; a copy that cannot be removed would be in the way of the next build.
  for (const path of readdirSync(target, { recursive: true, encoding: 'utf8' })) chmodSync(join(target, path), 0o755);
}

function go(args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, { cwd, stdio: ['ignore', 'inherit', 'pipe'] });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-4000);
    });
    child.once('error', reject);
    child.once('close', code => {
      if (code === 0) resolve();
      else reject(new Error(`go ${args.join(' ')} in ${cwd} ended with ${code}:\n${words}`));
    });
  });
}

function spoken(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const modules = process.argv.includes('--operators')
    ? [...controlPlaneModules, ...operatorModules]
    : controlPlaneModules;
  const absent = missing(modules);
  if (absent.length === 0) toStderr('everything is built');
  else if (process.argv.includes('--check')) toStderr(`not built: ${absent.map(module => module.name).join(', ')}`);
  else {
    await ensureBuilt(modules).catch((error: Error) => {
      toStderr(error.message);
      process.exitCode = 1;
    });
  }
}
