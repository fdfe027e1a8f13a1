import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { build, type PluginBuild } from 'esbuild';
import { buildFacts, git } from './build-facts.ts';
import { declarationOf } from './declaration.ts';
import { lighterStart } from './lighter-start.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const SEEN = Symbol('already resolved');

/** Ink imports its devtools bridge statically; in production it is dead weight. */
const withoutDevtools = {
  name: 'without-devtools',
  setup(b: PluginBuild) {
    b.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'react-devtools-core', namespace: 'empty' }));
    b.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {}', loader: 'js' }));
  },
};

/**
 * The Kubernetes client is used for its kubeconfig alone, but its index files import every generated type of the API. Told that
 * its modules do nothing when merely imported, the bundler leaves those out.
 */
const withoutUnusedClient = {
  name: 'without-unused-client',
  setup(b: PluginBuild) {
    b.onResolve({ filter: /^(@kubernetes\/client-node|\.)/ }, async args => {
      const isClient = args.path.startsWith('@kubernetes/') || args.importer.includes('/@kubernetes/client-node/');
      if (!isClient || args.pluginData === SEEN) return undefined;
      const { path, namespace, kind, importer, resolveDir } = args;
      const found = await b.resolve(path, { namespace, kind, importer, resolveDir, pluginData: SEEN });
      return { ...found, sideEffects: false };
    });
  },
};

// Built beside and swapped in, so that a build that fails leaves the last good one.
const next = 'dist.next';
rmSync(next, { recursive: true, force: true });
await build({
  entryPoints: { mayday: 'src/bin/mayday.ts', sandbox: 'src/sandbox/index.ts' },
  outdir: next,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  // The launcher must parse on old versions to be able to say so or to re-execute.
  target: 'node18',
  jsx: 'automatic',
  minify: true,
  legalComments: 'none',
  define: {
    'process.env.NODE_ENV': '"production"',
    // Undici then leaves out a second parser, which nobody asks for.
    esbuildDetection: 'true',
    MAYDAY_BUILD: JSON.stringify(buildFacts(version, process.env, git)),
  },
  // CommonJS dependencies inside an ES module bundle still call require for node's own modules.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  plugins: [lighterStart, withoutDevtools, withoutUnusedClient],
  logLevel: 'warning',
});
chmodSync(`${next}/mayday.js`, 0o755);
writeFileSync(`${next}/sandbox.d.ts`, declarationOf('src/sandbox/index.ts'));
rmSync('dist', { recursive: true, force: true });
renameSync(next, 'dist');
