import type { Call } from '../api/kernel.ts';
import type { Page } from '../api/list.ts';
import type { KubeObject } from '../object.ts';
import { groupVersion, type ResourceInfo } from '../registry.ts';

/** The answer to a request, before it is encoded in the requested format. */
export type Answer =
  | { is: 'object'; code: number; object: KubeObject; apiVersion: string; info?: ResourceInfo; version?: string }
  | { is: 'page'; page: Page; info: ResourceInfo; version: string }
  | { is: 'json'; code: number; body: unknown; contentType?: string; etag?: string }
  | { is: 'text'; code: number; text: string; contentType?: string }
  | { is: 'bytes'; code: number; bytes: Buffer; contentType: string }
  /** The handler has written to the connection itself. */
  | { is: 'written' };

/** A JSON body that is not a stored object. */
export const json = (code: number, body: unknown): Answer => ({ is: 'json', code, body });

/** The answer in place of an aggregated API server that does not respond. */
export const unavailable = (): Answer => ({ is: 'text', code: 503, text: 'service unavailable\n' });

/** The answer for a path that is not served. */
export const pageNotFound = (): Answer => ({ is: 'text', code: 404, text: '404 page not found\n' });

/** An object of the resource the call is about. */
export const objectAnswer = (call: Call, code: number, object: KubeObject): Answer => ({
  is: 'object',
  code,
  object,
  apiVersion: groupVersion(call.info.group, call.version),
  info: call.info,
  version: call.version,
});

/** An object of another kind than the resource's, such as a Scale. */
export const plainAnswer = (code: number, object: KubeObject): Answer => ({
  is: 'object',
  code,
  object,
  apiVersion: object.apiVersion,
});

/** A Status that reports success without an object. */
export const success = (code: number | undefined, details?: object) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  ...(details ? { details } : {}),
  ...(code ? { code } : {}),
});
