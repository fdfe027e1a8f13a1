type Env = Record<string, string | undefined>;

/**
 * Decides colour once, before anything that draws is loaded, and leaves exactly one variable for the libraries below.
 * Precedence: `--color` > NO_COLOR > FORCE_COLOR > TERM=dumb > detection. Node warns into the screen when NO_COLOR and
 * FORCE_COLOR are both set, so one of them goes.
 */
export function settleColour(argv: readonly string[], env: Env): void {
  const flag = colourFlag(argv);
  if (flag === 'always') {
    delete env.NO_COLOR;
    env.FORCE_COLOR ??= '1';
    if (env.FORCE_COLOR === '0') env.FORCE_COLOR = '1';
    return;
  }
  const refused =
    flag === 'never' || (env.NO_COLOR ?? '') !== '' || (env.FORCE_COLOR === undefined && env.TERM === 'dumb');
  delete env.NO_COLOR;
  if (refused) env.FORCE_COLOR = '0';
}

function colourFlag(argv: readonly string[]): string | undefined {
  for (let i = argv.length - 1; i >= 0; i--) {
    const word = argv[i] ?? '';
    if (word.startsWith('--color=')) return word.slice('--color='.length);
    if (word === '--color') return argv[i + 1];
  }
  return undefined;
}
