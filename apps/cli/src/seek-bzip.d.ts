declare module "seek-bzip" {
  interface ByteStream {
    readByte(): number;
    read(into: Uint8Array, offset: number, length: number): number;
    eof(): boolean;
  }
  const Bunzip: { decode(input: ByteStream, output: undefined, multistream: boolean): Uint8Array };
  export default Bunzip;
}
