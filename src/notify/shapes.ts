import type { Notice } from './notice.ts';
import type { Receiver } from './receiver.ts';

/** The body of one request in the format of a receiver. */
export interface Body {
  contentType: string;
  text: string;
}

const json = (value: unknown, contentType = 'application/json'): Body => ({ contentType, text: JSON.stringify(value) });

/** A CloudEvent, version 1.0, in the structured form. */
function cloudEvent(notice: Notice): Body {
  const { kind, id, at, context, host, by, run, experiment, type, text, facts } = notice;
  return json(
    {
      specversion: '1.0',
      id,
      source: `/mayday/${encodeURIComponent(host)}/${encodeURIComponent(context)}`,
      type: `mayday.${kind}`,
      ...(experiment === undefined ? {} : { subject: experiment }),
      time: new Date(at).toISOString(),
      datacontenttype: 'application/json',
      data: {
        text,
        context,
        by,
        host,
        ...(run === undefined ? {} : { run }),
        ...(experiment === undefined ? {} : { experiment }),
        ...(type === undefined ? {} : { faultType: type }),
        ...facts,
      },
    },
    'application/cloudevents+json; charset=utf-8',
  );
}

const sign = ({ isBad }: Notice): string => (isBad ? ':warning:' : ':white_check_mark:');

/** Slack interprets these three characters. */
const forSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Mattermost interprets Markdown, and `@` mentions people. */
const forMattermost = (text: string): string =>
  text.replace(/[\\`*_{}[\]()#+!|~>-]/g, '\\$&').replaceAll('@', '@\u200b');

function annotation(notice: Notice): Body {
  const { at, since, kind, experiment, type, text } = notice;
  const tags = [
    'mayday',
    kind,
    ...(experiment === undefined ? [] : [experiment]),
    ...(type === undefined ? [] : [type]),
  ];
  // Grafana shows the time that the fault was in as a region; all other notices are points in time.
  const time = kind === 'reverted' && since !== undefined ? { time: since, timeEnd: at } : { time: at };
  return json({ ...time, tags, text: forSlack(text) });
}

export const BODIES: Readonly<Record<Receiver['as'], (notice: Notice) => Body>> = {
  cloudevents: cloudEvent,
  slack: notice => json({ text: `${sign(notice)} ${forSlack(notice.text)}` }),
  mattermost: notice => json({ text: `${sign(notice)} ${forMattermost(notice.text)}` }),
  grafana: annotation,
};
