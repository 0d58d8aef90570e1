/** What is used of the library; it brings no types. */
declare module 'html-encoding-sniffer' {
  type Given = {
    readonly xml?: boolean;
    /** The charset of the header. */
    readonly transportLayerEncodingLabel?: string;
    readonly defaultEncoding: string;
    /** Of a page; default 1,024. */
    readonly maxPrescanBytes?: number;
  };
  /** The name of the encoding as the Encoding standard writes it, or `replacement` for one that nobody should read. */
  export default function sniff(bytes: Uint8Array, given: Given): string;
}
