import { checkId, incidentId, noticeId } from '../../core/identifiers.ts';
import type { Notice, NoticeContent } from '../../core/notice.ts';

/** A notice as tests need one; `more` replaces parts of its content, `number` tells incidents apart. */
export function makeNotice(channel: string, more: Partial<NoticeContent> = {}, number = 1): Notice {
  const incident = incidentId(Date.UTC(2026, 0, 1), `abcdef${String(number).padStart(2, '0')}`);
  const change = more.change ?? 'opened';
  return {
    id: noticeId(incident, change, channel),
    incident,
    channel,
    createdAt: Date.UTC(2026, 0, 1),
    content: {
      version: 1,
      change,
      track: 'target',
      severity: 'P2',
      check: {
        id: checkId('home'),
        name: 'Home page',
        kind: 'http',
        tags: ['web'],
        runbook: 'https://wiki.example/home',
      },
      target: { name: 'shop', environment: 'production', url: 'https://shop.example' },
      location: 'local',
      since: Date.UTC(2026, 0, 1),
      at: Date.UTC(2026, 0, 1, 0, 1),
      summary: 'Home page is failing: expected status is 200, got 503',
      details: ['expected status is 200, got 503'],
      ...more,
    },
  };
}
