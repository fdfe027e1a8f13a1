import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** By which node finds what was put into it; the same for every program. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/**
 * Makes the single executable for the platform at hand from the pinned Node.js and the bundle: it starts with no node on the PATH. Gives the
 * path of the file.
 */
export function makeExecutable(folder: string): string {
  const work = join(folder, 'executable');
  mkdirSync(work, { recursive: true });
  const node = resolve('node_modules/node/bin/node');
  const paths = ['package.json', ...globSync(['dist/**/*.js', 'experiments/**/*.yaml'])].sort();
  const files = paths.map(path => ({ path, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') }));
  const digest = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
  const index = join(work, 'index.json');
  writeFileSync(index, JSON.stringify({ digest, files }));
  const config = {
    main: resolve('scripts/release/executable-main.cjs'),
    output: join(work, 'program.blob'),
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    assets: { 'index.json': index, ...Object.fromEntries(paths.map(path => [path, resolve(path)])) },
  };
  const described = join(work, 'sea.json');
  writeFileSync(described, JSON.stringify(config));
  execFileSync(node, ['--experimental-sea-config', described], { stdio: ['ignore', 'ignore', 'inherit'] });
  const file = join(folder, `mayday-${process.platform}-${process.arch}`);
  copyFileSync(node, file);
  chmodSync(file, 0o755);
  const postject = resolve('node_modules/postject/dist/cli.js');
  const put = spawnSync(node, [postject, file, 'NODE_SEA_BLOB', config.output, '--sentinel-fuse', FUSE], {
    encoding: 'utf8',
  });
  // It warns of every section of Node.js itself that has no name, which means nothing here.
  const said = put.stderr.split('\n').filter(line => line !== '' && !line.includes("Can't find string offset"));
  for (const line of said) process.stderr.write(`postject: ${line}\n`);
  if (put.status !== 0)
    throw new Error(`expected postject to put the program into ${file}, found exit code ${put.status}`);
  return file;
}
