import { readRegular } from '../host/disk/regular.ts';
import { listenForInterrupt } from '../host/interrupt.ts';
import { startWebhookServer } from '../webhook-server/server.ts';
import type { CommandBody } from './command.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { durationOption, wholeNumber } from './number.ts';
import { linePrinter } from './output/output.ts';

/** `mayday webhook-server`: the program that a WebhookLatency injection runs in the cluster. It allows every review, with a delay. */
export const webhookServerCommand: CommandBody = async ({ globals, options }) => {
  const delayMs = durationOption(options.delay, 'delay') ?? 25_000;
  const port = wholeNumber(options.port, 'port', 0, 65_535) ?? 8443;
  const cert = file(options.tlsCertFile, 'tls-cert-file');
  const key = file(options.tlsPrivateKeyFile, 'tls-private-key-file');
  const interrupt = listenForInterrupt();
  const server = await startWebhookServer({ port, cert, key, delayMs }).catch((error: Error) => {
    throw new CommandFailure(`the webhook server could not start: ${error.message}`);
  });
  linePrinter(globals)(`delays every review by ${delayMs} ms on port ${server.port}`);
  await new Promise<void>(resolve => interrupt.signal.addEventListener('abort', () => resolve(), { once: true }));
  await server.close();
  return EXIT.done;
};

function file(path: unknown, option: string): string {
  if (typeof path !== 'string') throw new CommandFailure(`expected --${option} FILE, found none`);
  const reading = readRegular(path);
  if (reading.is === 'text') return reading.text;
  const why = reading.is === 'missing' ? 'it is not there' : reading.why;
  throw new CommandFailure(`--${option}: cannot read ${path}: ${why}`);
}
