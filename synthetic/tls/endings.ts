import { type EndingRow, NETWORK_ENDINGS, TLS_ENDINGS } from '../net/endings.ts';

/** Every way a tls check can end without a handshake, and every way a certificate can be rejected. First row that covers a trouble applies. */
export const TLS_KIND_ENDINGS: readonly EndingRow[] = [...NETWORK_ENDINGS, ...TLS_ENDINGS];
