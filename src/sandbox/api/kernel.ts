import type { SandboxClock } from '../clock.ts';
import type { UserInfo, WebhookBackend } from '../context.ts';
import type { PodLogs } from '../logs.ts';
import type { Random } from '../random.ts';
import type { Registry, ResourceInfo } from '../registry.ts';
import type { Schemas } from '../schema/schemas.ts';
import type { Store } from '../store.ts';

/** What every part of the API works with. */
export interface Kernel {
  store: Store;
  clock: SandboxClock;
  random: Random;
  registry: Registry;
  schemas: Schemas;
  logs: PodLogs;
  webhooks: Map<string, WebhookBackend>;
}

/** How unknown fields are handled: dropped silently, dropped with a warning, or refused. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** One write by one user, whatever way it came in. */
export interface Call {
  info: ResourceInfo;
  /** The version in the path. */
  version: string;
  /** Empty for the object itself. */
  subresource: string;
  namespace: string | undefined;
  /** Empty for a create without a name in the path. */
  name: string;
  user: UserInfo;
  /** Field manager. */
  manager: string;
  dryRun: boolean;
  fieldValidation: FieldValidation;
  /** Collected for Warning headers. */
  warnings: string[];
  /** Members that came twice in the body, by path. */
  duplicates?: readonly string[];
}
