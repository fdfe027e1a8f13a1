import type { RunEvent } from '../run/event.ts';
import type { ClusterEvents } from './cluster-events.ts';
import { type Notice, noticesOf, type RunAbout } from './notice.ts';
import type { Sender } from './sender.ts';

/** Sends notices to receivers and writes Kubernetes Events. Runs never wait for it. */
export interface Notifier {
  onRunEvent(event: RunEvent, about: RunAbout, note: (text: string) => void): void;
  /** Sends a notice that belongs to no run, such as a met abort condition of a game-day. */
  send(notice: Notice): void;
  /** Call it at the end of the process; resolves to what could not be delivered, a line each. */
  close(): Promise<string[]>;
}

/** Long enough for an answer and one retry, milliseconds. */
const CLOSING_MS = 4_000;

export function createNotifier(senders: readonly Sender[], events: ClusterEvents | undefined): Notifier {
  const injected = new Map<string, number>();
  const send = (notice: Notice) => {
    for (const sender of senders) sender.send(notice);
  };
  return {
    send: send,
    onRunEvent(event, about, note) {
      if (event.event === 'injected') injected.set(event.run, event.at);
      for (const notice of noticesOf(event, about, injected.get(event.run))) send(notice);
      events?.onRunEvent(event, about, note);
      if (event.event === 'verdict') injected.delete(event.run);
    },
    async close() {
      const [failures] = await Promise.all([
        Promise.all(senders.map(sender => sender.close(CLOSING_MS))),
        events?.close(CLOSING_MS),
      ]);
      return failures.filter(line => line !== undefined);
    },
  };
}
