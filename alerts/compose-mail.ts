import type { SendMailOptions } from 'nodemailer';
import { cut } from '../core/cut.ts';
import type { Notice, NoticeContent } from '../core/notice.ts';
import type { EmailChannel } from '../core/plan.ts';
import { oneLine } from './one-line.ts';

const LONGEST_SUBJECT = 200;

const WORDS = {
  opened: { target: 'FAILING', fault: 'NOT MEASURED' },
  worsened: { target: 'WORSE', fault: 'WORSE' },
  recovered: { target: 'RECOVERED', fault: 'MEASURED AGAIN' },
  removed: { target: 'REMOVED', fault: 'REMOVED' },
} as const;

const OWN_WORDS = { opened: 'TROUBLE', worsened: 'WORSE', recovered: 'IN ORDER AGAIN', removed: 'REMOVED' } as const;

function wordOf({ change, track, check, flapping }: NoticeContent): string {
  const word = check.kind === 'self' ? OWN_WORDS[change] : WORDS[change][track];
  return flapping ? `${change === 'opened' ? '' : `${word}, `}FLAPPING` : word;
}

/** The mail of a notice: plain text, because it is read on a phone at night and must not carry the target's HTML. */
export function composeMail(notice: Notice, config: Pick<EmailChannel, 'from' | 'to'>): SendMailOptions {
  const { content } = notice;
  const thread = `<${notice.incident}@vigie>`;
  return {
    from: config.from,
    to: [...config.to],
    // Text of the target must not break a header.
    subject: cut(
      oneLine(`[${content.severity}] ${wordOf(content)} ${content.check.name} (${content.target.environment})`),
      LONGEST_SUBJECT,
    ),
    text: bodyOf(content, notice.id),
    messageId: `<${notice.id}@vigie>`,
    inReplyTo: thread,
    references: thread,
    headers: { 'X-Vigie-Dedup-Key': notice.id, 'Auto-Submitted': 'auto-generated' },
  };
}

function bodyOf(content: NoticeContent, id: string): string {
  const { check, target } = content;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Check', `${check.name} (${check.kind}, id ${check.id})`],
    ['Target', `${target.name}, ${target.environment}, ${target.url}`],
    ['Asked', content.asked],
    ['Location', content.location],
    ['Since', new Date(content.since).toISOString()],
    ['Reported', new Date(content.at).toISOString()],
    ['Owner', check.owner],
    ['Runbook', check.runbook],
    ['Run', content.run],
    ['Link', content.link],
    ['Dedup key', id],
  ];
  const table = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${`${name}:`.padEnd(11)}${value}`]));
  // What the summary says already is not said again.
  const details = content.details.filter((line) => !content.summary.includes(line));
  return [
    content.summary,
    '',
    ...details.map((line) => `- ${line}`),
    ...(details.length === 0 ? [] : ['']),
    ...table,
    '',
  ].join('\n');
}
