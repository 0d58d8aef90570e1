import { type EndingRow, failed, NETWORK_ENDINGS, on, TLS_ENDINGS } from '../net/endings.ts';

/** Every way an http check can end without an answer to judge. First row that covers a trouble applies. */
export const HTTP_ENDINGS: readonly EndingRow[] = [
  ...NETWORK_ENDINGS,
  ...TLS_ENDINGS,
  on(
    'reach',
    failed(['ECONNRESET', 'EPIPE', 'ENDED'], 'the connection was closed', 'closed-before-answer', ['first_byte']),
  ),
  on(
    'wait',
    failed(['PHASE_TIMEOUT', 'DEADLINE', 'ETIMEDOUT'], 'the answer did not begin in time', 'first-byte-timeout', [
      'first_byte',
    ]),
  ),
  failed(['HPE_HEADER_OVERFLOW'], 'the head of the answer is too large', 'head-too-large'),
  failed(['HPE_*'], 'the answer is not HTTP', 'answer-malformed'),
  failed(['ERR_SSL_*', 'EPROTO'], 'the TLS connection was ended with an alert', 'tls-alert', [
    'first_byte',
    'transfer',
  ]),
  on(
    'reach',
    failed(
      ['ECONNRESET', 'EPIPE', 'ENDED', 'ERR_STREAM_PREMATURE_CLOSE'],
      'the connection was closed in the middle of the body',
      'closed-in-body',
      ['transfer'],
    ),
  ),
  on('wait', failed(['DEADLINE', 'ETIMEDOUT'], 'the body did not end in time', 'body-timeout', ['transfer'])),
  failed(['UNKNOWN_ENCODING'], 'the body has an encoding that was not asked for', 'body-encoding-unknown', [
    'transfer',
  ]),
  failed(
    ['Z_*', 'ERR__ERROR_*', 'ERR_BROTLI_*', 'ERR_PADDING_*', 'ZSTD_*', 'ERR_ZSTD_*', 'ERR_ZLIB_*', 'ERR_BUFFER_*'],
    'the body cannot be decoded',
    'body-undecodable',
    ['transfer'],
  ),
  failed(['TOO_MANY_REDIRECTS'], 'there are too many redirects', 'redirect-loop'),
  failed(['REDIRECT_INVALID'], 'the redirect leads nowhere', 'redirect-invalid'),
  failed(['REDIRECT_SCHEME'], 'the redirect leaves http and https', 'redirect-scheme'),
  failed(['REDIRECT_DOWNGRADE'], 'the redirect leads from https to http', 'redirect-downgrade'),
  failed(
    ['REDIRECT_SECRET_BODY'],
    'the redirect would give a body with secrets to another origin',
    'redirect-secret-body',
  ),
];
