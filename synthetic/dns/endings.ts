import { type EndingRow, failed, NETWORK_ENDINGS, on } from '../net/endings.ts';

/**
 * Every way a dns check can end without a reply. A server that the check names is what is watched, so its silence (phase `exchange`)
 * is the target's; a resolver of the system (phase `resolve`) is ours. First row that covers a trouble applies.
 */
export const DNS_ENDINGS: readonly EndingRow[] = [
  ...NETWORK_ENDINGS,
  on(
    'wait',
    failed(['PHASE_TIMEOUT', 'DEADLINE', 'ETIMEDOUT'], 'the name server did not answer in time', 'server-silent', [
      'exchange',
    ]),
  ),
  on('reach', failed(['ECONNREFUSED'], 'the name server is not listening', 'server-refused', ['exchange'])),
  on(
    'reach',
    failed(['ECONNRESET', 'EPIPE', 'ENDED'], 'the name server closed the connection', 'server-closed', ['exchange']),
  ),
  failed(['BAD_ANSWER'], 'the reply is not one to our question', 'answer-malformed', ['exchange']),
];
