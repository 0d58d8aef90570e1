import type { Socket } from 'node:net';

export type OutboundRequest = {
  readonly url: string;
  readonly method: 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
};
export type OutboundAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The beginning of the body. */
  readonly text: string;
};

/** The way to receivers: notices, pushed metrics, mail. What it opens passes the address rules of the settings; redirects are never followed. */
export type Outbound = {
  send(request: OutboundRequest): Promise<OutboundAnswer>;
  /** A connected socket. */
  connect(to: { readonly host: string; readonly port: number; readonly signal: AbortSignal }): Promise<Socket>;
};
