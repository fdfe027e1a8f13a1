import type { Page } from '../api/list.ts';
import type { KubeObject } from '../object.ts';
import type { ResourceInfo } from '../registry.ts';

/** What a request is answered with, before it is put into the form asked for. */
export type Answer =
  | { type: 'object'; code: number; object: KubeObject; apiVersion: string; info?: ResourceInfo; version?: string }
  | { type: 'page'; page: Page; info: ResourceInfo; version: string }
  | { type: 'json'; code: number; body: unknown; contentType?: string; etag?: string }
  | { type: 'text'; code: number; text: string; contentType?: string }
  /** The handler has written to the connection itself. */
  | { type: 'written' };

export const json = (code: number, body: unknown): Answer => ({ type: 'json', code, body });

/** A path nothing is served at. */
export const pageNotFound = (): Answer => ({ type: 'text', code: 404, text: '404 page not found\n' });
