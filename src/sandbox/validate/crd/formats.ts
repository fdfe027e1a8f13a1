import { isIP } from 'node:net';

const isUri = (text: string): boolean => /^[a-z][a-z\d+.-]*:./i.test(text) || /^\/[^\s]*$/.test(text);
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const HOST = /^([a-z\d]([a-z\d-]{0,61}[a-z\d])?)(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i;
const DURATION =
  /^([+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)\s*)+$|^0$|^(\d+\s*(nanoseconds?|nanos?|microseconds?|micros?|milliseconds?|millis?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|[smhdw])\s*)+$/i;

/** The formats of text that the server checks in custom objects; it knows no others. */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': text => /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?$/.test(text),
  date: text => /^\d{4}-\d\d-\d\d$/.test(text),
  duration: text => DURATION.test(text),
  ipv4: text => isIP(text) === 4,
  ipv6: text => isIP(text) === 6,
  cidr: text => /^[\da-f.:]+\/\d{1,3}$/i.test(text) && isIP(text.split('/')[0] ?? '') !== 0,
  email: text => /^[^\s@]+@[^\s@]+$/.test(text),
  hostname: text => HOST.test(text),
  uri: isUri,
  byte: isBase64,
  uuid: text => UUID.test(text),
  mac: text => /^([\da-f]{2}[:-]){5}[\da-f]{2}$/i.test(text),
};

/** Whether a text has the format; true for formats that the server does not check. */
export const isOfFormat = (text: string, format: string): boolean => FORMATS[format]?.(text) ?? true;
