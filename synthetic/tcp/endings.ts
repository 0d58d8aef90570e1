import { type EndingRow, failed, NETWORK_ENDINGS, on, TLS_ENDINGS } from '../net/endings.ts';

/** Every way a tcp check can end before its last step. First row that covers a trouble applies. */
export const TCP_ENDINGS: readonly EndingRow[] = [
  ...NETWORK_ENDINGS,
  ...TLS_ENDINGS,
  on(
    'wait',
    failed(['PHASE_TIMEOUT', 'DEADLINE', 'ETIMEDOUT'], 'the expected answer did not come in time', 'answer-timeout', [
      'exchange',
    ]),
  ),
  on(
    'reach',
    failed(
      ['ECONNRESET', 'EPIPE', 'ENDED'],
      'the connection was closed before the expected answer',
      'closed-before-answer',
      ['exchange'],
    ),
  ),
  failed(['ERR_SSL_*', 'EPROTO'], 'the TLS connection was ended with an alert', 'tls-alert', ['exchange']),
  failed(['READ_LIMIT'], 'the expected answer is not in what may be read', 'answer-not-found', ['exchange']),
];
