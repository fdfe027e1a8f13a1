import type { RunEvent } from '../run/event.ts';
import type { ClusterEvents } from './cluster-events.ts';
import { type Notice, noticesOf, type RunAbout } from './notice.ts';
import type { Sender } from './sender.ts';

/** Tells others what happens: people's channels, and the cluster's own Events. Nothing of it is ever waited for. */
export interface Notifier {
  hear(event: RunEvent, about: RunAbout, note: (text: string) => void): void;
  /** What is not of a run, such as a tripped condition of a game-day. */
  tell(notice: Notice): void;
  /** At the end of the process: what could not be told, a line each. */
  close(): Promise<string[]>;
}

/** Long enough for a receiver that answers, and for one more try. */
const CLOSING_MS = 4_000;

export function createNotifier(senders: readonly Sender[], events: ClusterEvents | undefined): Notifier {
  const injected = new Map<string, number>();
  const tell = (notice: Notice) => {
    for (const sender of senders) sender.tell(notice);
  };
  return {
    tell,
    hear(event, about, note) {
      if (event.event === 'injected') injected.set(event.run, event.at);
      for (const notice of noticesOf(event, about, injected.get(event.run))) tell(notice);
      events?.hear(event, about, note);
      if (event.event === 'verdict') injected.delete(event.run);
    },
    async close() {
      const [complaints] = await Promise.all([
        Promise.all(senders.map(sender => sender.close(CLOSING_MS))),
        events?.close(CLOSING_MS),
      ]);
      return complaints.filter(line => line !== undefined);
    },
  };
}
