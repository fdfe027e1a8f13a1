/** What one COPY of the Dockerfile's last stage brings. */
export interface Copied {
  /** Below the checkout; what a build stage made lies there too, under the same names. */
  from: string;
  /** Below the image's working directory. */
  to: string;
}

/** The files that the last stage of a Dockerfile copies, and the words that its entry point runs. */
export function imageOf(dockerfile: string): { copied: Copied[]; entry: string[] } {
  const stage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM ') + 1).split('\n');
  const copied = stage.flatMap(line => {
    const words = /^COPY (?:--from=\S+ )?(.+)$/.exec(line)?.[1]?.split(' ') ?? [];
    const to = words.at(-1);
    return to === undefined ? [] : words.slice(0, -1).map(path => copyOf(path.replace(/^\/source\//, ''), to));
  });
  const entry = stage.find(line => line.startsWith('ENTRYPOINT '))?.slice('ENTRYPOINT '.length) ?? '[]';
  return { copied, entry: JSON.parse(entry) };
}

const copyOf = (from: string, to: string): Copied => ({ from, to: to.endsWith('/') ? `${to}${from}` : to });
