import type { Provider } from '../e2e/providers/provider.ts';
import type { Attack } from './attack.ts';
import { openScene } from './scene.ts';

/** What came of one attack. `broken`: it could not be played to its end, so that it proves nothing. */
export interface Played {
  readonly attack: string;
  readonly cluster: string;
  readonly gained?: string;
  readonly broken?: string;
  /** What the privileged program said, for whoever looks into it. */
  readonly said: string;
}

/** Plays one attack in a namespace of its own. */
export async function play(provider: Provider, attack: Attack): Promise<Played> {
  const about = { attack: attack.name, cluster: provider.name };
  let said = '';
  try {
    const scene = await openScene(provider, attack.rights);
    try {
      await attack.prepare?.(scene);
      await attack.plant(scene);
      const ended = await attack.act(scene);
      said = `${ended.stdout}${ended.stderr}`;
      const gained = await attack.gained(scene, ended);
      return { ...about, said, ...(gained === undefined ? {} : { gained }) };
    } finally {
      await attack.tidy?.(scene);
      await scene.close();
    }
  } catch (error) {
    return { ...about, said, broken: error instanceof Error ? error.message : String(error) };
  }
}
