import type { Context } from './types.d.mts';

export declare function installWithApt(
  context: Pick<Context, 'reporter' | 'machine'>,
  wanted: { readonly name: string; readonly what: string },
): Promise<void>;
