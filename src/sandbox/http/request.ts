import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Kernel } from '../api/kernel.ts';
import type { WallClock } from '../clock.ts';
import type { UserInfo } from '../context.ts';
import { parseObject, readBody } from './body.ts';
import type { Representation } from './respond.ts';
import type { ResourcePath } from './route.ts';
import type { Tokens } from './tokens.ts';

/** Everything known of a request for a resource. */
export interface ResourceRequest {
  kernel: Kernel;
  tokens: Tokens;
  wall: WallClock;
  path: ResourcePath;
  query: URLSearchParams;
  user: UserInfo;
  request: IncomingMessage;
  response: ServerResponse;
  shown: Representation;
  warnings: string[];
  /** Paths of duplicate members of the body. */
  duplicates: string[];
}

/** The body of a request for an object. `kind` is named when it cannot be read. */
export async function bodyOf(r: ResourceRequest, kind: string): Promise<unknown> {
  return parseObject(await readBody(r.request), r.request.headers['content-type'], kind, r.duplicates);
}
